"""Deeds behind the console's pages, beside those of `tests.readers.deeds`, in the live system's environment.

`python -m tests.pages.deeds HOST` reads deeds and their words, a JSON list on each line.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.readers.deeds import serve


def furnish() -> dict[str, str]:
    """Build the scene and let a day pass."""
    from tests.pages import scene

    built = scene.furnish()
    now = datetime.now(UTC)
    for number in range(40):
        reason = "granted" if number % 5 else "replayed"
        at = now - timedelta(minutes=30 * (40 - number))
        scene.happen(built.readers[number % 3], built.holders[number % 3], reason=reason, at=at)
    stream()
    return {
        "holder": str(built.holders[0].pk),
        "phone": str(built.phones[0].pk),
        **{f"{kind}_request": ask(built.holders[0], kind) for kind in ASKED},
    }


ASKED = ("rectification", "restriction", "objection", "withdrawal")


def ask(holder: Any, kind: str) -> str:
    """A request of this person, found out to be theirs."""
    from compliance.models import CaseKind, IdentityHow, Via
    from compliance.services.cases import Told, open_case
    from compliance.services.identity import identify
    from credentials.finding import known_of

    told = Told(holder.name, holder.email, "He telephoned.")
    case = open_case(
        kind=CaseKind(kind), via=Via.OFFICER, persons=[known_of(holder)], told=told, by="operator:x"
    )
    identify(case, how=IdentityHow.KNOWN, note="By voice", by="operator:x")
    return str(case.pk)


def stream() -> None:
    """A webhook that has failed for an hour."""
    from ledger.models import Stream, StreamKind
    from ledger.streams.target import Target, seal

    made = Stream(kind=StreamKind.WEBHOOK, host="https://siem.example:443", actor="operator:1")
    made.sealed = seal(made.pk, Target("https://siem.example/", "secret"))
    made.failures, made.last_error = 12, "no_connection"
    made.failing_since = datetime.now(UTC) - timedelta(hours=1)
    made.next_at = datetime.now(UTC) + timedelta(days=1)
    made.save(force_insert=True)


def pass_door() -> str:
    """Somebody passes a door now."""
    from credentials.models import Holder
    from readers.models import Reader
    from tests.pages import scene

    reader, holder = Reader.objects.order_by("handle")[0], Holder.objects.order_by("handle")[0]
    return str(scene.happen(reader, holder).pk)


def acknowledge(count: str) -> int:
    """So many readers say that the newest change of a phone is in force, 40 ms apart."""
    from ledger.models import PolicyChange
    from readers.models import Reader, ReaderAck
    from tenants import context, live

    change = PolicyChange.objects.filter(kind="device").order_by("-seq")[0]
    for number, reader in enumerate(Reader.objects.order_by("handle")[: int(count)], start=1):
        ReaderAck.objects.get_or_create(
            reader_id=reader.handle,
            epoch=1,
            seq=change.seq,
            defaults={
                "at_ms": 1,
                "received_at": change.at + timedelta(milliseconds=40 * number),
                "signature": b"s" * 64,
            },
        )
        Reader.objects.filter(pk=reader.pk).update(applied_epoch=1, applied_seq=change.seq)
    live.publish(context.current().id, "acks", {"epoch": 1, "seq": change.seq})
    return int(change.seq)


def lose() -> str:
    """The link that is mailed to the first person, who lost a phone."""
    from credentials.lost_links import LostLink
    from credentials.models import Holder
    from credentials.services import lost

    holder = Holder.objects.order_by("handle")[0]
    lost.ask_for_link(email=holder.email, place="192.0.2.1")
    return f"/lost/{lost.token_of(LostLink.objects.filter(holder=holder).latest('expires_at'))}/"


def be_at_two_sites() -> int:
    """The first person's phone passes at two sites at once; the alarm is found."""
    from django.db import transaction

    from access.models import AccessEvent, AccessPoint, Alarm
    from access.services import add_area, add_door, add_site, find_alarms
    from credentials.models import Holder
    from readers.models import Reader
    from tests.pages import scene

    holder = Holder.objects.order_by("handle")[0]
    site = add_site(name="Plant of the north", time_zone="Europe/Berlin", by="system")
    area = add_area(site=site, name="Yard", assurance=1, by="system")
    gate = AccessPoint.objects.get(door=add_door(area=area, name="North gate", by="system"))
    with transaction.atomic():
        there = scene.place_reader("North gate", gate)
    for reader in (Reader.objects.order_by("handle")[0], there):
        event = scene.happen(reader, holder)
        phone = holder.devices.order_by("handle")[0].handle
        AccessEvent.objects.filter(pk=event.pk).update(device=phone, access_point=reader.access_point.handle)
    find_alarms(now=datetime.now(UTC))
    return Alarm.objects.count()  # beat may have been quicker


