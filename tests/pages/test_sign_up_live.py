"""From the sign-up form to the first page on the new company's own host, over real HTTP."""

import secrets
import time

import httpx
import pytest

from tests import cast
from tests.fixtures.live import Live
from tests.live_console import CSRF

pytestmark = pytest.mark.slow
MOST_SECONDS = 3.0
# A machine that is busy with other things is slow at times; a server that is slow is so each time.
TRIES = 3


def sign_up(live: Live) -> float:
    """Seconds from sending the form until the new company's sign-in page is there."""
    word = f"swift-{secrets.token_hex(4)}"
    port = live.place.port
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as browser:
        public = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
        token = CSRF.search(browser.get("/sign-up/", headers=public).text)
        assert token
        form = {
            "csrfmiddlewaretoken": token[1],
            "name": word.title(),
            "subdomain": word,
            "owner_name": "Sven Swift",
            "owner_email": f"sven@{word}.example",
            "password": cast.PASSWORD,
        }
        begun = time.perf_counter()
        made = browser.post("/sign-up/", data=form, headers=public)
        first = browser.get("/sign-in/", headers={"Host": f"{word}.localhost:{port}"})
        took = time.perf_counter() - begun
    assert (made.status_code, first.status_code) == (201, 200), made.text
    assert word.title() in first.text
    return took


def test_a_company_is_there_within_three_seconds(live_stack: Live) -> None:
    took: list[float] = []
    while len(took) < TRIES and (not took or min(took) > MOST_SECONDS):
        took.append(sign_up(live_stack))
    assert min(took) <= MOST_SECONDS, took
