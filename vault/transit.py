"""The root key in HashiCorp Vault's transit engine: it never comes here, Vault encrypts and decrypts for us.

POST /v1/<mount>/encrypt/<name> and /decrypt/<name> with X-Vault-Token and base64, as in Vault's HTTP API.
"""

import base64
import binascii
import hashlib
import hmac
import json
import ssl
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from vault import envelope

TIMEOUT_SECONDS: Final = 3.0
MOST_BYTES: Final = 65_536
DIGEST_BYTES: Final = 32


class RootKeyAway(RuntimeError):  # noqa: N818
    """The key service cannot be asked now: nothing is opened, nothing is wrapped. The text says why."""


@dataclass(frozen=True, slots=True)
class TransitPlace:
    """Where the engine is. The token is read from its file for each call: an agent may renew it."""

    url: str
    name: str
    token_file: str
    mount: str = "transit"
    ca_file: str = ""
    timeout: float = TIMEOUT_SECONDS


class TransitKey:
    """One root key. Where a value belongs goes into what is encrypted, and must agree when it comes back."""

    def __init__(self, place: TransitPlace) -> None:
        url = urlsplit(place.url)
        if url.scheme != "https" or not url.hostname or not place.name or not place.token_file:
            raise ImproperlyConfigured("the transit root key needs an https address, a name and a token file")
        self._place = place
        self._host, self._port = url.hostname, url.port or 443
        self._base = url.path.rstrip("/")
        try:
            self._tls = ssl.create_default_context(cafile=place.ca_file or None)
        except OSError:
            raise ImproperlyConfigured("the certificates for the transit root key cannot be read") from None

    def __repr__(self) -> str:
        return f"<transit key {self._place.name}>"

    def wrap(self, plain: bytes, place: bytes) -> bytes:
        """Vault's own text of the ciphertext. Raises RootKeyAway."""
        inner = base64.b64encode(_bound(place) + plain).decode()
        told = self._ask("encrypt", {"plaintext": inner})
        text = told.get("ciphertext")
        if not isinstance(text, str) or not text.startswith("vault:v"):
            raise RootKeyAway("the key service answered without a ciphertext")
        return text.encode()

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """What was wrapped for this place. Raises envelope.CannotOpen, RootKeyAway."""
        try:
            told = self._ask("decrypt", {"ciphertext": wrapped.decode("ascii")})
            inner = base64.b64decode(str(told.get("plaintext", "")), validate=True)
        except (UnicodeDecodeError, binascii.Error):
            raise envelope.CannotOpen("not a value of the key service") from None
        if not hmac.compare_digest(inner[:DIGEST_BYTES], _bound(place)):
            raise envelope.CannotOpen("wrapped elsewhere")
        return inner[DIGEST_BYTES:]

    def _ask(self, verb: str, body: dict[str, str]) -> dict[str, Any]:
        path = f"{self._base}/v1/{quote(self._place.mount)}/{verb}/{quote(self._place.name, safe='')}"
        headers = {"X-Vault-Token": self._token(), "Content-Type": "application/json"}
        line = HTTPSConnection(self._host, self._port, timeout=self._place.timeout, context=self._tls)
        try:
            line.request("POST", path, json.dumps(body), headers)
            answer = line.getresponse()
            status, raw = answer.status, answer.read(MOST_BYTES)
        except ssl.SSLError:
            raise RootKeyAway("the key service's certificate is not believed") from None
        except (OSError, HTTPException) as error:
            raise RootKeyAway(f"the key service does not answer ({type(error).__name__})") from None
        finally:
            line.close()
        return _data(verb, status, raw)

    def _token(self) -> str:
        try:
            token = Path(self._place.token_file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise RootKeyAway("the token for the key service cannot be read") from None
        if not token or not token.isprintable():
            raise RootKeyAway("the token for the key service is empty or damaged")
        return token


def _bound(place: bytes) -> bytes:
    return hashlib.sha256(b"sallyport/transit/1\0" + place).digest()


def _data(verb: str, status: int, raw: bytes) -> dict[str, Any]:
    """The `data` of a good answer. Nothing of the answer is put into an error: it may hold what was asked."""
    if verb == "decrypt" and status == 400:
        raise envelope.CannotOpen("the key service does not open this value")
    if status != 200:
        words = {
            403: "it refuses our token",
            404: "it has no such key",
            503: "it is sealed or in maintenance",
        }
        raise RootKeyAway(f"the key service gives no key: {words.get(status, f'status {status}')}")
    try:
        data = json.loads(raw)["data"]
    except (ValueError, KeyError, TypeError):
        data = None
    if not isinstance(data, dict):
        raise RootKeyAway("the key service's answer cannot be read")
    return data
