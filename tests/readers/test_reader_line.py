"""The reader page's line to the server: what is lost on the way, checkpoints, two histories."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Route, WebSocketRoute

from tests.readers.tablet import Tablet

pytestmark = pytest.mark.browser
Message = dict[str, Any]
KEPT = """async () => {
  const store = await import("/static/reader/store.js");
  const { toHex } = await import("/static/reader/bytes.js");
  const { number, hash } = await store.get("checkpoint");
  return { number, hash: toHex(hash) };
}"""


class Wire:
    """The reader's socket in the test's hands: what the server says may be dropped, and more be said."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.loses: Callable[[Message], bool] = lambda _: False
        self.lost: list[Message] = []
        self.told: list[Message] = []  # by the page
        self.socket: WebSocketRoute | None = None
        page.route_web_socket("**/api/v1/readers/socket", self._connected)

    def _connected(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self.socket = socket

        def down(text: str | bytes) -> None:
            message = json.loads(text)
            if self.loses(message):
                self.lost.append(message)
            else:
                socket.send(text)

        def up(text: str | bytes) -> None:
            self.told.append(json.loads(text))
            server.send(text)

        server.on_message(down)
        socket.on_message(up)

    def say(self, frame: str) -> None:
        """As if the server had said it."""
        assert self.socket is not None
        self.socket.send(frame)

    def heard(self, kind: str) -> list[Message]:
        """What the page said of this kind."""
        return [message for message in self.told if message["t"] == kind]


@pytest.fixture
def wire(tablet: Tablet) -> Wire:
    return Wire(tablet.page)


def test_a_change_that_was_lost_is_pulled_and_acknowledged(tablet: Tablet, wire: Wire) -> None:
    tablet.pair()
    epoch, before = tablet.told()["applied"]
    pulls: list[str] = []
    tablet.page.on(
        "request", lambda asked: pulls.append(asked.url) if "/readers/policy?" in asked.url else None
    )

    wire.loses = lambda message: message["t"] == "delta"
    lost = tablet.do("touch")
    tablet.waits(lambda: wire.lost and wire.lost[-1]["seq"] >= lost)
    wire.loses = lambda _: False
    assert tablet.told()["applied"][1] == before

    seq = tablet.do("touch")
    tablet.waits(lambda: tablet.told()["applied"][1] >= seq)
    assert [asked.split("?")[1] for asked in pulls] == [f"epoch={epoch}&seq={before}"]
    assert [ack["seq"] for ack in wire.heard("ack")][-2:] == [before, seq]
    tablet.ready()
    assert tablet.complaints == []


def test_it_asks_until_it_was_told_everything(tablet: Tablet, wire: Wire) -> None:
    tablet.pair()
    pages: list[tuple[int, bool]] = []

    def one_at_a_time(route: Route) -> None:
        asked = urlsplit(route.request.url)  # Chromium alone knows names under localhost
        url = f"http://127.0.0.1:{asked.port}{asked.path}?{asked.query}"
        told = httpx.get(url, headers={**route.request.headers, "host": asked.netloc}).json()
        first = told["changes"][0][0] if told["changes"] else told["seq"]
        told["complete"] = first >= told["seq"]
        told["seq"], told["changes"] = first, [one for one in told["changes"] if one[0] == first]
        pages.append((first, told["complete"]))
        route.fulfill(json=told)

    tablet.page.route("**/api/v1/readers/policy?**", one_at_a_time)
    wire.loses = lambda message: message["t"] == "delta"
    numbers = [tablet.do("touch") for _ in range(3)]
    tablet.waits(lambda: wire.lost and wire.lost[-1]["seq"] >= numbers[-1])
    wire.loses = lambda _: False
    acks = len(wire.heard("ack"))
    last = tablet.do("touch")
    tablet.waits(lambda: tablet.told()["applied"][1] >= last)
    assert pages == [(number, number == last) for number in [*numbers, last]]
    assert [ack["seq"] for ack in wire.heard("ack")][acks:] == [last]
    tablet.ready()
    assert tablet.complaints == []


def test_checkpoints_are_kept_and_countersigned(tablet: Tablet, wire: Wire) -> None:
    tablet.pair()
    first = tablet.do("seal")
    tablet.waits(lambda: first["number"] in tablet.told()["witnessed"])
    tablet.do("touch")
    tablet.page.reload()  # what it kept is what the next one must follow
    tablet.ready()
    second = tablet.do("seal")
    assert second["number"] > first["number"]
    tablet.waits(lambda: second["number"] in tablet.told()["witnessed"])
    kept = tablet.page.evaluate(KEPT)
    assert kept["number"] >= second["number"]
    assert kept["number"] > second["number"] or kept == second
    assert not tablet.told()["alarm"]


@pytest.mark.parametrize(
    ("tablet", "how"), [("tablet", "rewritten"), ("phone", "unlinked")], indirect=["tablet"]
)
def test_two_histories_raise_the_alarm_here_and_there(tablet: Tablet, wire: Wire, how: str) -> None:
    tablet.pair()
    sealed = tablet.do("seal")
    tablet.waits(lambda: sealed["number"] in tablet.told()["witnessed"])
    wire.loses = lambda message: message["t"] == "checkpoint"
    kept = tablet.page.evaluate(KEPT)

    wire.say(tablet.do("another_history", kept["number"], "foreign"))
    seq = tablet.do("touch")  # it is acknowledged after that frame was looked at
    tablet.waits(lambda: tablet.told()["applied"][1] >= seq)
    tablet.ready()
    assert wire.heard("fork") == []
    assert not tablet.told()["alarm"]

    wire.say(tablet.do("another_history", kept["number"], how))
    tablet.state("fork")
    tablet.waits(lambda: tablet.told()["alarm"])
    assert [said["number"] for said in wire.heard("fork")] == [kept["number"]]
    assert tablet.page.evaluate(KEPT) == kept
    tablet.shot("fork")
    tablet.page.reload()
    tablet.state("fork")
    assert tablet.complaints == []
