"""Headers of every answer, and the refusal of a request that another origin sent."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def _policy(**more: str) -> str:
    parts = {**settings.CONTENT_SECURITY_POLICY, **more}
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _policy_of(path: str) -> str:
    more: dict[str, str] = {}
    if path.startswith(settings.CONTENT_SECURITY_WASM_PATHS):
        more["script-src"] = f"{settings.CONTENT_SECURITY_POLICY['script-src']} 'wasm-unsafe-eval'"
    if path.startswith(settings.CONTENT_SECURITY_FRAME_PATHS):
        more["frame-src"] = "blob:"
    return _policy(**more)


class SecurityHeaders:
    """Adds Content-Security-Policy and Permissions-Policy; pages of persons are never stored by a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and complete the answer."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy_of(request.path))
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class OwnOriginOnly:
    """Refuses a writing request whose Origin is not the very host it is sent to.

    Companies are siblings under one domain, hence same-site: cookies alone would travel between them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or answer 403."""
        origin = request.headers.get("Origin")
        if origin is None or request.method in SAFE_METHODS:
            return self.get_response(request)
        if origin != f"{request.scheme}://{request.get_host()}":
            return self._refuse(request)
        return self.get_response(request)

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        body = {"code": "foreign_origin", "text": "This request came from another site.", "retry": False}
        return JsonResponse(body, status=403)
