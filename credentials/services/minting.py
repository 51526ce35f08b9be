"""Requests of a phone through Django's connection: a code, a pass, or what it may know about itself."""

import secrets
import time

from django.db import connection

from credentials import minting, proofs
from credentials.models import Device
from credentials.passes import Passed, make_pass
from credentials.services.phones import vouch_at_first_use
from sallyport.keys import P256Public
from tenants.context import current
from vault.keys import VaultEmpty
from vault.selectors import minting_keys


def ask(asked: minting.Asked) -> minting.Facts | None:
    """Run the statement for the current company."""
    with connection.cursor() as cursor:
        cursor.execute(minting.statement(current().schema), asked.parameters())
        row = cursor.fetchone()
    return None if row is None else minting.Facts(*row)


def _confirm(facts: minting.Facts | None) -> minting.Facts | None:
    if facts is None or facts.due is None or not facts.confirms_itself:
        return facts
    device = Device.objects.select_related("holder").get(handle=facts.device)
    return facts.settled(confirmed=vouch_at_first_use(device=device))


def mint_live_code(*, device: Device, now_ms: int | None = None) -> minting.Minted:
    """A live code for this phone. Raises Refused as a signed request would."""
    moment = int(time.time() * 1000) if now_ms is None else now_ms
    asked = minting.Asked(device.handle, moment // 1000, secrets.token_urlsafe(16), moment)
    return _mint(asked)


def _mint(asked: minting.Asked) -> minting.Minted:
    facts = _confirm(ask(asked))
    return minting.mint(facts, minting_keys(), asked.now_ms)


def _authenticated(request: proofs.SignedHttp, now_ms: int) -> tuple[Device, proofs.Proven]:
    device = (
        Device.objects.select_related("holder__subject")
        .filter(thumbprint=request.signed.keyid.removeprefix(proofs.KEYID_PREFIX))
        .first()
    )
    if device is None:
        raise proofs.not_enrolled()
    return device, proofs.verify(request, P256Public(bytes(device.public_key)), now_ms / 1000)


def mint_signed(*, request: proofs.SignedHttp, now_ms: int) -> minting.Minted:
    """A live code on a signed request. Raises Refused."""
    device, proven = _authenticated(request, now_ms)
    return _mint(minting.Asked(device.handle, proven.created, proven.nonce, now_ms))


def pass_signed(*, request: proofs.SignedHttp, now_ms: int) -> Passed:
    """A pass on a signed request. Raises Refused."""
    device, proven = _authenticated(request, now_ms)
    asked = minting.Asked(device.handle, proven.created, proven.nonce, now_ms, want="pass")
    key = P256Public(bytes(device.public_key))
    return make_pass(_confirm(ask(asked)), minting_keys(), key, now_ms)


def standing(device: Device, now_ms: int) -> minting.Facts:
    """How a phone stands that has just proved itself. Raises Refused when it is gone meanwhile."""
    nonce = secrets.token_urlsafe(16)
    facts = ask(minting.Asked(device.handle, now_ms // 1000, nonce, now_ms, want="nothing"))
    if facts is None:
        raise proofs.not_enrolled()
    return facts


def standing_mark(facts: minting.Facts) -> str | None:
    """The mark that a pass made now would carry; None where the company has no key in force."""
    try:
        return minting.pass_mark(facts, minting_keys())
    except VaultEmpty:
        return None


def visit_signed(*, request: proofs.SignedHttp, now_ms: int) -> tuple[Device, minting.Facts]:
    """The phone that signed and how it stands.

    Raises Refused; a revoked phone is told so and nothing else.
    """
    device, proven = _authenticated(request, now_ms)
    facts = ask(minting.Asked(device.handle, proven.created, proven.nonce, now_ms, want="nothing"))
    if facts is None:
        raise proofs.not_enrolled()
    minting.check_request(facts)
    minting.check_not_revoked(facts)
    return device, facts
