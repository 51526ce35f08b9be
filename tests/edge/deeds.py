"""Deeds for readers in the field, beside those of `tests.readers.deeds`, in the live system's environment.

`python -m tests.edge.deeds HOST` reads deeds and their words, a JSON list on each line.
"""

import sys
from typing import Any

from tests.readers import deeds
from tests.readers.deeds import ALWAYS, BY


def house(word: str, doors: int, assurance: int = 1) -> dict[str, Any]:
    """Doors that one level opens at all hours, and for each a code for its reader program."""
    from access import services as building
    from credentials.services import set_code_policy
    from readers import services
    from readers.models import ReaderKind

    set_code_policy(code_life=60, by=BY)  # from the server to the door a loaded machine takes its time
    site = building.add_site(name=f"House {word}", time_zone="Europe/Berlin", by=BY)
    area = building.add_area(
        site=site, name="Hall", assurance=assurance, equal_way="Ring at reception.", by=BY
    )
    schedule = building.add_schedule(name=f"Always {word}", intervals=ALWAYS, by=BY)
    names = [f"{word} {number}" for number in range(1, doors + 1)]
    points = [building.add_door(area=area, name=name, by=BY).access_points.get() for name in names]
    level = building.add_level(name=f"Level {word}", rules=[(one, schedule) for one in points], by=BY)
    codes = [
        services.start_pairing(name=name, access_point=point, kind=ReaderKind.PROGRAM, by=BY).shown
        for name, point in zip(names, points, strict=True)
    ]
    return {"names": names, "codes": codes, "level": level.pk}


def replace(name: str) -> str:
    """A code for new hardware in a reader's place."""
    from readers import services
    from readers.models import Reader, ReaderKind

    row = Reader.objects.get(name=name)
    ticket = services.start_pairing(
        name=name, access_point=row.access_point, kind=ReaderKind(row.kind), by=BY, replaces=row
    )
    return ticket.shown


def stranger() -> int:
    """A phone whose holder may pass no door; its handle."""
    from sallyport.keys import P256Signer

    return deeds.carry(P256Signer.generate().public.raw.hex())


def wipe(name: str) -> None:
    from readers import services
    from readers.models import Reader

    services.ask_wipe(reader=Reader.objects.get(name=name), by=BY)


def renew(name: str) -> None:
    from readers import services
    from readers.models import Reader

    services.ask_renewal(reader=Reader.objects.get(name=name), by=BY)


def end_key(name: str) -> None:
    """As if a week had gone by since a new key was announced."""
    from datetime import timedelta

    from django.utils import timezone

    from readers import services
    from readers.models import Reader

    Reader.objects.filter(name=name).exclude(key_ends=None).update(
        key_ends=timezone.now() - timedelta(seconds=1)
    )
    services.end_keys(now=timezone.now())


def age_renewal(name: str) -> bool:
    """As if the new key had first been used a month ago; it is waited for."""
    import time
    from datetime import timedelta

    from django.utils import timezone

    from readers.models import FormerKey

    then = timezone.now() - timedelta(days=30)
    former = FormerKey.objects.filter(reader__name=name, overtaken_at__isnull=False)
    for _ in range(200):
        if former.update(overtaken_at=then, overtaken_by=int(then.timestamp())):
            return True
        time.sleep(0.1)
    return False


def keys_of(name: str) -> dict[str, Any]:
    """The prints of a reader's keys: in force, announced, former ones from the newest on."""
    from readers.models import FormerKey, Reader
    from sallyport.reader_protocol import key_print

    row = Reader.objects.get(name=name)
    former = FormerKey.objects.filter(reader=row).values_list("public_key", flat=True)
    return {
        "now": key_print(bytes(row.public_key)),
        "next": key_print(bytes(row.next_key)) if row.next_key else None,
        "former": [key_print(bytes(raw)) for raw in former],
    }


def policy() -> list[int]:
    """Epoch and number."""
    from ledger.services import current_policy

    return list(current_policy())


def recorded(name: str) -> dict[str, Any]:
    """All that the server has of a reader."""
    from access.models import AccessEvent, Alarm
    from readers.models import DoorEvent, JournalQuarantine, Reader, ReaderHealth, UsedCode

    row = Reader.objects.get(name=name)
    events = list(AccessEvent.objects.filter(reader=row.handle).order_by("counter"))
    health = ReaderHealth.objects.filter(reader=row).first()
    uses = {(event.device, event.issued, event.nonce) for event in events if event.granted}
    used = set(UsedCode.objects.values_list("device", "issued", "nonce"))
    return {
        "state": row.state,
        "applied": [row.applied_epoch, row.applied_seq],
        "keys_held": row.keys_held,
        "head": [row.journal_position, bytes(row.journal_hash).hex()],
        "events": [
            {
                "id": event.pk,
                "counter": event.counter,
                "at_ms": round(event.at.timestamp() * 1000),
                "device": event.device,
                "granted": event.granted,
                "reason": event.reason,
                "offline": event.offline,
            }
            for event in events
        ],
        "unused": len(uses - used),
        "door": list(
            DoorEvent.objects.filter(reader_id=row.handle)
            .order_by("number")
            .values_list("number", "kind", "counter")
        ),
        "quarantined": list(JournalQuarantine.objects.filter(reader=row).values_list("position", "reason")),
        "alarms": sorted(Alarm.objects.filter(reader=row.handle).values_list("kind", flat=True)),
        "wiped": health is not None and health.wiped_at is not None,
        "cut_off": health is not None and health.last_cut_off is not None,
        "drift_ms": health.drift_ms if health is not None else None,
    }


def counted(name: str) -> dict[str, Any]:
    """How many events of a reader there are, and the last one's number."""
    from django.db.models import Count, Max

    from access.models import AccessEvent, Alarm
    from readers.models import JournalQuarantine, Reader

    row = Reader.objects.get(name=name)
    events = AccessEvent.objects.filter(reader=row.handle)
    return {
        **events.aggregate(events=Count("pk"), last=Max("counter")),
        "quarantined": JournalQuarantine.objects.filter(reader=row).count(),
        "alarms": list(Alarm.objects.filter(reader=row.handle).values_list("kind", flat=True)),
    }


def alarms(device: int) -> list[list[Any]]:
    """Those about a phone: kind and both events."""
    from access.models import Alarm

    found = Alarm.objects.filter(device=device).order_by("kind", "at")
    return [[one.kind, one.first_event, one.second_event] for one in found]


def listed(names: list[str]) -> list[int]:
    """The ids of these readers' events as the console lists them, newest first."""
    from access.selectors import EventFilter, events
    from readers.models import Reader

    handles = list(Reader.objects.filter(name__in=names).values_list("handle", flat=True))
    return list(events(EventFilter()).filter(reader__in=handles).values_list("pk", flat=True))


deeds.DEEDS.update(
    {
        deed.__name__: deed
        for deed in (
            house,
            replace,
            stranger,
            wipe,
            renew,
            end_key,
            age_renewal,
            keys_of,
            policy,
            recorded,
            counted,
            alarms,
            listed,
        )
    }
)

if __name__ == "__main__":
    deeds.serve(sys.argv[1], deeds.DEEDS)
