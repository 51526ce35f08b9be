"""A reader as it prepares for being cut off: fetches its bundle, takes over changes, decides alone."""

import base64
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from readers.scanning.reading import close_connection, read_all, snapshot_of
from readers.scanning.setup import conninfo
from sallyport.codes import CodeRefused, open_code
from sallyport.key_list import bundle_key_bytes
from sallyport.keys import Ed25519Public
from sallyport.offline import Bundle, Changes, Judge, open_bundle, open_changes, with_changes
from sallyport.reasons import Reason
from sallyport.rules import Presentation, decide, reached
from tenants import context
from tests.readers.pretend import Pretend
from tests.scanning.world import World
from vault import selectors as vault

BUNDLE, POLICY = "/api/v1/readers/bundle", "/api/v1/readers/policy"


@dataclass
class CutOff:
    """One reader with what it holds."""

    reader: Pretend
    client: Client
    bundle: Bundle | None = None
    key: Ed25519Public | None = None

    @property
    def held(self) -> Bundle:
        assert self.bundle is not None
        return self.bundle

    def fetch(self, **told: Any) -> Bundle:
        """The bundle, believed as a reader believes it: the answer key's word, then the bundle key's."""
        answer = self.reader.call(self.client, "GET", BUNDLE)
        assert answer.status_code == 200, answer.content
        said = {name: base64.b64decode(value) for name, value in answer.json().items()}
        company = self.reader.company
        with context.enter(company):
            word = bundle_key_bytes(company=company.uid, bundle_key=said["bundle_key"])
            vault.answer_signer().public.verify(word, said["bundle_sig"])
        self.key = Ed25519Public(said["bundle_key"])
        for_whom: dict[str, Any] = {
            "company": company.uid,
            "reader": self.reader.handle,
            "above": self.number,
        } | told
        self.bundle = open_bundle(said["bundle"], said["sig"], key=self.key, **for_whom)
        return self.bundle

    @property
    def number(self) -> int:
        return self.bundle.number if self.bundle else 0

    def changes(self) -> Changes | None:
        """What the policy's address tells after what is held; None where it sends no bytes."""
        query = f"?epoch={self.held.epoch}&seq={self.held.seq}"
        told = self.reader.call(self.client, "GET", POLICY + query).json()
        if "bytes" not in told:
            assert "sig" not in told
            return None
        assert self.key is not None
        data, signature = base64.b64decode(told["bytes"]), base64.b64decode(told["sig"])
        return open_changes(data, signature, key=self.key, company=self.reader.company.uid)

    def catch_up(self) -> Changes:
        """Take over what changed, and fetch the bundle where that is asked for."""
        changes = self.changes()
        assert changes is not None
        self.bundle = with_changes(self.held, changes)
        if changes.reload:
            self.fetch()
        return changes

    def reason(self, code: str) -> Reason:
        """What it decides now, alone."""
        judge = Judge(self.held)
        return judge.decide(code, now=int(time.time()), challenges=(), used=lambda use: False).decision.reason


def at(world: World, client: Client) -> CutOff:
    """The world's reader with its first bundle."""
    station = world.station
    one = CutOff(Pretend(world.company, station.key, station.handle), client)
    one.fetch()
    return one


def servers_reason(world: World, code: str) -> Reason:
    """What the server decides about the code at the world's door, by what it reads now."""
    now, company = int(time.time()), world.company
    with context.enter(company):
        keys = vault.load_opening_keys()
    with snapshot_of(conninfo(settings.DATABASES["default"]), company.schema, company.id) as snapshot:
        policy = read_all(snapshot)
        assert policy.doors is not None
        assert policy.life is not None
        try:
            opened = open_code(code, keys=keys, foreign=lambda _: False, now=now, life=policy.life)
        except CodeRefused as refused:
            close_connection()
            return refused.reason
        contents = opened.contents
        known = read_all(snapshot, [contents.credential]).people[contents.credential]
    close_connection()
    return decide(
        now=now,
        door=policy.doors[world.point.handle],
        presentation=Presentation(opened, reached(opened)),
        credential=known[0],
        device=known[1].get(contents.device),
    ).reason
