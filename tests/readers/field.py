"""A tablet in the field: its page as it is served, its server in the test's hands, with keys of the vectors.

What the server says is signed as the real one signs, by the same core; what the page hands in is verified
by it.
"""

import base64
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from playwright.sync_api import Route, WebSocketRoute

from sallyport.answers import TOLD_HEADER, answer_bytes, next_bytes, told_bytes
from sallyport.codes import (
    DayPassContents,
    LiveContents,
    PassContents,
    code_hash,
    mint_day_pass,
    mint_live,
    prove,
    seal_pass,
    unlock_flags,
)
from sallyport.key_list import bundle_key_bytes, key_list_bytes
from sallyport.keys import Ed25519Signer, P256Public
from sallyport.offline import (
    FIRST_PREVIOUS,
    Changes,
    JournalEntry,
    Judge,
    bundle_bytes,
    changes_bytes,
    entry_bytes,
    entry_hash,
    verify_entry,
)
from sallyport.reasons import Reason
from tests.core import alone
from tests.core.vector_keys import COMPANY, PHONE, derived, minting

ANSWER_KEY = Ed25519Signer(derived("answer", 32))
SWORN = frozenset({"readers/contact", "readers/journal"})  # signed as a whole
Told = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def fresh(credential: int = alone.CREDENTIAL, device: int = alone.DEVICE, nonce: int = 1) -> str:
    """A live code of this moment."""
    told = LiveContents(credential, device, alone.PROFILE, unlock_flags(None), int(time.time()), nonce)
    return mint_live(told, minting())


OVERTAKEN: Told = {"code": "contact_overtaken", "text": "", "retry": False}


