"""The few calls of the SOAP API that clients log in with. A further call is a function more."""

from __future__ import annotations

from devorg.soap.routes import blueprint

__all__ = ["blueprint"]
