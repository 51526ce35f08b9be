"""A tablet becomes a kiosk: a code is drawn in the console, typed at the tablet, which proves its key.

As readers are paired (`readers.services.pairing`), but by P-256 keys alone and under a label of its own.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from access.models import Site
from ledger import services as ledger
from readers import drawn_codes
from readers.drawn_codes import LIFE, LOCATOR_LENGTH, REMEMBERED
from readers.keys import verify_key, well_formed
from readers.models import PAIRING_ATTEMPTS
from sallyport.keys import P256Public, thumbprint
from sallyport.kiosk_protocol import pair_bytes
from vault.services import hash_token
from visitors.models import Kiosk, KioskPairing
from visitors.refusals import Refused
from visitors.services.kiosks import Setting, clean, exit_hash, free_name

ALGORITHM = "ecdsa-p256-sha256"
PURPOSE = "kiosk.pairing"


@dataclass(frozen=True, slots=True)
class KioskTicket:
    """An open pairing with its code, which is shown once and stored nowhere."""

    pairing: KioskPairing
    code: str

    @property
    def shown(self) -> str:
        """The code in two groups, as people read it aloud."""
        return drawn_codes.shown(self.code)


@dataclass(frozen=True, slots=True)
class KioskProof:
    """What a tablet hands in with a typed code."""

    code: str
    public_key: bytes
    algorithm: str
    nonce: bytes
    signature: bytes

    @property
    def typed(self) -> str:
        """The code as drawn."""
        return drawn_codes.as_drawn(self.code)

    def holds(self, company: bytes) -> bool:
        """Whether the tablet holds the private half of its key, proved for this code and company."""
        digest = drawn_codes.code_digest(self.typed)
        signed = pair_bytes(company=company, code_hash=digest, public_key=self.public_key, nonce=self.nonce)
        return verify_key(self.algorithm, self.public_key).holds(signed, self.signature)


@dataclass(frozen=True, slots=True)
class PairedKiosk:
    """The outcome of a pairing. `fresh` is false when a lost answer was asked for again."""

    kiosk: Kiosk
    fresh: bool


def start_pairing(*, site: Site, setting: Setting, exit_code: str, by: str) -> KioskTicket:
    """Draw a code for a new kiosk at a site.

    Raises Refused: name_malformed, name_taken, no_language, exit_code_malformed.
    """
    tidy = clean(setting)
    hashed = exit_hash(exit_code)
    code = drawn_codes.draw()
    with transaction.atomic():
        pairing = KioskPairing.objects.create(
            locator=code[:LOCATOR_LENGTH],
            code_hash=hash_token(PURPOSE, code),
            name=tidy.name,
            site=site,
            languages=list(tidy.languages),
            printer=tidy.printer,
            exit_hash=hashed,
            created_by=by,
            expires=timezone.now() + LIFE,
        )
        told = {"pairing": str(pairing.pk), "name": pairing.name}
        ledger.record(actor=by, verb="kiosk_pairing_started", subject_kind="site", handle=site.pk, data=told)
    return KioskTicket(pairing, code)


def pair(*, company: bytes, proof: KioskProof, now: datetime) -> PairedKiosk:
    """Make the kiosk that holds this code and proves its key. Every wrong try is counted and kept.

    Raises Refused: key_malformed, code_wrong, code_expired, code_used, too_many_attempts, proof_wrong,
    key_taken.
    """
    if proof.algorithm != ALGORITHM or not well_formed(proof.algorithm, proof.public_key):
        raise Refused("key_malformed", "The tablet sent a key that cannot be read.", status=403)
    with transaction.atomic():
        outcome = _judge(company, proof, now)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _judge(company: bytes, proof: KioskProof, now: datetime) -> PairedKiosk | Refused:
    """One try under the pairing's row lock: parallel guesses are counted one by one.

    A refusal is returned, not raised, so that the counted attempt is committed with it.
    """
    typed = proof.typed
    rows = KioskPairing.objects.select_for_update(of=("self",)).filter(
        locator=typed[:LOCATOR_LENGTH], expires__gt=now - REMEMBERED
    )
    candidates = list(rows.order_by("-created_at"))
    digest = hash_token(PURPOSE, typed)
    matching = [row for row in candidates if hmac.compare_digest(bytes(row.code_hash), digest)]
    if not matching:
        _count_wrong(candidates, now)
        locked = any(row.attempts >= PAIRING_ATTEMPTS and now < row.expires for row in candidates)
        return _locked() if locked else _wrong()
    pairing = matching[0]
    if pairing.used_at is not None:
        return _again(pairing, company, proof, now)
    if now >= pairing.expires:
        return Refused("code_expired", "This code is too old. Ask for a new one in the console.", status=410)
    if pairing.attempts >= PAIRING_ATTEMPTS:
        return _locked()
    if not proof.holds(company):
        _count_wrong([pairing], now)
        return _unproven()
    return _admit(pairing, proof, now)


def _wrong() -> Refused:
    text = "This code is not right. Check it and type it again."
    return Refused("code_wrong", text, status=403, retry=True)


def _locked() -> Refused:
    text = "This code was typed wrongly too often. Ask for a new one in the console."
    return Refused("too_many_attempts", text, status=429)


def _unproven() -> Refused:
    text = "The tablet could not prove that it holds its key. Reload the page and try again."
    return Refused("proof_wrong", text, status=403, retry=True)


def _count_wrong(candidates: list[KioskPairing], now: datetime) -> None:
    for row in candidates:
        if not row.is_open(now):
            continue
        row.attempts += 1
        row.save(update_fields=["attempts"])
        if row.attempts == PAIRING_ATTEMPTS:
            told = {"pairing": str(row.pk), "name": row.name}
            ledger.record(actor="system", verb="kiosk_pairing_locked", data=told)


def _again(pairing: KioskPairing, company: bytes, proof: KioskProof, now: datetime) -> PairedKiosk | Refused:
    """The same key may ask again while the code lives: its first answer may have been lost on the way."""
    same_key = hmac.compare_digest(bytes(pairing.used_key or b""), proof.public_key)
    if now >= pairing.expires or not same_key or pairing.kiosk is None:
        return Refused(
            "code_used", "This code was already used. Ask for a new one in the console.", status=410
        )
    return PairedKiosk(pairing.kiosk, fresh=False) if proof.holds(company) else _unproven()


def _admit(pairing: KioskPairing, proof: KioskProof, now: datetime) -> PairedKiosk | Refused:
    printed = thumbprint(P256Public(proof.public_key))
    if Kiosk.objects.filter(thumbprint=printed).exists():
        return Refused("key_taken", "This tablet was a kiosk before. Reset it and pair it anew.")
    kiosk = Kiosk.objects.create(
        handle=ledger.next_handle("kiosk"),
        name=free_name(pairing.name),
        site=pairing.site,
        public_key=proof.public_key,
        thumbprint=printed,
        languages=pairing.languages,
        printer=pairing.printer,
        exit_hash=pairing.exit_hash,
        paired_at=now,
        last_heard=now,
    )
    pairing.kiosk, pairing.used_at, pairing.used_key = kiosk, now, proof.public_key
    pairing.save(update_fields=["kiosk", "used_at", "used_key"])
    told = {"pairing": str(pairing.pk), "by": pairing.created_by}
    told |= {"key": sha256(proof.public_key).hexdigest()}
    ledger.record(
        actor=kiosk.actor, verb="kiosk_paired", subject_kind="kiosk", handle=kiosk.handle, data=told
    )
    return PairedKiosk(kiosk, fresh=True)
