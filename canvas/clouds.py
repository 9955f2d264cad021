"""The table of Salesforce's host names, one row per cloud.

Names follow "My Domain URL Formats" (Salesforce Help) and Apex `System.DomainCreator`; partitions
such as `.sandbox.` stand before the suffix. The .mil and .cn names are those that Salesforce's own
sfdx-core and jsforce know (`my.salesforce.mil`, `lightning.crmforce.mil`, `lightning.sfcrmapps.cn`)
and widely used browser extensions; Salesforce publishes no full table. A cloud or name missing here
is given by the caller: every function that uses the table takes `clouds`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One family of Salesforce host names; all are suffixes below which an org has its own name.

    `instance`: where the API is, the only hosts that get a token. `pages`: where record pages,
    Visualforce and Setup are. `login_hosts`: exact, shared by all orgs. `wide`: may frame us.
    """

    instance: str
    lightning: str
    visualforce: str
    setup: str
    other_pages: tuple[str, ...] = ()
    login_hosts: tuple[str, ...] = ()
    wide: tuple[str, ...]

    @property
    def pages(self) -> tuple[str, ...]:
        return (self.instance, self.lightning, self.visualforce, self.setup, *self.other_pages)


CLOUDS: tuple[Cloud, ...] = (
    Cloud(  # commercial, Hyperforce and Government Cloud Plus
        instance="my.salesforce.com",
        lightning="lightning.force.com",
        visualforce="vf.force.com",
        setup="my.salesforce-setup.com",
        other_pages=("salesforce-setup.com", "visual.force.com", "visualforce.com", "my.site.com"),
        login_hosts=("login.salesforce.com", "test.salesforce.com"),
        wide=(
            "force.com",
            "salesforce.com",
            "salesforce-setup.com",
            "visualforce.com",
            "my.site.com",
        ),
    ),
    Cloud(  # United States, military
        instance="my.salesforce.mil",
        lightning="lightning.crmforce.mil",
        visualforce="vf.force.mil",
        setup="my.salesforce-setup.mil",
        other_pages=("lightning.force.mil", "visual.force.mil", "visualforce.mil"),
        wide=(
            "salesforce.mil",
            "crmforce.mil",
            "force.mil",
            "visualforce.mil",
            "salesforce-setup.mil",
        ),
    ),
    Cloud(  # China, run by Alibaba Cloud
        instance="my.sfcrmproducts.cn",
        lightning="lightning.sfcrmapps.cn",
        visualforce="vf.sfcrmapps.cn",
        setup="setup.sfcrmproducts.cn",
        wide=("sfcrmproducts.cn", "sfcrmapps.cn"),
    ),
)
