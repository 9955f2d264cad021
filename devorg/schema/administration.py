"""User and Organization: what a client reads about the org itself (public object reference).

devorg's users are its own: the API reads them and does not write them.
"""

# ruff: noqa: E501 - one field, one line, like a table

from __future__ import annotations

from devorg.schema.fields import SObject
from devorg.schema.notation import fields

_LEVELS = ("None", "Read", "Edit", "ControlledByParent")

USER = SObject(
    "User", "User", "Users", "005",
    fields(
        """
        Id                      id                  di   User ID
        Username                string 80           i    Username
        LastName                string 80           .    Last Name  in=Name info=personname
        FirstName               string 40           n    First Name  in=Name info=personname
        Name                    string 121          .    Full Name  name info=personname
        CompanyName             string 80           n    Company Name
        Division                string 80           n    Division
        Department              string 80           n    Department
        Title                   string 80           n    Title
        Street                  textarea 255        n    Street  in=Address
        City                    string 40           n    City  in=Address
        State                   string 80           n    State/Province  in=Address
        PostalCode              string 20           n    Zip/Postal Code  in=Address
        Country                 string 80           n    Country  in=Address
        Latitude                double 18,15        n    Latitude  in=Address
        Longitude               double 18,15        n    Longitude  in=Address
        GeocodeAccuracy         picklist 40         nr   Geocode Accuracy  in=Address
        Address                 address             n    Address
        Email                   email 128           i    Email
        SenderEmail             email 80            n    Email Sender Address
        SenderName              string 80           n    Email Sender Name
        Signature               textarea 1333       n    Email Signature
        Phone                   phone               n    Phone
        Fax                     phone               n    Fax
        MobilePhone             phone               n    Mobile
        Alias                   string 8            .    Alias
        CommunityNickname       string 40           .    Nickname
        BadgeText               string 80           n    User Photo badge text overlay
        IsActive                boolean             d    Active
        TimeZoneSidKey          picklist 40         r    Time Zone
        UserRoleId              reference UserRole  n    Role ID  kids=Users
        LocaleSidKey            picklist 40         r    Locale
        ReceivesInfoEmails      boolean             d    Info Emails
        ReceivesAdminInfoEmails  boolean            d    Admin Info Emails
        EmailEncodingKey        picklist 40         r    Email Encoding
        ProfileId               reference Profile   .    Profile ID  kids=Users
        UserType                picklist 40         nr   User Type
        LanguageLocaleKey       picklist 40         r    Language
        EmployeeNumber          string 20           n    Employee Number
        DelegatedApproverId     reference Group,User  n  Delegated Approver ID  path=
        ManagerId               reference User      n    Manager ID  kids=ManagedUsers
        LastLoginDate           datetime            n    Last Login
        LastPasswordChangeDate  datetime            n    Last Password Change or Reset
        CreatedDate             datetime            d    Created Date
        CreatedById             reference User      d    Created By ID
        LastModifiedDate        datetime            d    Last Modified Date
        LastModifiedById        reference User      d    Last Modified By ID
        SystemModstamp          datetime            d    System Modstamp
        NumberOfFailedLogins    int 9               d    Failed Login Attempts  default=0
        ForecastEnabled         boolean             d    Allow Forecasting
        UserPermissionsMarketingUser          boolean  d  Marketing User
        UserPermissionsOfflineUser            boolean  d  Offline User
        UserPermissionsCallCenterAutoLogin    boolean  d  Auto-login To Call Center
        UserPermissionsSFContentUser          boolean  d  Salesforce CRM Content User
        UserPermissionsKnowledgeUser          boolean  d  Knowledge User
        UserPermissionsInteractionUser        boolean  d  Flow User
        UserPermissionsSupportUser            boolean  d  Service Cloud User
        ContactId               reference Contact   n    Contact ID  kids=Users?
        AccountId               reference Account   n    Account ID  kids=Users
        CallCenterId            reference CallCenter  n  Call Center ID  path=
        Extension               phone               n    Extension
        FederationIdentifier    string 512          ni   SAML Federation ID
        AboutMe                 textarea 1000       n    About Me
        FullPhotoUrl            url 1024            n    Url for full-sized Photo  info=imageurl
        SmallPhotoUrl           url 1024            n    Photo  info=imageurl
        MediumPhotoUrl          url 1024            n    Url for medium profile photo  info=imageurl
        IsPortalEnabled         boolean             d    Portal Enabled
        IsExtIndicatorVisible   boolean             d    Show external indicator
        OutOfOfficeMessage      string 40           n    Out of office message
        DigestFrequency         picklist 40         r    Chatter Email Highlights Frequency  default=D
        LastViewedDate          datetime            n    Last Viewed Date
        LastReferencedDate      datetime            n    Last Referenced Date
        IsProfilePhotoActive    boolean             d    Has Profile Photo
        IndividualId            reference Individual  nx  Individual ID
        """,
        {
            "UserType": {"Standard": "Standard", "CsnOnly": "Chatter Free", "Guest": "Guest"},
            "EmailEncodingKey": {"UTF-8": "Unicode (UTF-8)"},
            "DigestFrequency": {"D": "Daily", "W": "Weekly", "N": "Never"},
        },
    ),
    sharing="all",
    writable=False,
    traits={"searchable": True, "feedEnabled": True, "mruEnabled": True, "replicateable": True},
)  # fmt: skip

