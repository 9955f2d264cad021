"""Campaigns and their members (public object reference)."""

# ruff: noqa: E501 - one field, one line, like a table

from __future__ import annotations

from devorg.schema.fields import SObject
from devorg.schema.notation import fields

CAMPAIGN = SObject(
    "Campaign", "Campaign", "Campaigns", "701",
    fields(
        """
        Id                        id                  di     Campaign ID
        IsDeleted                 boolean             d      Deleted
        Name                      string 80           cu     Name  name
        ParentId                  reference Campaign  cunpx  Parent Campaign ID  kids=ChildCampaigns
        Type                      picklist 40         cunp   Type
        Status                    picklist 40         cundp  Status
        StartDate                 date                cunp   Start Date
        EndDate                   date                cunp   End Date
        ExpectedRevenue           currency 18,0       cunp   Expected Revenue
        BudgetedCost              currency 18,0       cunp   Budgeted Cost
        ActualCost                currency 18,0       cunp   Actual Cost
        ExpectedResponse          percent 10,2        cunp   Expected Response (%)
        NumberSent                double 18,0         cundp  Num Sent
        IsActive                  boolean             cudp   Active
        Description               textarea 32000      cunp   Description
        NumberOfLeads             int 8               d      Leads in Campaign  default=0
        NumberOfConvertedLeads    int 8               d      Converted Leads in Campaign  default=0
        NumberOfContacts          int 8               d      Contacts in Campaign  default=0
        NumberOfResponses         int 8               d      Responses in Campaign  default=0
        NumberOfOpportunities     int 8               d      Opportunities in Campaign  default=0
        NumberOfWonOpportunities  int 8               d      Won Opportunities in Campaign  default=0
        AmountAllOpportunities    currency 18,0       d      Value Opportunities in Campaign  default=0
        AmountWonOpportunities    currency 18,0       d      Value Won Opportunities in Campaign  default=0
        OwnerId                   reference User      cud    Owner ID
        CreatedDate               datetime            d      Created Date
        CreatedById               reference User      d      Created By ID
        LastModifiedDate          datetime            d      Last Modified Date
        LastModifiedById          reference User      d      Last Modified By ID
        SystemModstamp            datetime            d      System Modstamp
        LastActivityDate          date                n      Last Activity
        LastViewedDate            datetime            n      Last Viewed Date
        LastReferencedDate        datetime            n      Last Referenced Date
        """,
        {
            "Type": (
                "Conference", "Webinar", "Trade Show", "Public Relations", "Partners",
                "Referral Program", "Advertisement", "Banner Ads", "Direct Mail", "Email",
                "Telemarketing", "Other",
            ),
            "Status": ("Planned", "In Progress", "Completed", "Aborted"),
        },
    ),
    traits={"mergeable": False, "feedEnabled": False, "deepCloneable": True},
)  # fmt: skip

CAMPAIGN_MEMBER = SObject(
    "CampaignMember", "Campaign Member", "Campaign Members", "00v",
    fields(
        """
        Id                  id                  di    Campaign Member ID
        IsDeleted           boolean             d     Deleted
        CampaignId          reference Campaign  c     Campaign ID  kids=CampaignMembers!
        LeadId              reference Lead      cn    Lead ID  kids=CampaignMembers!
        ContactId           reference Contact   cn    Contact ID  kids=CampaignMembers!
        Status              picklist 40         cund  Status
        HasResponded        boolean             d     Responded
        CreatedDate         datetime            d     Created Date
        CreatedById         reference User      d     Created By ID
        LastModifiedDate    datetime            d     Last Modified Date
        LastModifiedById    reference User      d     Last Modified By ID
        SystemModstamp      datetime            d     System Modstamp
        FirstRespondedDate  date                n     First Responded Date
        Type                string 40           n     Type
        LeadOrContactId     reference Contact,Lead  n  Related Record ID  path=
        """,
        {"Status": ("Sent", "Responded")},
        {
            "LeadOrContactId": 'COALESCE("ContactId", "LeadId")',
            "Type": "CASE WHEN \"ContactId\" IS NOT NULL THEN 'Contact'"
            " WHEN \"LeadId\" IS NOT NULL THEN 'Lead' END",
        },
    ),
    sharing="campaign",
    traits={"undeletable": False},
)  # fmt: skip
