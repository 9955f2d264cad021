"""Who may do what with objects and fields: profiles, permission sets, and their sums per user."""

from devorg.rights.rights import Action, Rights

__all__ = ["Action", "Rights"]
