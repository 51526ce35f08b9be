"""Deeds in a live system, from a process of their own that has the live system's environment.

`python -m tests.readers.deeds HOST` reads deeds and their words, a JSON list on each line, and says
what each found, or how it failed.
"""

import json
import secrets
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
BY = "operator:alice"
ALWAYS = [[day, 0, 1440] for day in range(7)]


class Office:
    """The process in which deeds are done, one after the other: starting one takes longer than most deeds."""

    def __init__(self, env: dict[str, str], host: str, deeds: str = "tests.readers.deeds") -> None:
        self._turn = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-m", deeds, host],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, *words: str | int) -> Any:
        """What the deed found."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self._turn:
            self.process.stdin.write(json.dumps(words) + "\n")
            self.process.stdin.flush()
            said = json.loads(self.process.stdout.readline())
        assert "failed" not in said, said["failed"]
        return said["found"]

    def close(self) -> None:
        """End the process."""
        try:
            self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise


def run(env: dict[str, str], host: str, *words: str, deeds: str = "tests.readers.deeds") -> Any:
    """What a single deed found, in a process that holds nothing of earlier ones."""
    office = Office(env, host, deeds)
    try:
        return office.do(*words)
    finally:
        office.close()


def invite(name: str) -> dict[str, Any]:
    """A new door that a new level opens at all hours, and a code for its reader."""
    from access import services as building
    from credentials.services import set_code_policy
    from readers import services
    from readers.models import ReaderKind

    set_code_policy(code_life=60, by=BY)  # a loaded machine takes its time from the screen to the server
    site = building.add_site(name=f"House of {name}", time_zone="Europe/Berlin", by=BY)
    area = building.add_area(site=site, name="Hall", assurance=1, by=BY)
    point = building.add_door(area=area, name=name, by=BY).access_points.get()
    schedule = building.add_schedule(name=f"Always {name}", intervals=ALWAYS, by=BY)
    level = building.add_level(name=f"Level {name}", rules=[(point, schedule)], by=BY)
    ticket = services.start_pairing(name=name, access_point=point, kind=ReaderKind.BROWSER, by=BY)
    return {"code": ticket.shown, "level": level.pk, "pairing": str(ticket.pairing.pk)}


def lay(name: str, seed: str) -> dict[str, Any]:
    """A reader of the program's kind with this key, paired by itself."""
    import time
    from datetime import UTC, datetime

    from readers import services
    from sallyport.keys import Ed25519Signer
    from tenants import context
    from tests.readers.pretend import Pretend

    code = invite(name)["code"]
    company = context.current()
    reader = Pretend(company, Ed25519Signer(bytes.fromhex(seed)))
    now = datetime.fromtimestamp(time.time(), UTC)
    paired = services.pair(company=company.uid, proof=reader.proof(code), now=now)
    return {
        "reader": paired.reader.handle,
        "company_id": company.id,
        "company_uid": company.uid.hex(),
    }


def phone(level: str) -> int:
    """A person with a confirmed phone and the level; the phone's handle."""
    from access import services as building
    from access.models import AccessLevel
    from credentials.models import Device
    from sallyport.keys import P256Signer

    device = Device.objects.get(handle=carry(P256Signer.generate().public.raw.hex()))
    building.grant_level(holder=device.holder, level=AccessLevel.objects.get(pk=level), by=BY)
    return device.handle


def carry(public_key: str) -> int:
    """A person with a confirmed phone that has this key; the phone's handle."""
    from django.db import transaction
    from django.utils import timezone

    from credentials.models import Device, DeviceState
    from credentials.services import add_holder
    from ledger.services import next_handle
    from sallyport.keys import P256Public, thumbprint

    key = P256Public(bytes.fromhex(public_key))
    with transaction.atomic():
        device = Device.objects.create(
            handle=next_handle("device"),
            holder=add_holder(name="Henri Holder", by=BY),
            public_key=key.raw,
            thumbprint=thumbprint(key),
            state=DeviceState.ACTIVE,
            enrolled_at=timezone.now(),
        )
    return device.handle


def mint(device: str) -> str:
    """A live code of this phone, as the wallet would show it."""
    from credentials.models import Device
    from credentials.services import mint_live_code

    return mint_live_code(device=Device.objects.get(handle=device)).code


def day_pass(level: str) -> dict[str, str]:
    """A visitor without a phone, who may pass the doors of a level: what the paper shows, and the PIN."""
    from datetime import timedelta

    from django.utils import timezone

    from access import services as building
    from access.models import AccessLevel
    from credentials.services import Window, add_holder, digits_of, issue_day_pass

    holder = add_holder(name="Vera Visitor", by=BY)
    building.grant_level(holder=holder, level=AccessLevel.objects.get(pk=level), by=BY)
    now = timezone.now()
    window = Window(now - timedelta(hours=1), now + timedelta(hours=1), "Europe/Berlin")
    made = issue_day_pass(holder=holder, window=window, by=BY)
    return {"code": digits_of(made.day_pass), "pin": made.pin}


