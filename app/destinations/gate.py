"""The gate of a Destination: who is asked for an e-mail address, and whom it lets in (X12).

No e-mail is sent, so nobody is verified. ``ASK`` proves nothing: anybody can type anybody's
address. ``LISTED`` keeps out who knows no address that is let in. A link of somebody's own proves
that its holder has what that person was sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.orgs.gates import GateKind, is_listed


@dataclass(frozen=True, slots=True)
class Gate:
    """What is asked, and of whom.

    ``own_link``: not of those who come by a link of their own. ``allow`` and ``deny`` are lists as
    ``orgs.gates`` has them; who is denied is let in by nothing else.
    """

    kind: GateKind = GateKind.OPEN
    own_link: bool = True
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    def lets_in(self, email: str, *, is_invited: bool) -> bool:
        """Whether the address opens it; ``is_invited``: its holder has a link of their own."""
        if self.kind is GateKind.OPEN:
            return True
        if self.kind is GateKind.CLOSED or is_listed(email, self.deny):
            return False
        return self.kind is GateKind.ASK or is_invited or is_listed(email, self.allow)

    def asks(self, email: str) -> bool:
        """Whether the holder of a link has to type; ``email`` is its person's, "" of nobody's."""
        if self.kind is GateKind.OPEN:
            return False
        return not (self.own_link and email and self.lets_in(email, is_invited=True))
