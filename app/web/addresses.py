"""Whom limits count: what one visitor can hardly change of an address."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address


def visitor_of(address: str) -> str:
    """The IPv4 address, or the network of an IPv6 one: a household gets a /64 (RFC 6177).

    An IPv4 address in the clothes of an IPv6 one counts as what it is. What is no address (a
    socket, a proxy that names none) stays as it is.
    """
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or IPv6Network((known, 64), strict=False))
