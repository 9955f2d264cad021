"""Who may do what with objects and fields: profiles, permission sets, and their sums per user."""

from devorg.rights.rights import Rights
from devorg.rights.sets import Action, PermissionSet

__all__ = ["Action", "PermissionSet", "Rights"]
