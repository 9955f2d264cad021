"""Opportunity and its contact roles (facts: recorded describes, public object reference)."""

# ruff: noqa: E501 - one field, one line, like a table

from __future__ import annotations

from devorg.schema.fields import SObject
from devorg.schema.notation import fields
from devorg.schema.people import SOURCES

# Stage -> (probability in percent, closed, won).
STAGES: dict[str, tuple[int, bool, bool]] = {
    "Prospecting": (10, False, False),
    "Qualification": (20, False, False),
    "Needs Analysis": (30, False, False),
    "Value Proposition": (50, False, False),
    "Id. Decision Makers": (60, False, False),
    "Perception Analysis": (65, False, False),
    "Proposal/Price Quote": (70, False, False),
    "Negotiation/Review": (85, False, False),
    "Closed Won": (100, True, True),
    "Closed Lost": (0, True, False),
}
# Forecast category -> its name.
FORECASTS = {
    "Omitted": "Omitted", "Pipeline": "Pipeline", "BestCase": "Best Case",
    "MostLikely": "Most Likely", "Forecast": "Commit", "Closed": "Closed",
}  # fmt: skip
ROLES = (
    "Business User", "Decision Maker", "Economic Buyer", "Economic Decision Maker", "Evaluator",
    "Executive Sponsor", "Influencer", "Technical Buyer", "Other",
)  # fmt: skip


def forecast_of(*, closed: bool, won: bool) -> str:
    """The forecast category that a stage brings, by name."""
    return "Closed" if won else "Omitted" if closed else "Pipeline"


def _forecast() -> str:
    """The category is that of the name if there is one, and else follows from the stage."""
    named = " ".join(f"WHEN '{name}' THEN '{code}'" for code, name in FORECASTS.items())
    return (
        f'CASE "ForecastCategoryName" {named} ELSE'
        " CASE WHEN \"IsWon\" THEN 'Closed' WHEN \"IsClosed\" THEN 'Omitted'"
        " ELSE 'Pipeline' END END"
    )


_YEAR = 'CAST(substr("CloseDate", 1, 4) AS INTEGER)'
_QUARTER = '((CAST(substr("CloseDate", 6, 2) AS INTEGER) + 2) / 3)'

OPPORTUNITY = SObject(
    "Opportunity", "Opportunity", "Opportunities", "006",
    fields(
        """
        Id                             id                            di     Opportunity ID
        IsDeleted                      boolean                       d      Deleted
        AccountId                      reference Account             cunpx  Account ID  kids=Opportunities!
        IsPrivate                      boolean                       cudp   Private
        Name                           string 120                    cui    Name  name
        Description                    textarea 32000                cunp   Description
        StageName                      picklist 255                  cu     Stage
        Amount                         currency 18,2                 cunp   Amount
        Probability                    percent 3,0                   cundp  Probability (%)
        ExpectedRevenue                currency 18,2                 np     Expected Amount
        TotalOpportunityQuantity       double 18,2                   cunp   Quantity
        CloseDate                      date                          cu     Close Date
        Type                           picklist 255                  cunp   Opportunity Type
        NextStep                       string 255                    cunp   Next Step
        LeadSource                     picklist 255                  cunp   Lead Source
        IsClosed                       boolean                       d      Closed
        IsWon                          boolean                       d      Won
        ForecastCategory               picklist 40                   r      Forecast Category
        ForecastCategoryName           picklist 255                  cundr  Forecast Category
        CampaignId                     reference Campaign            cunpx  Campaign ID
        HasOpportunityLineItem         boolean                       d      Has Line Item
        Pricebook2Id                   reference Pricebook2          cundx  Price Book ID
        OwnerId                        reference User                cud    Owner ID
        CreatedDate                    datetime                      d      Created Date
        CreatedById                    reference User                d      Created By ID
        LastModifiedDate               datetime                      d      Last Modified Date
        LastModifiedById               reference User                d      Last Modified By ID
        SystemModstamp                 datetime                      d      System Modstamp
        LastActivityDate               date                          n      Last Activity
        LastStageChangeDate            datetime                      n      Last Stage Change Date
        FiscalQuarter                  int 8                         n      Fiscal Quarter  in=Fiscal
        FiscalYear                     int 8                         n      Fiscal Year  in=Fiscal
        Fiscal                         string 6                      n      Fiscal Period
        ContactId                      reference Contact             cn     Contact ID  path= kids=Opportunities
        LastViewedDate                 datetime                      n      Last Viewed Date
        LastReferencedDate             datetime                      n      Last Referenced Date
        HasOpenActivity                boolean                       d-fs   Has Open Activity
        HasOverdueTask                 boolean                       d-fs   Has Overdue Task
        LastAmountChangedHistoryId     reference OpportunityHistory  nx     Opportunity History ID
        LastCloseDateChangedHistoryId  reference OpportunityHistory  nx     Opportunity History ID
        """,
        {
            "StageName": tuple(STAGES),
            "Type": (
                "Existing Customer - Upgrade", "Existing Customer - Replacement",
                "Existing Customer - Downgrade", "New Customer", "Existing Business",
                "New Business",
            ),
            "LeadSource": SOURCES,
            "ForecastCategory": FORECASTS,
            "ForecastCategoryName": ("Omitted", "Pipeline", "Best Case", "Commit", "Closed"),
        },
        {
            "ExpectedRevenue": 'ROUND("Amount" * COALESCE("Probability", 0) / 100.0, 2)',
            "FiscalYear": _YEAR,
            "FiscalQuarter": _QUARTER,
            "Fiscal": f"{_YEAR} || ' ' || {_QUARTER}",
            "ForecastCategory": _forecast(),
        },
    ),
)  # fmt: skip

OPPORTUNITY_CONTACT_ROLE = SObject(
    "OpportunityContactRole", "Opportunity Contact Role", "Opportunity Contact Role", "00K",
    fields(
        """
        Id                id                     di   Contact Role ID
        OpportunityId     reference Opportunity  c    Opportunity ID  kids=OpportunityContactRoles!
        ContactId         reference Contact      cu   Contact ID  kids=OpportunityContactRoles!
        Role              picklist 40            cun  Role
        IsPrimary         boolean                cud  Primary
        CreatedDate       datetime               d    Created Date
        CreatedById       reference User         d    Created By ID
        LastModifiedDate  datetime               d    Last Modified Date
        LastModifiedById  reference User         d    Last Modified By ID
        SystemModstamp    datetime               d    System Modstamp
        IsDeleted         boolean                d    Deleted
        """,
        {"Role": ROLES},
    ),
    sharing="opportunity",
    traits={"undeletable": False},
)  # fmt: skip
