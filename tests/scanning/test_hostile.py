"""Bad input through the real callable: a stable answer, never a fault, no event without a known reader."""

import asyncio
import json
import random
from collections import Counter
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from access.models import AccessEvent
from readers.scanning.asgi import ScanApplication
from readers.scanning.metrics import counts
from sallyport.keys import Ed25519Signer
from tenants import context
from tests.scanning.world import World, post, scan

AT_ONCE = 200


async def how_many(world: World) -> int:
    def count() -> int:
        with context.enter(world.company):
            return AccessEvent.objects.count()

    return await sync_to_async(count)()


STRANGERS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown reader": ({"keyid": "reader:{company}:99"}, "reader_unknown"),
    "no reader at all": ({"keyid": "device:abc"}, "reader_unknown"),
    "handle with a zero": ({"keyid": "reader:{company}:01"}, "reader_unknown"),
    "handle out of range": ({"keyid": "reader:{company}:9999999999"}, "reader_unknown"),
    "other company": ({"keyid": "reader:1:1"}, "wrong_host"),
    "other key": ({"key": Ed25519Signer.generate()}, "signature_wrong"),
    "other method": ({"method": "PUT"}, "signature_wrong"),
    "other address": ({"url": "http://else.localhost/api/v1/scans"}, "signature_wrong"),
    "other body": ({"body": b"{}"}, "signature_digest"),
    "unknown host": ({"host": "nobody.localhost"}, "host_unknown"),
    "public host": ({"host": "localhost"}, "host_unknown"),
    "no host name": ({"host": "[::1]"}, "host_unknown"),
}


@pytest.mark.parametrize("name", STRANGERS)
async def test_a_stranger_gets_401_and_leaves_a_count(app: ScanApplication, world: World, name: str) -> None:
    changes, code = STRANGERS[name]
    changes = {k: v.format(company=world.company.id) if k == "keyid" else v for k, v in changes.items()}
    body = world.station.body("1" * 252)
    before = counts.total[f"401 {code}"]
    answered = await post(app, world.station.headers(body, **changes), body)
    assert (answered.status, answered.told["code"]) == (401, code)
    assert answered.told["retry"] is False
    assert counts.total[f"401 {code}"] == before + 1
    assert await how_many(world) == 0


async def test_headers_missing_or_twice(app: ScanApplication, world: World) -> None:
    body = world.station.body("1" * 252)
    good = world.station.headers(body)
    for name in (b"host", b"signature", b"signature-input", b"content-digest"):
        without = [(key, value) for key, value in good if key != name]
        twice = [*good, next((key, value) for key, value in good if key == name)]
        assert (await post(app, without, body)).status == 401
        assert (await post(app, twice, body)).status == 401
    assert (await post(app, [(b"host", b"\xff\xfe"), *good[1:]], body)).status == 401
    assert await how_many(world) == 0


ENVELOPES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "not json": (b"{", 400),
    "not utf-8": (b'{"counter": 1, "code": "\xff", "at_ms": 1}', 400),
    "deep": (b"[" * 8000, 400),
    "a list": (b"[]", 400),
    "a number": (b"1", 400),
    "long number": (b'{"counter": ' + b"9" * 5000 + b"}", 400),
    "no counter": (b'{"code": "1", "at_ms": 1}', 400),
    "counter 0": (b'{"counter": 0, "code": "1", "at_ms": 1}', 400),
    "counter true": (b'{"counter": true, "code": "1", "at_ms": 1}', 400),
    "counter text": (b'{"counter": "1", "code": "1", "at_ms": 1}', 400),
    "counter float": (b'{"counter": 1.0, "code": "1", "at_ms": 1}', 400),
    "counter large": (b'{"counter": 9007199254740992, "code": "1", "at_ms": 1}', 400),
    "code number": (b'{"counter": 1, "code": 1, "at_ms": 1}', 400),
    "code null": (b'{"counter": 1, "code": null, "at_ms": 1}', 400),
    "code long": (b'{"counter": 1, "code": "' + b"1" * 5000 + b'", "at_ms": 1}', 400),
    "time negative": (b'{"counter": 1, "code": "1", "at_ms": -1}', 400),
    "time beyond dates": (b'{"counter": 1, "code": "1", "at_ms": 9999999999999999}', 400),
    "time infinite": (b'{"counter": 1, "code": "1", "at_ms": Infinity}', 400),
    "too large": (b'{"counter": 1, "code": "' + b"1" * 9000 + b'", "at_ms": 1}', 413),
}


