"""Sign-ins that a kiosk took without network, handed in later: each becomes somebody who waits at reception.

Whoever gave the code of an invitation comes to that visit; a code that leads to none is passed over, and they
wait as somebody whom nobody announced. Nothing is lost without a word: what cannot become a visit is kept as
a line with its code, which reception sees and says so.
"""

import binascii
import datetime as dt
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from credentials.models import Holder, HolderState, Language
from credentials.services.holders import email_index
from ledger import services as ledger
from operators.services.throttling import Limit, take
from sallyport.kiosk_protocol import seal_info
from tenants import context
from visitors.models import DocumentVersion, Kiosk, SealedSignIn, SignedDocument, Visit, VisitType
from visitors.refusals import Refused
from visitors.services.arrivals import check_email, visit_here
from visitors.services.moving import arrive, locked
from visitors.services.planning import Guest, Plan, plan_visit
from visitors.services.seals import CannotOpen, open_sealed
from visitors.services.signing import Strokes, check_strokes, is_drawn, keep_signed
from visitors.staff import staff_called

LATEST: Final = dt.timedelta(days=1)  # whoever signed in before is not at reception any more
MOST_DOCUMENTS: Final = 20
HANDED_IN: Final = Limit("kiosk_sealed", 500, dt.timedelta(minutes=15))
LONGEST_FIRM: Final = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SealedItem:
    """One sign-in as a kiosk hands it in: its id, when it was taken by the kiosk's clock, what was sealed."""

    id: UUID
    taken_at: dt.datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _SignIn:
    language: str
    type: str
    code: str = field(repr=False)
    name: str = field(repr=False)
    email: str = field(repr=False)
    firm: str = field(repr=False)
    host_name: str = field(repr=False)
    documents: list[dict[str, Any]] = field(repr=False)


def hand_in(*, kiosk: Kiosk, items: Sequence[SealedItem]) -> list[SealedSignIn]:
    """Take what was sealed; handed in twice it is taken once. Must not run inside a transaction.

    What is not among the answer was not taken for a fault of the server's, or because this kiosk handed in
    500 within a quarter of an hour; it stays with the kiosk.
    """
    taken = []
    for item in items:
        if not take(HANDED_IN, kiosk.actor):
            break
        try:
            taken.append(_take(kiosk, item))
        except IntegrityError:  # the same, from two requests at once
            taken += SealedSignIn.objects.filter(pk=item.id)
        except Exception:  # noqa: BLE001 - one that trips the server must not hold up the others
            _log.exception("a sealed sign-in of kiosk %s was not taken", kiosk.handle)
    return taken


def _take(kiosk: Kiosk, item: SealedItem) -> SealedSignIn:
    before = SealedSignIn.objects.filter(pk=item.id).first()
    if before is not None:
        return before
    now = timezone.now()
    row = SealedSignIn(id=item.id, kiosk=kiosk, taken_at=min(item.taken_at, now), handed_in_at=now)
    told = invited = None
    try:
        if row.taken_at < now - LATEST:
            raise Refused("handed_in_late", "This was taken more than a day ago.")
        told = _opened(kiosk, item)
    except Refused as refused:
        row.code = refused.code
    else:
        invited = _invited(kiosk, told.code)
    return _keep(kiosk, row, told, invited)


def _invited(kiosk: Kiosk, code: str) -> Visit | None:
    """The visit here whose code was given, each try counted at the kiosk; not inside a transaction."""
    if not code.strip():
        return None
    try:
        return visit_here(kiosk, code)
    except Refused:
        return None


@transaction.atomic
def _keep(kiosk: Kiosk, row: SealedSignIn, words: _SignIn | None, invited: Visit | None) -> SealedSignIn:
    try:
        with transaction.atomic():
            if words is not None:
                row.visit, row.code = _received(kiosk, row, words, invited)
    except Refused as refused:
        row.code = refused.code
    row.save(force_insert=True)
    told = {"sign_in": str(row.pk), "taken_at": int(row.taken_at.timestamp())}
    told |= {"code": row.code} if row.code else {}
    told |= {"visit": row.visit.handle} if row.visit else {}
    ledger.record(
        actor=kiosk.actor, verb="sign_in_handed_in", subject_kind="kiosk", handle=kiosk.handle, data=told
    )
    return row


def _opened(kiosk: Kiosk, item: SealedItem) -> _SignIn:
    info = seal_info(company=context.current().uid, kiosk=kiosk.handle, sign_in=item.id.bytes)
    try:
        told = json.loads(open_sealed(item.sealed, info=info))
    except CannotOpen:
        raise Refused("cannot_open", "This was not sealed to this company by this kiosk.") from None
    except ValueError:
        raise _malformed() from None
    if not isinstance(told, dict):
        raise _malformed()
    words = {name: told.get(name) or "" for name in _SignIn.__slots__ if name != "documents"}
    documents = told.get("documents") or []
    if not all(isinstance(one, str) for one in words.values()) or not isinstance(documents, list):
        raise _malformed()
    if len(documents) > MOST_DOCUMENTS or not all(isinstance(one, dict) for one in documents):
        raise _malformed()
    language = words["language"] if words["language"] in Language.values else Language.ENGLISH
    return _SignIn(**(words | {"language": str(language), "documents": documents}))


