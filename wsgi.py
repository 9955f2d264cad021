"""The WSGI application: ``gunicorn wsgi:app``, ``flask --app wsgi …``."""

import atexit

from app import create_app, memory
from app.salesforce.gateway import EXTENSION

app = create_app()
# booked API calls are written before the process ends
atexit.register(app.extensions[EXTENSION].close)
memory.settle()
