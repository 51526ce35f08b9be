"""The real processes: they answer, and they know the hosts apart."""

import httpx
import pytest

from config.rooms import present
from tests.fixtures.live import Live

pytestmark = pytest.mark.slow


def test_the_web_process_answers(live_stack: Live) -> None:
    answer = httpx.get(f"http://127.0.0.1:{live_stack.place.port}/healthz", headers={"Host": "localhost"})
    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.skipif(not present("operators.urls"), reason="operators are not built yet")
@pytest.mark.parametrize(("host", "found"), [("acme.localhost", True), ("nobody.localhost", False)])
def test_an_unknown_host_is_not_found(live_stack: Live, host: str, found: bool) -> None:
    answer = httpx.get(f"http://127.0.0.1:{live_stack.place.port}/sign-in/", headers={"Host": host})
    assert (answer.status_code == 200) is found
    assert found or answer.status_code == 404