def revoke(device: str) -> int:
    """Revoke the phone; the policy's number after it."""
    from credentials.models import Device
    from credentials.services import revoke_device
    from ledger.services import current_policy

    revoke_device(device=Device.objects.get(handle=device), reason="lost", by=BY)
    return current_policy()[1]


def told(name: str) -> dict[str, Any]:
    """What the server knows of a reader."""
    from access.models import AccessEvent
    from readers.models import CheckpointWitness, DoorReport, Reader

    row = Reader.objects.get(name=name)
    events = AccessEvent.objects.filter(reader=row.handle).order_by("counter")
    witnesses = CheckpointWitness.objects.filter(reader_id=row.handle)
    reports = DoorReport.objects.filter(reader_id=row.handle).order_by("counter")
    return {
        "state": row.state,
        "algorithm": row.algorithm,
        "applied": [row.applied_epoch, row.applied_seq],
        "events": [[event.counter, event.reason] for event in events],
        "reports": [[report.counter, report.opened] for report in reports],
        "witnessed": [one.number for one in witnesses.order_by("number")],
        "alarm": row.fork_alarm_at is not None,
    }


def health(name: str) -> dict[str, Any]:
    """How a reader says that it is, in the words of the console's page, and the alarms that stand."""
    from django.utils import timezone

    from access.models import Alarm, AlarmState
    from readers import health as pages
    from readers.models import Reader

    row = Reader.objects.select_related("health").get(name=name)
    standing = pages.standing(row)
    alarms = Alarm.objects.filter(reader=row.handle).exclude(state=AlarmState.CLOSED)
    return {
        "handle": row.handle,
        "state": row.state,
        "signs": {sign.about: sign.word for sign in pages.signs(row, timezone.now())},
        "runs": standing.runs,
        "wiped": standing.wiped is not None,
        "alarms": sorted(alarms.values_list("kind", flat=True)),
    }


def suspend(name: str) -> None:
    from readers import services
    from readers.models import Reader

    services.suspend_reader(reader=Reader.objects.get(name=name), by=BY)


def ask_for_number(name: str) -> None:
    """The area of the reader's door asks for a number that its doors show."""
    from access.models import Area

    Area.objects.filter(doors__name=name).update(door_challenge=True)


def touch() -> int:
    """Any change of policy; its number."""
    from access import services as building
    from ledger.services import current_policy

    building.add_site(name=f"Site {secrets.token_hex(4)}", time_zone="Europe/Berlin", by=BY)
    return current_policy()[1]


def seal() -> dict[str, Any]:
    """Seal what is pending; the newest checkpoint."""
    from ledger import sealing
    from ledger.models import Checkpoint
    from tenants import context

    sealing.seal(context.current())
    row = Checkpoint.objects.latest("number")
    return {"number": row.number, "hash": bytes(row.hash).hex()}


def another_history(number: int, how: str) -> str:
    """A frame that contradicts the checkpoint of this number, under the company's own signature.

    `rewritten`: another one of the same number; `unlinked`: a next one that does not follow it; `foreign`:
    a rewritten one that the company never signed.
    """
    from ledger.models import Checkpoint
    from ledger.sealing import checkpoint_bytes
    from sallyport.keys import Ed25519Signer
    from sallyport.reader_protocol import CheckpointPush, encode
    from tenants import context
    from vault.selectors import checkpoint_signer

    row = Checkpoint.objects.get(number=number)
    row.root = secrets.token_bytes(32)
    if how == "unlinked":
        row.number, row.previous_hash = number + 1, secrets.token_bytes(32)
    data = checkpoint_bytes(context.current().uid, row)
    signer = Ed25519Signer.generate() if how == "foreign" else checkpoint_signer()
    return encode(CheckpointPush(row.number, data, signer.sign(data)))


def keys(name: str) -> dict[str, int]:
    """The newest key set for codes, and which one the reader says it holds."""
    from readers.models import Reader
    from vault.selectors import key_entries

    return {"newest": key_entries()[-1].key_id, "held": Reader.objects.get(name=name).keys_held}


def refuse_keys() -> None:
    from vault.rotation import refuse_and_rotate

    refuse_and_rotate(by=BY)


DEEDS: dict[str, Callable[..., Any]] = {
    deed.__name__: deed
    for deed in (
        invite,
        lay,
        phone,
        carry,
        mint,
        day_pass,
        revoke,
        told,
        health,
        suspend,
        ask_for_number,
        touch,
        seal,
        another_history,
        keys,
        refuse_keys,
    )
}


def serve(host: str, deeds: Mapping[str, Callable[..., Any]]) -> None:
    """Do the deeds that are asked for. Nobody tells this process what others changed, so it keeps nothing."""
    import django

    django.setup()
    from django.db import close_old_connections

    from credentials.names import holder_names
    from tenants import context, hosts
    from vault import caches

    for line in sys.stdin:
        deed, *words = json.loads(line)
        close_old_connections()
        caches.drop()
        holder_names.drop()
        try:
            ref = hosts.resolve(host)
            assert ref is not None, host
            with context.enter(ref):
                said = {"found": deeds[deed](*words)}
        except Exception:  # noqa: BLE001 - whoever asked fails with it
            said = {"failed": traceback.format_exc()}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1], DEEDS)
