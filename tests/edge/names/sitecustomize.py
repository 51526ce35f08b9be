"""Loaded by every Python that has this folder in its path: *.localhost is this machine, as browsers know."""

import socket
from typing import Any

_find = socket.getaddrinfo


def _found(host: Any, *more: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else str(host)
    return _find("127.0.0.1" if name.endswith(".localhost") else host, *more, **named)


socket.getaddrinfo = _found
