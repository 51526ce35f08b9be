"""The golden vectors of docs/: made again byte for byte, and obeyed by this verifier."""

import json
from typing import Any

import pytest
import qrcode

from sallyport.codes import (
    CodeRefused,
    DayPassContents,
    LiveContents,
    MintingKeys,
    OpeningKeys,
    PassContents,
    mint_day_pass,
    mint_live,
    open_code,
    prove,
    seal_pass,
)
from sallyport.codes.daypass import DAY_PASS
from sallyport.codes.layout import LIVE, Layout
from sallyport.codes.passes import PASS
from sallyport.http_signatures import parse, verify
from sallyport.keys import Ed25519Public
from sallyport.reasons import Reason
from tests.core.vector_keys import RepeatableSigner
from tests.core.vectors import FILES, FOLDER, as_text

HELD: dict[str, dict[str, Any]] = {
    kind: json.loads((FOLDER / f"{kind}.json").read_text()) for kind in ("live", "pass", "day_pass")
}
SIGNED: dict[str, Any] = json.loads((FOLDER / "signed.json").read_text())
GOOD = [pytest.param(kind, one, id=f"{kind}: {one['name']}") for kind in HELD for one in HELD[kind]["good"]]
BAD = [pytest.param(kind, one, id=f"{kind}: {one['name']}") for kind in HELD for one in HELD[kind]["bad"]]
OF_CODES = list(Reason)[list(Reason).index(Reason.MALFORMED) : list(Reason).index(Reason.EXPIRED) + 1]


def opening_keys(held: dict[str, Any]) -> dict[int, OpeningKeys]:
    return {
        one["key_id"]: OpeningKeys(
            one["key_id"],
            bytes.fromhex(one["company"]),
            bytes.fromhex(one["seal_key"]),
            bytes.fromhex(one["verify_key"]),
            one["not_before"],
            one["not_after"],
        )
        for one in held["keys"]
    }


def outcome(kind: str, vector: dict[str, Any], now: int) -> str | LiveContents:
    held = HELD[kind]
    foreign = {one["key_id"] for one in held["foreign_keys"]}
    try:
        opened = open_code(
            vector["text"],
            keys=opening_keys(held),
            foreign=foreign.__contains__,
            now=now,
            life=held.get("life", 30),
            challenges=vector.get("challenges", [0]),
        )
    except CodeRefused as refused:
        return refused.reason.value
    assert opened.kind == kind
    assert opened.challenged == bool(vector.get("challenge", 0))
    return opened.contents


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_files_are_what_the_code_makes(name: str) -> None:
    assert (FOLDER / name).read_text() == as_text(FILES[name]())


def minting_keys(kind: str, key_id: int) -> MintingKeys:
    one = next(one for one in HELD[kind]["keys"] if one["key_id"] == key_id)
    return MintingKeys(key_id, *(bytes.fromhex(one[field]) for field in ("company", "seal_key", "sign_seed")))


def made_again(kind: str, vector: dict[str, Any]) -> str:
    keys, contents = minting_keys(kind, vector["key_id"]), vector["contents"]
    if kind == "live":
        return mint_live(LiveContents(**contents), keys)
    if kind == "day_pass":
        return mint_day_pass(DayPassContents(**contents), keys)
    phone = RepeatableSigner(bytes.fromhex(HELD[kind]["phone"]["scalar"]))
    told = PassContents(**contents | {"device_key": bytes.fromhex(contents["device_key"])})
    return prove(
        seal_pass(told, keys),
        company=keys.company,
        at=vector["at"],
        key=phone,
        challenge=vector["challenge"],
    )


@pytest.mark.parametrize(("kind", "vector"), GOOD)
def test_good_vectors(kind: str, vector: dict[str, Any]) -> None:
    assert made_again(kind, vector) == vector["text"]
    told = LiveContents(**vector.get("opened", vector["contents"]))
    assert outcome(kind, vector, vector["opens_from"]) == told
    assert outcome(kind, vector, vector["opens_until"]) == told
    assert outcome(kind, vector, vector["opens_from"] - 1) == "not_yet_valid"
    assert outcome(kind, vector, vector["opens_until"] + 1) == "expired"


@pytest.mark.parametrize(("kind", "vector"), BAD)
def test_bad_vectors(kind: str, vector: dict[str, Any]) -> None:
    assert outcome(kind, vector, vector["now"]) == vector["reason"]


@pytest.mark.parametrize("kind", sorted(HELD))
def test_the_bad_vectors_cover_every_reason_of_a_code(kind: str) -> None:
    given = {vector["reason"] for vector in HELD[kind]["bad"]}
    of_kind = [*OF_CODES, Reason.WRONG_DOOR] if kind == "pass" else OF_CODES
    assert given == {reason.value for reason in of_kind}


@pytest.mark.parametrize("kind", sorted(HELD))
def test_no_vector_is_there_twice(kind: str) -> None:
    for part in ("good", "bad"):
        names = [one["name"] for one in HELD[kind][part]]
        assert len(names) == len(set(names))


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


@pytest.mark.parametrize(("shape", "version"), [(LIVE, 6), (DAY_PASS, 6), (PASS, 10)])
def test_the_pictures_have_the_size_the_format_says(shape: Layout, version: int) -> None:
    picture = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    picture.add_data(shape.prefix + "9" * shape.digits)
    picture.make(fit=True)
    assert picture.version == version
