"""How a reader is, as its page says it: each a plain word and the number that goes with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from readers.models import Reader, ReaderHealth, ReaderKind, ReaderState
from readers.selectors import Health, health_row
from readers.services.contacts import DRIFT_MS
from readers.services.watching import SILENT_AFTER

NEVER: Final = "Not told"
LIST_IS_OLD: Final = timedelta(hours=1)  # it is fetched anew every half hour
_CAMERAS: Final = {"ready": "Sees", "away": "No picture"}
_DOORS: Final = {"ready": "Answers", "away": "Does not answer", "unsafe": "Not encrypted"}


@dataclass(frozen=True, slots=True)
class Sign:
    """One line: what it is about, the word, the number or time behind it, and whether it needs a look."""

    about: str
    word: str
    figure: str = ""
    since: datetime | None = None
    bad: bool = False


def span(length: timedelta) -> str:
    """`40 s`, `11 min`, `3 h`, `2 days`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds >= 172_800:
        return f"{seconds // 86_400} days"
    if seconds >= 7200:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds >= 120 else f"{seconds} s"


def signs(reader: Reader, now: datetime) -> list[Sign]:
    """All that the reader said of itself, in the order of the page; the same lines for every reader."""
    row = health_row(reader)
    told = row if row is not None and row.contacted_at is not None else None
    return [
        _heard(reader, now),
        _clock(row),
        _list(told, now),
        _queue(told, now),
        _part("Camera", told.camera if told else "", _CAMERAS, told.camera_since if told else None),
        _part("Door output", told.door if told else "", _DOORS, None),
        _part("Decoder", told.decoder if told else "", {"ready": "Works"}, None),
    ]


def is_ill(found: list[Sign]) -> bool:
    """Whether somebody must look at it."""
    return any(sign.bad for sign in found)


def _heard(reader: Reader, now: datetime) -> Sign:
    if reader.last_heard is None:
        return Sign("Last heard", "Never")
    silent = now - reader.last_heard > SILENT_AFTER
    word = "Silent" if silent else "Heard"
    return Sign(
        "Last heard",
        word,
        f"{span(now - reader.last_heard)} ago",
        bad=silent and reader.state == ReaderState.ACTIVE,
    )


def _clock(row: ReaderHealth | None) -> Sign:
    if row is None or (row.contacted_at is None and row.drifting_since is None):
        return Sign("Clock", NEVER)
    off = abs(row.drift_ms)
    figure = f"{off / 1000:.1f} s" if off < 120_000 else span(timedelta(milliseconds=off))
    if off <= DRIFT_MS:
        return Sign("Clock", "Right", figure)
    return Sign("Clock", "Slow" if row.drift_ms > 0 else "Fast", figure, row.drifting_since, bad=True)


def _list(told: ReaderHealth | None, now: datetime) -> Sign:
    if told is None:
        return Sign("Its list", NEVER)
    if told.list_at is None:
        return Sign("Its list", "None", bad=True)
    age = now - told.list_at
    return Sign(
        "Its list", "Old" if age > LIST_IS_OLD else "Fresh", f"{span(age)} old", bad=age > LIST_IS_OLD
    )


def _queue(told: ReaderHealth | None, now: datetime) -> Sign:
    if told is None:
        return Sign("To hand in", NEVER)
    word = "Waiting" if told.queue else "Nothing"
    return Sign("To hand in", word, f"{told.queue} event{'' if told.queue == 1 else 's'}", told.offline_since)


def _part(about: str, said: str, words: dict[str, str], since: datetime | None) -> Sign:
    if not said:
        return Sign(about, NEVER)
    usual = said.replace("_", " ").capitalize()
    bad = said in {"away", "unsafe"}
    return Sign(about, words.get(said, usual), since=since if bad else None, bad=bad)


@dataclass(frozen=True, slots=True)
class Line:
    """One reader of the list."""

    one: Health
    signs: list[Sign]
    standing: "Standing"
    alarms: int

    @property
    def ill(self) -> bool:
        """Whether somebody must look at it."""
        return is_ill(self.signs)

    @property
    def is_ready(self) -> bool:
        """Whether nothing is amiss."""
        return self.one.state == "ready" and not self.ill


def line(one: Health, now: datetime, alarms: int) -> Line:
    """A line of the list from the plain word of `selectors.health`."""
    return Line(one, signs(one.reader, now), standing(one.reader), alarms)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an operator has done or must do about the reader."""

    wipe_asked: datetime | None
    wiped: datetime | None
    forked: datetime | None
    cut_off: datetime | None
    last_cut_off: datetime | None
    runs: str
    renewal_asked: datetime | None = None


def standing(reader: Reader) -> Standing:
    """The rest of the page."""
    row = health_row(reader)
    runs = reader.get_kind_display()
    if row is None:
        return Standing(None, None, None, None, None, runs)
    if reader.kind == ReaderKind.PROGRAM and row.version:
        runs = f"{row.program or runs} {row.version}"
    elif row.version:
        runs = f"{runs} {row.version}"
    forked = row.forked_at if reader.state == ReaderState.SUSPENDED else None
    return Standing(
        row.wipe_asked_at,
        row.wiped_at,
        forked,
        row.offline_since,
        row.last_cut_off,
        runs,
        row.renewal_asked_at,
    )
