"""Pairing: what admits a reader, and every way in which it must not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import AccessPoint
from ledger.models import LedgerEntry
from readers import selectors, services
from readers.models import Pairing, Reader, ReaderKind, ReaderState
from readers.refusals import ReaderRefused, Refusal
from readers.services import PairedReader, PairingTicket, Proof
from sallyport.keys import Ed25519Signer, P256Signer
from tenants import context
from tenants.refs import CompanyRef
from tests.readers.conftest import BY, lay_door, lay_reader
from tests.readers.pretend import Pretend


@pytest.fixture
def ticket(front_door: AccessPoint) -> PairingTicket:
    return services.start_pairing(name="Dora", access_point=front_door, kind=ReaderKind.BROWSER, by=BY)


def attempt(company: CompanyRef, proof: Proof, *, later: timedelta = timedelta()) -> PairedReader:
    return services.pair(company=company.uid, proof=proof, now=timezone.now() + later)


def refused(company: CompanyRef, proof: Proof, **how: timedelta) -> Refusal:
    with pytest.raises(ReaderRefused) as refusal:
        attempt(company, proof, **how)
    return refusal.value.code


def wrong(code: str) -> str:
    """A code of the same pairing that is not its code."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


@pytest.mark.parametrize("key", [Ed25519Signer.generate(), P256Signer.generate()], ids=["ed25519", "p256"])
def test_the_right_code_and_a_proven_key_make_a_reader(
    in_acme: CompanyRef, ticket: PairingTicket, key: Ed25519Signer | P256Signer
) -> None:
    paired = attempt(in_acme, Pretend(in_acme, key).proof(ticket.shown))

    assert paired.fresh
    row = Reader.objects.get(handle=paired.reader.handle)
    assert (row.name, row.state, row.algorithm) == ("Dora", ReaderState.ACTIVE, key.algorithm)
    assert bytes(row.public_key) == key.public.raw
    deed = LedgerEntry.objects.filter(verb="reader_paired").latest("at")
    assert (deed.actor, deed.handle) == (f"reader:{row.handle}", row.handle)


def test_a_code_is_read_however_it_is_typed(in_acme: CompanyRef, ticket: PairingTicket) -> None:
    sloppy = f" {ticket.shown.lower().replace('0', 'o').replace('1', 'l')} "
    reader = Pretend(in_acme)
    proof = reader.proof(ticket.code)
    typed = Proof(sloppy, proof.public_key, proof.algorithm, proof.nonce, proof.signature)
    assert attempt(in_acme, typed).fresh


def test_the_code_stands_nowhere_in_the_clear(in_acme: CompanyRef, ticket: PairingTicket) -> None:
    row = Pairing.objects.filter(id=ticket.pairing.id).values().get()
    told = repr(row) + repr(list(LedgerEntry.objects.values()))
    assert ticket.code not in told
    assert ticket.code.encode() not in bytes(row["code_hash"])


def test_a_wrong_code_is_counted_and_the_sixth_try_is_too_late(
    in_acme: CompanyRef, ticket: PairingTicket
) -> None:
    reader = Pretend(in_acme)
    for _ in range(4):
        assert refused(in_acme, reader.proof(wrong(ticket.code))) is Refusal.CODE_WRONG
    assert refused(in_acme, reader.proof(wrong(ticket.code))) is Refusal.TOO_MANY_ATTEMPTS
    assert refused(in_acme, reader.proof(ticket.code)) is Refusal.TOO_MANY_ATTEMPTS
    assert not Reader.objects.exists()
    assert LedgerEntry.objects.filter(verb="reader_pairing_locked").count() == 1


def test_four_wrong_tries_still_leave_the_fifth(in_acme: CompanyRef, ticket: PairingTicket) -> None:
    reader = Pretend(in_acme)
    for _ in range(4):
        refused(in_acme, reader.proof(wrong(ticket.code)))
    assert attempt(in_acme, reader.proof(ticket.code)).fresh


def test_an_expired_code_pairs_nothing(in_acme: CompanyRef, ticket: PairingTicket) -> None:
    late = timedelta(minutes=10, seconds=1)
    assert refused(in_acme, Pretend(in_acme).proof(ticket.code), later=late) is Refusal.CODE_EXPIRED


def test_a_used_code_pairs_no_second_key(in_acme: CompanyRef, ticket: PairingTicket) -> None:
    attempt(in_acme, Pretend(in_acme).proof(ticket.code))
    assert refused(in_acme, Pretend(in_acme).proof(ticket.code)) is Refusal.CODE_USED
    assert Reader.objects.count() == 1


