"""From a verified request to a committed verdict: what the callable does between reading and answering."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from django.utils import timezone

from biometrics.desk_texts import text_of
from biometrics.frames import NoFrame, read_frame
from credentials.refusals import Refused as FaceRefused
from readers.refusals import ReaderRefused, Refusal
from readers.scanning.addresses import Addresses
from readers.scanning.answer import verdict_body
from readers.scanning.copy import Copy
from readers.scanning.envelope import Envelope, Head, Refused, read_body
from readers.scanning.faces import Faces, asked_verdict, take
from readers.scanning.judge import ACTIVE
from readers.scanning.limits import Leaps, Rate
from readers.scanning.policies import Policies
from readers.scanning.reading import ReaderFacts
from readers.scanning.scan import EventIdReused, KeyEnded, Scan, Unavailable, Verdict
from readers.scanning.second import SecondFactors
from readers.scanning.writer import Limits, Writer
from readers.services import saw_new_key
from sallyport.codes import CodeRefused, code_hash
from sallyport.http_signatures import SignatureRefused, verify
from sallyport.reasons import Reason
from tenants.refs import CompanyRef

CLOCK_SKEW_MS: Final = 120_000  # codes live 15 to 60 s: a clock further off makes a record nobody can read
PATIENCE_SECONDS: Final = 1.6  # a reader acts on an answer for 2 s
# Looks for readers that a company's copy does not know, in so many seconds: several may be paired at once.
LOOKS: Final = 5
LOOKS_SECONDS: Final = 5.0
FRAMES_RATE, FRAMES_BURST = 15.0, 60.0  # of one reader, a second: a page sends the next when one was answered
KEY_ENDED: Final = Refusal.KEY_ENDED.value
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setup:
    """What the room is told by the settings."""

    conninfo: str
    scheme: str
    rate: float = 20.0
    burst: float = 60.0
    limits: Limits = field(default_factory=Limits)


class Desk:
    """One per event loop: copies of policy, the writer, the rates."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._loop = asyncio.get_running_loop()
        self.policies = Policies(setup.conninfo)
        self.addresses = Addresses(setup.conninfo, self.policies)
        self.writer = Writer(setup.conninfo, self.policies, setup.limits)
        self._rate = Rate(setup.rate, setup.burst)
        self._leaps = Leaps()
        self._frames = Rate(FRAMES_RATE, FRAMES_BURST)
        self._second = SecondFactors(self.policies)
        self._faces = Faces(self.policies)
        self._looking: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._looked: dict[int, deque[float]] = {}
        self.writer.start()

    async def close(self) -> None:
        """Finish what is on its way."""
        await self.addresses.close()
        await self.writer.close()
        await self._faces.close()
        await self.policies.close()

    async def answer(self, head: Head, target: str, body: bytes) -> bytes:
        """The body of the answer. Raises Refused."""
        until = self._loop.time() + PATIENCE_SECONDS
        try:
            copy, signed_by = await self._whose(head, target, body, until)
            ref = copy.ref
            envelope = read_body(body)
            if not self._leaps.near(ref.id, head.reader, envelope.counter):
                await _by(until, self._check_leap(ref, head.reader, envelope.counter))
            scan = self._scan(head, copy, envelope, until, signed_by)
            if isinstance(envelope.face, UUID):
                take(scan, await _by(until, self._faces.shown(copy, scan, envelope.face)))
            if scan.early is None:
                await self._open(copy, scan)
            verdict, beside = await self._factors(copy, scan, envelope)
            if verdict is None:
                verdict = await _answer_of(self.writer.submit(copy, scan))
            self._leaps.saw(ref.id, head.reader, envelope.counter)
        except Unavailable:
            raise Refused(503, Reason.SERVER_UNAVAILABLE.value, retry=True) from None
        except (KeyEnded, ReaderRefused):
            raise Refused(401, KEY_ENDED) from None
        except EventIdReused:
            raise Refused(422, "event_id_reused") from None
        now_ms = int(time.time() * 1000)
        return verdict_body(copy, scan, verdict, language=head.language, now_ms=now_ms, beside=beside)

    async def _whose(self, head: Head, target: str, body: bytes, until: float) -> tuple[Copy, str]:
        """The company's copy, and the print of the reader's key that has signed. Raises Refused."""
        copy = await self._copy(head, until)
        return copy, await self._signed_by(copy, head, target, body, until)

    async def _copy(self, head: Head, until: float) -> Copy:
        found = self.addresses.held(head.host) or await _by(until, self.addresses.find(head.host))
        ref = _signed_for(head, found)
        held = self.policies.held(ref.id)
        return await _by(until, self.policies.get(ref)) if held is None else held

    async def _factors(
        self, copy: Copy, scan: Scan, envelope: Envelope
    ) -> tuple[Verdict | None, dict[str, object] | None]:
        """What is asked for before the scan is written, and what stands beside its answer."""
        if scan.opened is not None and scan.opened.kind == "day_pass":
            return await _by(scan.deadline, self._second.ask(copy, scan, envelope.pin)), None
        if envelope.face is not True:
            return None, None
        asked = await _by(scan.deadline, self._faces.ask(copy, scan))
        if asked is None:
            return None, None
        _, door = copy.stand(scan.reader)
        place = door.access_point if door else 0
        return asked_verdict(place) if asked.begun else None, asked.as_dict()

    async def expect(self, head: Head) -> None:
        """That a reader of this company would speak so, before its body is read. Raises Refused."""
        until = self._loop.time() + PATIENCE_SECONDS
        try:
            copy = await self._copy(head, until)
            known = copy.readers.get(head.reader) or await _by(until, self._look_again(copy, head.reader))
        except Unavailable:
            raise Refused(503, Reason.SERVER_UNAVAILABLE.value, retry=True) from None
        if known is None:
            raise Refused(401, "reader_unknown")

    async def frame(self, head: Head, target: str, body: bytes) -> bytes:
        """The body of the answer to one frame of a face. Raises Refused."""
        until = self._loop.time() + PATIENCE_SECONDS
        try:
            copy, signed_by = await self._whose(head, target, body, until)
            self._check_frame(copy, head, signed_by)
            told = await self._faces.frame(copy.ref, head.reader, read_frame(body))
        except Unavailable:
            raise Refused(503, Reason.SERVER_UNAVAILABLE.value, retry=True) from None
        except (KeyEnded, ReaderRefused):
            raise Refused(401, KEY_ENDED) from None
        except NoFrame:
            raise Refused(400, "no_frame") from None
        except FaceRefused:
            raise Refused(409, "liveness_failed", retry=True) from None
        text = text_of(told.code or told.hint, head.language)
        return json.dumps(told.as_dict() | {"text": text}).encode()

    def _check_frame(self, copy: Copy, head: Head, signed_by: str) -> None:
        if abs(time.time() - head.signed.created) * 1000 > CLOCK_SKEW_MS:
            raise Refused(401, Reason.CLOCK_SKEW.value)
        if not copy.takes(head.reader, signed_by):
            raise KeyEnded
        if copy.stand(head.reader)[0] != ACTIVE:
            raise Refused(403, Reason.READER_SUSPENDED.value)
        if not self._frames.allows(head.company, head.reader, self._loop.time()):
            raise Refused(429, Reason.RATE_LIMITED.value, retry=True)

    async def _signed_by(self, copy: Copy, head: Head, target: str, body: bytes, until: float) -> str:
        """The print of the reader's key that has signed this. Raises Refused."""
        reader = copy.readers.get(head.reader)
        if reader is None or not reader.knows(head.key):
            reader = await _by(until, self._look_again(copy, head.reader))
        if reader is None:
            raise Refused(401, "reader_unknown")
        signed_by = self._verify(head, reader, target, body)
        if signed_by == reader.next_name:
            await _by(until, self._saw_new_key(copy.ref, head, reader))
        return signed_by

    async def _look_again(self, copy: Copy, reader: int) -> ReaderFacts | None:
        """A reader paired or renewed a moment ago; strangers make us look at most LOOKS times in a while."""
        now = self._loop.time()
        looked = self._looked.setdefault(copy.ref.id, deque(maxlen=LOOKS))
        if len(looked) < LOOKS or now - looked[0] >= LOOKS_SECONDS:
            looked.append(now)
            await self.policies.refresh(copy, past=(copy.epoch, copy.seq))
        return copy.readers.get(reader)

    def _verify(self, head: Head, reader: ReaderFacts, target: str, body: bytes) -> str:
        key = reader.named(head.key, time.time())
        if key is None:
            raise Refused(401, KEY_ENDED if reader.knows(head.key) else "key_unknown")
        url = f"{self._setup.scheme}://{head.host}{target}"
        try:
            verify(head.signed, method="POST", url=url, body=body, public=key)
        except SignatureRefused as refused:
            raise Refused(401, refused.code.value) from None
        return head.key or reader.name

    async def _saw_new_key(self, ref: CompanyRef, head: Head, reader: ReaderFacts) -> None:
        """The announced key has signed: the one before is at its end, before anything is decided."""
        created = head.signed.created
        if reader.next_key is None or abs(time.time() - created) * 1000 > CLOCK_SKEW_MS:
            return  # for its clock the scan is refused
        saw = partial(
            saw_new_key, handle=reader.handle, key=reader.next_key.raw, created=created, now=timezone.now()
        )
        await self.policies.inside(ref, saw)

    async def _check_leap(self, ref: CompanyRef, reader: int, counter: int) -> None:
        """Look up where the reader's count stands: other processes serve it too. One look at a time."""
        async with self._looking.setdefault(ref.id, asyncio.Lock()):
            near = self._leaps.near(ref.id, reader, counter)
            if not near and self._leaps.may_look(ref.id, reader, self._loop.time()):
                self._leaps.saw(ref.id, reader, await self.policies.last_counter(ref, reader))
                near = self._leaps.near(ref.id, reader, counter)
        if not near:
            raise Refused(422, "counter_leaps")

    def _scan(self, head: Head, copy: Copy, envelope: Envelope, until: float, signed_by: str) -> Scan:
        now_ms = time.time_ns() // 1_000_000
        early = self._early(head, envelope, now_ms)
        _, door = copy.stand(head.reader)
        return Scan(
            reader=head.reader,
            counter=envelope.counter,
            code=envelope.code,
            code_hash=code_hash(envelope.code),
            at=now_ms // 1000,
            at_ms=now_ms,
            reader_at_ms=envelope.at_ms,
            early=early,
            opened=None,
            life=copy.life,
            shown=envelope.challenges,
            asked=door is not None and door.challenge,
            deadline=until,
            answer=self._loop.create_future(),
            signed_by=signed_by,
        )

    def _early(self, head: Head, envelope: Envelope, now_ms: int) -> Reason | None:
        """What refuses before the code is looked at, in the order of precedence."""
        created_ms = head.signed.created * 1000
        if abs(now_ms - envelope.at_ms) > CLOCK_SKEW_MS or abs(now_ms - created_ms) > CLOCK_SKEW_MS:
            return Reason.CLOCK_SKEW
        if not self._rate.allows(head.company, head.reader, self._loop.time()):
            return Reason.RATE_LIMITED
        return None

    async def _open(self, copy: Copy, scan: Scan) -> None:
        try:
            try:
                scan.opened = copy.reopen(scan.code, scan.at, scan.challenges)
            except KeyError as unknown:
                await _by(scan.deadline, self.policies.look_up_key(copy, unknown.args[0]))
                scan.life = copy.life
                scan.opened = copy.reopen(scan.code, scan.at, scan.challenges)
        except CodeRefused as refused:
            scan.early = refused.reason


def _signed_for(head: Head, ref: CompanyRef | None) -> CompanyRef:
    if ref is None:
        raise Refused(401, "host_unknown")
    if ref.id != head.company:
        raise Refused(401, "wrong_host")
    return ref


async def _by(until: float, looked_up: Awaitable[T]) -> T:
    """What is not held, if it comes in time. Raises Unavailable."""
    try:
        async with asyncio.timeout_at(until):
            return await looked_up
    except TimeoutError:
        raise Unavailable("it took too long") from None


async def _answer_of(scan: Scan) -> Verdict:
    """The verdict, without the cost of a shield: the writer does not mind a future that nobody awaits."""
    try:
        return await scan.answer
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # Another request for the same event id hung up and took the future along; this one may ask again.
        raise Unavailable("asked twice at once") from None
