"""Vectors of pass + proof and of day passes: docs/vectors/pass.json and day_pass.json."""

import hashlib
from dataclasses import replace
from typing import Any

from sallyport.codes import (
    DayPassContents,
    LiveContents,
    PassContents,
    mint_day_pass,
    mint_live,
    unlock_flags,
)
from sallyport.codes.daypass import DAY_PASS
from sallyport.codes.layout import CodeFormat, associated_data, signature_context, to_text
from sallyport.codes.passes import (
    PASS,
    PASS_CONTENTS,
    PROOF,
    PROOF_NONCE,
    lower_s,
    proof_bytes,
    prove,
    seal_pass,
)
from sallyport.keys import P256Signer
from sallyport.reasons import Reason
from tests.core.spellings import spellings
from tests.core.vector_keys import (
    COMPANY,
    ISSUED,
    KEY_ID,
    KEY_SETS,
    OTHER_COMPANY,
    OTHER_PHONE,
    PHONE,
    minting,
    point,
    sealed,
    signed_inside,
)

HELD = PassContents(11, 12, 13, unlock_flags(5), point(PHONE), ISSUED, ISSUED + 43_200, ISSUED + 300)
AT = ISSUED + 61
VISIT = DayPassContents(11, 77, 13, 0, ISSUED, ISSUED + 28_800)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PASS_SIGN = signature_context(CodeFormat.PASS, KEY_ID, COMPANY)
_DAY_SIGN = signature_context(CodeFormat.DAY_PASS, KEY_ID, COMPANY)
Bad = tuple[str, str, int, tuple[int, ...], Reason]


def other_s(text: str) -> str:
    """The same code with s of its proof replaced by n - s."""
    data = int(text[3:]).to_bytes(PASS.size, "big")
    return to_text(PASS, data[:-32] + (ORDER - int.from_bytes(data[-32:], "big")).to_bytes(32, "big"))


def shown_with(
    held: PassContents = HELD,
    *,
    at: int = AT,
    challenge: int = 0,
    key: P256Signer = PHONE,
    keys: str = "in_use",
    over: bytes | None = None,
    company: bytes = COMPANY,
) -> str:
    """Pass + proof; `over` is another sealed pass that the proof is made over."""
    kept = seal_pass(held, minting(keys))
    return proven(kept, at=at, challenge=challenge, key=key, over=over, company=company)


def proven(
    kept: bytes,
    *,
    at: int = AT,
    challenge: int = 0,
    key: P256Signer = PHONE,
    over: bytes | None = None,
    company: bytes = COMPANY,
) -> str:
    """A proof behind any 140 bytes."""
    digest = hashlib.sha256(over or kept).digest()
    signature = key.sign(proof_bytes(company=company, sealed_pass_hash=digest, at=at, challenge=challenge))
    return to_text(PASS, kept + PROOF.pack(at, lower_s(signature)))


def packed(**changes: Any) -> bytes:
    """A pass's 56 bytes with values that `pack` would refuse."""
    told = {field: getattr(HELD, field) for field in HELD.__slots__} | changes
    return PASS_CONTENTS.pack(*told.values())


def inside(contents: bytes, context: bytes = _PASS_SIGN, label: str = "in use sign") -> str:
    """A proof over a pass of any contents, signed in any context and by any key."""
    return proven(sealed(CodeFormat.PASS, signed_inside(contents, context, label)))


def _told(contents: LiveContents) -> dict[str, int]:
    return contents._asdict()


def _good_pass(
    name: str,
    held: PassContents,
    at: int,
    flags: int,
    challenge: int = 0,
    challenges: tuple[int, ...] = (0,),
) -> dict[str, Any]:
    kept = seal_pass(held, minting())
    digest = hashlib.sha256(kept).digest()
    text = prove(kept, company=COMPANY, at=at, key=PHONE, challenge=challenge)
    data = int(text[3:]).to_bytes(PASS.size, "big")
    contents = {field: getattr(held, field) for field in held.__slots__} | {
        "device_key": held.device_key.hex()
    }
    return {
        "name": name,
        "key_id": KEY_ID,
        "contents": contents,
        "packed": held.pack().hex(),
        "signed_bytes": (_PASS_SIGN + held.pack()).hex(),
        "signature": signed_inside(held.pack(), _PASS_SIGN)[-64:].hex(),
        "associated_data": associated_data(CodeFormat.PASS, KEY_ID, COMPANY).hex(),
        "sealed_pass": kept.hex(),
        "at": at,
        "challenge": challenge,
        "proof_bytes": proof_bytes(
            company=COMPANY, sealed_pass_hash=digest, at=at, challenge=challenge
        ).hex(),
        "proof": data[-64:].hex(),
        "bytes": data.hex(),
        "text": text,
        "challenges": challenges,
        "opened": _told(LiveContents(held.credential, held.device, held.profile, flags, at, PROOF_NONCE)),
        "opens_from": max(held.issued - 2, at - 30),
        "opens_until": min(held.expires + 2, at + 60),
    }


