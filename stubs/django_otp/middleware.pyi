from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

class OTPMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None: ...
    def _install_lazy_accessors(self, request: HttpRequest) -> None: ...
