"""Pairing: a code is drawn in the console, typed at the reader, and the reader proves its key."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from access.models import AccessPoint
from ledger import services as ledger
from readers import drawn_codes
from readers.drawn_codes import LIFE, LOCATOR_LENGTH, REMEMBERED, code_digest
from readers.keys import verify_key, well_formed
from readers.models import PAIRING_ATTEMPTS, Algorithm, Pairing, Reader, ReaderKind, ReaderState
from readers.refusals import ReaderRefused, Refusal
from readers.services.contacts import begin_anew
from readers.services.registry import clean_name, free_name
from readers.services.renewal import is_taken
from sallyport.reader_protocol import pair_bytes
from vault.services import hash_token

PURPOSE = "reader-pairing"


@dataclass(frozen=True, slots=True)
class PairingTicket:
    """An open pairing with its code, which is shown once and stored nowhere."""

    pairing: Pairing
    code: str

    @property
    def shown(self) -> str:
        """The code in two groups, as people read it aloud."""
        return drawn_codes.shown(self.code)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a reader hands in with a typed code."""

    code: str
    public_key: bytes
    algorithm: str
    nonce: bytes
    signature: bytes

    @property
    def typed(self) -> str:
        """The code as drawn, whatever case, blanks or look-alike letters were typed."""
        return drawn_codes.as_drawn(self.code)

    def holds(self, company: bytes) -> bool:
        """Whether the reader holds the private half of its key, proved for this code and company."""
        signed = pair_bytes(
            company=company, code_hash=code_digest(self.typed), public_key=self.public_key, nonce=self.nonce
        )
        return verify_key(self.algorithm, self.public_key).holds(signed, self.signature)


@dataclass(frozen=True, slots=True)
class PairedReader:
    """The outcome of a pairing. `fresh` is false when a lost answer was asked for again."""

    reader: Reader
    fresh: bool


def start_pairing(
    *, name: str, access_point: AccessPoint, kind: ReaderKind, by: str, replaces: Reader | None = None
) -> PairingTicket:
    """Draw a code for a new reader, or for new hardware in the place of one that is paired already."""
    code = drawn_codes.draw()
    with transaction.atomic():
        if replaces is not None and replaces.state == ReaderState.RETIRED:
            raise ReaderRefused(Refusal.READER_RETIRED)
        pairing = Pairing.objects.create(
            locator=code[:LOCATOR_LENGTH],
            code_hash=hash_token(PURPOSE, code),
            reader=replaces,
            name=clean_name(name, but=replaces.handle if replaces else None),
            access_point=access_point,
            kind=kind,
            created_by=by,
            expires=timezone.now() + LIFE,
        )
        ledger.record(
            actor=by,
            verb="reader_pairing_started",
            subject_kind="access_point",
            handle=access_point.handle,
            data={"pairing": str(pairing.id), "name": pairing.name},
        )
    return PairingTicket(pairing, code)


def pair(*, company: bytes, proof: Proof, now: datetime) -> PairedReader:
    """Make the reader that holds this code and proves its key. Every wrong try is counted and kept."""
    if proof.algorithm not in Algorithm.values or not well_formed(proof.algorithm, proof.public_key):
        raise ReaderRefused(Refusal.KEY_MALFORMED)
    with transaction.atomic():
        outcome = _judge(company, proof, now)
    if isinstance(outcome, Refusal):
        raise ReaderRefused(outcome)
    return outcome


def _judge(company: bytes, proof: Proof, now: datetime) -> PairedReader | Refusal:
    """One try under the pairing's row lock: parallel guesses are counted one by one.

    A refusal is returned, not raised, so that the counted attempt is committed with it.
    """
    typed = proof.typed
    rows = Pairing.objects.select_for_update(of=("self",)).filter(
        locator=typed[:LOCATOR_LENGTH], expires__gt=now - REMEMBERED
    )
    digest = hash_token(PURPOSE, typed)
    candidates = list(rows.order_by("-created_at"))
    matching = [row for row in candidates if hmac.compare_digest(bytes(row.code_hash), digest)]
    if not matching:
        _count_wrong(candidates, now)
        return Refusal.TOO_MANY_ATTEMPTS if _exhausted(candidates, now) else Refusal.CODE_WRONG
    pairing = matching[0]
    if pairing.used_at is not None:
        return _again(pairing, company, proof, now)
    if now >= pairing.expires:
        return Refusal.CODE_EXPIRED
    if pairing.attempts >= PAIRING_ATTEMPTS:
        return Refusal.TOO_MANY_ATTEMPTS
    if not proof.holds(company):
        _count_wrong([pairing], now)
        return Refusal.PROOF_WRONG
    return _admit(pairing, proof, now)


def _count_wrong(candidates: list[Pairing], now: datetime) -> None:
    for row in candidates:
        if row.is_open(now):
            row.attempts += 1
            row.save(update_fields=["attempts"])
            if row.attempts == PAIRING_ATTEMPTS:
                ledger.record(
                    actor="system",
                    verb="reader_pairing_locked",
                    data={"pairing": str(row.id), "name": row.name},
                )


def _exhausted(candidates: list[Pairing], now: datetime) -> bool:
    return any(row.attempts >= PAIRING_ATTEMPTS and now < row.expires for row in candidates)


def _again(pairing: Pairing, company: bytes, proof: Proof, now: datetime) -> PairedReader | Refusal:
    """The same key may ask again while the code lives: its first answer may have been lost on the way."""
    same_key = hmac.compare_digest(bytes(pairing.used_key or b""), proof.public_key)
    if now >= pairing.expires or not same_key or pairing.reader is None:
        return Refusal.CODE_USED
    if not proof.holds(company):
        return Refusal.PROOF_WRONG
    return PairedReader(pairing.reader, fresh=False)


def _admit(pairing: Pairing, proof: Proof, now: datetime) -> PairedReader | Refusal:
    if is_taken(proof.public_key):
        return Refusal.KEY_TAKEN
    reader = pairing.reader
    if reader is None:
        reader = Reader(handle=ledger.next_handle("reader"), kind=pairing.kind)
    elif Reader.objects.select_for_update().get(handle=reader.handle).state == ReaderState.RETIRED:
        return Refusal.READER_RETIRED
    elif begin_anew(reader=reader):
        reader.state = ReaderState.ACTIVE
    reader.name = free_name(pairing.name, but=reader.handle)
    reader.access_point = pairing.access_point
    reader.algorithm = proof.algorithm
    reader.public_key = proof.public_key
    reader.key_since = reader.next_key = reader.key_ends = reader.key_unseen_since = None
    reader.paired_at = reader.last_heard = now
    reader.applied_epoch, reader.applied_seq = ledger.current_policy()
    reader.save()
    pairing.reader, pairing.used_at, pairing.used_key = reader, now, proof.public_key
    pairing.save(update_fields=["reader", "used_at", "used_key"])
    ledger.record(
        actor=reader.actor,
        verb="reader_paired",
        subject_kind="reader",
        handle=reader.handle,
        data={
            "pairing": str(pairing.id),
            "by": pairing.created_by,
            "key": sha256(proof.public_key).hexdigest(),
        },
    )
    return PairedReader(reader, fresh=True)
