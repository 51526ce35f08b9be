"""What a reader takes as its policy, and what it does not."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.clock import Clock
from edge.encoding import b64, unb64
from edge.holding import Holding
from edge.identity import Identity
from edge.store import Store
from sallyport.keys import Ed25519Signer
from sallyport.offline import BundleWrong, Gone, Judge
from tests.core.vector_keys import OTHER_COMPANY
from tests.edge.firm import COMPANY_ID, CREDENTIAL, POINT, READER, Firm, now_ms


@pytest.fixture
def firm() -> Firm:
    return Firm()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state")


def held(store: Store, firm: Firm) -> Holding:
    """A reader's holding, as after a start."""
    identity = Identity(
        origin="http://acme.localhost",
        company_id=COMPANY_ID,
        company_uid=firm.company.hex(),
        reader=READER,
        access_point=POINT,
        name="Front",
        answer_key=b64(firm.answer.public.raw),
        checkpoint_key=b64(firm.sealing.public.raw),
    )
    return Holding(store, identity, Clock(store))


def told(firm: Firm, **more: Any) -> tuple[bytes, bytes]:
    fields = firm.changes(**{"seq_before": 40, "seq": 41, **more})
    return unb64(fields["bytes"]), unb64(fields["sig"])


def test_a_bundle_and_changes_survive_a_restart(store: Store, firm: Firm) -> None:
    first = held(store, firm)
    first.take_bundle(firm.signed(firm.bundle()))
    assert not first.take_changes(*told(firm, credentials={CREDENTIAL: "revoked"}))
    again = held(store, firm)
    assert again.point == (1, 41)
    assert again.bundle == first.bundle
    assert again.bundle is not None
    assert CREDENTIAL in again.bundle.gone.revoked


def test_a_word_that_nothing_has_changed_takes_no_changes_away(store: Store, firm: Firm) -> None:
    """The server signs one for each socket that opens: from 41 to 41, beside the change from 40 to 41."""
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle(at_ms=1_000_000)))
    late = firm.signed(firm.bundle(at_ms=1_000_000))
    assert not holding.take_changes(*told(firm, at_ms=2_000_000, credentials={CREDENTIAL: "revoked"}))
    assert not holding.take_changes(*told(firm, seq_before=41, at_ms=9_000_000))
    again = held(store, firm)
    again.take_bundle(late)
    for one in (holding, again, held(store, firm)):
        assert one.point == (1, 41)
        assert one.bundle is not None
        assert one.bundle.at_ms == 9_000_000  # and it tells how old the list is
        assert CREDENTIAL in one.bundle.gone.revoked
    assert not again.take_changes(*told(firm, seq_before=41, seq=42, at_ms=9_000_001))
    assert held(store, firm).point == (1, 42)


def test_a_store_that_has_lost_its_changes_waits_for_a_bundle(store: Store, firm: Firm) -> None:
    """As earlier versions wrote it: the word from 41 to 41 in the place of the change to 41."""
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle()))
    holding.take_changes(*told(firm, credentials={CREDENTIAL: "revoked"}))
    fields = firm.changes(seq_before=41, seq=41)
    kept = store.seal(json.dumps([fields["bytes"], fields["sig"]]).encode(), "changes:41")
    with store.write() as db:
        db.execute("insert or replace into changes values (41, ?)", (kept,))
    again = held(store, firm)
    assert (again.point, again.judge) == ((0, 0), None)
    again.take_bundle(firm.signed(firm.bundle(seq=41)))
    assert (again.point, held(store, firm).point) == ((1, 41), (1, 41))


def test_what_only_a_bundle_tells_stays_due(store: Store, firm: Firm) -> None:
    """Changes that ask for a bundle were kept, and the bundle did not come: a restart does not forget it."""
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle(at_ms=1_000_000)))
    assert holding.take_changes(*told(firm, reload=True, credentials={CREDENTIAL: "revoked"}))
    for one in (holding, held(store, firm)):
        assert (one.point, one.behind) == ((1, 40), True)
        assert one.bundle is not None
        assert CREDENTIAL in one.bundle.gone.revoked  # what it does tell counts at once
    # Neither a word that nothing has changed nor the next change ends it, or makes the list any younger.
    assert holding.take_changes(*told(firm, seq_before=41))
    assert holding.take_changes(*told(firm, seq_before=41, seq=42))
    again = held(store, firm)
    again.take_bundle(firm.signed(firm.bundle(at_ms=1_000_001)))  # made before the changes
    for one, at_ms in ((holding, 1_000_000), (again, 1_000_001), (held(store, firm), 1_000_001)):
        assert (one.point, one.behind) == ((1, 40), True)
        assert one.bundle is not None
        assert one.bundle.at_ms == at_ms
    again.take_bundle(firm.signed(firm.bundle(seq=41)))
    for one in (again, held(store, firm)):
        assert (one.point, one.behind) == ((1, 42), False)
    assert not again.take_changes(*told(firm, reload=True, seq=42))  # it knows them


