"""What a phone keeps for times without signal: a pass, over which it makes proofs by itself.

The pass carries rights and the unlock as they stand when it is made, so it ends no later than they do.
Revocation does not wait for that: readers that have a line refuse the phone from its revocation on.
"""

from dataclasses import dataclass

from credentials.minting import Facts, check_times, judged, pass_mark
from credentials.refusals import Refused
from sallyport.codes.layout import unlock_flags
from sallyport.codes.live import MintingKeys
from sallyport.codes.passes import PassContents, seal_pass
from sallyport.keys import P256Public, b64url


@dataclass(frozen=True, slots=True)
class Passed:
    """A sealed pass, its times in unix seconds, and the mark it was made under."""

    sealed: bytes
    company: bytes
    issued: int
    expires: int
    unlocked_until: int
    mark: str

    def as_dict(self, server_now: int) -> dict[str, str | int]:
        return {
            "pass": b64url(self.sealed),
            "company": b64url(self.company),
            "issued": self.issued,
            "expires": self.expires,
            "unlocked_until": self.unlocked_until,
            "pass_mark": self.mark,
            "server_now": server_now,
        }


def make_pass(found: Facts | None, keys: MintingKeys, device_key: P256Public, now_ms: int) -> Passed:
    """Judge what the statement found and make the pass. Raises Refused as for a code."""
    facts = judged(found, now_ms)
    issued = now_ms // 1000
    expires = min([issued + facts.pass_hours * 3600, *check_times(facts, now_ms)])
    if expires <= issued:
        # Within the last second of these rights: the next try meets what comes after them.
        text = "Your access is being brought up to date. Try again in a moment."
        raise Refused("profile_stale", text, status=503, retry=True, wait=2)
    until = facts.unlocked_until(now_ms)
    contents = PassContents(
        credential=facts.credential or 0,
        device=facts.device,
        profile=facts.profile or 0,
        flags=unlock_flags(facts.unlock_minutes if until else None),
        device_key=device_key.compressed,
        issued=issued,
        expires=expires,
        unlocked_until=until,
    )
    sealed = seal_pass(contents, keys)
    return Passed(sealed, keys.company, issued, expires, until, pass_mark(facts, keys))
