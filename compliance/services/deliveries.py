"""How an answer leaves: a locked ZIP behind a link by mail, its passphrase by another way."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance import persons
from compliance.answers import files, phrase, zip_aes
from compliance.answers.contents import Answer, TableTold, chapters, without
from compliance.models import Case, CaseDelivery, CaseKind, CaseState
from compliance.refusals import Refused
from compliance.selectors import compliance_policy
from compliance.services.answers import SYSTEM, held_case, in_order, opened, sections, unread, withheld_of
from compliance.services.cases import hold_case, keep, set_state, step
from ledger import services as ledger
from sallyport.keys import b64url
from tenants.context import current
from vault.fields import ERASED
from vault.holdings import finders
from vault.services import hash_token, subject_open, subject_seal

BUILD: Final = "compliance.build_answer"  # {"delivery": id}
MAIL: Final = "mail.answer"  # {"delivery": id}
LIVES: Final = (3, 7, 14, 30)  # days that a link may work
LIFE: Final = 14
TOKEN_BYTES: Final = 24


@transaction.atomic
def deliver(*, case: UUID, version: int | None, by: str, days: int = LIFE) -> CaseDelivery:
    """Make the answer and mail its link; a link of before ends. In the background: it may take a while.

    Raises Refused: not_reviewed, no_address, bad_life, and as `answers.collect`.
    """
    held = held_case(case, version, by)
    if days not in LIVES:
        raise Refused("bad_life", "A link works for 3, 7, 14 or 30 days.", status=400)
    if why := unread(held):
        raise Refused("not_reviewed", why)
    if not address_of(held):
        raise Refused("no_address", "There is no mail address on file to send the link to.")
    now = timezone.now()
    held.deliveries.filter(ended_at=None).update(sealed=None, ended_at=now)
    row = CaseDelivery(case=held, made_at=now, expires_at=now + timedelta(days=days))
    row.token_hash, row.phrase = _hash(token_of(row)), phrase.make()
    row.save(force_insert=True)
    keep(held)
    step(held, "delivery_asked", by=by, days=days)
    ledger.emit(BUILD, {"delivery": str(row.pk)})
    return row


@transaction.atomic
def build(delivery: UUID) -> None:
    """Make the ZIP, seal it, announce the mail; the case is answered. One that ended meanwhile is left."""
    found = CaseDelivery.objects.filter(pk=delivery, built_at=None, ended_at=None)
    case_id = found.values_list("case", flat=True).first()
    if case_id is None:
        return
    case = hold_case(case_id, None)
    row = found.select_related("case__applicant").select_for_update(of=("self",)).first()
    # Collected anew while the message waited: what was not read must not leave.
    if row is None or case.over or unread(case):
        return
    packed = zip_aes.pack(_files(case), row.phrase, at=timezone.now())
    row.sealed = subject_seal(case.applicant_id, packed, place=_place(row))
    row.size, row.built_at = len(packed), timezone.now()
    row.save(update_fields=["sealed", "size", "built_at"])
    step(case, "delivered", by=SYSTEM, bytes=row.size)
    if case.state != CaseState.ANSWERED:
        set_state(case, CaseState.ANSWERED, by=SYSTEM)
    ledger.emit(MAIL, {"delivery": str(row.pk)})


def _files(case: Case) -> list[tuple[str, bytes]]:
    parts: dict[int, list[TableTold]] = {}
    rows = in_order(sections(case))
    for section in rows:
        tables = without(opened(case, section), withheld_of(section), case.language)
        parts.setdefault(section.person_id, []).extend(tables)
    answer = Answer(
        number=case.number,
        law=case.profile,
        language=case.language,
        company=current().name,
        at=max((one.collected_at for one in rows if one.collected_at), default=timezone.now()),
        chapters=chapters(compliance_policy(), case.profile, case.language),
        parts=tuple(tuple(tables) for tables in parts.values()),
    )
    made = files.portability if case.kind == CaseKind.PORTABILITY else files.access
    return list(made(answer))


def address_of(case: Case) -> str:
    """Where the link goes: the address on file of whom the case is about; only without one, the case's own.

    An address that somebody merely wrote into a form gets nothing of a person whose own is known.
    """
    for person in case.persons.order_by("pk"):
        room = finders.get(person.source)
        known = room.of(person.subject_id) if room else None
        if known is not None and known.email not in {"", ERASED}:
            return known.email
    return "" if case.email == ERASED else case.email


def token_of(delivery: CaseDelivery) -> str:
    """The token in the mailed address: 192 bits that need the company's key, the same when sent again."""
    return b64url(hash_token("compliance.answer.token", str(delivery.pk))[:TOKEN_BYTES])


def usable(token: str) -> CaseDelivery | None:
    """The delivery of a token: made, not ended, not run out. Looking uses nothing up."""
    found = CaseDelivery.objects.select_related("case__applicant").filter(
        token_hash=_hash(token), ended_at=None, built_at__isnull=False, expires_at__gt=timezone.now()
    )
    return found.first()


@transaction.atomic
def download(token: str) -> bytes | None:
    """The ZIP behind a token; None where it ended. Each time is on the case and on record."""
    found = usable(token)
    if found is None:
        return None
    case = hold_case(found.case_id, None)
    row = CaseDelivery.objects.select_for_update().filter(pk=found.pk, ended_at=None).first()
    if row is None or row.sealed is None:
        return None
    packed = subject_open(case.applicant_id, bytes(row.sealed), place=_place(row))
    if packed is None:
        return None
    row.downloads, row.last_at = row.downloads + 1, timezone.now()
    row.save(update_fields=["downloads", "last_at"])
    step(case, "downloaded", by="applicant", times=row.downloads)
    return packed


@transaction.atomic
def tell_phrase(*, case: UUID, by: str) -> str:
    """The passphrase of the answer that waits, for telling it by another way than mail; on record.

    Raises Refused: no_delivery, and as `answers.collect`.
    """
    held = held_case(case, None, by)
    row = held.deliveries.select_related("case__applicant").filter(ended_at=None).first()
    if row is None or row.built_at is None:
        raise Refused("no_delivery", "No answer waits for download.")
    step(held, "phrase_told", by=by)
    return row.phrase


def waiting_for(case: UUID, subject: UUID) -> CaseDelivery | None:
    """The answer that waits for a person whose phone has proved itself: of their own case only.

    None where the case is about several people: the answer holds what is another's.
    """
    found = CaseDelivery.objects.select_related("case__applicant").filter(
        case=case,
        case__persons__subject=subject,
        case__identity_at__isnull=False,
        built_at__isnull=False,
        ended_at=None,
        expires_at__gt=timezone.now(),
    )
    row = found.first()
    return row if row is not None and one_person(row.case) else None


def one_person(case: Case) -> bool:
    """Whether all of the case whose name is on file bear one name, or all of them have one mailbox."""
    there = [one for _, one in persons.on(case) if one is not None and one.name not in {"", ERASED}]
    if len(there) < 2 or persons.one_name(there):
        return True
    return all(persons.same_mail(there[0].email, one.email) for one in there[1:])


def _hash(token: str) -> bytes:
    return hash_token("compliance.answer", token)


def _place(delivery: CaseDelivery) -> str:
    return f"compliance_casedelivery/sealed/{delivery.pk}"
