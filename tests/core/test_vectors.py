"""The golden vectors of docs/: made again byte for byte, and obeyed by this verifier."""

import json
from typing import Any

import pytest

from sallyport.codes import CodeRefused, LiveContents, MintingKeys, OpeningKeys, mint_live, open_code
from sallyport.http_signatures import parse, verify
from sallyport.keys import Ed25519Public
from sallyport.reasons import Reason
from tests.core.vectors import FILES, FOLDER, as_text

LIVE: dict[str, Any] = json.loads((FOLDER / "live.json").read_text())
SIGNED: dict[str, Any] = json.loads((FOLDER / "signed.json").read_text())


def opening_keys() -> dict[int, OpeningKeys]:
    return {
        one["key_id"]: OpeningKeys(
            one["key_id"],
            bytes.fromhex(one["company"]),
            bytes.fromhex(one["seal_key"]),
            bytes.fromhex(one["verify_key"]),
            one["not_before"],
            one["not_after"],
        )
        for one in LIVE["keys"]
    }


def outcome(text: str, now: int) -> str:
    foreign = {one["key_id"] for one in LIVE["foreign_keys"]}
    try:
        open_code(text, keys=opening_keys(), foreign=foreign.__contains__, now=now, life=LIVE["life"])
    except CodeRefused as refused:
        return refused.reason.value
    return "opened"


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_files_are_what_the_code_makes(name: str) -> None:
    assert (FOLDER / name).read_text() == as_text(FILES[name]())


@pytest.mark.parametrize("vector", LIVE["good"], ids=lambda vector: vector["name"])
def test_good_vectors(vector: dict[str, Any]) -> None:
    one = next(one for one in LIVE["keys"] if one["key_id"] == vector["key_id"])
    keys = MintingKeys(
        one["key_id"],
        *(bytes.fromhex(one[field]) for field in ("company", "seal_key", "sign_seed")),
    )
    assert mint_live(LiveContents(**vector["contents"]), keys) == vector["text"]
    assert outcome(vector["text"], vector["opens_from"]) == "opened"
    assert outcome(vector["text"], vector["opens_until"]) == "opened"
    assert outcome(vector["text"], vector["opens_from"] - 1) == "not_yet_valid"
    assert outcome(vector["text"], vector["opens_until"] + 1) == "expired"


@pytest.mark.parametrize("vector", LIVE["bad"], ids=lambda vector: vector["name"])
def test_bad_vectors(vector: dict[str, Any]) -> None:
    assert outcome(vector["text"], vector["now"]) == vector["reason"]


def test_the_bad_vectors_cover_every_reason_of_a_code() -> None:
    given = {vector["reason"] for vector in LIVE["bad"]}
    order = list(Reason)
    assert given == {
        reason.value for reason in order[order.index(Reason.MALFORMED) : order.index(Reason.EXPIRED) + 1]
    }


@pytest.mark.parametrize("name", sorted(SIGNED["signed"]))
def test_signed_vectors(name: str) -> None:
    one = SIGNED["signed"][name]
    public = Ed25519Public(bytes.fromhex(SIGNED["key"]["public"]))
    public.verify(bytes.fromhex(one["bytes"]), bytes.fromhex(one["signature"]))


def test_the_signed_request() -> None:
    request = SIGNED["request"]
    parsed = parse({name.lower(): value for name, value in request["headers"].items()})
    verify(
        parsed,
        method=request["method"],
        url=request["url"],
        body=request["body"].encode(),
        public=Ed25519Public(bytes.fromhex(SIGNED["key"]["public"])),
    )
