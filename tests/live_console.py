"""The cast on a running system: real sign-in over HTTP, real sockets."""

import re
import time
from types import TracebackType
from typing import Self

import httpx
from django_otp.oath import TOTP
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sallyport import reader_protocol as wire
from tests import cast
from tests.fixtures.live import Live
from tests.keyholders import NAMES, KeyHolder, laid_on

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# A code passes once: who is signed in to a system stays signed in for the whole run.
_cookies: dict[tuple[int, str], dict[str, str]] = {}


class Visitor:
    """One of the cast with a browser of their own, on Acme's host (Pia on the platform's)."""

    def __init__(self, live: Live, name: str) -> None:
        self.live = live
        self.name = name
        self.own = {"charlie": "globex", "pia": "platform"}.get(name, "acme")
        self.visits = "platform" if name == "pia" else "acme"
        self.http = self._browser(self.visits)
        self.holder: KeyHolder | None = laid_on(live)[name] if name in NAMES else None

    def __enter__(self) -> Self:
        self.http.cookies.update(self.cookies())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def host(self, company: str) -> str:
        return f"{company}.localhost:{self.live.place.port}"

    def _browser(self, company: str) -> httpx.Client:
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.live.place.port}",
            headers={"Host": self.host(company), "Origin": f"http://{self.host(company)}"},
            timeout=20,
        )

    def cookies(self) -> dict[str, str]:
        """The session, signed in at first need."""
        key = (self.live.place.port, self.name)
        if self.name != "nobody" and self.holder is None and key not in _cookies:
            _cookies[key] = self._sign_in()
        return _cookies.get(key, {})

    def _sign_in(self) -> dict[str, str]:
        person = "alice" if self.name == "half" else self.name
        with self._browser(self.own) as browser:
            self.send(browser, "/sign-in/", email=cast.address_of(person), password=cast.PASSWORD)
            if self.name != "half":
                totp = TOTP(cast.TOTP_SECRET)
                totp.time = time.time()
                answer = self.send(browser, "/sign-in/code/", code=f"{totp.token():06d}")
                assert answer.status_code == 302, f"{person} could not sign in"
            return dict(browser.cookies)

    @staticmethod
    def send(browser: httpx.Client, path: str, **form: str) -> httpx.Response:
        """Fill in the form of a page."""
        token = CSRF.search(browser.get(path).text)
        assert token, path
        return browser.post(path, data={"csrfmiddlewaretoken": token.group(1), **form})

    def ask(self, method: str, path: str) -> int:
        """The status of a request without a body; who has a key signs it."""
        signed = self.holder.headers(method, self.host(self.visits), path) if self.holder else {}
        return self.http.request(method, path, headers=signed).status_code

    def socket(self, path: str) -> ClientConnection:
        """Open a socket as the browser would."""
        host = self.host(self.visits)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies().items())
        opened: ClientConnection = connect(
            f"ws://127.0.0.1:{self.live.place.port}{path}",
            additional_headers={"Cookie": cookie, "Host": host},
            origin=Origin(f"http://{host}"),
        )
        return opened


def knock(visitor: Visitor, path: str) -> str:
    """`open`, `in` once a key was accepted, or with what the socket was refused."""
    try:
        with visitor.socket(path) as socket:
            try:
                return _introduce(visitor, socket, socket.recv(timeout=0.5))
            except TimeoutError:
                return "open"
            except ConnectionClosed as closed:
                return str(closed.rcvd.code if closed.rcvd else "cut")
    except InvalidStatus as refused:
        return str(refused.response.status_code)


def _introduce(visitor: Visitor, socket: ClientConnection, heard: str | bytes) -> str:
    """Answer a challenge, where there is one and the visitor has a key."""
    if visitor.holder is None:
        return "open"
    challenge = wire.decode(str(heard))
    assert isinstance(challenge, wire.Challenge)
    socket.send(visitor.holder.hello(challenge))
    try:
        assert isinstance(wire.decode(str(socket.recv(timeout=20))), wire.Delta)
    except TimeoutError:
        return "unanswered"
    return "in"
