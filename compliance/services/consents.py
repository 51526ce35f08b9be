"""What people say to notices: given, acknowledged, withdrawn. Each is a deed on record, with a receipt."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.law import PURPOSES, Act, Form, Purpose, concerns
from compliance.models import ConsentRecord, Ended, NoticeVersion, is_kiosk
from compliance.refusals import Refused
from compliance.selectors import Person, is_open, notices_in_force, profile_of
from compliance.services.locks import lock_person, share_policy
from compliance.signals import consents_ended
from ledger import services as ledger
from tenants.context import CompanyRef, current, enter
from vault import taken_back

MAIL_RECEIPT = "mail.consent_receipt"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, said on a phone, at a desk or at a kiosk: the database takes a phone or one of the others.

    `proof` is the phone's signed request, so that it can be verified later. At a desk no key of the person's
    is there to sign: the proof is that an operator, who is named, attended. A kiosk signs what is said at it.
    """

    record: UUID  # chosen by the phone or the desk's page: whoever repeats it says nothing new
    purpose: Purpose
    language: str
    sha256: str  # of the bytes that were shown
    pressed: str  # the words on the button
    signed_name: str  # as typed; empty where none was asked
    device: int | None = None  # the phone's handle
    key_print: str = ""
    proof: Mapping[str, str] = field(repr=False, default_factory=dict)
    attended_by: str = ""  # at a desk: the operator, as the ledger names one who acts; or the kiosk

    @property
    def where(self) -> dict[str, str | int]:
        """Where it was said, for the ledger."""
        if self.device is not None:
            return {"device": self.device}
        return {"kiosk" if is_kiosk(self.attended_by) else "desk": self.attended_by}


def give_consent(*, person: Person, said: Said) -> ConsentRecord:
    """Agree to a purpose that rests on consent. Repeating it returns what stands; it is not given twice.

    Raises Refused: no_profile, not_concerned, not_consented_to, purpose_locked, notice_changed,
    signature_required, record_taken.
    """
    return _answer(person, said, Act.CONSENT)


def acknowledge(*, person: Person, said: Said) -> ConsentRecord:
    """Say that a notice was read, of a purpose that does not rest on consent. Raises Refused as above."""
    return _answer(person, said, Act.ACKNOWLEDGE)


@transaction.atomic
def withdraw(*, person: Person, record: UUID, by: str) -> ConsentRecord:
    """End a consent, at once and without a reason. One that has ended already stays as it is.

    Raises Refused: no_such_record (also for another person's), not_withdrawable.
    """
    lock_person(person.subject)
    found = ConsentRecord.objects.filter(pk=record, subject=person.subject).select_related("notice").first()
    if found is None:
        raise Refused("no_such_record", "There is no such consent.", status=404)
    if found.act != Act.CONSENT:
        raise Refused("not_withdrawable", "This is no consent: the notice was acknowledged.")
    if found.in_force:
        _end(found, Ended.WITHDRAWN, timezone.now(), by)
        _receipt(found, "withdrawn")
    return found


@transaction.atomic
def end_all(*, person: Person, how: Ended, by: str) -> int:
    """End everything that stands for a person who leaves. Returns how many."""
    lock_person(person.subject)
    now = timezone.now()
    standing = ConsentRecord.objects.filter(subject=person.subject, ended_at=None).select_related("notice")
    ended = list(standing.order_by("pk"))
    for record in ended:
        _end(record, how, now, by)
    return len(ended)


@transaction.atomic
def _answer(person: Person, said: Said, act: Act) -> ConsentRecord:
    lock_person(person.subject)
    known = ConsentRecord.objects.filter(pk=said.record).select_related("notice").first()
    if known is not None:
        # Also one that has ended since: a late repetition must not undo a withdrawal.
        return _repeated(known, person, said)
    notice = _notice_shown(person, said, act)
    standing = (
        ConsentRecord.objects.filter(subject=person.subject, purpose=said.purpose, ended_at=None)
        .select_related("notice")
        .first()
    )
    if standing is not None and standing.notice.number == notice.number:
        return standing  # said on another phone already, or at a desk
    now = timezone.now()
    if standing is not None:
        _finish(standing, Ended.RENEWED, now)
    record = _keep(person, said, act, notice, now)
    ledger.record(
        # Who asks at a desk is the operator's browser: the record must not claim more.
        actor=said.attended_by or person.actor,
        verb="consent_given" if act is Act.CONSENT else "notice_acknowledged",
        subject_kind="holder",
        handle=person.number,
        data=_told(record) | said.where | {"language": said.language, "sha256": said.sha256},
    )
    _receipt(record, "given")
    return record


