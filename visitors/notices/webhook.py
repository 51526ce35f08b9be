"""The company's webhook: signed JSON that says what happened at which visit; names only where chosen."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from ledger.streams.failure import StreamFailed
from ledger.streams.https import check, signed_headers
from ledger.streams.target import Target
from operators.addresses import page_address
from tenants.context import current
from vault.envelope import CannotOpen
from vault.services import open_company, seal_company
from visitors.models import NoticePolicy
from visitors.notices import outgoing
from visitors.notices.choices import policy
from visitors.notices.kinds import Kind, Notice

ANSWER: Final = "/wallet/#visits"  # where a host admits or declines, with the phone that is theirs
SPELL: Final = json.JSONEncoder(separators=(",", ":")).encode
ADDRESS_PLACE: Final = "visitors_noticepolicy/webhook"
SEALED_PLACE: Final = "visitors_noticepolicy/webhook_secret"


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to. `names`: whether the visitor's and the host's names are told."""

    address: str
    authority: str = ""
    names: bool = False
    secret: str = field(default="", repr=False)

    @property
    def target(self) -> Target:
        """The same, as streams know it."""
        return Target(self.address, self.secret, self.authority)


def keep(row: NoticePolicy, hook: Hook) -> None:
    """Seal it into the row; saving is the caller's."""
    told = asdict(hook)
    secret = told.pop("secret")
    row.webhook = seal_company(SPELL(told).encode(), context=ADDRESS_PLACE)
    row.webhook_secret = seal_company(secret.encode(), context=SEALED_PLACE)


def hook_of(row: NoticePolicy) -> Hook | None:
    """What the row keeps; None where there is none. Raises StreamFailed("cannot_open")."""
    if not row.webhook:
        return None
    try:
        told = json.loads(open_company(bytes(row.webhook), context=ADDRESS_PLACE))
        secret = open_company(bytes(row.webhook_secret), context=SEALED_PLACE).decode()
        return Hook(**told, secret=secret)
    except (CannotOpen, ValueError, TypeError):
        raise StreamFailed("cannot_open") from None


class Webhook:
    """To the address that the company set, where there is one."""

    def send(self, notice: Notice) -> None:
        """Raises StreamFailed."""
        hook = hook_of(policy())
        if hook is not None:
            post(hook, said(notice, names=hook.names), str(notice.id))


def post(hook: Hook, body: dict[str, Any], delivery: str) -> None:
    """Send it signed; `delivery` is the same for a repetition. Raises StreamFailed."""
    spelled = SPELL({"company": current().uid.hex(), **body}).encode()
    headers = signed_headers(hook.secret.encode(), spelled, delivery)
    check(outgoing.post(hook.target.url, spelled, headers, hook.authority))


def said(notice: Notice, *, names: bool) -> dict[str, Any]:
    """The body: numbers and times; names where the company chose so."""
    visit, host = notice.visit, notice.host
    told: dict[str, Any] = {
        "event": f"visit.{notice.kind}" if visit else notice.kind.value,
        "at": int(notice.at.timestamp()),
        "site": notice.site.name,
        "visit": visit.handle if visit else None,
        "type": visit.type.name if visit else None,
        "host": host.handle if host else None,
    }
    if visit is not None and notice.kind == Kind.WAITING:
        # No token: whoever reads what the webhook feeds, a chat say, must prove who they are there.
        told["answer"] = page_address(ANSWER)
        told["console"] = page_address(f"/visitors/{visit.pk}/")
    if names:
        told["visitor_name"] = visit.holder.name if visit else None
        told["host_name"] = host.name if host else None
    return told
