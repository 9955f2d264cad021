"""Account, Contact and Lead: who a rep talks to.

The field lists are those of a plain Developer Edition (facts: recorded describes, public object
reference); `notation.py` tells how to read them.
"""

# ruff: noqa: E501 - one field, one line, like a table

from __future__ import annotations

from devorg.schema.fields import SObject
from devorg.schema.notation import Choices, fields

SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Event", "Other")
INDUSTRIES = (
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications",
    "Construction", "Consulting", "Education", "Electronics", "Energy", "Engineering",
    "Entertainment", "Environmental", "Finance", "Food & Beverage", "Government", "Healthcare",
    "Hospitality", "Insurance", "Machinery", "Manufacturing", "Media", "Not For Profit",
    "Recreation", "Retail", "Shipping", "Technology", "Telecommunications", "Transportation",
    "Utilities", "Other",
)  # fmt: skip
SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.")
# Status -> converted; the first is the default.
LEAD_STATUSES = {
    "Open - Not Contacted": False,
    "Working - Contacted": False,
    "Closed - Converted": True,
    "Closed - Not Converted": False,
}
GEOCODES = (
    "Address", "NearAddress", "Block", "Street", "ExtendedZip", "Zip", "Neighborhood", "City",
    "County", "State", "Unknown",
)  # fmt: skip
RATINGS = ("Hot", "Warm", "Cold")
CLEAN = {
    "Matched": "In Sync", "Different": "Different", "Acknowledged": "Reviewed",
    "NotFound": "Not Found", "Inactive": "Inactive", "Pending": "Not Compared",
    "SelectMatch": "Select Match", "Skipped": "Skipped",
}  # fmt: skip
_PHOTO = "'/services/images/photo/' || \"Id\""
_PERSON: Choices = {
    "Salutation": SALUTATIONS, "LeadSource": SOURCES, "CleanStatus": CLEAN,
    "OtherGeocodeAccuracy": GEOCODES, "MailingGeocodeAccuracy": GEOCODES,
    "GeocodeAccuracy": GEOCODES, "Industry": INDUSTRIES, "Rating": RATINGS,
    "Status": tuple(LEAD_STATUSES),
}  # fmt: skip

ACCOUNT = SObject(
    "Account", "Account", "Accounts", "001",
    fields(
        """
        Id                       id                        di     Account ID
        IsDeleted                boolean                   d      Deleted
        MasterRecordId           reference Account         n      Master Record ID
        Name                     string 255                cu     Account Name  name in=Name info=switchablepersonname
        Type                     picklist 40               cunp   Account Type
        ParentId                 reference Account         cunpx  Parent Account ID  kids=ChildAccounts
        BillingStreet            textarea 255              cunp   Billing Street  in=BillingAddress
        BillingCity              string 40                 cunp   Billing City  in=BillingAddress
        BillingState             string 80                 cunp   Billing State/Province  in=BillingAddress
        BillingPostalCode        string 20                 cunp   Billing Zip/Postal Code  in=BillingAddress
        BillingCountry           string 80                 cunp   Billing Country  in=BillingAddress
        BillingLatitude          double 18,15              cunp   Billing Latitude  in=BillingAddress
        BillingLongitude         double 18,15              cunp   Billing Longitude  in=BillingAddress
        BillingGeocodeAccuracy   picklist 40               cunpr  Billing Geocode Accuracy  in=BillingAddress
        BillingAddress           address                   np     Billing Address
        ShippingStreet           textarea 255              cunp   Shipping Street  in=ShippingAddress
        ShippingCity             string 40                 cunp   Shipping City  in=ShippingAddress
        ShippingState            string 80                 cunp   Shipping State/Province  in=ShippingAddress
        ShippingPostalCode       string 20                 cunp   Shipping Zip/Postal Code  in=ShippingAddress
        ShippingCountry          string 80                 cunp   Shipping Country  in=ShippingAddress
        ShippingLatitude         double 18,15              cunp   Shipping Latitude  in=ShippingAddress
        ShippingLongitude        double 18,15              cunp   Shipping Longitude  in=ShippingAddress
        ShippingGeocodeAccuracy  picklist 40               cunpr  Shipping Geocode Accuracy  in=ShippingAddress
        ShippingAddress          address                   np     Shipping Address
        Phone                    phone                     cunp   Account Phone
        Fax                      phone                     cunp   Account Fax
        AccountNumber            string 40                 cunp   Account Number
        Website                  url                       cunp   Website
        PhotoUrl                 url                       n      Photo URL  info=imageurl
        Sic                      string 20                 cunp   SIC Code
        Industry                 picklist 40               cunp   Industry
        AnnualRevenue            currency 18,0             cunp   Annual Revenue
        NumberOfEmployees        int 8                     cunp   Employees
        Ownership                picklist 40               cunp   Ownership
        TickerSymbol             string 20                 cunp   Ticker Symbol
        Description              textarea 32000            cunp   Account Description
        Rating                   picklist 40               cunp   Account Rating
        Site                     string 80                 cunp   Account Site
        OwnerId                  reference User            cud    Owner ID
        CreatedDate              datetime                  d      Created Date
        CreatedById              reference User            d      Created By ID
        LastModifiedDate         datetime                  d      Last Modified Date
        LastModifiedById         reference User            d      Last Modified By ID
        SystemModstamp           datetime                  d      System Modstamp
        LastActivityDate         date                      n      Last Activity
        LastViewedDate           datetime                  n      Last Viewed Date
        LastReferencedDate       datetime                  n      Last Referenced Date
        IsPartner                boolean                   ud     Partner Account
        IsCustomerPortal         boolean                   ud     Customer Portal Account
        ChannelProgramName       string 255                n-fs   Channel Program Name
        ChannelProgramLevelName  string 255                n-fs   Channel Program Level Name
        Jigsaw                   string 20                 cunp   Data.com Key
        JigsawCompanyId          string 20                 n      Jigsaw Company ID  path=JigsawCompany
        CleanStatus              picklist 40               cunpr  Clean Status
        AccountSource            picklist 40               cunp   Account Source
        DunsNumber               string 9                  cunp   D-U-N-S Number
        Tradestyle               string 255                cunp   Tradestyle
        NaicsCode                string 8                  cunp   NAICS Code
        NaicsDesc                string 120                cunp   NAICS Description
        YearStarted              string 4                  cunp   Year Started
        SicDesc                  string 80                 cunp   SIC Description
        DandbCompanyId           reference DandBCompany    cunpx  D&B Company ID
        OperatingHoursId         reference OperatingHours  cunpx  Operating Hour ID
        """,
        {
            "Type": (
                "Prospect", "Customer - Direct", "Customer - Channel",
                "Channel Partner / Reseller", "Installation Partner", "Technology Partner",
                "Other", "Customer", "Partner",
            ),
            "Ownership": ("Public", "Private", "Subsidiary", "Other"),
            "Industry": INDUSTRIES, "Rating": RATINGS, "AccountSource": SOURCES,
            "CleanStatus": CLEAN, "BillingGeocodeAccuracy": GEOCODES,
            "ShippingGeocodeAccuracy": GEOCODES,
        },
        {"PhotoUrl": _PHOTO},
    ),
)  # fmt: skip