ORGANIZATION = SObject(
    "Organization", "Organization", "Organizations", "00D",
    fields(
        """
        Id                       id            di  Organization ID
        Name                     string 80     .   Name  name
        Division                 string 80     n   Division
        Street                   textarea 255  n   Street  in=Address
        City                     string 40     n   City  in=Address
        State                    string 80     n   State/Province  in=Address
        PostalCode               string 20     n   Zip/Postal Code  in=Address
        Country                  string 80     n   Country  in=Address
        Latitude                 double 18,15  n   Latitude  in=Address
        Longitude                double 18,15  n   Longitude  in=Address
        GeocodeAccuracy          picklist 40   nr  Geocode Accuracy  in=Address
        Address                  address       n   Address
        Phone                    phone         n   Phone
        Fax                      phone         n   Fax
        PrimaryContact           string 80     n   Primary Contact
        DefaultLocaleSidKey      picklist 40   r   Locale
        TimeZoneSidKey           picklist 40   r   Time Zone
        LanguageLocaleKey        picklist 40   r   Language
        ReceivesInfoEmails       boolean       d   Info Emails
        ReceivesAdminInfoEmails  boolean       d   Info Emails Admin
        PreferencesRequireOpportunityProducts  boolean  d  Require Opportunity Products
        PreferencesTransactionSecurityPolicy  boolean  d  Transaction Security Policy
        PreferencesTerminateOldestSession  boolean  d  Terminate Oldest Session
        PreferencesConsentManagementEnabled  boolean  d  Consent Management Enabled
        PreferencesAutoSelectIndividualOnMerge  boolean  d  Auto-Select Individual On Merge
        PreferencesLightningLoginEnabled  boolean  d  Lightning Login Enabled
        PreferencesOnlyLLPermUserAllowed  boolean  d  Only Lightning Login Users Allowed
        FiscalYearStartMonth     int 2         .   Fiscal Year Starts In
        UsesStartDateAsFiscalYearName  boolean  d  Fiscal Year Name by Start
        DefaultAccountAccess     picklist 40   nr  Default Account Access
        DefaultContactAccess     picklist 40   nr  Default Contact Access
        DefaultOpportunityAccess  picklist 40  nr  Default Opportunity Access
        DefaultLeadAccess        picklist 40   nr  Default Lead Access
        DefaultCaseAccess        picklist 40   nr  Default Case Access
        DefaultCalendarAccess    picklist 40   nr  Default Calendar Access
        DefaultPricebookAccess   picklist 40   nr  Default Price Book Access
        DefaultCampaignAccess    picklist 40   nr  Default Campaign Access
        DelegatedAuthenticationServiceUrl  url 1000  n  Delegated Authentication URL
        SystemModstamp           datetime      d   System Modstamp
        ComplianceBccEmail       email 80      n   Compliance BCC Email
        UiSkin                   picklist 40   nr  UI Skin
        SignupCountryIsoCode     string 2      n   Signup Country
        TrialExpirationDate      datetime      n   Trial Expiration Date
        NumKnowledgeService      int 9         n   Knowledge Licenses
        OrganizationType         picklist 40   nr  Edition
        NamespacePrefix          string 15     n   Namespace Prefix
        InstanceName             string 5      n   Instance Name
        IsSandbox                boolean       d   Is Sandbox
        WebToCaseDefaultOrigin   string 40     n   Web to Cases Default Origin
        MonthlyPageViewsUsed     int 9         n   Monthly Page Views Used
        MonthlyPageViewsEntitlement  int 9     n   Monthly Page Views Allowed
        IsReadOnly               boolean       d   Is Read Only
        CreatedDate              datetime      d   Created Date
        CreatedById              reference User  d  Created By ID
        LastModifiedDate         datetime      d   Last Modified Date
        LastModifiedById         reference User  d  Last Modified By ID
        """,
        {
            "DefaultAccountAccess": _LEVELS, "DefaultContactAccess": _LEVELS,
            "DefaultOpportunityAccess": _LEVELS, "DefaultLeadAccess": (*_LEVELS, "ReadEditTransfer"),
            "DefaultCampaignAccess": (*_LEVELS, "All"),
            "OrganizationType": (
                "Team Edition", "Professional Edition", "Enterprise Edition", "Developer Edition",
                "Personal Edition", "Unlimited Edition", "Contact Manager Edition", "Base Edition",
            ),
        },
    ),
    sharing="all",
    writable=False,
    traits={"replicateable": True},
)  # fmt: skip