@pytest.mark.parametrize("name", ENVELOPES)
async def test_an_envelope_that_is_none(app: ScanApplication, world: World, name: str) -> None:
    body, status = ENVELOPES[name]
    answered = await post(app, world.station.headers(body), body)
    assert answered.status == status
    assert await how_many(world) == 0


async def test_large_values_that_are_allowed(app: ScanApplication, world: World) -> None:
    """The last counter in reach and the last date are written and read like any other."""
    first = await scan(app, world.station, "", counter=1_000_000, at_ms=253_402_300_799_999)
    assert first.reason == "clock_skew"
    assert await how_many(world) == 1
    with_surrogate = json.dumps({"counter": 1, "code": "\ud800", "at_ms": 1}).encode()
    answered = await post(app, world.station.headers(with_surrogate), with_surrogate)
    assert answered.reason == "clock_skew"


def hostile(code: str) -> list[str]:
    """Spellings around a good code, none of which may open."""
    return [
        *("", " ", "0", "١" * 252, "²" * 252, "\x00" * 252, "+" + code[1:], "-" + code[1:]),
        *(code[:-1], code + "0", " " + code, code + "\n", code[:100] + "_" + code[101:], code[1:] + "1"),
        *(code[:3] + "9" * 249, "0" * 252, "9" * 252, "2" + code[1:], code[0] + "99" + code[3:]),
    ]


def flipped(code: str) -> list[str]:
    """The code with each of its bits the other way round, as far as that is still as long."""
    number, digits = int(code[3:]), len(code) - 3
    each = (f"{code[:3]}{number ^ (1 << bit):0{digits}d}" for bit in range((10**digits).bit_length()))
    return [one for one in each if len(one) == len(code)]


async def refusals(app: ScanApplication, world: World, codes: list[str]) -> Counter[str]:
    """Present the codes, many at once; how often each reason was told."""
    found: Counter[str] = Counter()
    for some in (codes[at : at + AT_ONCE] for at in range(0, len(codes), AT_ONCE)):
        for answered in await asyncio.gather(*(scan(app, world.station, one) for one in some)):
            assert answered.status == 200
            assert answered.told["granted"] is False
            found[answered.reason] += 1
    return found


async def test_hostile_codes_are_refused_with_a_reason(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    found = await refusals(app, world, hostile(code))
    assert set(found) <= {"malformed", "unknown_key", "wrong_company", "bad_seal"}
    assert (await scan(app, world.station, code)).reason == "granted"


async def test_no_bit_of_a_code_may_be_another(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    codes = flipped(code)
    assert len(codes) > 820
    found = await refusals(app, world, codes)
    assert set(found) <= {"malformed", "unknown_key", "wrong_company", "bad_seal"}
    assert found["bad_seal"] > 700
    assert await how_many(world) == len(codes)
    assert (await scan(app, world.station, code)).reason == "granted"


async def test_random_bodies_and_heads(app: ScanApplication, world: World) -> None:
    chance = random.Random(20261124)
    for _ in range(10_000):
        raw = chance.randbytes(chance.randrange(200))
        signed = await post(app, world.station.headers(raw), raw)
        assert signed.status in {400, 413}
        fields = [(name, chance.randbytes(chance.randrange(80))) for name, _ in world.station.headers(raw)]
        assert (await post(app, fields, raw)).status == 401
    assert await how_many(world) == 0


async def test_other_methods(app: ScanApplication, world: World) -> None:
    assert (await post(app, [], b"", method="GET")).status == 405