CONTACT = SObject(
    "Contact", "Contact", "Contacts", "003",
    fields(
        """
        Id                      id                    di     Contact ID
        IsDeleted               boolean               d      Deleted
        MasterRecordId          reference Contact     n      Master Record ID
        AccountId               reference Account     cunpx  Account ID  kids=Contacts!
        LastName                string 80             cu     Last Name  in=Name info=personname
        FirstName               string 40             cun    First Name  in=Name info=personname
        Salutation              picklist 40           cun    Salutation  in=Name info=personname
        Name                    string 121            .      Full Name  name info=personname
        OtherStreet             textarea 255          cunp   Other Street  in=OtherAddress
        OtherCity               string 40             cunp   Other City  in=OtherAddress
        OtherState              string 80             cunp   Other State/Province  in=OtherAddress
        OtherPostalCode         string 20             cunp   Other Zip/Postal Code  in=OtherAddress
        OtherCountry            string 80             cunp   Other Country  in=OtherAddress
        OtherLatitude           double 18,15          cunp   Other Latitude  in=OtherAddress
        OtherLongitude          double 18,15          cunp   Other Longitude  in=OtherAddress
        OtherGeocodeAccuracy    picklist 40           cunpr  Other Geocode Accuracy  in=OtherAddress
        OtherAddress            address               np     Other Address
        MailingStreet           textarea 255          cunp   Mailing Street  in=MailingAddress
        MailingCity             string 40             cunp   Mailing City  in=MailingAddress
        MailingState            string 80             cunp   Mailing State/Province  in=MailingAddress
        MailingPostalCode       string 20             cunp   Mailing Zip/Postal Code  in=MailingAddress
        MailingCountry          string 80             cunp   Mailing Country  in=MailingAddress
        MailingLatitude         double 18,15          cunp   Mailing Latitude  in=MailingAddress
        MailingLongitude        double 18,15          cunp   Mailing Longitude  in=MailingAddress
        MailingGeocodeAccuracy  picklist 40           cunpr  Mailing Geocode Accuracy  in=MailingAddress
        MailingAddress          address               np     Mailing Address
        Phone                   phone                 cunp   Business Phone
        Fax                     phone                 cunp   Business Fax
        MobilePhone             phone                 cunp   Mobile Phone
        HomePhone               phone                 cunp   Home Phone
        OtherPhone              phone                 cunp   Other Phone
        AssistantPhone          phone                 cunp   Asst. Phone
        ReportsToId             reference Contact     cunpx  Reports To ID
        Email                   email                 cunpi  Email
        Title                   string 128            cunp   Title
        Department              string 80             cunp   Department
        AssistantName           string 40             cunp   Assistant's Name
        LeadSource              picklist 255          cunp   Lead Source
        Birthdate               date                  cunp   Birthdate
        Description             textarea 32000        cunp   Contact Description
        OwnerId                 reference User        cud    Owner ID
        CreatedDate             datetime              d      Created Date
        CreatedById             reference User        d      Created By ID
        LastModifiedDate        datetime              d      Last Modified Date
        LastModifiedById        reference User        d      Last Modified By ID
        SystemModstamp          datetime              d      System Modstamp
        LastActivityDate        date                  n      Last Activity
        LastCURequestDate       datetime              n      Last Stay-in-Touch Request Date
        LastCUUpdateDate        datetime              n      Last Stay-in-Touch Save Date
        LastViewedDate          datetime              n      Last Viewed Date
        LastReferencedDate      datetime              n      Last Referenced Date
        EmailBouncedReason      string 255            cun    Email Bounced Reason
        EmailBouncedDate        datetime              cun    Email Bounced Date
        IsEmailBounced          boolean               d      Is Email Bounced
        PhotoUrl                url                   n      Photo URL  info=imageurl
        Jigsaw                  string 20             cunp   Data.com Key
        JigsawContactId         string 20             n      Jigsaw Contact ID  path=JigsawContact
        CleanStatus             picklist 40           cunpr  Clean Status
        IndividualId            reference Individual  cunx   Individual ID
        """,
        _PERSON,
        {"PhotoUrl": _PHOTO, "IsEmailBounced": '"EmailBouncedReason" IS NOT NULL'},
    ),
)  # fmt: skip

