"""Another verifier of codes, written from docs/code-format.md: shares nothing with Sallyport but the format.

`python docs/verify_code.py [folder]` opens every vector of live.json, pass.json and day_pass.json there, says
how many agree, and exits with 1 where one does not. Needs Python 3.11, cryptography and PyNaCl.
"""

import hashlib
import json
import struct
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

Told = dict[str, int]
Json = dict[str, Any]
BYTES = {"1": 103, "2": 208, "3": 103}
HALF_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2


class Refused(Exception):  # noqa: N818 - named for what happened
    """The code does not open; the message is the reason."""


def need(holds: bool, reason: str) -> None:
    if not holds:
        raise Refused(reason)


def in_time(now: int, first: int, last: int) -> None:
    need(now >= first, "not_yet_valid")
    need(now <= last, "expired")


def open_code(text: str, now: int, challenges: list[int], held: Json) -> Told:
    """What the code says, in the terms of a live code. Raises Refused."""
    size = BYTES.get(text[:1], 0)
    digits = len(str(256**size - 1))
    need(len(text) == 3 + digits and set(text) <= set("0123456789") and text[1:3] == "01", "malformed")
    need(int(text[3:]) < 256**size, "malformed")
    data = int(text[3:]).to_bytes(size, "big")
    key_id = int.from_bytes(data[:4], "big")
    need(all(key_id != one["key_id"] for one in held["foreign_keys"]), "wrong_company")
    key = next((one for one in held["keys"] if one["key_id"] == key_id), None)
    if key is None:
        raise Refused("unknown_key")
    binding = bytes((int(text[0]), 1)) + bytes.fromhex(key["company"]) + data[:4]
    seal = AESSIV(bytes.fromhex(key["seal_key"]))
    try:
        plain = seal.decrypt(data[4 : min(size, 140)], [b"sallyport/code/seal/1\0" + binding])
        contents, signature = plain[:-64], plain[-64:]
        signed = b"sallyport/code/sign/1\0" + binding + contents
        VerifyKey(bytes.fromhex(key["verify_key"])).verify(signed, signature)
    except InvalidTag:
        raise Refused("bad_seal") from None
    except BadSignatureError:
        raise Refused("bad_signature") from None
    if text[0] == "2":
        return open_pass(contents, key, now, data, challenges)
    return open_live(contents, key, now, held["life"]) if text[0] == "1" else open_day(contents, key, now)


def open_live(contents: bytes, key: Json, now: int, life: int) -> Told:
    flags, issued = struct.unpack_from(">BI", contents, 10)
    need(flags == 0 or flags & 1 == 1, "malformed")
    need(key["not_before"] <= issued <= (key["not_after"] or issued), "unknown_key")
    in_time(now, issued - 2, issued + life + 2)
    return named(*struct.unpack(">IIHBII", contents))


def open_day(contents: bytes, key: Json, now: int) -> Told:
    credential, visit, profile, flags, begins, ends = struct.unpack(">IIHBII", contents)
    need(flags == 0 and begins < ends, "malformed")
    need(now >= key["not_before"] - 2, "unknown_key")
    in_time(now, begins, ends)
    return named(credential, 0, profile, 0, begins, visit)


def open_pass(contents: bytes, key: Json, now: int, data: bytes, challenges: list[int]) -> Told:
    credential, device, profile, flags, point, issued, expires, until = struct.unpack(">IIHB33sIII", contents)
    need((flags == 0 or flags & 1 == 1) and issued < expires <= issued + 86_400, "malformed")
    need(key["not_before"] <= issued <= (key["not_after"] or issued), "unknown_key")
    at, r, s = struct.unpack(">I32s32s", data[140:])
    try:
        need(point[0] in (2, 3), "malformed")
        phone = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise Refused("malformed") from None
    need(int.from_bytes(s, "big") <= HALF_ORDER, "bad_signature")
    head = b"sallyport/code/proof/1\0" + bytes.fromhex(key["company"]) + hashlib.sha256(data[:140]).digest()
    proof = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    over = any(signed_by(phone, proof, head + struct.pack(">II", at, number)) for number in challenges)
    need(over or 0 not in challenges, "bad_signature")
    in_time(at, issued - 30, expires)
    in_time(now, max(issued - 2, at - 30), min(at + 60, expires + 2))
    need(over, "wrong_door")
    minutes = max(0, -((until - 60 * (flags >> 1) - at) // 60))  # since the unlock, rounded up
    return named(credential, device, profile, 1 | minutes << 1 if flags and at <= until else 0, at, 1 << 32)


def signed_by(phone: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    try:
        phone.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def named(*values: int) -> Told:
    return dict(zip(("credential", "device", "profile", "flags", "issued", "nonce"), values, strict=True))


def outcome(vector: Json, now: int, held: Json) -> Told | str:
    try:
        return open_code(vector["text"], now, vector.get("challenges", [0]), held)
    except Refused as refused:
        return str(refused)


def disagreements(held: Json) -> list[str]:
    wrong = []
    for vector in held["good"]:
        first, last = vector["opens_from"], vector["opens_until"]
        opened = vector.get("opened", vector["contents"])
        expected = ["not_yet_valid", opened, opened, "expired"]
        if [outcome(vector, now, held) for now in (first - 1, first, last, last + 1)] != expected:
            wrong.append(vector["name"])
    return wrong + [one["name"] for one in held["bad"] if outcome(one, one["now"], held) != one["reason"]]


def main(folder: Path) -> int:
    status = 0
    for name in ("live", "pass", "day_pass"):
        held = json.loads((folder / f"{name}.json").read_text("utf-8"))
        wrong, count = disagreements(held), len(held["good"]) + len(held["bad"])
        sys.stdout.write(f"{name}: {count - len(wrong)} of {count} vectors agree\n")
        sys.stdout.writelines(f"  not: {one}\n" for one in wrong)
        status = max(status, 1 if wrong or not held["good"] or not held["bad"] else 0)
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).resolve().parent / "vectors"))
