"""User and Organization: what a client reads about the org itself."""

from __future__ import annotations

from dataclasses import replace

from devorg.schema.fields import (
    SObject,
    read_only,
    system_fields,
    text,
    typed,
)

USER = SObject(
    "User", "User", "Users", "005",
    (
        *system_fields("User"),
        read_only(text("Username", "Username", 80)),
        read_only(text("LastName", "Last Name", 80)),
        read_only(text("FirstName", "First Name", 40)),
        replace(read_only(text("Name", "Full Name", 121)), name_field=True),
        read_only(typed("email", "Email", "Email", 128)),
        read_only(text("Title", "Title", 80)),
        read_only(text("Alias", "Alias", 8)),
        read_only(typed("boolean", "IsActive", "Active")),
        read_only(text("TimeZoneSidKey", "Time Zone", 40)),
        read_only(text("LocaleSidKey", "Locale", 40)),
        read_only(text("LanguageLocaleKey", "Language", 40)),
        read_only(text("UserType", "User Type", 40)),
        read_only(text("ProfileId", "Profile ID", 18)),
    ),
    sharing="all",
    writable=False,
)  # fmt: skip

ORGANIZATION = SObject(
    "Organization", "Organization", "Organizations", "00D",
    (
        *system_fields("Organization"),
        replace(read_only(text("Name", "Name", 80)), name_field=True),
        read_only(text("OrganizationType", "Edition", 40)),
        read_only(text("InstanceName", "Instance Name", 5)),
        read_only(text("NamespacePrefix", "Namespace Prefix", 15)),
        read_only(typed("boolean", "IsSandbox", "Is Sandbox")),
        read_only(typed("datetime", "TrialExpirationDate", "Trial Expiration Date")),
        read_only(text("PrimaryContact", "Primary Contact", 80)),
        read_only(text("Country", "Country", 80)),
        read_only(text("DefaultLocaleSidKey", "Locale", 40)),
        read_only(text("LanguageLocaleKey", "Language", 40)),
        read_only(text("TimeZoneSidKey", "Time Zone", 40)),
    ),
    sharing="all",
    writable=False,
)  # fmt: skip
