"""Socket routes of the console."""

from django.urls import path

from pages.consumers import ConsoleSocket

SOCKETS = [path("console/live", ConsoleSocket.as_asgi())]  # type: ignore[arg-type]
