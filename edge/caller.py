"""Signed requests to the company's host, over connections that are kept open."""

import json
import secrets
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import httpx

from edge import trust
from edge.encoding import unb64
from edge.identity import Identity
from edge.line import AsyncTransport
from edge.ownkey import OwnKey
from sallyport import answers
from sallyport.http_signatures import sign_request
from sallyport.keys import BadSignature, Ed25519Signer
from sallyport.refusals import READER_REFUSALS

PATIENCE: Final = 10.0  # seconds, where nobody stands at the door
OUT_OF_FORCE: Final = frozenset({"key_ended", "key_unknown"})  # said of a key
SIGNED_JSON: Final = {"Content-Type": "application/json"}


class NoAnswer(Exception):  # noqa: N818 - named for what happened
    """Silence, a broken connection, or a server that says that it cannot (5xx)."""


class NotOurs(NoAnswer):
    """Something answered that is not the company's server: a network's sign-in page, a proxy, a liar."""

    def __init__(self, status: int) -> None:
        super().__init__(f"not the company's answer (status {status})")
        self.status = status


class Unable(NoAnswer):
    """The server is there and says that it cannot (5xx)."""


class Refused(Exception):  # noqa: N818 - named for what happened
    """The server answered, and not with what was asked for: one of its stable codes, and the status.

    `sworn`: the company has signed this very answer. What is not may keep a door shut for this once, no more.
    """

    def __init__(self, status: int, code: str, told: object = None, *, sworn: bool = False) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.told = told  # the whole body
        self.sworn = sworn


class Asked(NamedTuple):
    """A request as it stands, whichever key signs it."""

    method: str
    path: str
    body: bytes
    nonce: str


class Caller:
    """One reader's line of requests."""

    def __init__(
        self,
        identity: Identity,
        key: OwnKey,
        *,
        now_ms: Callable[[], int],
        client: httpx.AsyncClient | None = None,
    ) -> None:
        """`now_ms` is the reader's clock: a machine whose time was set back still signs with a good one."""
        self.identity = identity
        self.key = key
        self._now_ms = now_ms
        # Connections stay open: a handshake would eat the time in which somebody waits at the door.
        limits = httpx.Limits(max_keepalive_connections=4, keepalive_expiry=None)
        self.tls = trust.context(identity.ca)  # the socket's too
        line = AsyncTransport(self.tls, limits)
        self._client = client or httpx.AsyncClient(timeout=PATIENCE, trust_env=False, transport=line)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def call(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        patience: float = PATIENCE,
        nonce: str = "",
        key: Ed25519Signer | None = None,
    ) -> Any:
        """The JSON of a 2xx answer (None for an empty one). Raises NoAnswer and Refused.

        Nothing of it is signed but what says so: the caller checks that (`sworn` asks for what is signed as a
        whole). `nonce` is for who needs to know it.

        `patience` in seconds is for each step of the connection: who must not wait longer in all cancels.
        `key` signs in place of the one in force.
        """
        return (await self._answered(_asked(method, path, data, nonce), patience, key))[0]

    async def sworn(self, method: str, path: str, data: Any = None, *, patience: float = PATIENCE) -> Any:
        """As `call`, and NotOurs for a 2xx answer that the company has not signed for this very request.

        A refusal tells by `Refused.sworn`.
        """
        found, sworn = await self._answered(_asked(method, path, data), patience, None)
        if not sworn:
            raise NotOurs(200)
        return found

    async def _answered(self, asked: Asked, patience: float, key: Ed25519Signer | None) -> tuple[Any, bool]:
        """The JSON of a 2xx answer, and whether the company has signed it."""
        signer = key or self.key.present
        try:
            return await self._once(asked, patience, signer)
        except Refused as error:
            if key is not None or error.code not in OUT_OF_FORCE or signer is self.key.present:
                raise
        # It was on its way when the reader turned to its next key.
        return await self._once(asked, patience, self.key.present)

    async def _once(self, asked: Asked, patience: float, key: Ed25519Signer) -> tuple[Any, bool]:
        url = f"{self.identity.origin}{asked.path}"
        signed = sign_request(
            method=asked.method,
            url=url,
            body=asked.body,
            key=key,
            keyid=self.identity.keyid(key.public),
            created=self._now_ms() // 1000,
            nonce=asked.nonce,
        )
        try:
            answer = await self._client.request(
                asked.method, url, content=asked.body, headers={**SIGNED_JSON, **signed}, timeout=patience
            )
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__) from error
        return _said(answer, sworn=self._is_sworn(answer, asked.nonce))

    def _is_sworn(self, answer: httpx.Response, nonce: str) -> bool:
        signature = answer.headers.get(answers.TOLD_HEADER)
        if signature is None:
            return False
        identity = self.identity
        told = answers.told_bytes(
            company=identity.company,
            reader=identity.reader,
            status=answer.status_code,
            body=answer.content,
            nonce=nonce,
        )
        try:
            answers.verify(told, unb64(signature), identity.answers)
        except (ValueError, BadSignature):
            return False
        return True


def _asked(method: str, path: str, data: Any, nonce: str = "") -> Asked:
    body = b"" if data is None else json.dumps(data).encode()
    return Asked(method, path, body, nonce or secrets.token_urlsafe(16))


def _said(answer: httpx.Response, *, sworn: bool) -> tuple[Any, bool]:
    if answer.status_code >= 500:
        raise Unable(f"status {answer.status_code}")
    try:
        found = answer.json() if answer.content else None
    except (ValueError, RecursionError):
        raise NotOurs(answer.status_code) from None
    if answer.is_success:
        return found, sworn
    code = found.get("code") if isinstance(found, dict) else None
    if not answer.is_client_error or not isinstance(code, str) or code not in READER_REFUSALS:
        raise NotOurs(answer.status_code)
    raise Refused(answer.status_code, code, found, sworn=sworn)
