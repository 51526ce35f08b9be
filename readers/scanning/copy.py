"""One company's policy as this process holds it: read-only for the judge, moved on by updates."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from readers.scanning.judge import MissingFacts, wants_in
from readers.scanning.reading import Known, ReaderFacts, Update
from readers.scanning.scan import Scan
from sallyport.codes import OpenedCode, OpeningKeys, open_code
from sallyport.keys import Ed25519Signer
from sallyport.rules import CredentialFacts, DeviceFacts, DoorPolicy
from tenants.refs import CompanyRef

MOST_PEOPLE: Final = 20_000  # a company's people beyond that are read again when they come


class Copy:
    """All parts are of the moment `(epoch, seq)`. Touched by the event loop alone, never over an await."""

    __slots__ = (
        "company",
        "day_passes",
        "doors",
        "epoch",
        "foreign",
        "keys",
        "keys_read",
        "life",
        "lock",
        "people",
        "readers",
        "ref",
        "seq",
        "signer",
    )

    def __init__(self, ref: CompanyRef, update: Update) -> None:
        self.ref = ref
        self.company = ref.uid
        self.epoch = self.seq = self.life = 0
        self.doors: dict[int, DoorPolicy] = {}
        self.readers: dict[int, ReaderFacts] = {}
        self.day_passes: dict[int, str] = {}
        self.people: OrderedDict[int, Known] = OrderedDict()
        # Never older than the policy: who takes over an update that changes keys has read them after it.
        self.keys: dict[int, OpeningKeys] = {}
        self.foreign: dict[int, bool] = {}
        self.keys_read = 0.0
        self.signer: Ed25519Signer
        self.lock = asyncio.Lock()  # one update at a time
        self.take(update)

    def take(self, update: Update) -> None:
        """Move on to where the update stands, in one step that no decision can see half of."""
        if update.doors is not None:
            self.doors = update.doors
        if update.readers is not None:
            self.readers = update.readers
        for handle, reader in update.some_readers.items():
            if reader is None:
                self.readers.pop(handle, None)
            else:
                self.readers[handle] = reader
        if update.day_passes is not None:
            self.day_passes = update.day_passes
        self.day_passes.update(update.some_day_passes)
        if update.life is not None:
            self.life = update.life
        self._drop(update)
        for handle, known in update.people.items():
            self.people[handle] = known
            self.people.move_to_end(handle)
        while len(self.people) > MOST_PEOPLE:
            self.people.popitem(last=False)
        self.epoch, self.seq = update.epoch, update.seq

    def take_keys(self, keys: dict[int, OpeningKeys], signer: Ed25519Signer) -> None:
        """Hold these keys for codes; a key id that is not among them any more stays this company's."""
        self.foreign.update(dict.fromkeys(self.keys.keys() - keys.keys(), False))
        self.keys, self.signer = keys, signer

    def _drop(self, update: Update) -> None:
        if update.all_people_stale:
            self.people.clear()
            return
        for handle in update.stale_people:
            self.people.pop(handle, None)
        if update.stale_devices:
            # A phone that went to another holder is still among the former one's here.
            stale = [
                h for h, (_, devices) in self.people.items() if not update.stale_devices.isdisjoint(devices)
            ]
            for handle in stale:
                del self.people[handle]

    def stand(self, reader: int) -> tuple[str, DoorPolicy | None]:
        """The reader's state (empty when there is none) and the door at which it stands."""
        facts = self.readers.get(reader)
        return (facts.state, self.doors.get(facts.access_point)) if facts else ("", None)

    def takes(self, reader: int, key: str) -> bool:
        """Whether the reader, if there is one, may speak under the key of this print."""
        facts = self.readers.get(reader)
        return facts is None or key == facts.name or (bool(key) and key == facts.next_name)

    def asks_inside(self, scan: Scan) -> tuple[int, int, bool] | None:
        """Of a scan that wants into an area that keeps watch: the area, the credential, whether it counts."""
        _, door = self.stand(scan.reader)
        if door is None or door.watch is None or scan.opened is None or not wants_in(scan, door):
            return None
        return door.area, scan.opened.contents.credential, door.watch.capacity is not None

    def person(self, credential: int) -> tuple[CredentialFacts | None, dict[int, DeviceFacts]]:
        """Facts of a credential and its phones. Raises MissingFacts when they are not held."""
        known = self.people.get(credential)
        if known is None:
            raise MissingFacts(credential)
        return known

    def day_pass(self, visit: int) -> str:
        """The state of a day pass; empty for one that is not there."""
        return self.day_passes.get(visit, "")

    def reopen(self, code: str, at: int, challenges: Sequence[int]) -> OpenedCode:
        """Open a code. Raises CodeRefused, and KeyError for a key id whose owner nobody has looked up."""
        return open_code(
            code,
            keys=self.keys,
            foreign=self.foreign.__getitem__,
            now=at,
            life=self.life,
            challenges=challenges,
        )
