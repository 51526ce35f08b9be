"""The contact: a reader says how it is, and shows the token of the last answer, which a second one cannot.

A token is its number (8 bytes) and 16 random ones. A request with the last token moves the chain on; the same
token with the same nonce is the same request, whose answer was lost. An older token, or the last one with
another nonce, comes from a second reader. A token of a higher number than ours is from a time that our
database has forgotten, as after a restored backup: it is believed, and whoever forged it is found when the
other one comes next, since our number is then above the other's.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import transaction

from access.models import AccessPoint, AlarmKind, Area
from access.services import clear_reader_alarm, raise_reader_alarm
from ledger import services as ledger
from readers.models import Reader, ReaderHealth, ReaderKind, ReaderState
from readers.refusals import ReaderRefused, Refusal
from readers.release import Release, is_newer
from readers.services.renewal import must_renew

KEPT: Final = 8  # requests that are known again when a copy of them arrives late
DIGEST: Final = 16
STALE: Final = timedelta(seconds=10)
DRIFT_MS: Final = 30_000
FACE: Final = Area.RequiredAssurance.CODE_FACE
AWAY: Final = "away"


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader says of itself; times in unix ms, None for "not so"; words in lower case."""

    at_ms: int
    version: str = ""
    program: str = ""
    queue: int = 0
    list_at_ms: int | None = None
    offline_since_ms: int | None = None
    camera: str = ""
    door: str = ""
    decoder: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """The answer: the next token, whether the reader must wipe itself, the notice of a newer program, and
    whether it must renew its key.
    """

    token: bytes
    wipe: bool
    notice: Release | None
    renew: bool = False


def contact(*, reader: Reader, token: bytes, nonce: bytes, report: Report, now: datetime) -> Contact:
    """Take one contact. Raises ReaderRefused: IDENTITY_FORKED, CONTACT_OVERTAKEN, READER_SUSPENDED.

    A fork is returned by the transaction, not raised in it, so that suspension and alarm are committed.
    """
    with transaction.atomic():
        outcome = _take(reader.handle, token, nonce, report, now)
    if isinstance(outcome, Refusal):
        raise ReaderRefused(outcome)
    return outcome


def _take(handle: int, token: bytes, nonce: bytes, report: Report, now: datetime) -> Contact | Refusal:
    # Of two requests of one identity the second waits here and meets the token that the first one moved.
    row = Reader.objects.select_for_update(no_key=True).get(handle=handle)
    health, _ = ReaderHealth.objects.get_or_create(reader=row)
    if health.wipe_asked_at is not None:
        # Before anything else: each of two must be told, and a suspended one too.
        return Contact(bytes(health.token), wipe=True, notice=None)
    if row.state != ReaderState.ACTIVE:
        return Refusal.READER_SUSPENDED
    repeated = _is_repeated(health, token, nonce)
    if not repeated:
        if _digest(token, nonce) in _recent(health):
            return Refusal.CONTACT_OVERTAKEN
        if not _follows(health, token):
            _fork(row, health, token, now)
            return Refusal.IDENTITY_FORKED
        _move_on(health, token, nonce)
    if not repeated or health.contacted_at is None or now - health.contacted_at >= STALE:
        _note(row, health, report, now)
    return Contact(
        bytes(health.token),
        wipe=False,
        notice=_notice(row, report.version),
        renew=must_renew(row, health, now),
    )


def _number(token: bytes) -> int:
    return int.from_bytes(token[:8])


def _digest(token: bytes, nonce: bytes) -> bytes:
    return sha256(token + nonce).digest()[:DIGEST]


def _recent(health: ReaderHealth) -> list[bytes]:
    kept = bytes(health.recent)
    return [kept[at : at + DIGEST] for at in range(0, len(kept), DIGEST)]


def _is_repeated(health: ReaderHealth, token: bytes, nonce: bytes) -> bool:
    asked = (bytes(health.asked_token), bytes(health.asked_nonce))
    return bool(health.token) and (token, nonce) == asked


def _follows(health: ReaderHealth, token: bytes) -> bool:
    given = bytes(health.token)
    return token == given or not given or _number(token) > _number(given)


def _move_on(health: ReaderHealth, token: bytes, nonce: bytes) -> None:
    number = max(_number(bytes(health.token)), _number(token)) + 1
    kept = [_digest(token, nonce), *_recent(health)][:KEPT]
    health.asked_token, health.asked_nonce, health.recent = token, nonce, b"".join(kept)
    health.token = number.to_bytes(8) + secrets.token_bytes(16)


def _fork(row: Reader, health: ReaderHealth, token: bytes, now: datetime) -> None:
    """Switch the identity off: which of the two is the real one cannot be told from here."""
    row.state, health.forked_at = ReaderState.SUSPENDED, now
    row.save(update_fields=["state"])
    health.save(update_fields=["forked_at"])
    numbers = {"shown": _number(token), "given": _number(bytes(health.token))}
    _record(row, "reader_suspended", "system", because="identity_forked", **numbers)
    raise_reader_alarm(kind=AlarmKind.IDENTITY_FORKED, reader=row.handle, at=now, facts=numbers)


def _record(row: Reader, verb: str, by: str, **data: object) -> None:
    ledger.record(actor=by, verb=verb, subject_kind="reader", handle=row.handle, data=data)


