"""Profiles, permission sets, roles and the like, as a client queries them (object reference)."""

# ruff: noqa: E501 - one field, one line, like a table

from __future__ import annotations

from devorg.schema.fields import SObject
from devorg.schema.notation import fields

_STAMPS = """
        CreatedDate       datetime        d  Created Date
        CreatedById       reference User  d  Created By ID
        LastModifiedDate  datetime        d  Last Modified Date
        LastModifiedById  reference User  d  Last Modified By ID
        SystemModstamp    datetime        d  System Modstamp
"""
# The user permissions that devorg knows, as fields of Profile and PermissionSet.
USER_PERMISSIONS = {
    "ApiEnabled": "API Enabled",
    "ViewAllData": "View All Data",
    "ModifyAllData": "Modify All Data",
    "EditTask": "Edit Tasks",
    "EditEvent": "Edit Events",
    "ActivitiesAccess": "Access Activities",
    "ViewSetup": "View Setup and Configuration",
    "ManageUsers": "Manage Users",
    "TransferAnyEntity": "Transfer Record",
    "ConvertLeads": "Convert Leads",
}
_PERMISSIONS = "\n".join(
    f"        Permissions{name}  boolean  d  {label}" for name, label in USER_PERMISSIONS.items()
)


def _setup(name: str, label: str, plural: str, prefix: str, lines: str) -> SObject:
    """An object of the set-up: everybody may read it, the API does not write it."""
    return SObject(name, label, plural, prefix, fields(lines), sharing="all", writable=False)


PROFILE = _setup(
    "Profile", "Profile", "Profile", "00e",
    """
        Id                id                     di  Profile ID
        Name              string 255             .   Name  name
    """ + _PERMISSIONS + """
        UserLicenseId     reference UserLicense  .   User License ID
        UserType          picklist 40            nr  User Type
        Description       string 255             n   Description
    """ + _STAMPS,
)  # fmt: skip

PERMISSION_SET = _setup(
    "PermissionSet", "Permission Set", "Permission Set", "0PS",
    """
        Id                     id                     di  PermissionSet ID
        Name                   string 80              .   Permission Set Name  name
        Label                  string 80              .   Permission Set Label
        LicenseId              reference UserLicense  n   License ID  path=
        ProfileId              reference Profile      n   Profile ID
        IsOwnedByProfile       boolean                d   Is Owned By Profile
        IsCustom               boolean                d   Custom
        Type                   picklist 40            nr  Permission Set Type
        HasActivationRequired  boolean                d   Has Activation Required
    """ + _PERMISSIONS + """
        Description            string 255             n   Description
        NamespacePrefix        string 15              n   Namespace Prefix
    """ + _STAMPS,
)  # fmt: skip

PERMISSION_SET_ASSIGNMENT = _setup(
    "PermissionSetAssignment", "Permission Set Assignment", "Permission Set Assignments", "0Pa",
    """
        Id                    id                            di  PermissionSetAssignment ID
        PermissionSetId       reference PermissionSet       n   PermissionSet ID  kids=Assignments!
        PermissionSetGroupId  reference PermissionSetGroup  n   Permission Set Group ID
        AssigneeId            reference User                .   Assignee ID  kids=PermissionSetAssignments!
        SystemModstamp        datetime                      d   Date Assigned
        ExpirationDate        datetime                      n   Date Expires
        IsActive              boolean                       d   Is Active
        IsRevoked             boolean                       d   Is Revoked
    """,
)  # fmt: skip

OBJECT_PERMISSIONS = _setup(
    "ObjectPermissions", "Object Permissions", "Object Permissions", "110",
    """
        Id                           id                       di  ObjectPermissions ID
        ParentId                     reference PermissionSet  .   Parent ID
        SobjectType                  picklist 40              r   SObject Type Name
        PermissionsCreate            boolean                  d   Create Records
        PermissionsRead              boolean                  d   Read Records
        PermissionsEdit              boolean                  d   Edit Records
        PermissionsDelete            boolean                  d   Delete Records
        PermissionsViewAllRecords    boolean                  d   Read All Records
        PermissionsModifyAllRecords  boolean                  d   Edit All Records
    """ + _STAMPS,
)  # fmt: skip

# Of the objects themselves; of a real org's many columns those that tell of sharing.
ENTITY_DEFINITION = _setup(
    "EntityDefinition", "Entity Definition", "Entity Definitions", "4ie",
    """
        Id                    id           di  Entity Definition ID
        DeveloperName         string 40    n   Developer Name
        MasterLabel           string 40    n   Master Label  name
        QualifiedApiName      string 70    n   Qualified API Name
        KeyPrefix             string 3     n   Key Prefix
        InternalSharingModel  picklist 40  nr  Internal Sharing Model
    """,
)  # fmt: skip

