"""Ports for programs that are told theirs before they listen."""

from __future__ import annotations

import itertools
import os
import socket

#: Below the ports that systems give to connections by themselves (Linux from 32768): between the
#: choice of a port and the program's listening nobody gets it by chance.
_FIRST, _EACH, _PROCESSES = 20_000, 100, 120
_steps = itertools.count()


def free_port() -> int:
    """A port of this machine that nothing listens on; each process looks in a range of its own."""
    first = _FIRST + os.getpid() % _PROCESSES * _EACH
    for step in itertools.islice(_steps, _EACH):
        port = first + step % _EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"no port from {first} on is free")