class Field:
    """The server's side: what it holds, and what came in. `gone`: nobody answers."""

    def __init__(self) -> None:
        self.gone, self.cuts = False, 0  # `cuts`: so many hand-ins are taken and their answers lost
        self.contacts: list[Told] = []
        self.former: list[tuple[str, str]] = []  # contacts before `asked_by`
        self.token, self.asked_by, self.lost = "", ("", ""), 0  # `lost`: so many answers to contacts are lost
        self.forged = False  # whether these answers are somebody else's
        self.lies: dict[str, Told] = {}  # what somebody else says at a path
        self.lied = 0
        self.shut = ""  # the code by which contacts are refused
        self.wipe, self.wiped, self.forks = False, 0, 0
        self.away: set[str] = set()  # what gets no answer
        self.portal: Told = {}  # what a network answers to everything, in the server's place
        self.caught: list[str] = []
        self.bundle = alone.bundle(at_ms=self.now_ms, life=60)
        self.key: P256Public | None = None
        self.challenge = False
        self.entries: list[JournalEntry] = []
        self.batches: list[int] = []
        self.asked: list[Told] = []  # scans
        self.acks: list[Told] = []
        self.head = FIRST_PREVIOUS
        self.socket: WebSocketRoute | None = None
        self.used: set[Any] = set()
        self.counter = 0

    @property
    def now_ms(self) -> int:
        return int(time.time() * 1000)

    def routed(self, route: Route) -> None:
        """One request of the page."""
        path = route.request.url.split("/api/v1/")[1].split("?")[0]
        if not self.gone and path in self.lies:
            self.lied += 1
            route.fulfill(json=self.lies[path])
            return
        if self.gone or path in self.away:
            route.abort()
            return
        if self.portal:
            self.caught.append(path)
            route.fulfill(**self.portal)
            return
        name = f"{route.request.method} {path}"
        deed: Callable[[Told], Told | None] | None = {
            "POST readers/pair": self.pair,
            "GET readers/next": lambda _: self.next(route),
            "GET readers/keys": lambda _: self.keys(),
            "GET readers/bundle": lambda _: self.bundled(),
            "GET readers/journal": lambda _: self.stands(),
            "POST readers/journal": self.take,
            "POST scans": self.decide,
            "GET readers/policy": lambda _: self.policy(),
            "POST readers/acks": self.acks.append,
            "POST readers/contact": self.contact,
            "POST readers/wiped": self.was_wiped,
        }.get(name)
        found = deed(json.loads(route.request.post_data or "{}")) if deed else None
        if name == "POST readers/journal" and self.cuts:
            self.cuts -= 1
            route.abort()
        elif name == "POST readers/contact" and self.lost:
            self.lost -= 1
            route.abort()
        elif name == "POST readers/contact" and self.shut and not self.wipe:
            status = 409 if self.shut == "identity_forked" else 403
            self.sworn(route, status, {"code": self.shut, "text": "", "retry": False})
        elif found is OVERTAKEN:
            self.sworn(route, 409, OVERTAKEN)
        elif found is None:
            route.fulfill(status=204)
        elif path in SWORN:
            self.sworn(route, 200, found)
        else:
            route.fulfill(json=found)

    def sworn(self, route: Route, status: int, found: Told) -> None:
        """An answer that is signed as it stands, unless somebody else says it."""
        body = json.dumps(found).encode()
        nonce = _nonce_of(route)
        data = told_bytes(company=COMPANY, reader=alone.READER, status=status, body=body, nonce=nonce)
        headers = {} if self.forged else {TOLD_HEADER: b64(ANSWER_KEY.sign(data))}
        route.fulfill(status=status, body=body, content_type="application/json", headers=headers)

    def next(self, route: Route) -> Told:
        """Where the count stands, signed over the request's own number."""
        nonce = _nonce_of(route)
        told: Told = {"counter": self.counter, "challenge": self.challenge}
        data = next_bytes(company=COMPANY, reader=alone.READER, nonce=nonce, **told)
        return told | {"sig": b64(ANSWER_KEY.sign(data))}

    def connected(self, socket: WebSocketRoute) -> None:
        if self.gone or self.portal:
            socket.close()
            return
        self.socket = socket
        socket.on_message(self.heard)
        socket.send(json.dumps({"t": "ready", "epoch": self.bundle.epoch, "seq": self.bundle.seq}))

    def heard(self, text: str | bytes) -> None:
        message = json.loads(text)
        if message["t"] == "ack":
            self.acks.append(message)
        elif message["t"] == "ping" and self.socket:
            self.socket.send(json.dumps({"t": "pong"}))

    def cut(self) -> None:
        """From now on nobody answers."""
        self.gone = True
        if self.socket:
            self.socket.close()
            self.socket = None

    def caught_by(self, portal: Told) -> None:
        """From now on a network answers this to everything, and no socket comes through."""
        self.portal = portal
        if self.socket:
            self.socket.close()
            self.socket = None

    def pair(self, told: Told) -> Told:
        self.key = P256Public(base64.b64decode(told["public_key"]))
        self.token = ""
        return {
            "reader": alone.READER,
            "company_id": "c",
            "company_uid": COMPANY.hex(),
            "company_name": "Acme",
            "access_point": self.bundle.door.access_point,
            "name": "Gate",
            "answer_key": b64(ANSWER_KEY.public.raw),
            "checkpoint_key": b64(ANSWER_KEY.public.raw),
            "epoch": self.bundle.epoch,
            "seq": self.bundle.seq,
            "counter": self.counter,
        }

    def vouched(self) -> Told:
        key = alone.BUNDLE_KEY.public.raw
        vouches = ANSWER_KEY.sign(bundle_key_bytes(company=COMPANY, bundle_key=key))
        return {"bundle_key": b64(key), "bundle_sig": b64(vouches)}

    def keys(self) -> Told:
        data = key_list_bytes(
            company=COMPANY, reader=alone.READER, at_ms=self.now_ms, entries=self.bundle.keys
        )
        return {"keys": b64(data), "sig": b64(alone.BUNDLE_KEY.sign(data)), **self.vouched()}

    def bundled(self) -> Told:
        self.bundle = replace(self.bundle, number=self.bundle.number + 1)
        data = bundle_bytes(self.bundle)
        return {"bundle": b64(data), "sig": b64(alone.BUNDLE_KEY.sign(data)), **self.vouched()}

    def policy(self) -> Told:
        return {"epoch": self.bundle.epoch, "seq": self.bundle.seq, "changes": []}

    def say(self, **told: Any) -> None:
        """Signed changes, over the socket."""
        assert self.socket is not None
        before, seq = self.bundle.seq, self.bundle.seq + 1
        changes = Changes(COMPANY, self.bundle.epoch, before, seq, self.now_ms, **told)
        self.bundle = replace(self.bundle, seq=seq)
        data = changes_bytes(changes)
        self.tell(bytes=b64(data), sig=b64(alone.BUNDLE_KEY.sign(data)))

    def tell(self, **signed: str) -> None:
        """Where the policy stands, over the socket; without signed changes only a bundle tells more."""
        assert self.socket is not None
        seq = self.bundle.seq
        delta = {"t": "delta", "epoch": self.bundle.epoch, "seq": seq, "changes": [[seq, "device", 1]]}
        self.socket.send(json.dumps(delta | signed))

    def decide(self, told: Told) -> Told:
        """The server's own verdict; with the bundle's lists, which is all that these tests need."""
        self.asked.append(told)
        judge = Judge(replace(self.bundle, at_ms=self.now_ms))
        shown = tuple(told.get("challenges", ()))
        found = judge.decide(
            told["code"], now=int(time.time()), challenges=shown, used=self.used.__contains__
        )
        self.counter = told["counter"]
        if found.use:
            self.used.add(found.use)
        return self.answer(told, found.decision.granted, found.decision.reason)

    def answer(self, told: Told, granted: bool, reason: Reason) -> Told:
        point = self.bundle.door.access_point
        data = answer_bytes(
            company=COMPANY,
            reader=alone.READER,
            counter=told["counter"],
            access_point=point,
            code_hash=code_hash(told["code"]),
            granted=granted,
            reason=reason,
            pulse_ms=3000,
        )
        told = {"counter": told["counter"], "granted": granted, "reason": reason.value, "text": "Words."}
        return told | {"pulse_ms": 3000, "access_point": point, "at_ms": 0, "sig": b64(ANSWER_KEY.sign(data))}

    def contact(self, told: Told) -> Told:
        """As the server: the last token moves on, with the same nonce it is the same request; one from before
        that comes late was answered already, and is no second reader.
        """
        self.contacts.append(told)
        asked = (told["token"], told["nonce"])
        if asked != self.asked_by and asked in self.former:
            return OVERTAKEN
        if not self.shut and asked != self.asked_by:
            self.former.append(self.asked_by)
            self.forks += told["token"] != self.token
            self.asked_by, self.token = asked, f"{len(self.contacts):016x}{secrets.token_hex(16)}"
        more = {"now_ms": self.now_ms, "wipe": self.wipe, "notice": None, "bundle": self.bundle.number}
        return {"token": self.token, **more, **self.stands()}

    def was_wiped(self, _: Told) -> None:
        self.wiped += 1

    def stands(self) -> Told:
        return {"position": len(self.entries), "hash": b64(self.head)}

    def take(self, told: Told) -> Told:
        """Each entry that comes next is verified and kept; what is known already is told so."""
        assert len(told["entries"]) <= 500
        self.batches.append(len(told["entries"]))
        results = [self.took(one) for one in told["entries"]]
        return {"results": results, **self.stands()}

    def took(self, one: Told) -> Told:
        result = {"position": one["position"], "result": "known", "code": ""}
        if one["position"] <= len(self.entries):
            return result
        entry = JournalEntry(
            **{name: one[name] for name in ("position", "counter", "at_ms", "code", "granted", "facts")},
            challenges=tuple(one["challenges"]),
            reason=Reason(one["reason"]),
            epoch=one["epoch"],
            seq=one["seq"],
            previous=base64.b64decode(one["previous"]),
        )
        assert entry.position == len(self.entries) + 1
        assert entry.previous == self.head
        data = entry_bytes(entry, company=COMPANY, reader=alone.READER)
        assert self.key is not None
        verify_entry(data, base64.b64decode(one["sig"]), self.key)
        self.head = entry_hash(data)
        self.entries.append(entry)
        self.counter = max(self.counter, entry.counter)
        return result | {"result": "recorded"}


def _nonce_of(route: Route) -> str:
    return route.request.headers["signature-input"].split('nonce="')[1].split('"')[0]


def proven(number: int) -> str:
    """Pass + proof of this moment over the number of a door."""
    now = int(time.time())
    told = PassContents(
        alone.CREDENTIAL, alone.DEVICE, alone.PROFILE, 0, PHONE.public.compressed, now - 60, now + 3600, 0
    )
    return prove(seal_pass(told, minting()), company=COMPANY, at=now, key=PHONE, challenge=number)


def on_paper() -> str:
    """A day pass that is good now."""
    now = int(time.time())
    told = DayPassContents(alone.CREDENTIAL, 77, alone.PROFILE, 0, now - 60, now + 3600)
    return mint_day_pass(told, minting())
