"""A reader that was shown two histories: its proof is believed exactly when the company signed it."""

from datetime import UTC, datetime

import pytest

from ledger.models import Checkpoint
from ledger.sealing import checkpoint_bytes, seal
from ledger.verify import verify
from ledger.verify.registry import witnesses
from readers import services
from readers.keys import verify_key
from readers.models import Reader
from readers.receivers import gaps_in_counters
from sallyport.keys import Ed25519Signer
from sallyport.reader_protocol import Fork
from tenants.refs import CompanyRef
from tests.readers.pretend import Pretend

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def checkpoint(in_acme: CompanyRef, dora: Pretend) -> Checkpoint:
    seal(in_acme)
    return Checkpoint.objects.latest("number")


def alarmed(reader: Pretend) -> bool:
    return Reader.objects.get(handle=reader.handle).fork_alarm_at is not None


def test_a_checkpoint_of_ours_raises_the_alarm(
    in_acme: CompanyRef, dora: Pretend, checkpoint: Checkpoint
) -> None:
    data = checkpoint_bytes(in_acme.uid, checkpoint)
    said = Fork(checkpoint.number, data, bytes(checkpoint.signature))
    assert services.raise_proven_fork(dora.handle, said, NOW)
    assert alarmed(dora)


def test_what_we_never_signed_raises_nothing(
    in_acme: CompanyRef, globex: CompanyRef, dora: Pretend, checkpoint: Checkpoint
) -> None:
    data = checkpoint_bytes(in_acme.uid, checkpoint)
    foreign = checkpoint_bytes(globex.uid, checkpoint)
    own = Ed25519Signer.generate()
    for said in (
        Fork(checkpoint.number, data, own.sign(data)),
        Fork(checkpoint.number + 1, data, bytes(checkpoint.signature)),
        Fork(checkpoint.number, foreign, bytes(checkpoint.signature)),
        Fork(checkpoint.number, b"nothing", bytes(64)),
    ):
        assert not services.raise_proven_fork(dora.handle, said, NOW)
    assert not alarmed(dora)


def test_the_verification_hears_what_readers_witnessed(
    in_acme: CompanyRef, dora: Pretend, checkpoint: Checkpoint
) -> None:
    said = dora.witness(checkpoint.number, bytes(checkpoint.hash))
    key = verify_key(dora.key.algorithm, dora.key.public.raw)
    witness = services.Witness(dora.handle, said.number, said.sig, key)
    assert services.record_witnesses(company=in_acme.uid, witnesses=[witness], now=NOW) == [True]
    (seen,) = witnesses["readers"]()
    assert (seen.number, seen.checkpoint_hash) == (checkpoint.number, bytes(checkpoint.hash))
    assert seen.by == f"reader:{dora.handle}"
    report = verify(in_acme)
    assert not report.findings, report.findings


def test_counters_without_events_have_no_gap(in_acme: CompanyRef, dora: Pretend) -> None:
    assert list(gaps_in_counters(None, None)) == []
