"""The `web` process: granian loads `application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
application = get_wsgi_application()
