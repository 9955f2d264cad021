"""What the vendor sells to the companies: opportunities, who has a role, and what happened."""

# ruff: noqa: E501 - one row, one line, like a table

from __future__ import annotations

from typing import NamedTuple


class Deal(NamedTuple):
    """One opportunity. Ages in days before the seed, `closes` in days after it; roles are
    (first name of a contact of that company, role), the first of them primary.
    """

    company: str
    name: str
    stage: str
    amount: int
    age: int
    closes: int
    kind: str
    roles: tuple[tuple[str, str], ...]


class Past(NamedTuple):
    """One finished Task: days ago, the contact's or lead's first name and company domain,
    the deal it is about (by name; empty for none).
    """

    days: int
    subtype: str
    subject: str
    person: str
    company: str
    deal: str
    note: str


DEALS = (
    Deal(
        "brightwater-energy.example", "Brightwater Energy - Field service platform",
        "Proposal/Price Quote", 186_000, 24, 38, "New Business",
        (
            ("Elena", "Decision Maker"),
            ("Grace", "Economic Buyer"),
            ("Daniel", "Business User"),
            ("Priya", "Technical Buyer"),
            ("Tom", "Evaluator"),
        ),
    ),
    Deal("brightwater-energy.example", "Brightwater Energy - Pilot region west", "Closed Won", 24_000, 210, -150, "New Business", (("Daniel", "Business User"), ("Elena", "Decision Maker"))),
    Deal("aldermanfinch.example", "Alderman & Finch - Renewal", "Negotiation/Review", 42_000, 40, 20, "Existing Business", (("Niamh", "Decision Maker"), ("Oisín", "Business User"))),
    Deal("castellan.example", "Castellan Insurance - Claims portal", "Value Proposition", 320_000, 55, 70, "New Business", (("Javier", "Executive Sponsor"), ("Lucía", "Business User"), ("Andrés", "Technical Buyer"))),
    Deal("dovetail-robotics.example", "Dovetail Robotics - Second plant", "Needs Analysis", 96_000, 18, 60, "Existing Business", (("Sanne", "Decision Maker"), ("Joris", "Business User"))),
    Deal("evergreen-clinics.example", "Evergreen Clinics - Patient messaging", "Qualification", 74_000, 12, 85, "New Business", (("Marcus", "Decision Maker"), ("Hannah", "Influencer"))),
    Deal("fjordline.example", "Fjordline Shipping - Fleet view", "Closed Won", 130_000, 160, -60, "New Business", (("Lars", "Decision Maker"), ("Ingrid", "Business User"))),
    Deal("granitestate.example", "Granite State Bank - Branch onboarding", "Prospecting", 210_000, 9, 110, "New Business", (("Walter", "Executive Sponsor"), ("Samira", "Business User"))),
    Deal("kestrel-telecom.example", "Kestrel Telecom - Care console", "Proposal/Price Quote", 265_000, 33, 28, "Existing Business", (("Gareth", "Decision Maker"), ("Aisha", "Influencer"), ("Beth", "Evaluator"))),
    Deal("lumenbio.example", "Lumen Biologics - Trial data room", "Closed Lost", 88_000, 190, -90, "New Business", (("Annika", "Business User"), ("Ruth", "Influencer"))),
)  # fmt: skip

_MAIN = DEALS[0].name
_BRIGHTWATER = "brightwater-energy.example"
PASTS = (
    Past(23, "Call", "Call: first conversation about field service", "Elena", _BRIGHTWATER, _MAIN, "Wants fewer second visits. Asked for references from utilities."),
    Past(19, "Email", "Email: reference stories sent", "Elena", _BRIGHTWATER, _MAIN, "Two stories, both from the energy sector."),
    Past(16, "Task", "Workshop: a day with the dispatch team", "Daniel", _BRIGHTWATER, _MAIN, "Dispatchers plan on paper; the map view was liked most."),
    Past(11, "Call", "Call: single sign-on and data residency", "Priya", _BRIGHTWATER, _MAIN, "Needs SAML and storage in the EU. Both fine."),
    Past(6, "Email", "Email: proposal sent", "Elena", _BRIGHTWATER, _MAIN, "Three-year offer with a pilot price for the first quarter."),
    Past(4, "Call", "Call: questions on payment terms", "Grace", _BRIGHTWATER, _MAIN, "Prefers yearly in advance with a discount."),
    Past(175, "Task", "Kick-off of the pilot", "Daniel", _BRIGHTWATER, DEALS[1].name, "Twelve technicians, one depot."),
    Past(30, "Call", "Call: renewal and two more seats", "Niamh", "aldermanfinch.example", DEALS[2].name, "Happy with support."),
    Past(44, "Task", "Demo for the claims team", "Lucía", "castellan.example", DEALS[3].name, "Eight people attended."),
    Past(14, "Email", "Email: plans of the second plant", "Sanne", "dovetail-robotics.example", DEALS[4].name, "Drawings received."),
    Past(8, "Call", "Call: first contact", "Marcus", "evergreen-clinics.example", DEALS[5].name, "Budget comes in spring."),
    Past(62, "Task", "Go-live review", "Ingrid", "fjordline.example", DEALS[6].name, "All ships on board."),
    Past(21, "Email", "Email: price for 900 agents", "Gareth", "kestrel-telecom.example", DEALS[8].name, "Answer expected next week."),
    Past(92, "Call", "Call: why they went another way", "Annika", "lumenbio.example", DEALS[9].name, "Merged with a partner that has its own tool."),
    Past(5, "Call", "Call: met at the logistics fair", "Kwame", "goldcrest.example", "", "Sends list of depots."),
    Past(10, "Email", "Email: thanks for the visit to the booth", "Benjamin", "copperfieldfoods.example", "", "Asked for a recorded demo."),
)  # fmt: skip
