"""The ASGI application: raw routes first, then sockets, then Django."""

import os
from typing import cast

from django.core.asgi import get_asgi_application

from config.gate import ASGIApp, Gate
from config.sockets import SameOrigin, socket_routes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

django_application = cast(ASGIApp, get_asgi_application())
application = Gate(http=django_application, websocket=SameOrigin(socket_routes()))