def _repeated(known: ConsentRecord, person: Person, said: Said) -> ConsentRecord:
    same = (known.subject_id, known.purpose, known.sha256) == (
        person.subject.pk,
        said.purpose.value,
        said.sha256,
    )
    if not same:
        raise _taken()
    return known


def _taken() -> Refused:
    return Refused("record_taken", "This number was used for something else. Try again.", retry=True)


def _notice_shown(person: Person, said: Said, act: Act) -> NoticeVersion:
    """The text in force that the phone showed. What is read here stands until the commit."""
    policy = share_policy()
    profile = profile_of(policy)
    if profile is None:
        raise Refused("no_profile", "The company has not set up privacy notices yet.")
    if not concerns(said.purpose, visitor=person.visitor):
        raise Refused("not_concerned", "This does not concern you.")
    if PURPOSES[said.purpose].act is not act:
        raise Refused("not_consented_to", "This notice is not answered in this way.")
    texts = notices_in_force(profile.key).get(said.purpose, {})
    if not is_open(policy, said.purpose, has_notice=bool(texts)):
        raise Refused("purpose_locked", "The company does not ask for this yet.")
    notice = texts.get(said.language)
    if notice is None or notice.sha256 != said.sha256:
        text = "The notice has changed meanwhile. Read it again, please."
        raise Refused("notice_changed", text, retry=True)
    signed = act is Act.CONSENT and profile.form(said.purpose) is Form.SIGNATURE
    if signed and len(said.signed_name.split()) < 1:
        raise Refused("signature_required", "Type your name to sign.", retry=True)
    return notice


def _keep(person: Person, said: Said, act: Act, notice: NoticeVersion, now: datetime) -> ConsentRecord:
    told = {"pressed": said.pressed, "signed_name": said.signed_name, "proof": dict(said.proof)}
    record = ConsentRecord(
        id=said.record,
        subject=person.subject,
        person=person.number,
        purpose=said.purpose.value,
        act=act.value,
        notice=notice,
        sha256=said.sha256,
        given_at=now,
        device=said.device,
        key_print=said.key_print,
        attended_by=said.attended_by,
        told=json.dumps(told, sort_keys=True, ensure_ascii=False),
    )
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        if "compliance_consentrecord_pkey" not in str(error):
            raise
        raise _taken() from None
    return record


def _finish(record: ConsentRecord, how: Ended, now: datetime) -> None:
    record.ended_at, record.ended_how = now, how
    record.save(update_fields=["ended_at", "ended_how"])


def _end(record: ConsentRecord, how: Ended, now: datetime, by: str) -> None:
    _finish(record, how, now)
    ledger.record(
        actor=by,
        verb="consent_withdrawn" if how == Ended.WITHDRAWN else "consent_ended",
        subject_kind="holder",
        handle=record.person,
        data=_told(record) | {"how": how.value},
    )
    if record.act == Act.CONSENT:
        consents_ended.send(
            sender=ConsentRecord, purpose=Purpose(record.purpose), subjects=[record.subject_id], how=how
        )
        transaction.on_commit(partial(_note, current(), record.pk))


def _note(company: CompanyRef, record: UUID) -> None:
    with enter(company):
        taken_back.note([record])


def note_ended(*, since: datetime) -> int:
    """Repeat for consents that ended since then what a crash may have left out; returns how many it had."""
    ended = ConsentRecord.objects.filter(act=Act.CONSENT, ended_at__gte=since)
    return taken_back.note(ended.values_list("pk", flat=True))


@transaction.atomic
def end_again(records: Collection[UUID], *, by: str) -> int:
    """After a restore: end those of these consents that it has brought back. Returns how many."""
    back = ConsentRecord.objects.filter(pk__in=records, act=Act.CONSENT, ended_at=None).select_related(
        "notice"
    )
    found = list(back.order_by("pk"))
    for record in found:
        lock_person(record.subject)
        _end(record, Ended.WITHDRAWN, timezone.now(), by)
    return len(found)


def _told(record: ConsentRecord) -> dict[str, str | int]:
    """A record as the ledger names it: nothing of the person."""
    return {
        "record": str(record.pk),
        "purpose": record.purpose,
        "profile": record.notice.profile,
        "notice": record.notice.number,
    }


def _receipt(record: ConsentRecord, what: str) -> None:
    ledger.emit(MAIL_RECEIPT, {"record": str(record.pk), "what": what})
