"""What the empty demo says once it runs: who begins where, until a right is broken and mended."""

from __future__ import annotations

from devorg import ids
from tools.demo.home import Secrets
from tools.demo.plan import CLIENT_ID, Settings

#: The prefix of contacts' ids; the org's story begins with the first of them.
_CONTACT = "003"


def first_steps(settings: Settings, secrets: Secrets, invitation: str) -> str:
    """The steps, each with its address; `invitation` is the link of the first member of staff."""
    org = settings.devorg_url
    contact = f"{org}/lightning/r/Contact/{ids.make(_CONTACT, 1)}/view"
    return f"""Inlay is ready, and empty. What to do first (docs/walk.md goes on from there):
  1 A rep      {contact}?user=rep
               reads that access is being set up; the org then waits to be let in
  2 Support    {invitation}
               lets it in (State), and makes a link for its admin; a private window for each helps
  3 Admin      by that link: Set-up, Connect, by key and secret
               address {org}, key {CLIENT_ID}, secret {secrets.client_secret}
  4 Admin      Preflight; Set-up, Turn on
  5 Break it   {org}/lightning/setup/users/integration
               takes a permission set away, and gives it back
Another link: .venv/bin/python -m tools.demo --empty staff invite ada@example.com --role operator
The app is {settings.app_url}, data are in {settings.home}. Ctrl-C stops it."""
