"""Generated codes for the page's port of the opening: good ones, and good ones with one thing wrong."""

import hashlib
import random
from collections.abc import Iterator
from typing import Any

from sallyport.codes import LiveContents, OpenedCode, open_code
from sallyport.codes.daypass import DAY_PASS, DAY_PASS_CONTENTS
from sallyport.codes.layout import LIVE, LIVE_CONTENTS, CodeFormat, CodeRefused, to_text
from sallyport.codes.passes import PASS, PASS_CONTENTS, PROOF, lower_s, proof_bytes
from tests.core.alone import key_set
from tests.core.vector_keys import COMPANY, ISSUED, OTHER_PHONE, PHONE, minting, opening
from tests.readers.port_rules import SEED

KEYS = {key.key_id: key for key in (opening("in_use"), opening("retired"), opening("coming"))}
FOREIGN = {opening("foreign").key_id}
SETS = ("in_use",) * 9 + ("retired", "coming", "foreign")
MOST = 2**32 - 1
NUMBERS = ((0,), (0,), (4711,), (4711, 1234), ())

Case = list[Any]


def _flags(draw: random.Random) -> int:
    return draw.choice(
        (0, 1, draw.randrange(128) << 1 | 1, draw.randrange(128) << 1 if draw.random() < 0.1 else 0)
    )


def _handle(draw: random.Random) -> int:
    return draw.choice((1, 11, 2**31, MOST, draw.randrange(1, 2**32)))


def _live(draw: random.Random) -> str:
    issued = ISSUED + draw.choice((0, draw.randint(-40, 40), -3600, 86_400))
    told = (_handle(draw), _handle(draw), draw.randrange(2**16), _flags(draw), issued, draw.randrange(2**32))
    return to_text(LIVE, minting(draw.choice(SETS)).seal(CodeFormat.LIVE, LIVE_CONTENTS.pack(*told)))


def _day_pass(draw: random.Random) -> str:
    begins = ISSUED + draw.randint(-60, 60)
    ends = begins + draw.choice((1, 60, 3600, 3600, 0))
    told = (_handle(draw), _handle(draw), 13, 1 if draw.random() < 0.05 else 0, begins, ends)
    keys = minting(draw.choice(SETS))
    return to_text(DAY_PASS, keys.seal(CodeFormat.DAY_PASS, DAY_PASS_CONTENTS.pack(*told)))


def _pass(draw: random.Random) -> str:
    issued = ISSUED + draw.choice((0, draw.randint(-100, 100), -80_000))
    key = PHONE.public.compressed
    if draw.random() < 0.1:  # mostly no point of the curve
        key = bytes((draw.choice((2, 3, 5)),)) + draw.choice((b"\xff" * 32, draw.randbytes(32)))
    lasts = draw.choice((1, 60, 43_200, 86_400, 86_401 if draw.random() < 0.2 else 600, 0))
    told = (_handle(draw), _handle(draw), 13, _flags(draw), key, issued, issued + lasts)
    packed = PASS_CONTENTS.pack(*told, draw.choice((0, ISSUED + draw.randint(-9000, 9000))))
    sealed = minting(draw.choice(SETS)).seal(CodeFormat.PASS, packed)
    at = ISSUED + draw.randint(-60, 60)
    signer = PHONE if draw.random() < 0.95 else OTHER_PHONE
    digest = hashlib.sha256(sealed).digest()
    number = draw.choice((0, 0, 4711, 1234))
    signature = signer.sign(proof_bytes(company=COMPANY, sealed_pass_hash=digest, at=at, challenge=number))
    if draw.random() < 0.9:
        signature = lower_s(signature)
    return to_text(PASS, sealed + PROOF.pack(at, signature))


def _spoilt(draw: random.Random, text: str) -> str:
    """The text with something done to it."""
    at = draw.randrange(len(text))
    return draw.choice(
        (
            text[:at] + str(draw.randrange(10)) + text[at + 1 :],
            text[:at],
            text + "0",
            text[:at] + draw.choice("٣ -+_.x\0") + text[at + 1 :],
            draw.choice(("102", "201", "301", "001", "401", "1 1")) + text[3:],
            text[:3] + "9" * (len(text) - 3),
            "",
        )
    )


def told_of(opened: OpenedCode) -> Case:
    """What the port must find."""
    one: LiveContents = opened.contents
    contents = [one.credential, one.device, one.profile, one.flags, one.issued, one.nonce]
    use = " ".join(str(part) for part in opened.use_key) if opened.use_key else None
    return [opened.kind, opened.key_id, opened.issued, opened.challenged, opened.unlocked_at, contents, use]


def code_cases(count: int, seed: int = SEED) -> Iterator[Case]:
    """[text, now, life, numbers shown, reason or what opened]."""
    draw = random.Random(seed)
    for _ in range(count):
        text = draw.choice((_live, _pass, _pass, _day_pass))(draw)
        if draw.random() < 0.2:
            text = _spoilt(draw, text)
        now, life, numbers = ISSUED + draw.randint(-45, 100), draw.choice((10, 30, 60)), draw.choice(NUMBERS)
        try:
            opened = open_code(
                text, keys=KEYS, foreign=FOREIGN.__contains__, now=now, life=life, challenges=numbers
            )
        except CodeRefused as refused:
            yield [text, now, life, list(numbers), refused.reason.value]
        else:
            yield [text, now, life, list(numbers), told_of(opened)]


def key_sets() -> list[Case]:
    """The same keys for the port."""
    sets = [key_set(name) for name in ("in_use", "retired", "coming")]
    return [
        [one.key_id, one.seal_key.hex(), one.verify_key.hex(), one.not_before, one.not_after] for one in sets
    ]
