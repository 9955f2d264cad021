"""Ranges of IP addresses, written `10.0.0.1-10.0.0.9`, `10.0.0.0/8` or as one address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses from `first` to `last`, both of one family."""

    first: _Address
    last: _Address

    def holds(self, address: str) -> bool:
        """True if the address is one of them."""
        try:
            given = ip_address(address)
        except ValueError:
            return False
        if given.version != self.first.version:
            return False
        return int(self.first) <= int(given) <= int(self.last)


def _network(text: str) -> Network:
    first, dash, last = text.partition("-")
    if not dash:
        whole = ip_network(text.strip(), strict=False)
        return Network(whole[0], whole[-1])
    ends = ip_address(first.strip()), ip_address(last.strip())
    if ends[0].version != ends[1].version or int(ends[0]) > int(ends[1]):
        raise ValueError(f"{text!r} is no range of addresses")
    return Network(*ends)


@lru_cache(maxsize=256)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(_network(each) for each in texts)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The ranges of some texts. Raises ValueError."""
    return _networks(tuple(texts))