LEAD = SObject(
    "Lead", "Lead", "Leads", "00Q",
    fields(
        """
        Id                      id                      di     Lead ID
        IsDeleted               boolean                 d      Deleted
        MasterRecordId          reference Lead          n      Master Record ID
        LastName                string 80               cu     Last Name  in=Name info=personname
        FirstName               string 40               cun    First Name  in=Name info=personname
        Salutation              picklist 40             cun    Salutation  in=Name info=personname
        Name                    string 121              .      Full Name  name info=personname
        Title                   string 128              cunp   Title
        Company                 string 255              cu     Company
        Street                  textarea 255            cunp   Street  in=Address
        City                    string 40               cunp   City  in=Address
        State                   string 80               cunp   State/Province  in=Address
        PostalCode              string 20               cunp   Zip/Postal Code  in=Address
        Country                 string 80               cunp   Country  in=Address
        Latitude                double 18,15            cunp   Latitude  in=Address
        Longitude               double 18,15            cunp   Longitude  in=Address
        GeocodeAccuracy         picklist 40             cunpr  Geocode Accuracy  in=Address
        Address                 address                 np     Address
        Phone                   phone                   cunp   Phone
        MobilePhone             phone                   cunp   Mobile Phone
        Fax                     phone                   cunp   Fax
        Email                   email                   cunpi  Email
        Website                 url                     cunp   Website
        PhotoUrl                url                     n      Photo URL  info=imageurl
        Description             textarea 32000          cunp   Description
        LeadSource              picklist 255            cunp   Lead Source
        Status                  picklist 255            cud    Status  default=Open_-_Not_Contacted
        Industry                picklist 255            cunp   Industry
        Rating                  picklist 255            cunp   Rating
        AnnualRevenue           currency 18,0           cunp   Annual Revenue
        NumberOfEmployees       int 8                   cunp   Employees
        OwnerId                 reference Group,User    cud    Owner ID
        IsConverted             boolean                 cd     Converted
        ConvertedDate           date                    n      Converted Date
        ConvertedAccountId      reference Account       nx     Converted Account ID
        ConvertedContactId      reference Contact       nx     Converted Contact ID
        ConvertedOpportunityId  reference Opportunity   nx     Converted Opportunity ID
        IsUnreadByOwner         boolean                 cud    Unread By Owner
        CreatedDate             datetime                d      Created Date
        CreatedById             reference User          d      Created By ID
        LastModifiedDate        datetime                d      Last Modified Date
        LastModifiedById        reference User          d      Last Modified By ID
        SystemModstamp          datetime                d      System Modstamp
        LastActivityDate        date                    n      Last Activity
        LastViewedDate          datetime                n      Last Viewed Date
        LastReferencedDate      datetime                n      Last Referenced Date
        Jigsaw                  string 20               cunp   Data.com Key
        JigsawContactId         string 20               n      Jigsaw Contact ID  path=JigsawContact
        CleanStatus             picklist 40             cunpr  Clean Status
        CompanyDunsNumber       string 9                cunp   Company D-U-N-S Number
        DandbCompanyId          reference DandBCompany  cunpx  D&B Company ID
        EmailBouncedReason      string 255              un     Email Bounced Reason
        EmailBouncedDate        datetime                un     Email Bounced Date
        IndividualId            reference Individual    cunx   Individual ID
        """,
        _PERSON,
        {"PhotoUrl": _PHOTO},
    ),
)  # fmt: skip
