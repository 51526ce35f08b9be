"""A phone without signal: its key, its pass, and proofs over it. And a day pass."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from credentials.services import IssuedDayPass, Window, digits_of, issue_day_pass
from sallyport.codes import PassContents, prove, seal_pass
from sallyport.keys import P256Signer
from tenants import context
from tests.scanning.world import BY, World
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


def issue(world: World, *, begins: int = -3600, ends: int = 3600) -> IssuedDayPass:
    """A day pass of the holder, for two hours around now; seconds from now."""
    now = timezone.now()
    with context.enter(world.company):
        window = Window(now + timedelta(seconds=begins), now + timedelta(seconds=ends), "Europe/Berlin")
        return issue_day_pass(holder=world.holder, window=window, by=BY)


def digits(world: World, issued: IssuedDayPass) -> str:
    """What its paper shows."""
    with context.enter(world.company):
        return digits_of(issued.day_pass)


def day_pass(world: World) -> str:
    """The code of a fresh one."""
    return digits(world, issue(world))
