"""A company for the reader's tests: its keys, a bundle for one reader, and codes that are good now."""

import time
from dataclasses import dataclass, field
from typing import Any

from edge.encoding import b64
from sallyport import answers
from sallyport.codes import LiveContents, MintingKeys, mint_live, unlock_flags
from sallyport.key_list import KeyEntry, bundle_key_bytes
from sallyport.keys import Ed25519Signer
from sallyport.offline import Bundle, Changes, bundle_bytes, changes_bytes
from tests.core import alone
from tests.core.vector_keys import COMPANY, KEY_SETS, derived

READER, POINT, COMPANY_ID = alone.READER, alone.bundle().door.access_point, 7
CREDENTIAL, DEVICE, PROFILE = alone.CREDENTIAL, alone.DEVICE, alone.PROFILE


def now_ms() -> int:
    """The machine's clock."""
    return time.time_ns() // 1_000_000


@dataclass
class Firm:
    """The keys of a company, and what its one reader is told."""

    answer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(derived("edge answer", 32)))
    bundling: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(derived("edge bundle", 32)))
    sealing: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(derived("edge checkpoint", 32)))
    company: bytes = COMPANY
    number: int = 0
    nonce: int = 0

    def code(self, *, credential: int = CREDENTIAL, device: int = DEVICE, age: int = 0) -> str:
        """A fresh live code, issued `age` seconds ago; no two are alike."""
        self.nonce += 1
        issued = int(time.time()) - age
        contents = LiveContents(credential, device, PROFILE, unlock_flags(None), issued, self.nonce)
        one = KEY_SETS["in_use"]
        keys = MintingKeys(
            one["key_id"], COMPANY, bytes.fromhex(one["seal_key"]), bytes.fromhex(one["sign_seed"])
        )
        return mint_live(contents, keys)

    def bundle(self, **told: Any) -> Bundle:
        """The next bundle; `told` replaces fields of it."""
        self.number += 1
        one = KEY_SETS["in_use"]
        key = KeyEntry(
            one["key_id"],
            bytes.fromhex(one["seal_key"]),
            bytes.fromhex(one["verify_key"]),
            int(time.time()) - 86_400,
            None,
        )
        fields = {"number": self.number, "at_ms": now_ms(), "keys": (key,), "company": self.company}
        return alone.bundle(**fields | told)

    def signed(self, bundle: Bundle) -> dict[str, str]:
        """The answer of `GET /bundle`."""
        data = bundle_bytes(bundle)
        vouched = bundle_key_bytes(company=self.company, bundle_key=self.bundling.public.raw)
        return {
            "bundle": b64(data),
            "sig": b64(self.bundling.sign(data)),
            "bundle_key": b64(self.bundling.public.raw),
            "bundle_sig": b64(self.answer.sign(vouched)),
        }

    def sworn(self, reader: int, status: int, body: bytes, nonce: str) -> str:
        """The header's signature over a whole answer."""
        told = answers.told_bytes(company=self.company, reader=reader, status=status, body=body, nonce=nonce)
        return b64(answers.sign(told, self.answer))

    def changes(self, **told: Any) -> dict[str, Any]:
        """A delta's fields with signed changes."""
        fields: dict[str, Any] = {"at_ms": now_ms(), "credentials": {}, "devices": {}, "profiles": {}}
        changes = Changes(company=self.company, epoch=1, **fields | told)
        data = changes_bytes(changes)
        return {
            "t": "delta",
            "epoch": 1,
            "seq": changes.seq,
            "changes": [],
            "bytes": b64(data),
            "sig": b64(self.bundling.sign(data)),
        }