@pytest.mark.parametrize("wrong", ["sig", "bundle_sig", "bundle_key", "bundle"])
def test_a_wrong_part_is_refused_and_what_is_held_stays(store: Store, firm: Firm, wrong: str) -> None:
    holding = held(store, firm)
    before = holding.take_bundle(firm.signed(firm.bundle()))
    answer = firm.signed(firm.bundle()) | {wrong: firm.signed(firm.bundle(seq=41))[wrong]}
    if wrong in {"bundle_sig", "bundle_key"}:
        answer[wrong] = b64(bytes(64 if wrong == "bundle_sig" else 32))
    with pytest.raises(BundleWrong):
        holding.take_bundle(answer)
    assert holding.bundle is before
    assert held(store, firm).bundle == before


def test_an_old_number_is_refused(store: Store, firm: Firm) -> None:
    holding = held(store, firm)
    old = firm.signed(firm.bundle())
    holding.take_bundle(firm.signed(firm.bundle()))
    for _ in range(2):
        with pytest.raises(BundleWrong, match="older"):
            holding.take_bundle(old)
        holding = held(store, firm)  # and after a restart


def test_an_older_number_of_a_higher_epoch_is_taken(store: Store, firm: Firm) -> None:
    """The server is back with an older database: it says so with its epoch, which only grows."""
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle(number=9)))
    holding.take_bundle(firm.signed(firm.bundle(number=4, epoch=2, seq=3)))
    assert holding.point == (2, 3)
    with pytest.raises(BundleWrong):
        holding.take_bundle(firm.signed(firm.bundle(number=10)))


def test_another_readers_and_another_companys_are_refused(store: Store, firm: Firm) -> None:
    holding = held(store, firm)
    with pytest.raises(BundleWrong, match="another reader"):
        holding.take_bundle(firm.signed(firm.bundle(reader=READER + 1)))
    other = Firm(answer=Ed25519Signer.generate(), bundling=Ed25519Signer.generate(), company=OTHER_COMPANY)
    with pytest.raises(BundleWrong):
        holding.take_bundle(other.signed(other.bundle()))
    # Another company on the same server has a bundle key of its own; even under ours it is not taken.
    ours = Firm(company=OTHER_COMPANY)
    with pytest.raises(BundleWrong):
        holding.take_bundle(ours.signed(ours.bundle()))
    assert holding.judge is None


@pytest.mark.parametrize("answer", [None, [], {}, {"bundle": 1}, "x", {"bundle": "é"}])
def test_what_is_no_bundle_is_refused(store: Store, firm: Firm, answer: Any) -> None:
    with pytest.raises(BundleWrong):
        held(store, firm).take_bundle(answer)


def test_a_gap_and_another_epoch_ask_for_a_bundle(store: Store, firm: Firm) -> None:
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle()))
    with pytest.raises(BundleWrong):
        holding.take_changes(*told(firm, seq_before=41, seq=42))
    assert holding.take_changes(*told(firm, reload=True))


def test_changes_under_another_key_are_refused(store: Store, firm: Firm) -> None:
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle()))
    data, _ = told(firm, credentials={CREDENTIAL: ""})
    with pytest.raises(BundleWrong):
        holding.take_changes(data, Ed25519Signer.generate().sign(data))


def test_a_bundle_that_was_overtaken_forgets_no_revocation(store: Store, firm: Firm) -> None:
    """Made at 40, it arrives after the change to 41 came by the socket."""
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle()))
    late = firm.signed(firm.bundle())
    holding.take_changes(*told(firm, credentials={CREDENTIAL: "revoked"}))
    holding.take_bundle(late)
    for one in (holding, held(store, firm)):
        assert one.point == (1, 41)
        assert one.bundle is not None
        assert CREDENTIAL in one.bundle.gone.revoked
    holding.take_bundle(firm.signed(firm.bundle(seq=41)))
    assert store.rows("select count(*) from changes") == [(0,)]


def test_nothing_on_the_disk_can_be_read(store: Store, firm: Firm, tmp_path: Path) -> None:
    holding = held(store, firm)
    bundle = firm.bundle(gone=Gone(revoked=frozenset({CREDENTIAL})))
    holding.take_bundle(firm.signed(bundle))
    store.close()
    raw = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    for entry in bundle.keys:
        assert entry.seal_key not in raw
        assert entry.verify_key not in raw
    assert b"bundle_key" not in raw


def test_a_judge_is_made_of_what_is_held(store: Store, firm: Firm) -> None:
    """A check that cannot fail is a defect: the same code passes before the change and not after it."""
    holding = held(store, firm)
    holding.take_bundle(firm.signed(firm.bundle(mode="code")))
    code, now = firm.code(), now_ms() // 1000

    def granted(judge: Judge | None) -> bool:
        assert judge is not None
        return judge.decide(code, now=now, challenges=(), used=lambda use: False).decision.granted

    assert granted(holding.judge)
    holding.take_changes(*told(firm, credentials={CREDENTIAL: "suspended"}))
    assert not granted(holding.judge)
    assert not granted(Judge(replace(firm.bundle(mode="code"), at_ms=0)))
