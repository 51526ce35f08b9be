from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.responders import StaticFile

class WhiteNoiseMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None: ...
    def __call__(self, request: HttpRequest) -> HttpResponseBase: ...
    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponseBase: ...