def _good_passes() -> list[dict[str, Any]]:
    top, until = 2**32 - 1, HELD.unlocked_until
    never = replace(HELD, flags=0, unlocked_until=0)
    largest = PassContents(top, top, 65_535, unlock_flags(127), point(PHONE), top - 86_400, top, top)
    return [
        _good_pass("61 seconds after the unlock: two minutes", HELD, AT, unlock_flags(2)),
        _good_pass("60 seconds after the unlock: one minute", HELD, ISSUED + 60, unlock_flags(1)),
        _good_pass("the last second of the unlock", HELD, until, unlock_flags(5)),
        _good_pass("a second after the unlock has ended", HELD, until + 1, 0),
        _good_pass("never unlocked", never, AT, 0),
        _good_pass("over the number that the door shows", HELD, AT, unlock_flags(2), 4711, (4711, 1234)),
        _good_pass("over the number before it", HELD, AT, unlock_flags(2), 4711, (1234, 4711)),
        _good_pass("in the second of its issue", HELD, ISSUED, unlock_flags(0)),
        _good_pass("by a clock one step behind", HELD, ISSUED - 30, unlock_flags(0)),
        _good_pass("in the last second of the pass", HELD, HELD.expires, 0),
        _good_pass("largest numbers", largest, top, unlock_flags(127)),
    ]


def _bad_seals() -> list[Bad]:
    good = shown_with()
    number = int(good[3:])
    zeros = "201" + "0" * PASS.digits
    live = signed_inside(packed(), signature_context(CodeFormat.LIVE, KEY_ID, COMPANY))
    other = signature_context(CodeFormat.PASS, KEY_ID, OTHER_COMPANY)
    signed = signed_inside(packed(), _PASS_SIGN)
    cases = [
        ("the number zero", zeros, Reason.UNKNOWN_KEY),
        ("made with a set after it was retired", shown_with(keys="retired"), Reason.UNKNOWN_KEY),
        ("made with a set that is not in use yet", shown_with(keys="coming"), Reason.UNKNOWN_KEY),
        ("another company's pass", shown_with(keys="foreign"), Reason.WRONG_COMPANY),
        (
            "a bit of the seal flipped",
            to_text(PASS, (number ^ 1 << 700).to_bytes(208, "big")),
            Reason.BAD_SEAL,
        ),
        ("sealed as a live code", proven(sealed(CodeFormat.LIVE, signed)), Reason.BAD_SEAL),
        (
            "sealed for another company",
            proven(sealed(CodeFormat.PASS, signed, company=OTHER_COMPANY)),
            Reason.BAD_SEAL,
        ),
        (
            "sealed but not signed",
            proven(sealed(CodeFormat.PASS, packed() + bytes(64))),
            Reason.BAD_SIGNATURE,
        ),
        ("signed as a live code", proven(sealed(CodeFormat.PASS, live)), Reason.BAD_SIGNATURE),
        ("signed by another key", inside(packed(), label="foreign sign"), Reason.BAD_SIGNATURE),
        ("signed for another company", inside(packed(), other), Reason.BAD_SIGNATURE),
        ("minutes without an unlock", inside(packed(flags=0x80)), Reason.MALFORMED),
        ("longer than 24 hours", inside(packed(expires=ISSUED + 86_401)), Reason.MALFORMED),
        ("ended when it was issued", inside(packed(expires=ISSUED)), Reason.MALFORMED),
        ("a key that is no point", inside(packed(device_key=b"\x02" + b"\xff" * 32)), Reason.MALFORMED),
        (
            "a key of another spelling",
            inside(packed(device_key=b"\x04" + HELD.device_key[1:])),
            Reason.MALFORMED,
        ),
    ]
    return [(name, text, AT, (0,), reason) for name, text, reason in cases]


