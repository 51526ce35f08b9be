"""Headers of every answer, and requests that another origin sent."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from config.headers import OwnOriginOnly, SecurityHeaders

HOST = "acme.localhost"


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def headers_of(path: str) -> dict[str, str]:
    response = SecurityHeaders(answer)(RequestFactory().get(path, headers={"host": HOST}))
    return dict(response.headers.items())


def test_no_inline_script_and_nothing_from_elsewhere() -> None:
    policy = headers_of("/people/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_web_assembly_runs_at_doors_and_kiosks_alone() -> None:
    for page in ("/reader/", "/kiosk/"):
        assert "script-src 'self' 'wasm-unsafe-eval';" in headers_of(page)["Content-Security-Policy"]
    for page in ("/readers/", "/visitors/kiosks/"):
        assert "wasm" not in headers_of(page)["Content-Security-Policy"]


def test_the_kiosk_page_alone_has_a_frame_and_only_of_what_it_holds() -> None:
    assert headers_of("/kiosk/")["Content-Security-Policy"].endswith("frame-src blob:")
    assert "frame-src" not in headers_of("/reader/")["Content-Security-Policy"]


def test_pages_are_not_stored() -> None:
    assert headers_of("/people/")["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "origin", "status"),
    [
        ("POST", None, 200),
        ("POST", f"http://{HOST}", 200),
        ("POST", "http://globex.localhost", 403),
        ("POST", f"https://{HOST}", 403),
        ("POST", f"http://{HOST}:81", 403),
        ("POST", "null", 403),
        ("DELETE", "http://globex.localhost", 403),
        ("GET", "http://globex.localhost", 200),
    ],
)
def test_a_sibling_cannot_write(method: str, origin: str | None, status: int) -> None:
    told = {"host": HOST, **({"origin": origin} if origin else {})}
    request = RequestFactory().generic(method, "/people/add/", headers=told)
    assert OwnOriginOnly(answer)(request).status_code == status
