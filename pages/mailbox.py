"""The demo's mails, read from the folder into which its mail backend writes them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

MOST_SHOWN = 100
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as a person reads it. `link` is its first address on a host of ours, or nothing."""

    subject: str
    to: str
    came: datetime
    text: str
    link: str


def mails(folder: Path) -> list[Mail]:
    """The newest mails first, MOST_SHOWN at most; none while there is no folder."""
    found = [(came, path) for path in folder.glob("*.eml") if (came := _came(path)) is not None]
    newest = sorted(found, reverse=True)[:MOST_SHOWN]
    return [mail for came, path in newest if (mail := _read(path, came)) is not None]


def _came(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None  # the same mail, sent again, is being put in its place


def _read(path: Path, came: int) -> Mail | None:
    try:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None
    text = _text(message)
    return Mail(
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        came=datetime.fromtimestamp(came / 1_000_000_000, tz=UTC),
        text=text,
        link=next((link for link in LINK.findall(text) if _ours(link)), ""),
    )


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    if body is None:
        return ""
    # Mails set an address or a code apart by blanks in front: on a page they stand apart by themselves.
    return "\n".join(line.strip() for line in str(body.get_content()).strip().splitlines())


def _ours(link: str) -> bool:
    """Names come from forms: a mail may hold an address that leads elsewhere, and that is no deed of ours."""
    try:
        return validate_host(urlsplit(link).hostname or "", settings.ALLOWED_HOSTS)
    except ValueError:
        return False
