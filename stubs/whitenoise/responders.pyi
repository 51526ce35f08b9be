from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, BinaryIO

class Response:
    status: HTTPStatus
    headers: list[tuple[str, str]]
    file: BinaryIO | None

class StaticFile:
    def get_response(self, method: str | None, request_headers: Mapping[str, Any]) -> Response: ...
