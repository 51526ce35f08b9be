"""A relay that speaks Shelly's RPC and asks for digest authentication as RFC 7616 describes it."""

import hashlib
import json
import secrets
from urllib.request import parse_http_list, parse_keqv_list

import httpx

USER, PASSWORD, REALM = "admin", "open sesame", "shellyplus1-a8032ab12345"


class Shelly:
    """What it answers and what it was told. `algorithm` "" asks for no password."""

    def __init__(self, algorithm: str = "SHA-256") -> None:
        self.algorithm = algorithm
        self.pulses: list[tuple[str, float]] = []  # switch, seconds
        self.status = 200
        self._nonce = secrets.token_hex(8)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """As the device does."""
        if self.algorithm and not self._proved(request):
            asks = f'Digest qop="auth", realm="{REALM}", nonce="{self._nonce}", algorithm={self.algorithm}'
            return httpx.Response(401, headers={"WWW-Authenticate": asks})
        if self.status != 200:
            return httpx.Response(self.status, text="busy")
        asked = dict(request.url.params)
        if request.url.path == "/rpc/Switch.Set":
            assert asked["on"] == "true"
            self.pulses.append((asked["id"], float(asked["toggle_after"])))
        return httpx.Response(200, text=json.dumps({"was_on": False}))

    def _proved(self, request: httpx.Request) -> bool:
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        if kind != "Digest":
            return False
        said = parse_keqv_list(parse_http_list(rest))

        def h(text: str) -> str:
            return hashlib.new(self.algorithm.replace("-", "").lower(), text.encode()).hexdigest()

        whole = request.url.raw_path.decode()
        proof = h(
            f"{h(f'{USER}:{REALM}:{PASSWORD}')}:{self._nonce}:{said['nc']}:{said['cnonce']}:auth:"
            f"{h(f'{request.method}:{whole}')}"
        )
        return said["response"] == proof and said["uri"] == whole
