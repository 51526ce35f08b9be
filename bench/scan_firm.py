"""What load generator and baseline know of a company. Needs no Django."""

import dataclasses
from dataclasses import dataclass

LIFE = 60  # seconds a code lives in the bench
PULSE_MS = 3_000


@dataclass
class Firm:
    """What the load generator must know of a company to make codes and requests."""

    id: int
    uid: bytes
    host: str
    key_id: int
    seal_key: bytes
    sign_seed: bytes
    verify_key: bytes
    readers: list[tuple[int, bytes]]  # handle, seed
    people: list[tuple[int, int, int]]  # credential, device, profile

    def public(self) -> "Firm":
        """The same without what signs codes: what a server may be told."""
        return dataclasses.replace(self, sign_seed=b"")