def _malformed() -> Refused:
    return Refused("malformed", "What was sealed is not as it must be.")


def _received(kiosk: Kiosk, row: SealedSignIn, told: _SignIn, invited: Visit | None) -> tuple[Visit, str]:
    """The visitor, waiting at reception; and a code where a document of theirs could not be kept."""
    visit = (invited and _theirs(invited, told)) or _planned(kiosk, row, told)
    kept = [_signed(row, visit, one, told.name) for one in told.documents]
    visit = arrive(visit=visit, by=kiosk.actor, kiosk=kiosk.handle)
    return visit, "" if all(kept) else "document_unreadable"


def _theirs(invited: Visit, told: _SignIn) -> Visit | None:
    """The visit of the code, locked, with the firm that the invitation lacked; None where it is not now."""
    row, now = locked(invited), timezone.now()
    if not row.is_open or not row.opens <= now < row.closes:
        return None
    if told.firm.strip() and not row.firm:
        row.firm = told.firm.strip()[:LONGEST_FIRM]
        row.save(update_fields=["firm", "changed_at"])
    return row


def _planned(kiosk: Kiosk, row: SealedSignIn, told: _SignIn) -> Visit:
    """A visit of somebody whom nobody announced.

    Raises Refused: type_unknown, name_missing, name_too_long, details_invalid.
    """
    kind, begins = _type(told.type), row.handed_in_at
    host = _host(told.host_name)
    plan = Plan(
        type=kind,
        site=kiosk.site,
        host=host,
        begins=begins,
        ends=begins + dt.timedelta(minutes=kind.length_minutes),
        subject="" if host else told.host_name.strip()[:200],
        walk_in=True,
    )
    guest = Guest(told.name, _unclaimed(told.email), told.firm[:LONGEST_FIRM], told.language)
    try:
        return plan_visit(guest=guest, plan=plan, by=kiosk.actor)
    except ValidationError:
        raise Refused("details_invalid", "What was typed cannot be kept.") from None


def _type(wanted: str) -> VisitType:
    """The type that was chosen; where it has gone meanwhile, the first that is offered."""
    offered = list(VisitType.objects.filter(walk_in=True, archived_at=None))
    if not offered:
        raise Refused("type_unknown", "No type of visit is offered to whoever was not announced.")
    return next((one for one in offered if str(one.pk) == wanted), offered[0])


def _host(name: str) -> Holder | None:
    """The one member of staff of this name. A kiosk without network knows nobody, so it was typed."""
    same = staff_called(name)
    return same[0] if len(same) == 1 else None


def _unclaimed(email: str) -> str:
    """The address, unless it is none or a present person's: nobody has proved that it is the visitor's."""
    given = email.strip()
    try:
        check_email(given)
    except Refused:
        return ""
    present = Holder.objects.exclude(state=HolderState.OFFBOARDED)
    return "" if present.filter(email_index=email_index(given)).exists() else given


def _signed(row: SealedSignIn, visit: Visit, told: dict[str, Any], name: str) -> bool:
    """Keep a text that the visit's type asks for, once; whether it is kept."""
    asked = DocumentVersion.objects.filter(document__in=visit.type.documents.filter(archived_at=None))
    try:
        version = asked.select_related("document").get(pk=UUID(str(told.get("version"))))
        strokes: Strokes = check_strokes(told.get("strokes") or [])
    except (Refused, ValueError, DocumentVersion.DoesNotExist):
        return False
    if version.document.signed and not is_drawn(strokes):
        return False
    if SignedDocument.objects.filter(visit=visit, version=version).exists():
        return True  # at a kiosk that had network, or at home
    signer = str(told.get("name") or name).strip()[:200]
    keep_signed(
        visit=visit, version=version, name=signer, strokes=strokes, kiosk=row.kiosk, signed_at=row.taken_at
    )
    return True


def decode(text: str) -> bytes:
    """The bytes of base64; none where it is none, so that it is taken and said not to open."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return b""


@transaction.atomic
def acknowledge(*, sign_in: SealedSignIn, by: str) -> None:
    """Reception has seen what a kiosk handed in. A second time does nothing."""
    row = SealedSignIn.objects.select_for_update(of=("self",)).select_related("kiosk").get(pk=sign_in.pk)
    if row.seen_at is not None:
        return
    row.seen_at, row.seen_by = timezone.now(), by
    row.save(update_fields=["seen_at", "seen_by"])
    ledger.record(
        actor=by,
        verb="sign_in_seen",
        subject_kind="kiosk",
        handle=row.kiosk_id,
        data={"sign_in": str(row.pk)},
    )
