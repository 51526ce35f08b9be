"""Socket routes of the readers' room."""

from django.urls import path

from readers.consumers import ReaderSocket

SOCKETS = [path("api/v1/readers/socket", ReaderSocket.as_asgi())]  # type: ignore[arg-type]
