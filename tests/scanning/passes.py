"""A phone without signal: its key, its pass, and proofs over it. And a day pass."""

import time
from dataclasses import dataclass, field
from typing import Any

from sallyport.codes import DayPassContents, PassContents, mint_day_pass, prove, seal_pass
from sallyport.keys import P256Signer
from tenants import context
from tests.scanning.world import World
from vault import selectors as vault


@dataclass
class Pocket:
    """What a phone keeps: its key and a sealed pass."""

    world: World
    key: P256Signer = field(default_factory=P256Signer.generate)
    sealed: bytes = b""

    def renew(self, **changes: Any) -> "Pocket":
        """A pass of ten minutes from a minute ago."""
        now = int(time.time())
        with context.enter(self.world.company):
            credential = self.world.credential
            said: dict[str, Any] = {
                "credential": credential.handle,
                "device": self.world.device.handle,
                "profile": credential.profile,
                "flags": 0,
                "device_key": self.key.public.compressed,
                "issued": now - 60,
                "expires": now + 600,
                "unlocked_until": 0,
            } | changes
            self.sealed = seal_pass(PassContents(**said), vault.minting_keys())
        return self

    def show(self, *, ago: int = 0, challenge: int = 0, key: P256Signer | None = None) -> str:
        """Pass and a proof made `ago` seconds ago."""
        at = int(time.time()) - ago
        company = self.world.company.uid
        return prove(self.sealed, company=company, at=at, key=key or self.key, challenge=challenge)


def day_pass(world: World, *, visit: int = 4711) -> str:
    """A day pass of the holder, for two hours around now."""
    now = int(time.time())
    with context.enter(world.company):
        credential = world.credential
        contents = DayPassContents(credential.handle, visit, credential.profile, 0, now - 3600, now + 3600)
        return mint_day_pass(contents, vault.minting_keys())