def _bad_proofs() -> list[Bad]:
    good, door = shown_with(), (4711, 1234)
    number = int(good[3:])
    another = seal_pass(replace(HELD, issued=ISSUED + 1), minting())
    kept = seal_pass(HELD, minting())
    forged = shown_with(key=OTHER_PHONE, challenge=4711)
    away = shown_with(challenge=999)
    return [
        (
            "last bit flipped",
            to_text(PASS, (number ^ 1).to_bytes(208, "big")),
            AT,
            (0,),
            Reason.BAD_SIGNATURE,
        ),
        (
            "the time a second later",
            to_text(PASS, (number + (1 << 512)).to_bytes(208, "big")),
            AT,
            (0,),
            Reason.BAD_SIGNATURE,
        ),
        ("s replaced by n - s", other_s(good), AT, (0,), Reason.BAD_SIGNATURE),
        ("no proof", to_text(PASS, kept + PROOF.pack(AT, bytes(64))), AT, (0,), Reason.BAD_SIGNATURE),
        ("a copied pass, another phone", shown_with(key=OTHER_PHONE), AT, (0,), Reason.BAD_SIGNATURE),
        ("a proof over another pass", shown_with(over=another), AT, (0,), Reason.BAD_SIGNATURE),
        ("a proof for another company", shown_with(company=OTHER_COMPANY), AT, (0,), Reason.BAD_SIGNATURE),
        ("over a number where none is asked", shown_with(challenge=4711), AT, (0,), Reason.BAD_SIGNATURE),
        ("over another door's number", away, AT, door, Reason.WRONG_DOOR),
        ("over no number where one is asked", good, AT, door, Reason.WRONG_DOOR),
        ("where a number is asked and none is known", shown_with(challenge=4711), AT, (), Reason.WRONG_DOOR),
        ("another phone, over the door's number", forged, AT, door, Reason.WRONG_DOOR),
        (
            "over the door's number, s replaced by n - s",
            other_s(shown_with(challenge=4711)),
            AT,
            door,
            Reason.BAD_SIGNATURE,
        ),
        ("over another door's number, and late", away, AT + 61, door, Reason.EXPIRED),
        ("over another door's number, and early", away, AT - 31, door, Reason.NOT_YET_VALID),
    ]


def _bad_times() -> list[Bad]:
    good, end = shown_with(), HELD.expires
    cases = [
        ("more than a step ahead", good, AT - 31, Reason.NOT_YET_VALID),
        ("more than two steps ago", good, AT + 61, Reason.EXPIRED),
        ("before the pass was issued", shown_with(at=ISSUED), ISSUED - 3, Reason.NOT_YET_VALID),
        (
            "a proof from more than a step before the pass",
            shown_with(at=ISSUED - 31),
            ISSUED,
            Reason.NOT_YET_VALID,
        ),
        ("a proof after the pass", shown_with(at=end + 1), end, Reason.EXPIRED),
        ("in time, the pass is over", shown_with(at=end), end + 3, Reason.EXPIRED),
    ]
    return [(name, text, now, (0,), reason) for name, text, now, reason in cases]


def _keys() -> dict[str, Any]:
    return {
        "keys": [KEY_SETS["in_use"], KEY_SETS["retired"], KEY_SETS["coming"]],
        "foreign_keys": [KEY_SETS["foreign"]],
    }


def pass_and_proof() -> dict[str, Any]:
    """docs/vectors/pass.json."""
    wrong = [(name, text, AT, (0,), Reason.MALFORMED) for name, text in spellings(PASS, shown_with())]
    bad = wrong + _bad_seals() + _bad_proofs() + _bad_times()
    return {
        "about": "Pass + proof, format 2 version 01, see docs/code-format.md. Keys made for these vectors.",
        **_keys(),
        "phone": {"scalar": PHONE.scalar.hex(), "point": point(PHONE).hex()},
        "good": _good_passes(),
        "bad": [
            {"name": name, "text": text, "now": now, "challenges": challenges, "reason": reason.value}
            for name, text, now, challenges, reason in bad
        ],
    }


