"""A reader that is cut off, as far as the server meets it: it decides alone, writes down, hands in."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from access.policy import build_doors, doors_statement
from credentials.selectors import code_policy
from readers.handin.told import HandedIn, Outcome, Told
from readers.models import Reader
from readers.services import hand_in
from sallyport.offline import (
    FIRST_PREVIOUS,
    Bundle,
    Gone,
    JournalEntry,
    Judge,
    LetIn,
    entry_bytes,
    entry_hash,
)
from tests.readers.pretend import Pretend, b64
from tests.scanning.world import Station, World
from vault.selectors import key_entries

PATH = "/api/v1/readers/journal"


@dataclass
class CutOff:
    """A reader's journal and what it decides with; its list was made when this was."""

    world: World
    station: Station
    point: int
    mode: str = "as_online"
    entries: list[Told] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    used: set[tuple[int, int, int]] = field(default_factory=set)
    let_in: LetIn = field(default_factory=LetIn)

    def judge(self) -> Judge:
        company = self.world.company
        doors = build_doors(self._doors(company.schema))
        level = self.world.level.pk
        bundle = Bundle(
            company=company.uid,
            reader=self.station.handle,
            number=1,
            at_ms=int(time.time() * 1000),
            epoch=1,
            seq=1,
            door=doors[self.point],
            profiles={profile: (level,) for profile in range(20)},
            gone=Gone(),
            mode=self.mode,
            trust=86_400,
            life=code_policy().code_life,
            pulse_ms=3000,
            keys=key_entries(),
        )
        return Judge(bundle)

    @staticmethod
    def _doors(schema: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(doors_statement(schema))
            return cursor.fetchone()[0]

    def present(self, code: str, *, at_ms: int | None = None, **forged: Any) -> Told:
        """Decide alone, and write it down; `forged` replaces parts before it is signed."""
        at_ms = at_ms or int(time.time() * 1000)
        alone = self.judge().decide(
            code,
            now=at_ms // 1000,
            challenges=(),
            used=lambda use: use in self.used,
            inside=self.let_in.inside,
        )
        if alone.use is not None:
            self.used.add(alone.use)
        self.station.counter += 1
        fields: dict[str, Any] = {
            "position": len(self.entries) + 1,
            "counter": self.station.counter,
            "at_ms": at_ms,
            "code": code,
            "challenges": (),
            "granted": alone.decision.granted,
            "reason": alone.decision.reason,
            "facts": alone.decision.facts_text,
            "epoch": 1,
            "seq": 1,
            "previous": self.hashes[-1] if self.hashes else FIRST_PREVIOUS,
        }
        told = self.signed(JournalEntry(**fields | forged))
        self.entries.append(told)
        if told.granted:
            self.let_in.note(told.position, told.facts)
        return told

    def forget(self, kept: int = 0) -> None:
        """Take the last entries out again, as if they had never been written."""
        del self.entries[kept:], self.hashes[kept:]

    def signed(self, entry: JournalEntry) -> Told:
        """The entry as the reader hands it in; the next one follows it."""
        data = entry_bytes(entry, company=self.world.company.uid, reader=self.station.handle)
        self.hashes.append(entry_hash(data))
        fields = {name: getattr(entry, name) for name in JournalEntry.__slots__}
        return Told(**fields | {"reason": str(entry.reason), "sig": self.station.key.sign(data)})

    @property
    def row(self) -> Reader:
        return Reader.objects.get(handle=self.station.handle)

    def hand_in(
        self,
        entries: Sequence[Told] | None = None,
        after: int | None = None,
        now: datetime | None = None,
    ) -> HandedIn:
        """All of the journal, or these; `after` says that these are all it has behind that position."""
        given = self.entries if entries is None else entries
        return hand_in(reader=self.row, entries=given, now=now or timezone.now(), after=after)

    def results(self, entries: Sequence[Told] | None = None, after: int | None = None) -> list[str]:
        """What became of each: the result, or why it was quarantined."""
        return [word(one) for one in self.hand_in(entries, after).outcomes]

    def post(self, client: Client, entries: Sequence[Any], *, said: Any = None, **more: Any) -> Any:
        """Over HTTP, signed by the reader; `said` are further fields of the body."""
        pretend = Pretend(self.world.company, self.station.key, self.station.handle)
        given = [as_json(one) if isinstance(one, Told) else one for one in entries]
        return pretend.call(client, "POST", PATH, {"entries": given, **(said or {})}, **more)


def word(outcome: Outcome) -> str:
    return str(outcome.fault or outcome.result)


def as_json(told: Told) -> dict[str, Any]:
    """The JSON of one entry."""
    fields = {name: getattr(told, name) for name in Told.__slots__}
    return fields | {
        "challenges": list(told.challenges),
        "previous": b64(told.previous),
        "sig": b64(told.sig),
    }


def cut_off(world: World) -> CutOff:
    """The world's own reader, cut off."""
    return CutOff(world, world.station, world.point.handle)
