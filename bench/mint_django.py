"""The same request through Django's middleware, resolver and view: what the raw callable spares."""

from typing import Any

from django.core.asgi import get_asgi_application

from config.gate import healthy

_django: Any = get_asgi_application()


async def ordinary(scope: Any, receive: Any, send: Any) -> None:
    """The same request through Django's middleware, resolver and view."""
    if scope["type"] == "http" and scope["path"] == "/healthz":
        await healthy(scope, receive, send)
    elif scope["type"] == "http":
        await _django(scope, receive, send)
    else:
        while True:
            phase = (await receive())["type"].rpartition(".")[2]
            await send({"type": f"lifespan.{phase}.complete"})
            if phase == "shutdown":
                return