def _good_day_pass(name: str, visit: DayPassContents, keys: str = "in_use") -> dict[str, Any]:
    key_id = KEY_SETS[keys]["key_id"]
    context = signature_context(CodeFormat.DAY_PASS, key_id, COMPANY)
    text = mint_day_pass(visit, minting(keys))
    signer = "in use sign" if keys == "in_use" else f"{keys} sign"
    return {
        "name": name,
        "key_id": key_id,
        "contents": {field: getattr(visit, field) for field in visit.__slots__},
        "packed": visit.pack().hex(),
        "signed_bytes": (context + visit.pack()).hex(),
        "signature": signed_inside(visit.pack(), context, signer)[-64:].hex(),
        "associated_data": associated_data(CodeFormat.DAY_PASS, key_id, COMPANY).hex(),
        "bytes": int(text[3:]).to_bytes(DAY_PASS.size, "big").hex(),
        "text": text,
        "opened": _told(LiveContents(visit.credential, 0, visit.profile, 0, visit.begins, visit.visit)),
        "opens_from": visit.begins,
        "opens_until": visit.ends,
    }


def day_text(inner: bytes, format_: CodeFormat = CodeFormat.DAY_PASS) -> str:
    """A day pass with any inside."""
    return to_text(DAY_PASS, sealed(format_, inner))


def _bad_day_passes() -> list[tuple[str, str, int, Reason]]:
    good = mint_day_pass(VISIT, minting())
    last = to_text(DAY_PASS, (int(good[3:]) ^ 1).to_bytes(103, "big"))
    raw = VISIT.pack()
    live = mint_live(LiveContents(11, 12, 13, 0, ISSUED, 14), minting())
    as_live = signed_inside(raw, signature_context(CodeFormat.LIVE, KEY_ID, COMPANY))
    flagged = raw[:10] + b"\1" + raw[11:]
    empty = raw[:-4] + raw[-8:-4]
    coming, foreign = mint_day_pass(VISIT, minting("coming")), mint_day_pass(VISIT, minting("foreign"))
    other = signed_inside(raw, _DAY_SIGN, "foreign sign")
    return [
        ("the number zero", "301" + "0" * 249, ISSUED, Reason.UNKNOWN_KEY),
        ("made with a set that is not in use yet", coming, ISSUED, Reason.UNKNOWN_KEY),
        ("another company's day pass", foreign, ISSUED, Reason.WRONG_COMPANY),
        ("last bit flipped", last, ISSUED, Reason.BAD_SEAL),
        ("a live code under another format", "301" + live[3:], ISSUED, Reason.BAD_SEAL),
        (
            "sealed as a live code",
            day_text(signed_inside(raw, _DAY_SIGN), CodeFormat.LIVE),
            ISSUED,
            Reason.BAD_SEAL,
        ),
        ("sealed but not signed", day_text(raw + bytes(64)), ISSUED, Reason.BAD_SIGNATURE),
        ("signed as a live code", day_text(as_live), ISSUED, Reason.BAD_SIGNATURE),
        ("signed by another key", day_text(other), ISSUED, Reason.BAD_SIGNATURE),
        ("a flag", day_text(signed_inside(flagged, _DAY_SIGN)), ISSUED, Reason.MALFORMED),
        ("a window that is empty", day_text(signed_inside(empty, _DAY_SIGN)), ISSUED, Reason.MALFORMED),
        ("a second early", good, ISSUED - 1, Reason.NOT_YET_VALID),
        ("a second late", good, VISIT.ends + 1, Reason.EXPIRED),
    ]


def day_pass() -> dict[str, Any]:
    """docs/vectors/day_pass.json."""
    top = 2**32 - 1
    text = mint_day_pass(VISIT, minting())
    wrong = [(name, shape, ISSUED, Reason.MALFORMED) for name, shape in spellings(DAY_PASS, text)]
    return {
        "about": "Day passes, format 3 version 01, see docs/code-format.md. Keys made for these vectors.",
        **_keys(),
        "good": [
            _good_day_pass("a working day", VISIT),
            _good_day_pass("one second long", replace(VISIT, ends=ISSUED + 1)),
            _good_day_pass("largest numbers", DayPassContents(top, top, 65_535, 0, ISSUED, top)),
            _good_day_pass("zeros", DayPassContents(0, 0, 0, 0, ISSUED, ISSUED + 60)),
            _good_day_pass("made with a set that is retired since", VISIT, "retired"),
        ],
        "bad": [
            {"name": name, "text": text, "now": now, "reason": reason.value}
            for name, text, now, reason in wrong + _bad_day_passes()
        ],
    }
