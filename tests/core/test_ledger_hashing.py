"""Canonical bytes and the Merkle tree: nothing can be changed, moved, added or cut without another hash."""

import hashlib
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.ledger import (
    EMPTY_ROOT,
    FIRST_PREVIOUS,
    Checkpoint,
    DeedRecord,
    EventRecord,
    batch_hash,
    checkpoint_bytes,
    checkpoint_hash,
    deed_bytes,
    deed_leaf,
    event_bytes,
    event_leaf,
    inclusion_path,
    leaf_hash,
    merkle_root,
    parse_checkpoint,
    root_from_path,
)
from sallyport.reasons import Reason

# The tree that implementations of RFC 6962 are commonly tested with: leaves, and the root of the first n.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

EVENT = EventRecord(
    company=bytes(range(16)),
    reader=3,
    counter=41,
    at_ms=1_772_000_000_250,
    reader_at_ms=1_772_000_000_200,
    access_point=5,
    credential=1,
    device=2,
    profile=3,
    issued=1_772_000_000,
    nonce=4,
    code_hash=bytes(range(32)),
    granted=True,
    reason=Reason.GRANTED,
    assurance=1,
    policy_epoch=1,
    policy_seq=17,
    offline=False,
    facts='{"v":1}',
)
DEED = DeedRecord(
    company=bytes(range(16)),
    entry=bytes(range(16, 32)),
    at_ms=1_772_000_000_000,
    actor="operator:1",
    verb="device_revoked",
    subject_kind="device",
    handle=2,
    data="{}",
    subject=bytes(range(32, 48)),
    payload=b"ciphertext",
)
hashes = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


@pytest.mark.parametrize("count", sorted(CT_ROOTS))
def test_roots_of_rfc_6962(count: int) -> None:
    assert merkle_root([leaf_hash(leaf) for leaf in CT_LEAVES[:count]]).hex() == CT_ROOTS[count]
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT == merkle_root([])


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = by_definition(leaves[:split]), by_definition(leaves[split:])
    return hashlib.sha256(b"\1" + left + right).digest()


@given(hashes)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == by_definition(leaves)


@given(hashes, st.data())
def test_every_leaf_proves_itself_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(leaves, index)
    root = merkle_root(leaves)
    assert root_from_path(leaves[index], index, len(leaves), path) == root
    assert root_from_path(bytes(32), index, len(leaves), path) != root or leaves[index] == bytes(32)
    for wrong in ([*path, bytes(32)], path[:-1]):
        if wrong != path:
            with pytest.raises(ValueError, match="path is too"):
                root_from_path(leaves[index], index, len(leaves), wrong)


def test_no_path_to_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        inclusion_path([bytes(32)], 1)
    with pytest.raises(ValueError, match="outside"):
        root_from_path(bytes(32), 3, 3, [])


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=20, unique=True), st.data())
def test_change_removal_order_and_insertion_show(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 2))
    swapped = [*leaves[:index], leaves[index + 1], leaves[index], *leaves[index + 2 :]]
    others = [
        [*leaves[:index], bytes(32), *leaves[index + 1 :]],
        [*leaves[:index], *leaves[index + 1 :]],
        [*leaves[:index], bytes(32), *leaves[index:]],
        leaves[:-1],
        swapped,
    ]
    for other in others:
        if other != leaves:
            assert merkle_root(other) != merkle_root(leaves)
            assert batch_hash(other) != batch_hash(leaves)


def test_the_batch_hash_is_the_one_the_database_makes() -> None:
    leaves = [bytes([number]) * 32 for number in range(3)]
    written = b"\x00" + b"sallyport/batch/1" + b"\x00" + (3).to_bytes(4, "big") + b"".join(leaves)
    assert batch_hash(leaves) == hashlib.sha256(written).digest()
    for wrong in ([], [b"short"]):
        with pytest.raises(ValueError, match=r"leaf|bytes"):
            batch_hash(wrong)


CHANGED_EVENT: dict[str, Any] = {
    "company": bytes(16),
    "code_hash": bytes(32),
    "granted": False,
    "reason": Reason.REPLAYED,
    "offline": True,
    "facts": '{"v": 1}',
}


@pytest.mark.parametrize("name", [field.name for field in fields(EventRecord)])
def test_every_field_of_an_event_counts(name: str) -> None:
    changed = replace(EVENT, **{name: CHANGED_EVENT.get(name, 99)})
    assert event_leaf(changed) != event_leaf(EVENT)


@pytest.mark.parametrize("name", ["credential", "device", "profile", "issued", "nonce"])
def test_nothing_is_not_zero(name: str) -> None:
    nothing: dict[str, Any] = {name: None}
    zero: dict[str, Any] = {name: 0}
    assert event_leaf(replace(EVENT, **nothing)) != event_leaf(replace(EVENT, **zero))


def test_the_nonce_of_a_proof_is_told_by_a_bit_of_its_own() -> None:
    nonces = (None, 0, 2**32 - 1, 2**32)
    written = [event_bytes(replace(EVENT, nonce=nonce)) for nonce in nonces]
    assert len(set(written)) == 4
    start = len(b"sallyport/event/1\0")
    assert [data[start] for data in written] == [0b01111, 0b11111, 0b11111, 0b111111]
    # Otherwise written as one whose nonce is nought.
    assert written[3][start + 1 :] == written[1][start + 1 :]


CHANGED_DEED: dict[str, Any] = {
    "company": bytes(16),
    "entry": bytes(16),
    "at_ms": 1,
    "handle": None,
    "subject": None,
    "payload": b"",
}


@pytest.mark.parametrize("name", [field.name for field in fields(DeedRecord)])
def test_every_field_of_a_deed_counts(name: str) -> None:
    changed = replace(DEED, **{name: CHANGED_DEED.get(name, "other")})
    assert deed_leaf(changed) != deed_leaf(DEED)


def test_letters_do_not_wander_between_fields() -> None:
    assert deed_bytes(replace(DEED, actor="a", verb="bc")) != deed_bytes(replace(DEED, actor="ab", verb="c"))


def test_values_of_the_wrong_size_are_refused() -> None:
    for name in ("company", "code_hash"):
        event: dict[str, Any] = {name: b"x"}
        with pytest.raises(ValueError, match="bytes are needed"):
            event_bytes(replace(EVENT, **event))
    for name in ("company", "entry", "subject"):
        deed: dict[str, Any] = {name: b"x"}
        with pytest.raises(ValueError, match="bytes are needed"):
            deed_bytes(replace(DEED, **deed))


def test_a_checkpoint_goes_round_and_links() -> None:
    first = Checkpoint(bytes(range(16)), 1, FIRST_PREVIOUS, bytes(range(32)), 1, 9, 1_772_000_000)
    data = checkpoint_bytes(**{field.name: getattr(first, field.name) for field in fields(first)})
    assert parse_checkpoint(data) == first
    assert checkpoint_hash(data) == hashlib.sha256(data).digest()
    for wrong in (b"", data[:-1], data + b"\0", b"x" + data[1:]):
        with pytest.raises(ValueError, match="not a checkpoint"):
            parse_checkpoint(wrong)


def test_leaves_nodes_and_kinds_never_coincide() -> None:
    assert event_bytes(EVENT).startswith(b"sallyport/event/1\0")
    assert deed_bytes(DEED).startswith(b"sallyport/deed/1\0")
    assert leaf_hash(b"x") != hashlib.sha256(b"x").digest()
