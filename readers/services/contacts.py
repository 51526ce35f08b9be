"""The contact: a reader says how it is, and shows the token of the last answer, which a second one cannot.

A token is its number (8 bytes) and 16 random ones. A request with the last token moves the chain on; the same
token with the same nonce is the same request, whose answer was lost. An older token, or the last one with
another nonce, comes from a second reader, if it was signed later than what was taken last: whoever holds the
network can keep a request back and let it go when others have been answered. A token of a higher number than
ours is from a time that our database has forgotten, as after a restored backup: it is believed, and whoever
forged it is found when the other one comes next, since our number is then above the other's.
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
from readers.services.forks import switch_off
from readers.services.renewal import must_renew

# Requests that are known again when a copy of them arrives late: for twice as long as a signature is taken.
KEPT: Final = timedelta(seconds=120)
MOST_KEPT: Final = 256
DIGEST: Final = 16
STAMP: Final = 4  # bytes of the unix second at which it was taken, before each digest
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


@dataclass(frozen=True, slots=True)
class Shown:
    """By what a contact is known: the token, the nonce, and when it was signed, unix seconds by the reader's
    clock.
    """

    token: bytes
    nonce: bytes
    created: int


def contact(*, reader: Reader, shown: Shown, report: Report, now: datetime) -> Contact:
    """Take one contact. Raises ReaderRefused: IDENTITY_FORKED, CONTACT_OVERTAKEN, READER_SUSPENDED,
    READER_RETIRED.

    A fork is returned by the transaction, not raised in it, so that suspension and alarm are committed.
    """
    with transaction.atomic():
        outcome = _take(reader.handle, shown, report, now)
    if isinstance(outcome, Refusal):
        raise ReaderRefused(outcome)
    return outcome


def _take(handle: int, shown: Shown, report: Report, now: datetime) -> Contact | Refusal:
    # Of two requests of one identity the second waits here and meets the token that the first one moved.
    row = Reader.objects.select_for_update(no_key=True).get(handle=handle)
    health, _ = ReaderHealth.objects.get_or_create(reader=row)
    if health.wipe_asked_at is not None:
        # Before anything else: each of two must be told, and a suspended one too.
        return Contact(bytes(health.token), wipe=True, notice=None)
    if row.state != ReaderState.ACTIVE:
        retired = row.state == ReaderState.RETIRED
        return Refusal.READER_RETIRED if retired else Refusal.READER_SUSPENDED
    repeated = _is_repeated(health, shown)
    if not repeated:
        if _digest(shown) in {digest for _, digest in _recent(health)}:
            return Refusal.CONTACT_OVERTAKEN
        if not _follows(health, shown.token):
            if _is_late(health, shown.created):
                return Refusal.CONTACT_OVERTAKEN
            numbers = {"shown": _number(shown.token), "given": _number(bytes(health.token))}
            switch_off(row=row, health=health, now=now, facts=numbers)
            return Refusal.IDENTITY_FORKED
        _move_on(health, shown, now)
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


def _digest(shown: Shown) -> bytes:
    return sha256(shown.token + shown.nonce).digest()[:DIGEST]


def _recent(health: ReaderHealth) -> list[tuple[int, bytes]]:
    """The requests that were taken last, newest first: unix second and digest."""
    kept, step = bytes(health.recent), STAMP + DIGEST
    pieces = [kept[at : at + step] for at in range(0, len(kept), step)]
    return [(int.from_bytes(piece[:STAMP]), piece[STAMP:]) for piece in pieces]


def _is_repeated(health: ReaderHealth, shown: Shown) -> bool:
    asked = (bytes(health.asked_token), bytes(health.asked_nonce))
    return bool(health.token) and (shown.token, shown.nonce) == asked


def _is_late(health: ReaderHealth, created: int) -> bool:
    """Whether it was signed before what was taken last: it was on its way, and its reader has gone on."""
    return health.asked_created is not None and created < health.asked_created


def _follows(health: ReaderHealth, token: bytes) -> bool:
    given = bytes(health.token)
    return token == given or not given or _number(token) > _number(given)


def _move_on(health: ReaderHealth, shown: Shown, now: datetime) -> None:
    number = max(_number(bytes(health.token)), _number(shown.token)) + 1
    since = int((now - KEPT).timestamp())
    recent = [(int(now.timestamp()), _digest(shown)), *(one for one in _recent(health) if one[0] >= since)]
    health.recent = b"".join(at.to_bytes(STAMP) + digest for at, digest in recent[:MOST_KEPT])
    health.asked_token, health.asked_nonce = shown.token, shown.nonce
    # A clock that is set back does not make what was on its way before a second reader.
    health.asked_created = max(shown.created, health.asked_created or 0)
    health.token = number.to_bytes(8) + secrets.token_bytes(16)


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
