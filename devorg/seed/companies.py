"""The made-up customers of a made-up software vendor: companies and the people in them.

All names are invented, all domains end in `.example`, all numbers are in ranges kept free for
fiction. The first company, its first person and its first opportunity are the main records.
"""

# ruff: noqa: E501 - one row, one line, like a table

from __future__ import annotations

from typing import NamedTuple


class Company(NamedTuple):
    """One account."""

    name: str
    domain: str
    industry: str
    city: str
    country: str
    employees: int
    revenue: int
    kind: str


class Person(NamedTuple):
    """One contact; `company` is the domain of an account."""

    first: str
    last: str
    title: str
    department: str
    company: str


class Prospect(NamedTuple):
    """One lead."""

    first: str
    last: str
    title: str
    company: str
    domain: str
    status: str
    rating: str
    source: str


COMPANIES = (
    Company("Brightwater Energy", "brightwater-energy.example", "Energy", "Bristol", "United Kingdom", 2400, 640_000_000, "Prospect"),
    Company("Alderman & Finch", "aldermanfinch.example", "Consulting", "Dublin", "Ireland", 310, 48_000_000, "Customer"),
    Company("Castellan Insurance", "castellan.example", "Insurance", "Madrid", "Spain", 5200, 1_900_000_000, "Prospect"),
    Company("Dovetail Robotics", "dovetail-robotics.example", "Manufacturing", "Eindhoven", "Netherlands", 780, 150_000_000, "Customer"),
    Company("Evergreen Clinics", "evergreen-clinics.example", "Healthcare", "Portland", "United States", 1350, 210_000_000, "Prospect"),
    Company("Fjordline Shipping", "fjordline.example", "Transportation", "Bergen", "Norway", 940, 330_000_000, "Customer"),
    Company("Granite State Bank", "granitestate.example", "Banking", "Concord", "United States", 1800, 520_000_000, "Prospect"),
    Company("Harbour & Vine", "harbourandvine.example", "Retail", "Cape Town", "South Africa", 460, 75_000_000, "Prospect"),
    Company("Iriso Media", "iriso.example", "Media", "Lyon", "France", 220, 36_000_000, "Customer"),
    Company("Juniper Lane Schools", "juniperlane.example", "Education", "Toronto", "Canada", 640, 58_000_000, "Prospect"),
    Company("Kestrel Telecom", "kestrel-telecom.example", "Telecommunications", "Manchester", "United Kingdom", 3100, 880_000_000, "Customer"),
    Company("Lumen Biologics", "lumenbio.example", "Biotechnology", "Basel", "Switzerland", 560, 190_000_000, "Prospect"),
)  # fmt: skip

