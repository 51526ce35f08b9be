"""A person of whom every room holds something: a row in each model that can refer to a person.

tests/compliance/whose.py lists the models. The texts in `PLANTED` lie in these rows: in the clear nowhere,
and after an erasure not at all.
"""

import datetime as dt
import os
import uuid
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from access import models as access
from access.services import acknowledge_alarm, grant_level
from biometrics import models as faces
from biometrics.liveness.tries import Tries
from biometrics.models import Supervision
from biometrics.services import tries
from biometrics.services.templates import Enrolment, keep_template
from biometrics.templates import Model
from compliance import models as compliance
from compliance.law import Purpose
from compliance.models import Case, CaseKind, ConsentRecord, LegalHold, Restriction
from credentials import models as credentials
from credentials.lost_links import LostLink
from credentials.models import Credential, Device, Holder, HolderKind
from credentials.selectors import live_credential
from credentials.services import Window, add_holder, edit_holder, invite_holder, issue_day_pass, lost
from ledger import models as ledger
from ledger import services as record
from operators.models import Operator, Role
from operators.services.operators import create_operator
from operators.services.passwords import request_password_reset
from operators.services.second_factor import enrol_totp, make_recovery_codes
from readers import models as readers
from readers.models import Reader, ReaderKind
from readers.receivers import COLUMNS, leaf_of_event
from readers.services import start_pairing
from sallyport.ledger import batch_hash
from tenants import context
from tests.access.build import Building, building
from tests.biometrics.mirror import MODEL
from tests.compliance.build import agree, publish, ready, whom
from tests.compliance.visiting import received
from tests.compliance.whose import OPERATOR_EMAIL, Everything
from tests.credentials.phone import enrolled
from tests.pages.scene import place_reader
from vault.services import create_subject

BY: Final = "operator:test"
NAME: Final = "Wilhelmina Ostrakova"
FORMER_NAME: Final = "Wilhelmina Dragunova"
EMAIL: Final = "mina.ostrakova@secretmail.example"
OPERATOR_NAME: Final = "Perpetua Lindqvist"
LABEL: Final = "Minas turquoise telephone"
NOTE: Final = "Wilhelmina lent her phone to Balthazar Nightengale"
PRESSED: Final = "Yes, says Wilhelmina"
SIGNED: Final = "W. Ostrakova-Signed"
MESSAGE: Final = "Wilhelmina wants to see what you hold"
STEP: Final = "Called Wilhelmina on the telephone"
HELD_WHY: Final = "Wilhelmina versus the company"
PLANTED: Final = (
    *("Wilhelmina", "Ostrakova", "Dragunova", "mina.ostrakova@secretmail", "Nightengale", "Ostrakova-Signed"),
    *("brings the contract", "Ostrakova & Daughters"),
    *("Perpetua", "Lindqvist", "perpetua@secretmail", "turquoise telephone"),
)


def somebody_with_everything(*, kind: HolderKind = HolderKind.EMPLOYEE) -> Everything:
    """In the company that is entered."""
    operator = _operator()
    ready()
    notices = {purpose: publish(purpose)[0] for purpose in (Purpose.FACE, Purpose.DOOR_RECORD)}
    compliance.NoticeVersion.objects.bulk_create([_noticed_by(operator)])
    holder = add_holder(name=FORMER_NAME, email=EMAIL, kind=kind, by=operator.actor)
    holder = edit_holder(holder=holder, name=NAME, by=BY)
    _, device = enrolled(holder)
    device.label = LABEL
    device.save(update_fields=["label"])
    credential = live_credential(holder)
    assert credential is not None
    agree(holder, notices[Purpose.FACE], device=device.handle, pressed=PRESSED, signed_name=SIGNED)
    place = building(f"House {uuid.uuid4().hex[:6]}")
    grant_level(holder=holder, level=place.staff, by=operator.actor)
    with transaction.atomic():
        reader = place_reader("Front", place.front_point)
    event = pass_door(reader, credential, device)
    _carried(holder, device)
    link = _lost(holder)
    _face(holder, device)
    _at_doors(holder, device, event, place, reader, operator)
    received(holder, device, operator, place)
    case = _asked(holder, operator)
    _as_if_committed()
    return Everything(holder, operator, device, credential, reader, event, case, place, link)


