"""The offline bundle: exact, small, for one reader, from the company's key and never an older one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.keys import Ed25519Signer
from sallyport.offline import (
    Bundle,
    BundleWrong,
    Gone,
    bundle_bytes,
    changes_bytes,
    open_bundle,
    open_changes,
    pack_handles,
    unpack_handles,
    with_changes,
)
from sallyport.rules import Interval, Schedule
from tests.core.alone import BUNDLE_KEY, READER, bundle, changes
from tests.core.vector_keys import COMPANY, ISSUED, OTHER_COMPANY, derived

HANDLES = st.frozensets(st.integers(1, 2**32 - 1), max_size=200)


@given(HANDLES)
def test_handles_go_round(handles: frozenset[int]) -> None:
    assert unpack_handles(pack_handles(handles)) == handles


@given(st.binary(max_size=40))
def test_each_set_of_handles_has_one_spelling(data: bytes) -> None:
    try:
        handles = unpack_handles(data)
    except ValueError:
        return
    assert pack_handles(handles) == data


def test_ten_thousand_of_a_million_take_thirteen_kibibytes() -> None:
    spread = {1 + int.from_bytes(derived(f"handle {n}", 4), "big") % 1_000_000 for n in range(10_060)}
    assert len(spread) > 9_990
    assert len(pack_handles(spread)) <= 13 * 1024
    assert len(pack_handles(range(100, 1_000_001, 100))) <= 13 * 1024


@pytest.mark.parametrize("handles", [{0}, {2**32}, {-1}])
def test_what_is_no_handle_is_not_packed(handles: set[int]) -> None:
    with pytest.raises(ValueError, match="a handle is"):
        pack_handles(handles)


def opened(data: bytes, signature: bytes | None = None, **told: Any) -> Bundle:
    given: dict[str, Any] = {"company": COMPANY, "reader": READER, "above": 4, "key": BUNDLE_KEY.public}
    return open_bundle(data, BUNDLE_KEY.sign(data) if signature is None else signature, **given | told)


def test_a_bundle_goes_round() -> None:
    night = Schedule(8, (Interval(4, 1320, 360),), ((600, 720),), closed_on_special=False)
    held = bundle(
        door={"levels": {31: (night,), 32: ()}, "unlock_age": 300, "unlock_schedule": night},
        gone=Gone(frozenset({1, 7}), frozenset({2}), frozenset({3}), frozenset({4, 2**32 - 1})),
        profiles={13: (31, 32), 14: ()},
    )
    assert opened(bundle_bytes(held)) == held


@pytest.mark.parametrize(
    "told", [{"company": OTHER_COMPANY}, {"reader": READER + 1}, {"above": 5}, {"above": 6}]
)
def test_another_readers_and_older_ones_are_refused(told: dict[str, Any]) -> None:
    with pytest.raises(BundleWrong):
        opened(bundle_bytes(bundle()), **told)


def test_a_bundle_under_another_signature_is_refused() -> None:
    data = bundle_bytes(bundle())
    stranger = Ed25519Signer(derived("stranger", 32))
    for signature in (stranger.sign(data), b"\0" * 64, b"", BUNDLE_KEY.sign(changes_bytes(changes()))):
        with pytest.raises(BundleWrong, match="not signed"):
            opened(data, signature)


def test_cut_grown_and_flipped_bundles_are_refused() -> None:
    data = bundle_bytes(bundle())
    signature = BUNDLE_KEY.sign(data)
    for place in range(0, len(data), 7):
        flipped = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        with pytest.raises(BundleWrong):
            opened(flipped, signature)
    for wrong in (data[:-1], data + b" ", b"", data[:30]):
        with pytest.raises(BundleWrong):
            opened(wrong)  # even when it is signed so


@pytest.mark.parametrize("body", [b"[]", b"{}", b"not json", b'{"door":null}'])
def test_a_signed_body_that_is_none_is_refused(body: bytes) -> None:
    whole = bundle_bytes(bundle())
    start = whole.index(b"{")
    data = whole[: start - 4] + len(body).to_bytes(4, "big") + body
    with pytest.raises(BundleWrong, match="not understood"):
        opened(data)


@pytest.mark.parametrize("name", ["age", "challenge", "needs"])
def test_a_door_that_is_not_told_whole_is_refused(name: str) -> None:
    """What old facts of a decision may lack would make a bundle's door ask for less."""
    whole = bundle_bytes(bundle())
    start = whole.index(b"{")
    told = json.loads(whole[start:])
    del told["door"][name]
    body = json.dumps(told).encode()
    with pytest.raises(BundleWrong, match="not understood"):
        opened(whole[: start - 4] + len(body).to_bytes(4, "big") + body)


def test_changes_go_round() -> None:
    data = changes_bytes(changes())
    signature = BUNDLE_KEY.sign(data)
    assert open_changes(data, signature, key=BUNDLE_KEY.public, company=COMPANY) == changes()
    for company, key, signed in (
        (OTHER_COMPANY, BUNDLE_KEY, signature),
        (COMPANY, Ed25519Signer(derived("stranger", 32)), signature),
        (COMPANY, BUNDLE_KEY, b"\1" * 64),
    ):
        with pytest.raises(BundleWrong):
            open_changes(data, signed, key=key.public, company=company)


def test_changes_with_an_unknown_list_are_refused() -> None:
    data = changes_bytes(changes(credentials={11: "forgotten"}))
    with pytest.raises(BundleWrong, match="not understood"):
        open_changes(data, BUNDLE_KEY.sign(data), key=BUNDLE_KEY.public, company=COMPANY)


def test_changes_move_handles_from_list_to_list() -> None:
    held = bundle(gone=Gone(suspended=frozenset({11, 20}), devices=frozenset({21})))
    after = with_changes(held, changes())
    assert after.gone == Gone(revoked=frozenset({11}), devices=frozenset({12}))
    assert (after.seq, after.at_ms, after.number) == (42, (ISSUED + 60) * 1000, held.number)
    assert after.profiles == {13: (31,), 14: (31, 40)}


def test_changes_twice_and_changes_of_the_past_change_nothing() -> None:
    after = with_changes(bundle(), changes())
    assert with_changes(after, changes()) == after
    old = changes(seq_before=38, seq=39, credentials={11: ""})
    assert with_changes(after, old) is after


@pytest.mark.parametrize("told", [{"seq_before": 41}, {"epoch": 2}, {"epoch": 0}])
def test_a_gap_is_noticed(told: dict[str, int]) -> None:
    with pytest.raises(BundleWrong, match="missing"):
        with_changes(bundle(), changes(**told))


def test_a_list_that_waits_for_a_new_bundle_does_not_call_itself_newer() -> None:
    assert with_changes(bundle(), changes(reload=True)).at_ms == ISSUED * 1000


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["", "revoked", "suspended", "inactive"]))))
def test_step_by_step_is_the_same_as_at_once(steps: list[tuple[int, str]]) -> None:
    held = bundle()
    for n, (handle, where) in enumerate(steps):
        one = changes(
            seq_before=40 + n, seq=41 + n, credentials={handle: where}, devices={handle: bool(where)}
        )
        held = with_changes(held, one)
    last = dict(steps)
    for name in ("revoked", "suspended", "inactive"):
        assert getattr(held.gone, name) == {handle for handle, where in last.items() if where == name}
    assert held.gone.devices == {handle for handle, where in last.items() if where}
    assert replace(held, gone=Gone()).seq == 40 + len(steps)