def test_a_lost_answer_may_be_asked_for_again_while_the_code_lives(
    in_acme: CompanyRef, ticket: PairingTicket
) -> None:
    reader = Pretend(in_acme)
    first = attempt(in_acme, reader.proof(ticket.code))
    again = attempt(in_acme, reader.proof(ticket.code))
    assert (again.fresh, again.reader.handle) == (False, first.reader.handle)
    assert refused(in_acme, reader.proof(ticket.code), later=timedelta(minutes=11)) is Refusal.CODE_USED


def test_a_replayed_proof_pairs_no_other_reader(
    in_acme: CompanyRef, ticket: PairingTicket, front_door: AccessPoint
) -> None:
    seen = Pretend(in_acme).proof(ticket.code)
    attempt(in_acme, seen)
    other = services.start_pairing(name="Dock", access_point=front_door, kind=ReaderKind.PROGRAM, by=BY)
    replayed = Proof(other.code, seen.public_key, seen.algorithm, seen.nonce, seen.signature)
    assert refused(in_acme, replayed) is Refusal.PROOF_WRONG
    assert Reader.objects.count() == 1


@pytest.mark.parametrize("part", ["public_key", "nonce", "signature"])
def test_a_proof_with_another_part_is_no_proof(in_acme: CompanyRef, ticket: PairingTicket, part: str) -> None:
    other = Pretend(in_acme).proof(ticket.code)
    proof = Pretend(in_acme).proof(ticket.code, **{part: getattr(other, part)})
    if part == "nonce":  # the helper signs the nonce that it is given
        proof = Proof(proof.code, proof.public_key, proof.algorithm, b"x" * 16, proof.signature)
    assert refused(in_acme, proof) is Refusal.PROOF_WRONG
    assert Pairing.objects.get(id=ticket.pairing.id).attempts == 1


def test_a_proof_for_another_company_is_no_proof(
    in_acme: CompanyRef, globex: CompanyRef, ticket: PairingTicket
) -> None:
    assert refused(in_acme, Pretend(globex).proof(ticket.code)) is Refusal.PROOF_WRONG


def test_a_code_of_another_company_is_nothing_here(
    in_acme: CompanyRef, globex: CompanyRef, ticket: PairingTicket
) -> None:
    with context.enter(globex):
        assert refused(globex, Pretend(globex).proof(ticket.code)) is Refusal.CODE_WRONG
    assert Pairing.objects.get(id=ticket.pairing.id).attempts == 0


@pytest.mark.parametrize(
    ("algorithm", "raw"),
    [
        ("ed25519", b"k" * 31),
        ("ecdsa-p256-sha256", b"\4" + b"k" * 64),
        ("ecdsa-p256-sha256", b"k" * 32),
        ("rsa-pss-sha512", b"k" * 32),
    ],
)
def test_a_key_that_is_none_is_refused_before_the_code_is_looked_at(
    in_acme: CompanyRef, ticket: PairingTicket, algorithm: str, raw: bytes
) -> None:
    proof = Pretend(in_acme).proof(ticket.code, algorithm=algorithm, public_key=raw)
    assert refused(in_acme, proof) is Refusal.KEY_MALFORMED
    assert Pairing.objects.get(id=ticket.pairing.id).attempts == 0


def test_one_key_is_one_reader(in_acme: CompanyRef, dora: Pretend, front_door: AccessPoint) -> None:
    second = services.start_pairing(name="Dock", access_point=front_door, kind=ReaderKind.PROGRAM, by=BY)
    assert refused(in_acme, dora.proof(second.code)) is Refusal.KEY_TAKEN


def test_new_hardware_takes_the_place_and_the_handle(
    in_acme: CompanyRef, dora: Pretend, front_door: AccessPoint
) -> None:
    old = Reader.objects.get(handle=dora.handle)
    ticket = services.start_pairing(
        name="Dora", access_point=front_door, kind=ReaderKind.PROGRAM, by=BY, replaces=old
    )
    fresh = Pretend(in_acme)
    paired = attempt(in_acme, fresh.proof(ticket.code))
    assert paired.reader.handle == dora.handle
    key = selectors.reader_key(dora.handle)
    assert key is not None
    assert key.public_key == fresh.key.public.raw


def test_a_name_taken_meanwhile_gets_a_number(in_acme: CompanyRef, ticket: PairingTicket) -> None:
    lay_reader(in_acme, "Dora", lay_door("Side"))
    assert attempt(in_acme, Pretend(in_acme).proof(ticket.code)).reader.name == "Dora 2"


def test_two_open_pairings_with_one_locator_do_not_disturb_one_another(
    in_acme: CompanyRef, ticket: PairingTicket, front_door: AccessPoint
) -> None:
    other = services.start_pairing(name="Dock", access_point=front_door, kind=ReaderKind.PROGRAM, by=BY)
    Pairing.objects.filter(id=other.pairing.id).update(locator=ticket.pairing.locator)
    assert attempt(in_acme, Pretend(in_acme).proof(ticket.code)).reader.name == "Dora"