def tell_health() -> int:
    """The first reader is a program that is well, the second one that is not; its handle."""
    from readers import services
    from readers.models import DoorEventKind, Reader, ReaderHealth, ReaderKind

    well, ill = Reader.objects.order_by("handle")[:2]
    now = datetime.now(UTC)
    said = {"contacted_at": now, "version": "1.4.0", "program": "sallyport-reader", "decoder": "ready"}
    good = {"list_at": now - timedelta(minutes=12), "camera": "ready", "door": "ready", "drift_ms": 180}
    bad = {
        "list_at": now - timedelta(hours=30), "camera": "away", "camera_since": now, "door": "unsafe",
        "drift_ms": -41_000, "drifting_since": now, "queue": 1204, "offline_since": now - timedelta(hours=29),
        "last_cut_off": now - timedelta(hours=29),
    }  # fmt: skip
    for reader, more in ((well, good), (ill, bad)):
        ReaderHealth.objects.update_or_create(reader=reader, defaults=said | more)
    Reader.objects.filter(pk__in=[well.pk, ill.pk]).update(kind=ReaderKind.PROGRAM)
    told = [(DoorEventKind.EXIT_BUTTON, 90), (DoorEventKind.FORCED, 60), (DoorEventKind.CLOSED, 40)]
    events = [
        services.Told(number, kind, int((now.timestamp() - ago) * 1000))
        for number, (kind, ago) in enumerate(told, 1)
    ]
    services.record_door_events(reader=ill, events=events, now=now)
    services.watch_readers(now=now)
    return ill.handle


def open_faces() -> str:
    """All that GDPR asks stands, and the notice is published in four languages; who may be asked."""
    from compliance.law import Purpose
    from credentials.models import Holder
    from tests.compliance.build import publish, ready

    ready()
    publish(Purpose.FACE, languages=("en", "de", "fr", "es"))
    return str(Holder.objects.order_by("handle")[1].pk)


def faces() -> list[list[str]]:
    """Every enrolled face: how, and what became of it."""
    from biometrics.models import FaceTemplate

    rows = FaceTemplate.objects.order_by("enrolled_at")
    return [[row.supervision, "verified" if row.verified else "", row.destroyed_how] for row in rows]


def enrol_on_the_phone() -> str:
    """The first person agrees on the phone and enrols by themselves."""
    import numpy as np
    from django.utils import timezone

    from biometrics.models import Supervision
    from biometrics.services.templates import Enrolment, keep_template
    from biometrics.templates import Model
    from compliance.models import NoticeVersion
    from credentials.models import Holder
    from credentials.services.consents import person_of
    from tests.compliance.build import agree

    holder = Holder.objects.order_by("handle")[0]
    record = agree(holder, NoticeVersion.objects.get(purpose="face", language="en"))
    made = Enrolment(
        np.eye(128)[0], Model("dlib-resnet-v1", "x"), Supervision.PHONE, f"holder:{holder.handle}"
    )
    keep_template(person=person_of(holder), enrolment=made, consent=record.pk, now=timezone.now())
    return str(holder.pk)


def receive() -> str:
    """A type of visit with something to read."""
    from visitors.services.documents import add_document, publish_version
    from visitors.services.types import add_type

    document = add_document(name="House rules", by="operator:1")
    text = ("House rules", "Wear your badge.\n\nStay with your host.")
    publish_version(document=document, texts={"en": text}, by="operator:1")
    made = add_type(name="Meeting", by="operator:1", bring="Safety shoes")
    made.documents.add(document)
    return str(made.pk)


def visit_address(name: str) -> str:
    """Where the newest visitor of this name finds the page of their visit."""
    from visitors.models import Visit
    from visitors.services.links import token_of

    visit = next(one for one in Visit.objects.order_by("-handle") if one.holder.name == name)
    return f"/visit/{token_of(visit.links.get())}/"


DEEDS: dict[str, Callable[..., Any]] = {
    "furnish": furnish,
    "pass_door": pass_door,
    "acknowledge": acknowledge,
    "lose": lose,
    "be_at_two_sites": be_at_two_sites,
    "tell_health": tell_health,
    "open_faces": open_faces,
    "faces": faces,
    "enrol_on_the_phone": enrol_on_the_phone,
    "receive": receive,
    "visit_address": visit_address,
}


if __name__ == "__main__":
    serve(sys.argv[1], DEEDS)
