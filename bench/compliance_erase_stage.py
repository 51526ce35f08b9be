"""People to be erased in a company with many events. Needs Django and an entered company."""

import time
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from access.models import AccessEvent, AccessPoint
from access.services import add_area, add_door, add_site
from compliance.models import Case, CaseKind, CaseState, Erasure, ErasureState, IdentityHow, Via
from compliance.services import confirming
from compliance.services.cases import Told, open_case
from compliance.services.erasures import begin_erasure
from credentials.models import Device, DeviceState, Holder
from credentials.services import add_holder, invite_holder
from credentials.services.credentials import lock_active_credential
from ledger import services as ledger
from ledger.outbox import deliver
from readers.models import Algorithm, Reader, ReaderKind
from sallyport.keys import Ed25519Signer, P256Signer, thumbprint
from tenants import context
from vault.holdings import Known

BY: Final = "operator:00000000-0000-4000-8000-00000000be7c"
OWN: Final = 1_000  # door events of each who is erased
OTHERS: Final = 20_000  # people among whom the rest of the events is spread
EVENTS: Final = """
INSERT INTO access_accessevent (reader, counter, at, reader_at, access_point, credential, device, profile,
    issued, nonce, code_hash, granted, reason, assurance, policy_epoch, policy_seq, facts, offline, batch,
    batch_index, leaf)
SELECT 1, n, now() - n * interval '1 second', now() - n * interval '1 second', 1, {credential}, n %% 40000, 1,
    1, n, '\\x01', true, 'granted', 1, 1, 1, '{{}}', false, gen_random_uuid(), 0, '\\x01'
FROM generate_series(%s::bigint, %s::bigint) n
"""
DEEDS: Final = """
INSERT INTO ledger_ledgerentry (id, at, actor, verb, subject_kind, handle, data, subject, batch, batch_index,
    leaf)
SELECT gen_random_uuid(), now() - n * interval '1 minute', 'operator:1', 'holder_edited', 'holder', n, '{}',
    gen_random_uuid(), gen_random_uuid(), 0, '\\x01'
FROM generate_series(%s::bigint, %s::bigint) n
"""

_people: list[Holder] = []
_counter = 0


def prepare(count: int) -> None:
    """A reader, and people each with a phone, an invitation and 1,000 events."""
    with transaction.atomic():
        _reader()
        for number in range(count):
            holder = add_holder(name=f"Person {number}", email=f"person-{number}@bench.example", by=BY)
            invite_holder(holder=holder, by=BY, at_desk=True)
            _phone(holder)
            _people.append(holder)
    for holder in _people:
        with transaction.atomic():
            credential = lock_active_credential(holder=holder)
        assert credential is not None
        _events(OWN, str(credential.handle))


def lay(events: int) -> None:
    """Events and deeds of everybody else, until there are so many events beside the people's own."""
    _events(events, f"1000000 + n %% {OTHERS}")
    with connection.cursor() as cursor:
        cursor.execute(DEEDS, [1, events // 10])
        # As autovacuum leaves a table: what the load has left to be written is no part of an erasure.
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def events() -> int:
    """How many there are."""
    return AccessEvent.objects.count()


def erase(number: int) -> float:
    """Seconds from the officer's word to the certificate."""
    case = _case(_people[number])
    begun = time.perf_counter()
    row = begin_erasure(pk=case.pk, version=None, typed=str(case.number), by=BY)
    deliver(context.current())
    row = Erasure.objects.get(pk=row.pk)
    Reader.objects.update(applied_epoch=row.epoch, applied_seq=row.seq)
    confirming.look_again()
    taken = time.perf_counter() - begun
    if Erasure.objects.get(pk=row.pk).state != ErasureState.DONE:
        raise RuntimeError(f"not erased: {row.stopped or row.places}")
    return taken


def _events(count: int, credential: str) -> None:
    global _counter  # noqa: PLW0603  (a reader's numbers have no gaps)
    with connection.cursor() as cursor:
        cursor.execute(EVENTS.format(credential=credential), [_counter + 1, _counter + count])
    _counter += count


def _case(holder: Holder) -> Case:
    known = Known("holder", holder.subject_id, holder.handle, "EMPLOYEE", "", "")
    told = Told("Somebody", "somebody@bench.example")
    case = open_case(kind=CaseKind.ERASURE, via=Via.OFFICER, persons=[known], told=told, by=BY)
    now = timezone.now()
    identified = {"identity_how": IdentityHow.SEEN, "identity_at": now, "identity_by": BY}
    Case.objects.filter(pk=case.pk).update(state=CaseState.OPEN, **identified)
    deliver(context.current())
    return case


def _phone(holder: Holder) -> None:
    key = P256Signer.generate().public
    Device.objects.create(
        handle=ledger.next_handle("device"),
        holder=holder,
        public_key=key.raw,
        thumbprint=thumbprint(key),
        label="Phone",
        state=DeviceState.ACTIVE,
        enrolled_at=timezone.now(),
    )


def _reader() -> None:
    site = add_site(name="Site", time_zone="UTC", by=BY)
    add_door(area=add_area(site=site, name="Area", assurance=1, by=BY), name="Door", by=BY)
    Reader.objects.create(
        handle=ledger.next_handle("reader"),
        name="Door",
        access_point=AccessPoint.objects.get(),
        kind=ReaderKind.PROGRAM,
        algorithm=Algorithm.ED25519,
        public_key=Ed25519Signer(bytes(32)).public.raw,
        paired_at=timezone.now(),
        last_heard=timezone.now(),
        bundle_number=1,
    )
