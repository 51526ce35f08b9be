"""What an owner says of a stream: looked at when it is said, and kept sealed."""

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from django.conf import settings

from ledger.models import Stream, StreamKind
from ledger.streams import guard
from ledger.streams.failure import StreamFailed
from ledger.streams.line import context
from ledger.streams.syslog import SCHEMES
from vault.envelope import CannotOpen
from vault.services import open_company, seal_company

MOST_ADDRESS: Final = 500
MOST_AUTHORITY: Final = 20_000
SECRET_BYTES: Final = 32
SIGNED: Final = (StreamKind.WITNESS_HTTPS, StreamKind.WEBHOOK)


class StreamRefused(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """Stable codes, each with a text for people."""

    texts: Final = {
        "address_wrong": "Give a whole address: https://host/path, or tls://host:6514 and tcp://host:601 for"
        " syslog, without a user or password.",
        "name_unknown": "Nobody knows this name. Look for a slip, or ask who runs your names.",
        "place_forbidden": "This leads to an address inside of a network, where we do not connect. Whoever"
        " runs this server can allow a network.",
        "certificate_refused": "These are no certificates: paste them whole, with their BEGIN and END lines.",
        "folder_missing": "No folder for witness files is set on this server. Ask whoever runs it.",
        "too_many": "There are as many streams as there may be. Remove one first.",
        "file_taken": "The file share is a witness already.",
        "stream_gone": "This stream was removed meanwhile.",
    }

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> str:
        """What to tell whoever asked."""
        return self.texts[self.code]


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: `authority` are certificates in PEM to trust instead of the machine's, or nothing."""

    address: str
    secret: str = ""
    authority: str = ""

    @property
    def url(self) -> SplitResult:
        """The address in its parts."""
        return urlsplit(self.address)

    @property
    def port(self) -> int:
        """The port that is named, else the scheme's."""
        return self.url.port or SCHEMES.get(self.url.scheme, 443)

    @property
    def host(self) -> str:
        """What people are shown: no path, which may be a secret."""
        url = self.url
        return f"{url.scheme}://{url.hostname}:{self.port}" if self.address else "File share"


def made(kind: StreamKind, address: str, authority: str) -> Target:
    """A target with a fresh secret where one is needed. Raises StreamRefused."""
    secret = secrets.token_urlsafe(SECRET_BYTES) if kind in SIGNED else ""
    if kind == StreamKind.WITNESS_FILE:
        if settings.WITNESS_FOLDER is None:
            raise StreamRefused("folder_missing")
        return Target("")
    target = Target(address.strip(), secret, authority.strip())
    schemes = set(SCHEMES) if kind == StreamKind.SYSLOG else {"https"}
    if not _well_said(target, schemes):
        raise StreamRefused("address_wrong")
    try:
        guard.address_of(target.url.hostname or "", target.port)
        context(target.authority)
    except StreamFailed as failed:
        raise StreamRefused(failed.code) from None
    return target


def _well_said(target: Target, schemes: set[str]) -> bool:
    if len(target.address) > MOST_ADDRESS or not target.address.isascii() or not target.address.isprintable():
        return False
    try:
        url = target.url
        port = url.port
    except ValueError:
        return False
    plain = not (url.username or url.password or url.fragment or " " in target.address)
    bare = url.scheme == "https" or not (url.path.strip("/") or url.query)
    return bool(plain and bare and url.scheme in schemes and url.hostname and port != 0)


def seal(pk: UUID, target: Target) -> bytes:
    """The target as its row keeps it."""
    return seal_company(json.dumps(asdict(target)).encode(), context=_place(pk))


def target_of(stream: Stream) -> Target:
    """What the row keeps. Raises StreamFailed (`cannot_open`)."""
    try:
        return Target(**json.loads(open_company(bytes(stream.sealed), context=_place(stream.pk))))
    except (CannotOpen, ValueError, TypeError):
        raise StreamFailed("cannot_open") from None


def _place(pk: UUID) -> str:
    return f"ledger_stream/sealed/{pk}"
