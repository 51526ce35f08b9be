"""A server for one reader: real protocol, real signatures, everything counted, and switches to break it."""

import asyncio
import hashlib
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from edge.encoding import b64, unb64
from sallyport import answers, http_signatures
from sallyport import reader_protocol as wire
from sallyport.codes import code_hash
from sallyport.keys import BadSignature, Ed25519Public
from sallyport.offline import (
    FIRST_PREVIOUS,
    Bundle,
    JournalEntry,
    Judge,
    entry_bytes,
    entry_hash,
    verify_entry,
)
from sallyport.reasons import Reason
from tests.edge import lines
from tests.edge.faults import Faults
from tests.edge.firm import COMPANY_ID, POINT, READER, Firm, now_ms
from tests.edge.followed import followed
from tests.edge.lines import refusal

Answer = lines.Answer
CODE = "ABCDEFGH"
UNTIL_MS = 2_000_000_000_000


@dataclass
class Standin:
    """What the server knows. `events` is what counts: one row for each event id."""

    firm: Firm = field(default_factory=Firm)
    faults: Faults = field(default_factory=Faults)
    events: dict[int, tuple[bytes, bool, Reason, bool]] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)  # events that were recorded once more: must stay empty
    quarantined: list[tuple[int, str]] = field(default_factory=list)
    used: set[Any] = field(default_factory=set)
    position: int = 0
    head: bytes = FIRST_PREVIOUS
    token: str = ""
    asked: tuple[str, str] = ("", "")
    contacts: list[dict[str, Any]] = field(default_factory=list)
    forked: bool = False
    off: str = "reader_suspended"  # what it then says
    wipe: bool = False
    wiped: bool = False
    door: list[dict[str, Any]] = field(default_factory=list)
    acks: list[tuple[int, int]] = field(default_factory=list)
    deltas: list[dict[str, Any]] = field(default_factory=list)
    wires: list[lines.Wire] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)  # frames of the reader that are no acks
    scans: int = 0
    handle: int = READER
    public: Ed25519Public | None = None
    coming: Ed25519Public | None = None  # announced
    renew: bool = False  # told with the contact
    renewals: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0
    challenge: bool = False  # the door asks for a number
    tls: ssl.SSLContext | None = None
    online: Bundle | None = None  # decides in place of what the reader is told

    def __post_init__(self) -> None:
        self.now = self.firm.bundle(mode="code")

    @property
    def origin(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    def told_now(self, **changes: Any) -> Bundle:
        """A new bundle from now on."""
        number = self.now.number + 1
        self.now = self.firm.bundle(**{"mode": "code", "seq": self.now.seq, "number": number, **changes})
        return self.now

    async def push(self, fields: dict[str, Any]) -> None:
        """A delta to every socket; those without one get it by asking."""
        self.deltas.append(fields)
        for one in tuple(self.wires):
            await one.say(fields)

    async def answer(self, asked: lines.Asked) -> Answer:
        path, _, query = asked.path.removeprefix("/api/v1/").partition("?")
        if self.faults.portal:
            self.faults.refused.append(path)
            return 0, self.faults.portal
        if self.faults.status and path.startswith(self.faults.only):
            self.faults.refused.append(path)
            return refusal(self.faults.status, "server_unavailable")
        if path == "readers/pair":
            return self.pair(asked)
        try:
            self.check(asked)
        except (BadSignature, http_signatures.SignatureRefused):
            return refusal(401, "signature_wrong")
        except KeyError:
            return refusal(401, "key_unknown")
        return await self.deed(asked, path, query)

    async def deed(self, asked: lines.Asked, path: str, query: str) -> Answer:
        """What a reader is answered that has signed."""
        if (said := f"{asked.method} {path}") in self.faults.forged:
            self.faults.refused.append(said)
            return self.faults.forged[said]
        sworn = {
            "readers/contact": self.contact,
            "readers/journal": self.journal,
            "readers/door": self.doors,
            "readers/wiped": self.was_wiped,
        }
        shut = refusal(403, self.off) if self.forked and path != "readers/wiped" else None
        if path in sworn:
            return self.sworn(asked, *(shut or sworn[path](asked.data)))
        if shut:
            return shut
        if path == "scans":
            return await self.scan(asked.data)
        if path == "readers/next":
            return self.next(asked)
        if path == "readers/policy":
            return self.policy(query)
        deeds = {
            "readers/bundle": self.bundle,
            "readers/keys": lambda data: (204, None),
            "readers/key": self.renewed,
            "readers/acks": self.acked,
        }
        return deeds[path](asked.data)

    def sworn(self, asked: lines.Asked, status: int, data: Any) -> Answer:
        """An answer that is signed as it stands."""
        sig = self.firm.sworn(self.handle, status, lines.body_of(data), asked.nonce)
        return 0, lines.written(status, data, f"{answers.TOLD_HEADER}: {sig}\r\n")

    def check(self, asked: lines.Asked) -> None:
        assert self.public is not None
        signed = http_signatures.parse(asked.headers)
        keys = {self.keyid(key): key for key in (self.public, self.coming) if key is not None}
        if signed.keyid not in keys:
            raise KeyError(signed.keyid)
        key = keys[signed.keyid]
        http_signatures.verify(signed, method=asked.method, url=asked.url, body=asked.body, public=key)
        if key is self.coming:
            self.public, self.coming = key, None

    def keyid(self, key: Ed25519Public) -> str:
        return f"reader:{COMPANY_ID}:{self.handle}:{wire.key_print(key.raw)}"

    def renewed(self, data: dict[str, Any]) -> Answer:
        """A new key beside the old one; as the real server, without its fine print."""
        self.renewals.append(data)
        if self.faults.renewal is not None:
            return self.faults.renewal
        fresh = Ed25519Public(unb64(data["public_key"]))
        if self.public is not None and fresh.raw != self.public.raw:
            signed = wire.renew_bytes(
                company=self.firm.company, reader=self.handle, new_key=fresh.raw, old_key=self.public.raw
            )
            fresh.verify(signed, unb64(data["proof"]))
            self.coming = fresh
        told = wire.renewed_bytes(
            company=self.firm.company, reader=self.handle, new_key=fresh.raw, until_ms=UNTIL_MS
        )
        self.renew = False
        return 200, {"until_ms": UNTIL_MS, "sig": b64(self.firm.answer.sign(told))}

    def pair(self, asked: lines.Asked) -> Answer:
        firm = self.firm
        if asked.method == "GET":
            return 200, {"company_id": COMPANY_ID, "company_uid": firm.company.hex(), "name": "Acme"}
        given = asked.data
        key = Ed25519Public(unb64(given["public_key"]))
        signed = wire.pair_bytes(
            company=firm.company,
            code_hash=hashlib.sha256(given["code"].encode()).digest(),
            public_key=key.raw,
            nonce=unb64(given["nonce"]),
        )
        if given["code"] != CODE:
            return refusal(403, "code_wrong")
        try:
            key.verify(signed, unb64(given["proof"]))
        except BadSignature:
            return refusal(403, "proof_wrong")
        self.public, self.token, self.asked = key, "", ("", "")
        return 200, {
            "reader": self.handle,
            "company_id": COMPANY_ID,
            "company_uid": firm.company.hex(),
            "access_point": POINT,
            "name": "Front",
            "answer_key": b64(firm.answer.public.raw),
            "checkpoint_key": b64(firm.sealing.public.raw),
            "epoch": 1,
            "seq": 40,
            "counter": max(self.events, default=0),
        }

    async def scan(self, data: dict[str, Any]) -> Answer:
        self.scans += 1
        counter, code = data["counter"], data["code"]
        digest = code_hash(code)
        known = self.events.get(counter)
        if known is not None and known[0] != digest:
            return refusal(422, "event_id_reused")
        if known is None:
            decided = Judge(self.online or self.now).decide(
                code, now=data["at_ms"] // 1000, challenges=(), used=lambda use: use in self.used
            )
            if decided.use is not None:
                self.used.add(decided.use)
            known = (digest, decided.decision.granted, decided.decision.reason, False)
            self.events[counter] = known
        if self.faults.scan_delay:
            await asyncio.sleep(self.faults.scan_delay)
        key = Firm(bundling=self.firm.bundling).bundling if self.faults.scan_lies else self.firm.answer
        granted, reason = (True, Reason.GRANTED) if self.faults.scan_lies else known[1:3]
        signed = answers.answer_bytes(
            company=self.firm.company,
            reader=self.handle,
            counter=counter,
            access_point=POINT,
            code_hash=digest,
            granted=granted,
            reason=reason,
            pulse_ms=3_000,
        )
        return 200, {
            "counter": counter,
            "granted": granted,
            "reason": reason.value,
            "text": "",
            "pulse_ms": 3_000,
            "access_point": POINT,
            "at_ms": 0,
            "sig": b64(answers.sign(signed, key)),
        }

    def next(self, asked: lines.Asked) -> Answer:
        counter = max(self.events, default=0)
        signed = answers.next_bytes(
            company=self.firm.company,
            reader=self.handle,
            counter=counter,
            challenge=self.challenge,
            nonce=asked.nonce,
        )
        sig = b64(answers.sign(signed, self.firm.answer))
        return 200, {"counter": counter, "challenge": self.challenge, "sig": sig}

    def bundle(self, data: Any) -> Answer:
        self.now = replace(self.now, number=self.now.number + 1, at_ms=now_ms())
        return 200, self.firm.signed(self.now)

    def policy(self, query: str) -> Answer:
        epoch, seq = (int(part.rpartition("=")[2]) for part in query.split("&"))
        return 200, self.since(epoch, seq)

    @property
    def seq(self) -> int:
        """Where the policy stands."""
        return max(self.now.seq, *(int(delta["seq"]) for delta in self.deltas), 0)

    def since(self, epoch: int, seq: int) -> dict[str, Any]:
        """What leads on from there: signed, where nothing has changed too; no bytes where it jumps."""
        if epoch == 1 and seq >= self.seq:
            return self.firm.changes(seq_before=seq, seq=seq)
        for delta in self.deltas if epoch == 1 else ():
            if delta["seq"] > seq:
                return delta
        return {"t": "delta", "epoch": 1, "seq": self.seq, "changes": []}

    def acked(self, data: dict[str, Any]) -> Answer:
        self.note_ack(data)
        return 204, None

    def note_ack(self, data: dict[str, Any]) -> None:
        assert self.public is not None
        fields = {name: data[name] for name in ("epoch", "seq", "at_ms")}
        signed = wire.ack_bytes(company=self.firm.company, reader=self.handle, **fields)
        self.public.verify(signed, unb64(data["sig"]))
        self.acks.append((data["epoch"], data["seq"]))

    def contact(self, data: dict[str, Any]) -> Answer:
        given = (data["token"], data["nonce"])
        if given != self.asked or not self.token:
            if self.token and data["token"] != self.token:
                self.forked = True
                return refusal(409, "identity_forked")
            self.asked, self.token = given, secrets.token_hex(24)
        self.contacts.append(data)
        late = self.faults.contact_late
        return 200, {
            "token": self.token,
            "now_ms": 0,
            "position": 0 if late else self.position,
            "hash": b64(FIRST_PREVIOUS if late else self.head),
            "wipe": self.wipe,
            "notice": None,
            "bundle": self.now.number,
            "renew": self.renew,
        }

    def was_wiped(self, data: Any) -> Answer:
        self.wiped = True
        return 204, None

    def doors(self, data: dict[str, Any]) -> Answer:
        last = self.door[-1]["number"] if self.door else 0
        known = {event["number"]: event for event in self.door}
        if any(known.get(event["number"], event) != event for event in data["events"]):
            return refusal(422, "door_event_differs")
        self.door += [event for event in data["events"] if event["number"] > last]
        return 200, {"number": self.door[-1]["number"] if self.door else 0}

    def journal(self, data: Any) -> Answer:
        if data is None:
            return 200, {"position": self.position, "hash": b64(self.head)}
        if len(data["entries"]) > self.faults.most_entries:
            return refusal(413, "too_large")
        first = data["entries"][0]["position"]
        if self.faults.journal_gaps and data["after"] == self.position:
            # As if a request of another process had crossed this one.
            self.faults.journal_gaps -= 1
            return 409, {"code": "journal_gap", "position": self.position, "hash": b64(self.head)}
        if first > self.position + 1 and data["after"] != self.position:
            return 409, {"code": "journal_gap", "position": self.position, "hash": b64(self.head)}
        results = [self._take(fields) for fields in data["entries"]]
        if self.faults.journal_breaks:
            self.faults.journal_breaks -= 1
            return refusal(500, "broken")
        return 200, {"results": results, "position": self.position, "hash": b64(self.head)}

    def _take(self, fields: dict[str, Any]) -> dict[str, Any]:
        assert self.public is not None
        entry = JournalEntry(
            **{name: fields[name] for name in JournalEntry.__slots__ if name not in {"previous", "reason"}}
            | {"previous": unb64(fields["previous"]), "reason": Reason(fields["reason"])}
        )
        signed = entry_bytes(entry, company=self.firm.company, reader=self.handle)
        if entry.position <= self.position:
            return {"position": entry.position, "result": "known", "code": ""}
        why = "" if entry.previous == self.head and entry.position == self.position + 1 else "chain_broken"
        try:
            verify_entry(signed, unb64(fields["sig"]), self.public)
        except BadSignature:
            why = "signature_wrong"
        self.position, self.head = entry.position, entry_hash(signed)
        return self._recorded(entry, why)

    def _recorded(self, entry: JournalEntry, why: str) -> dict[str, Any]:
        known, digest = self.events.get(entry.counter), code_hash(entry.code)
        if not why and known is not None and known[0] != digest:
            why = "event_id_reused"
        if why:
            self.quarantined.append((entry.position, why))
            return {"position": entry.position, "result": "quarantined", "code": why}
        if known is not None:
            if known[3]:
                self.twice.append(entry.counter)
            return {"position": entry.position, "result": "known", "code": ""}
        self.events[entry.counter] = (digest, entry.granted, entry.reason, True)
        return {"position": entry.position, "result": "recorded", "code": ""}

    async def socket(self, line: lines.Wire) -> None:
        await followed(self, line)


@asynccontextmanager
async def standing(**fields: Any) -> AsyncIterator[Standin]:
    """A server that listens."""
    server = Standin(**fields)
    listening = await lines.serve(server.answer, server.socket, server.tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