PEOPLE = (
    Person("Elena", "Marquez", "VP Operations", "Operations", "brightwater-energy.example"),
    Person("Grace", "Okafor", "Chief Financial Officer", "Finance", "brightwater-energy.example"),
    Person("Daniel", "Hughes", "Head of Field Service", "Operations", "brightwater-energy.example"),
    Person("Priya", "Nair", "IT Architect", "IT", "brightwater-energy.example"),
    Person("Tom", "Ashworth", "Procurement Manager", "Procurement", "brightwater-energy.example"),
    Person("Niamh", "Doyle", "Managing Partner", "Leadership", "aldermanfinch.example"),
    Person("Oisín", "Byrne", "Practice Lead", "Consulting", "aldermanfinch.example"),
    Person("Saoirse", "Kelly", "Office Manager", "Administration", "aldermanfinch.example"),
    Person("Javier", "Ortega", "Chief Digital Officer", "Digital", "castellan.example"),
    Person("Lucía", "Serrano", "Claims Director", "Claims", "castellan.example"),
    Person("Andrés", "Molina", "Enterprise Architect", "IT", "castellan.example"),
    Person("Carmen", "Vidal", "Head of Purchasing", "Procurement", "castellan.example"),
    Person("Sanne", "de Wit", "Chief Technology Officer", "Engineering", "dovetail-robotics.example"),
    Person("Joris", "Bakker", "Plant Manager", "Production", "dovetail-robotics.example"),
    Person("Femke", "Visser", "Product Owner", "Engineering", "dovetail-robotics.example"),
    Person("Marcus", "Reed", "Director of Patient Services", "Operations", "evergreen-clinics.example"),
    Person("Hannah", "Lowell", "Compliance Officer", "Legal", "evergreen-clinics.example"),
    Person("Dana", "Whitcomb", "IT Director", "IT", "evergreen-clinics.example"),
    Person("Ingrid", "Solheim", "Fleet Manager", "Operations", "fjordline.example"),
    Person("Lars", "Nygård", "Chief Operating Officer", "Leadership", "fjordline.example"),
    Person("Kari", "Eide", "Business Analyst", "IT", "fjordline.example"),
    Person("Walter", "Pruitt", "SVP Retail Banking", "Retail", "granitestate.example"),
    Person("Joanne", "Albright", "Chief Risk Officer", "Risk", "granitestate.example"),
    Person("Calvin", "Moss", "Vendor Manager", "Procurement", "granitestate.example"),
    Person("Samira", "Patel", "Head of Channels", "Digital", "granitestate.example"),
    Person("Thandi", "Mokoena", "Founder", "Leadership", "harbourandvine.example"),
    Person("Pieter", "Louw", "E-commerce Manager", "Digital", "harbourandvine.example"),
    Person("Camille", "Renard", "Editor in Chief", "Editorial", "iriso.example"),
    Person("Hugo", "Lambert", "Head of Subscriptions", "Marketing", "iriso.example"),
    Person("Inès", "Caron", "Data Lead", "IT", "iriso.example"),
    Person("Meredith", "Chan", "Superintendent", "Leadership", "juniperlane.example"),
    Person("Devon", "Clarke", "Director of Technology", "IT", "juniperlane.example"),
    Person("Aisha", "Rahman", "Network Operations Director", "Network", "kestrel-telecom.example"),
    Person("Gareth", "Pryce", "Head of Customer Care", "Service", "kestrel-telecom.example"),
    Person("Beth", "Rowntree", "Programme Manager", "PMO", "kestrel-telecom.example"),
    Person("Owen", "Tranter", "Security Lead", "IT", "kestrel-telecom.example"),
    Person("Annika", "Frei", "Head of Clinical Data", "Research", "lumenbio.example"),
    Person("Matteo", "Bianchi", "Quality Director", "Quality", "lumenbio.example"),
    Person("Ruth", "Zbinden", "General Counsel", "Legal", "lumenbio.example"),
    Person("Felix", "Amrein", "Systems Engineer", "IT", "lumenbio.example"),
)  # fmt: skip

PROSPECTS = (
    Prospect("Nadia", "Kowalski", "Head of Marketing", "Tidewell Apparel", "tidewell.example", "Open - Not Contacted", "Hot", "Web"),
    Prospect("Benjamin", "Sato", "Operations Lead", "Copperfield Foods", "copperfieldfoods.example", "Working - Contacted", "Warm", "Event"),
    Prospect("Ottilie", "Brandt", "Chief of Staff", "Rheinwerk Anlagen", "rheinwerk-anlagen.example", "Open - Not Contacted", "Warm", "Web"),
    Prospect("Kwame", "Boateng", "IT Manager", "Goldcrest Logistics", "goldcrest.example", "Working - Contacted", "Hot", "Partner Referral"),
    Prospect("Yuki", "Hara", "Product Manager", "Aomori Instruments", "aomori-instruments.example", "Open - Not Contacted", "Cold", "Purchased List"),
    Prospect("Leila", "Farouk", "Procurement Director", "Sahara Solar", "saharasolar.example", "Working - Contacted", "Warm", "Phone Inquiry"),
    Prospect("Magnus", "Holm", "CTO", "Norrsken Games", "norrskengames.example", "Open - Not Contacted", "Hot", "Web"),
    Prospect("Clara", "Benítez", "Customer Success Lead", "Pampa Travel", "pampatravel.example", "Closed - Not Converted", "Cold", "Other"),
    Prospect("Elliot", "Grange", "Finance Manager", "Quarry Park Hotels", "quarrypark.example", "Open - Not Contacted", "Warm", "Event"),
    Prospect("Mei", "Tanaka", "Data Scientist", "Bluefin Analytics", "bluefin-analytics.example", "Working - Contacted", "Warm", "Web"),
    Prospect("Adaeze", "Nwosu", "Programme Director", "Unity Health Trust", "unityhealth.example", "Open - Not Contacted", "Hot", "Partner Referral"),
    Prospect("Viktor", "Petrov", "Head of IT", "Balkan Freight", "balkanfreight.example", "Open - Not Contacted", "Cold", "Purchased List"),
)  # fmt: skip
