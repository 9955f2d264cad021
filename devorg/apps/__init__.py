"""External client apps, and what people have granted them. State only: HTTP is `devorg.oauth`."""

from __future__ import annotations

from devorg.apps.app import ClientApp
from devorg.apps.state import OAuthState

__all__ = ["ClientApp", "OAuthState"]
