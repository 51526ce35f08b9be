"""The wallet's requests against real processes while servers stop and start."""

import json
import time
from typing import Any

import httpx
import pytest

from deploy.local.processes import wait_until
from tests.credentials.phone import Phone
from tests.fixtures.live import Live
from tests.readers import deeds

pytestmark = pytest.mark.faults
HOST = "acme.localhost"
CODES = "/api/v1/wallet/codes"


class Caller:
    """A phone that talks HTTP to a running system."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.phone = Phone(f"{HOST}:{live.place.port}")
        self.env = {**live.web.env, **live.env}

    def do(self, *words: str) -> Any:
        return deeds.run(self.env, HOST, *words, deeds="tests.credentials.deeds")

    def send(self, path: str, told: dict[str, str]) -> tuple[int, dict[str, Any]]:
        body = json.dumps(told).encode()
        headers = self.phone.headers("POST", path, body) | {"Host": self.phone.host}
        address = f"http://127.0.0.1:{self.live.place.port}{path}"
        headers["Content-Type"] = "application/json"
        answer = httpx.post(address, content=body, headers=headers, timeout=30)
        return answer.status_code, answer.json()

    def ask(self) -> tuple[int, str]:
        status, told = self.send(CODES, {})
        return status, told["code"] if status != 200 else "given"


def test_without_valkey_phones_enrol_mint_and_are_revoked(own_stack: Live) -> None:
    own_stack.start_web()
    caller = Caller(own_stack)
    own_stack.valkey.stop()
    holder = caller.do("invite", "Henri Holder", "henri@acme.example", "en")
    told = {"code": caller.do("code_of", holder), "public_key": caller.phone.public_key}
    begun = time.monotonic()
    assert caller.send("/api/v1/wallet/enrol", told)[0] == 201
    caller.do("vouch", holder)
    assert caller.ask() == (200, "given")
    caller.do("revoke", holder)
    assert caller.ask() == (403, "device_revoked")
    assert time.monotonic() - begun < 60


def test_without_postgresql_minting_says_so_and_comes_back_by_itself(own_stack: Live) -> None:
    own_stack.start_web()
    caller = Caller(own_stack)
    holder = caller.do("invite", "Henri Holder", "henri@acme.example", "en")
    told = {"code": caller.do("code_of", holder), "public_key": caller.phone.public_key}
    caller.send("/api/v1/wallet/enrol", told)
    caller.do("vouch", holder)
    assert caller.ask() == (200, "given")
    own_stack.postgres.stop()
    assert caller.ask() == (503, "server_unavailable")
    own_stack.postgres.start()
    assert wait_until(lambda: caller.ask() == (200, "given"), seconds=60, alive=own_stack.web.alive)
