"""The one place where the parts of devorg are put together."""

from __future__ import annotations

from flask import Flask

from devorg import control, oauth, pages, soap
from devorg.config import DevorgConfig
from devorg.org import Org
from devorg.rest import apex, dispatch, unsupported
from devorg.soql import tree


def create_org_app(config: DevorgConfig) -> Flask:
    """A Flask application that is one org; `org_of(app).close()` ends it."""
    tree.warm()
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # real bodies keep their order
    app.extensions["devorg"] = Org(config)
    for part in (control, oauth, soap, dispatch, apex, unsupported):
        app.register_blueprint(part.blueprint)
    app.register_blueprint(pages.blueprint)
    return app
