"""Whether a port of this machine is free."""

from __future__ import annotations

import os
import socket


def is_free(number: int) -> bool:
    """Whether nothing listens on a loopback port, by IPv4 or IPv6."""
    if any(_answers(host, number) for host in ("127.0.0.1", "::1")):
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # connections that just ended do not count, as for any server
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def _answers(host: str, number: int) -> bool:
    try:
        with socket.create_connection((host, number), timeout=1):
            return True
    except OSError:
        return False