USER_ROLE = _setup(
    "UserRole", "Role", "Role", "00E",
    """
        Id                 id                  di  Role ID
        Name               string 80           .   Name  name
        ParentRoleId       reference UserRole  n   Parent Role ID  path=
        RollupDescription  string 80           n   Description
        DeveloperName      string 80           n   Developer Name
        PortalType         picklist 40         nr  Portal Type
        LastModifiedDate   datetime            d   Last Modified Date
        LastModifiedById   reference User      d   Last Modified By ID
        SystemModstamp     datetime            d   System Modstamp
    """,
)  # fmt: skip

RECORD_TYPE = _setup(
    "RecordType", "Record Type", "Record Types", "012",
    """
        Id                 id                         di  Record Type ID
        Name               string 80                  .   Name  name
        DeveloperName      string 80                  .   Record Type Name
        NamespacePrefix    string 15                  n   Namespace Prefix
        Description        string 255                 n   Description
        BusinessProcessId  reference BusinessProcess  n   Business Process ID  path=
        SobjectType        picklist 40                r   SObject Type Name
        IsActive           boolean                    d   Active
    """ + _STAMPS,
)  # fmt: skip

GROUP = _setup(
    "Group", "Group", "Group", "00G",
    """
        Id                      id                       di  Group ID
        Name                    string 40                .   Name  name
        DeveloperName           string 80                n   Developer Name
        RelatedId               reference User,UserRole  n   Related ID
        Type                    picklist 40              r   Type
        Email                   email 255                n   Email
        OwnerId                 reference Organization,User  .  Owner ID
        DoesSendEmailToMembers  boolean                  d   Send Email to Members
        DoesIncludeBosses       boolean                  d   Include Bosses
    """ + _STAMPS,
)  # fmt: skip

OPPORTUNITY_STAGE = _setup(
    "OpportunityStage", "Opportunity Stage", "Opportunity Stage", "01J",
    """
        Id                    id           di  Opportunity Stage ID
        MasterLabel           string 255   n   Master Label  name
        ApiName               string 255   .   API Name
        IsActive              boolean      d   Is Active
        SortOrder             int 8        n   Sort Order
        IsClosed              boolean      d   Closed
        IsWon                 boolean      d   Won
        ForecastCategory      picklist 40  r   Forecast Category
        ForecastCategoryName  picklist 255  r  Forecast Category
        DefaultProbability    percent 3,0  n   Probability (%)
        Description           string 255   n   Description
    """ + _STAMPS,
)  # fmt: skip

# The key prefix is devorg's own: no source tells the real one.
LEAD_STATUS = _setup(
    "LeadStatus", "Lead Status Value", "Lead Status Value", "0zL",
    """
        Id           id          di  Lead Status Value ID
        MasterLabel  string 255  n   Master Label  name
        ApiName      string 255  i   API Name
        SortOrder    int 8       n   Sort Order
        IsDefault    boolean     d   Is Default
        IsConverted  boolean     d   Is Converted
    """ + _STAMPS,
)  # fmt: skip

USER_RECORD_ACCESS = SObject(
    "UserRecordAccess", "User Record Access", "User Record Access", "",
    fields(
        """
        Id                 id              .    Record Access ID
        RecordId           picklist 18     r-a  Record ID
        UserId             reference User  -sa  User ID  path=
        HasReadAccess      boolean         d    Has Read Access
        HasEditAccess      boolean         d    Has Edit Access
        HasDeleteAccess    boolean         d    Has Delete Access
        HasTransferAccess  boolean         d    Has Transfer Access
        HasAllAccess       boolean         d    Has All Access
        MaxAccessLevel     picklist 40     nr-fa  Max Access Level
        """,
        {"MaxAccessLevel": ("None", "Read", "Edit", "Delete", "Transfer", "All")},
    ),
    sharing="all", writable=False, view="UserRecordAccess",
    traits={"replicateable": False, "retrieveable": False},
)  # fmt: skip

SETUP: tuple[SObject, ...] = (
    PROFILE, PERMISSION_SET, PERMISSION_SET_ASSIGNMENT, OBJECT_PERMISSIONS, ENTITY_DEFINITION, USER_ROLE, RECORD_TYPE, GROUP,
    OPPORTUNITY_STAGE, LEAD_STATUS, USER_RECORD_ACCESS,
)  # fmt: skip
