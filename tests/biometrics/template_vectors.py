"""Makes docs/vectors/templates.json: `python -m tests.biometrics.template_vectors`. None of it is secret."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from biometrics.templates import Model, Owner, Transform, Vector, pack, unit
from vault import envelope

FILE = Path(__file__).resolve().parents[2] / "docs" / "vectors" / "templates.json"
COMPANY = bytes.fromhex("7c0076309b3b2679aa3e7f7a11b1a06c")
HOLDER = UUID("6f1c1f0e-6c1b-4d53-8f0a-0d6a1b6f4c11")
MODEL = Model("dlib-resnet", "1")
SIZE = 128


def derived(label: str) -> bytes:
    """32 bytes that everybody can make."""
    return sha256(f"sallyport vectors: {label}".encode()).digest()


def face(number: int) -> Vector:
    """A unit vector without any random number generator: whole numbers from SHA-256, made length 1."""
    raw = b"".join(sha256(f"face {number} {block}".encode()).digest() for block in range(SIZE // 32))
    whole = np.frombuffer(raw, dtype=np.int8).astype(np.float64)
    return unit(whole / np.linalg.norm(whole))


def made() -> dict[str, Any]:
    """The vectors: one transform, and what it makes of two faces."""
    secret, salt = derived("template secret"), derived("template salt")
    transform = Transform(secret, salt, Owner(COMPANY, HOLDER), MODEL, SIZE)
    where = envelope.place(
        "sallyport/biometrics/template/1", COMPANY, HOLDER.bytes, MODEL.id, MODEL.version, salt
    )
    return {
        "about": "Protected templates, see docs/templates.md. Keys made for these vectors.",
        "secret": secret.hex(),
        "salt": salt.hex(),
        "company": COMPANY.hex(),
        "holder": str(HOLDER),
        "model": MODEL.id,
        "version": MODEL.version,
        "associated_data": where.hex(),
        "rounds": [
            {"order": order.tolist(), "signs": "".join("+-"[int(sign < 0)] for sign in signs)}
            for order, signs in transform.rounds
        ],
        "faces": [
            {
                "about": f"int8 of SHA-256('face {number} 0'..'face {number} 3'), made length 1",
                "transformed": [round(float(value), 9) for value in transform(face(number))],
                "packed": pack(transform(face(number))).hex(),
            }
            for number in (1, 2)
        ],
        "distance": round(1 - float(face(1) @ face(2)), 9),
    }


def as_text() -> str:
    """As the file has it."""
    return json.dumps(made(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