def _as_if_committed() -> None:
    """What triggers write at a commit: a test's own transaction has none."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def pass_door(
    reader: Reader, credential: Credential, device: Device, *, reason: str = "granted", **other: Any
) -> access.AccessEvent:
    """An event with the leaf that the record expects of it, in a batch of its own."""
    now = timezone.now().replace(microsecond=0)
    made: dict[str, Any] = {
        "reader": reader.handle,
        "counter": access.AccessEvent.objects.filter(reader=reader.handle).count() + 1,
        "at": now,
        "reader_at": now,
        "access_point": reader.access_point_id,
        "credential": credential.handle,
        "device": device.handle,
        "profile": 1,
        "issued": int(now.timestamp()),
        "nonce": 7,
        "code_hash": os.urandom(32),
        "granted": reason == "granted",
        "reason": reason,
        "assurance": 1,
        "policy_epoch": 1,
        "policy_seq": 1,
        "facts": '{"now": 1}',
        "offline": False,
    } | other
    leaf = leaf_of_event(context.current().uid, {name: made[name] for name in COLUMNS})
    batch = uuid.uuid4()
    row = access.AccessEvent.objects.create(**made, batch=batch, batch_index=0, leaf=leaf)
    ledger.PendingBatch.objects.create(batch=batch, kind="scan", count=1, hash=batch_hash([leaf]), at=now)
    return row


def _operator() -> Operator:
    operator = create_operator(name=OPERATOR_NAME, email=OPERATOR_EMAIL, role=Role.SECURITY, by=BY)
    enrol_totp(operator=operator, secret=b"SpringfieldTotpSecrt")
    make_recovery_codes(operator=operator, by=operator.actor)
    request_password_reset(email=OPERATOR_EMAIL, place="192.0.2.7")
    ledger.Verification.objects.create(actor=operator.actor)
    return operator


def _noticed_by(operator: Operator) -> compliance.NoticeVersion:
    return compliance.NoticeVersion(
        purpose=Purpose.PHOTO.value,
        profile="gdpr",
        language="en",
        number=1,
        title="Photo",
        text="We print it.",
        sha256="0" * 64,
        changed=[],
        published_at=timezone.now(),
        published_by=operator.actor,
    )


def _carried(holder: Holder, device: Device) -> None:
    now = timezone.now()
    credentials.DeviceUse.objects.update_or_create(
        device=device.handle, defaults={"seen_at": int(now.timestamp() * 1000), "requests": {"n": 1}}
    )
    credentials.Passkey.objects.create(
        device=device,
        credential_id=os.urandom(16),
        public_key=os.urandom(77),
        rp_id="acme.localhost",
        created_at=now,
    )
    credentials.UnlockTicket.objects.create(
        device=device, purpose="unlock", challenge=os.urandom(32), expires_at=now + dt.timedelta(minutes=5)
    )
    invite_holder(holder=holder, by=BY)
    issue_day_pass(holder=holder, window=Window(now, now + dt.timedelta(hours=8), "Europe/Berlin"), by=BY)


def _lost(holder: Holder) -> LostLink:
    lost.ask_for_link(email=EMAIL, place="192.0.2.5")
    return LostLink.objects.get(holder=holder)


def _face(holder: Holder, device: Device) -> None:
    now = timezone.now()
    consent = ConsentRecord.objects.get(subject=holder.subject, purpose=Purpose.FACE.value, ended_at=None)
    face = Enrolment(
        np.eye(128)[0], Model(MODEL.name, MODEL.version), Supervision.PHONE, f"holder:{holder.handle}"
    )
    keep_template(person=whom(holder), enrolment=face, consent=consent.pk, now=now)
    faces.FaceSession.objects.create(
        subject=holder.subject,
        person=holder.handle,
        use=faces.Use.UNLOCK,
        place=f"device:{device.handle}",
        consent=consent,
        begun_at=now,
        sealed=os.urandom(64),
        ended_at=now,
        outcome="passed",
    )
    for who in (f"holder:{holder.handle}", f"device:{device.handle}"):
        faces.FaceTries.objects.create(who=who, tries=tries._write(Tries()))


def _at_doors(
    holder: Holder,
    device: Device,
    event: access.AccessEvent,
    place: Building,
    reader: Reader,
    operator: Operator,
) -> None:
    now = timezone.now()
    alarm = access.Alarm.objects.create(
        kind=access.AlarmKind.CODE_USED_TWICE,
        at=event.at,
        found_at=now,
        holder=holder,
        device=device.handle,
        first_event=event.pk,
        second_event=event.pk,
    )
    acknowledge_alarm(alarm=alarm, by=operator.actor, note=NOTE)
    access.Presence.objects.create(area=place.area, holder=holder, inside=True, at=event.at, event=event.pk)
    access.SecondEntry.objects.create(
        area=place.area,
        holder=holder,
        access_point=event.access_point,
        device=device.handle,
        first_event=event.pk,
        second_event=event.pk,
        at=event.at,
    )
    readers.UsedCode.objects.create(device=device.handle, issued=event.issued or 0, nonce=event.nonce or 0)
    readers.DoorReport.objects.create(reader=reader, counter=event.counter, opened=True, at=event.at)
    readers.DoorEvent.objects.create(
        reader=reader, number=1, kind="opened", at=event.at, counter=event.counter, received_at=now
    )
    readers.JournalQuarantine.objects.create(
        reader=reader,
        position=1,
        counter=9,
        reason="code_not_ours",
        entry=f'{{"device":{device.handle}}}',
        identity=os.urandom(32),
        received_at=now,
    )
    start_pairing(name="Dock", access_point=place.dock_point, kind=ReaderKind.PROGRAM, by=operator.actor)


@transaction.atomic
def case_of(
    holder: Holder, *others: tuple[str, uuid.UUID], kind: str = CaseKind.ACCESS, **other: Any
) -> Case:
    """A case in which the person has asked, their identity verified; `others` are (source, subject)."""
    now = timezone.now()
    values: dict[str, Any] = {
        "number": record.next_handle("case"),
        "kind": kind,
        "via": "wallet",
        "profile": "gdpr",
        "state": "OPEN",
        "applicant": create_subject(),
        "name": NAME,
        "email": EMAIL,
        "message": MESSAGE,
        "received_at": now,
        "answer_by": now + dt.timedelta(days=30),
        "identity_how": "phone",
        "identity_at": now,
        "identity_by": f"holder:{holder.handle}",
    } | other
    case = Case.objects.create(**values)
    for source, subject, number in (
        ("holder", holder.subject_id, holder.handle),
        *((source, subject, None) for source, subject in others),
    ):
        compliance.CasePerson.objects.create(case=case, subject_id=subject, source=source, number=number)
    return case


def _erased_before(holder: Holder) -> None:
    """A request of before, whose certificate was sent."""
    now = timezone.now()
    before = case_of(holder, kind=CaseKind.ERASURE, state="CLOSED", closed_at=now)
    row = compliance.Erasure.objects.create(case=before, begun_at=now, begun_by=BY, sent_at=now)
    compliance.ErasureStep.objects.create(
        erasure=row, position=0, subject=holder.subject, room="key", title="Key", done_at=now
    )


def _answered(case: Case, now: dt.datetime) -> None:
    """Collected and delivered, as far as rows go."""
    person = case.persons.order_by("pk")[0]
    compliance.CaseSection.objects.create(
        case=case, person=person, source="access", sealed=os.urandom(64), withheld="{}", collected_at=now
    )
    compliance.CaseDelivery.objects.create(
        case=case,
        token_hash=os.urandom(32),
        phrase="0000-0000",
        sealed=os.urandom(64),
        made_at=now,
        built_at=now,
        expires_at=now + dt.timedelta(days=14),
    )


def _asked(holder: Holder, operator: Operator) -> Case:
    now = timezone.now()
    _erased_before(holder)
    case = case_of(holder, ("operator", operator.subject_id))
    compliance.CaseStep.objects.create(case=case, at=now, by=BY, verb="noted", note=STEP)
    _answered(case, now)
    LegalHold.objects.create(
        subject=holder.subject,
        reason=HELD_WHY,
        asked_at=now,
        asked_by=BY,
        confirmed_at=now,
        confirmed_by="operator:other",
        lift_asked_at=now,
        lift_asked_by=BY,
        ended_at=now,
        ended_by="operator:other",
    )
    Restriction.objects.create(
        subject=holder.subject, case=case, since=now, by=BY, lifted_at=now, lifted_by=BY
    )
    return case