def moment(at_ms: int | None) -> datetime | None:
    """The time of unix milliseconds; the last that can be written for one beyond."""
    if at_ms is None:
        return None
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)


SAID: Final = ("version", "program", "queue", "camera", "door", "decoder")


def _note(row: Reader, health: ReaderHealth, report: Report, now: datetime) -> None:
    """Keep what was said, with the token if it moved."""
    cut_off = moment(report.offline_since_ms)
    if cut_off is not None and cut_off != health.last_cut_off:
        _tell_cut_off(row, cut_off)
        health.last_cut_off = cut_off
    if report.camera != health.camera:
        health.camera_since = now
    for name in SAID:
        setattr(health, name, getattr(report, name))
    health.list_at, health.offline_since = moment(report.list_at_ms), cut_off
    note_drift(health, report.at_ms, now)
    health.contacted_at = now
    health.save()


def note_drift(health: ReaderHealth, at_ms: int, now: datetime) -> None:
    """How far the reader's clock is from ours, and since when it is too far. Not saved here."""
    health.drift_ms = int(now.timestamp() * 1000) - at_ms
    if abs(health.drift_ms) <= DRIFT_MS:
        health.drifting_since = None
    elif health.drifting_since is None:
        health.drifting_since = now


def _tell_cut_off(row: Reader, since: datetime) -> None:
    """At a face area nobody passes without network: whoever cuts it stops the door, or hopes for more."""
    points = AccessPoint.objects.filter(handle=row.access_point_id, door__area__assurance__gte=FACE)
    if points.exists():
        facts = {"access_point": row.access_point_id}
        raise_reader_alarm(kind=AlarmKind.OFFLINE_AT_FACE_AREA, reader=row.handle, at=since, facts=facts)


def _notice(row: Reader, version: str) -> Release | None:
    release: Release | None = settings.READER_RELEASE
    if release is None or row.kind != ReaderKind.PROGRAM or not is_newer(release.version, version):
        return None
    return release


@transaction.atomic
def note_skewed(*, reader: Reader, at_ms: int, now: datetime) -> None:
    """A contact that was signed by a clock too far off to be taken: how far is all that is kept."""
    Reader.objects.select_for_update(no_key=True).get(handle=reader.handle)
    health, _ = ReaderHealth.objects.get_or_create(reader=reader)
    note_drift(health, at_ms, now)
    health.save(update_fields=["drift_ms", "drifting_since"])


@transaction.atomic
def ask_wipe(*, reader: Reader, by: str) -> None:
    """Switch the reader off and tell it to destroy its key and store whenever it comes; asked once."""
    row = Reader.objects.select_for_update().get(handle=reader.handle)
    health, _ = ReaderHealth.objects.get_or_create(reader=row)
    if health.wipe_asked_at is not None:
        return
    health.wipe_asked_at = datetime.now(UTC)
    health.save(update_fields=["wipe_asked_at"])
    if row.state == ReaderState.ACTIVE:
        row.state = ReaderState.SUSPENDED
        row.save(update_fields=["state"])
    _record(row, "reader_wipe_asked", by)


@transaction.atomic
def note_wiped(*, reader: Reader, now: datetime) -> None:
    """The reader says that it destroys its key now. Refused where nobody asked for it."""
    row = Reader.objects.select_for_update(no_key=True).get(handle=reader.handle)
    health = ReaderHealth.objects.filter(reader=row).exclude(wipe_asked_at=None).first()
    if health is None:
        raise ReaderRefused(Refusal.WIPE_NOT_ASKED)
    if health.wiped_at is None:
        health.wiped_at = now
        health.save(update_fields=["wiped_at"])
        _record(row, "reader_wiped", row.actor)


def begin_anew(*, reader: Reader) -> bool:
    """Another key takes the reader's place: its chain of contacts begins again, an asked wipe is over.

    Tells whether the reader was switched off for a wipe or a fork alone, which the new key ends. The caller
    holds the reader's row.
    """
    health = ReaderHealth.objects.filter(reader=reader).first()
    if health is None:
        return False
    ended = health.wipe_asked_at is not None or health.forked_at is not None
    ReaderHealth.objects.filter(reader=reader).delete()
    ReaderHealth.objects.create(reader=reader, watched=health.watched)
    for kind in (AlarmKind.READER_DRIFTING, AlarmKind.CAMERA_AWAY):
        clear_reader_alarm(kind=kind, reader=reader.handle)
    return ended


@transaction.atomic
def watch_reader(*, reader: Reader, watched: bool, by: str) -> None:
    """Say whether the reader's silence is an alarm."""
    row = Reader.objects.select_for_update(no_key=True).get(handle=reader.handle)
    health, _ = ReaderHealth.objects.get_or_create(reader=row)
    if is_watched(row, health) != watched:
        _record(row, "reader_watched" if watched else "reader_unwatched", by)
        health.watched = watched
        health.save(update_fields=["watched"])


def is_watched(reader: Reader, health: ReaderHealth | None) -> bool:
    """Programs are watched unless somebody said otherwise, pages only where somebody said so."""
    if health is None or health.watched is None:
        return reader.kind == ReaderKind.PROGRAM
    return health.watched
