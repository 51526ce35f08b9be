"""What readers and the server sign, and the frames of the socket."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport import answers
from sallyport.keys import BadSignature, Ed25519Signer, P256Signer
from sallyport.reader_protocol import (
    LARGEST,
    LARGEST_EPOCH,
    MAX_FRAME,
    Ack,
    Challenge,
    CheckpointPush,
    Delta,
    Hello,
    Message,
    Ping,
    Pong,
    ProtocolError,
    Ready,
    Witness,
    ack_bytes,
    decode,
    encode,
    hello_bytes,
    pair_bytes,
    renew_bytes,
    renewed_bytes,
    witness_bytes,
)
from sallyport.reasons import Reason

COMPANY = bytes(range(16))
HASH = bytes(range(32))
whole = st.integers(0, LARGEST)
epochs = st.integers(0, LARGEST_EPOCH)
sigs = st.binary(min_size=64, max_size=64)
short = st.text(max_size=40)
changed = st.lists(st.tuples(whole, short, whole), max_size=5).map(tuple)
messages = st.one_of(
    st.builds(Challenge, st.binary(max_size=64)),
    st.builds(Hello, short, epochs, whole, sigs),
    st.builds(Delta, epochs, whole, changed),
    st.builds(Delta, epochs, whole, changed, st.binary(min_size=1, max_size=200), sigs),
    st.builds(Ack, epochs, whole, whole, sigs),
    st.builds(Ready, epochs, whole),
    st.builds(CheckpointPush, whole, st.binary(max_size=200), sigs),
    st.builds(Witness, whole, sigs),
    st.just(Ping()),
    st.just(Pong()),
)


@given(messages)
def test_every_message_goes_round(message: Message) -> None:
    assert decode(encode(message)) == message


def test_the_frames_as_they_are_written() -> None:
    assert encode(Delta(1, 18, ((18, "device", 2),))) == (
        '{"t":"delta","epoch":1,"seq":18,"changes":[[18,"device",2]]}'
    )
    assert encode(Delta(1, 18, (), b"\0\1", bytes(64))) == (
        '{"t":"delta","epoch":1,"seq":18,"changes":[],"bytes":"AAE=","sig":"' + SIG + '"}'
    )
    assert encode(Challenge(b"\0\1")) == '{"t":"challenge","nonce":"AAE="}'
    assert json.loads(encode(Ack(1, 2, 3, bytes(64)))) == {
        "t": "ack",
        "epoch": 1,
        "seq": 2,
        "at_ms": 3,
        "sig": "A" * 86 + "==",
    }
    assert encode(Ping()) == '{"t":"ping"}'


SIG = "A" * 86 + "=="


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "[]",
        "7",
        '"ping"',
        "{}",
        '{"t":7}',
        '{"t":["ping"]}',
        '{"t":"nonsense"}',
        '{"t":"ready"}',
        '{"t":"ready","epoch":1}',
        '{"t":"ready","epoch":true,"seq":1}',
        '{"t":"ready","epoch":1.0,"seq":1}',
        '{"t":"ready","epoch":-1,"seq":1}',
        '{"t":"ready","epoch":"1","seq":1}',
        f'{{"t":"ready","epoch":1,"seq":{LARGEST + 1}}}',
        '{"t":"ready","epoch":1,"seq":1e999}',
        '{"t":"ready","epoch":1,"seq":NaN}',
        '{"t":"challenge","nonce":7}',
        '{"t":"challenge","nonce":"*"}',
        '{"t":"challenge","nonce":"AA"}',
        '{"t":"challenge","nonce":"é"}',
        '{"t":"witness","number":1,"sig":"AAAA"}',
        f'{{"t":"hello","keyid":7,"epoch":1,"seq":1,"sig":"{SIG}"}}',
        f'{{"t":"hello","keyid":"{"k" * 201}","epoch":1,"seq":1,"sig":"{SIG}"}}',
        '{"t":"delta","epoch":1,"seq":1}',
        '{"t":"delta","epoch":1,"seq":1,"changes":{}}',
        '{"t":"delta","epoch":1,"seq":1,"changes":[7]}',
        '{"t":"delta","epoch":1,"seq":1,"changes":[[1,"device"]]}',
        '{"t":"delta","epoch":1,"seq":1,"changes":[["1","device",2]]}',
        '{"t":"delta","epoch":1,"seq":1,"changes":[[1,2,3]]}',
        '{"t":"delta","epoch":1,"seq":1,"changes":[],"bytes":"AAE="}',
        f'{{"t":"delta","epoch":1,"seq":1,"changes":[],"sig":"{SIG}"}}',
        '{"t":"delta","epoch":1,"seq":1,"changes":[],"bytes":"AAE=","sig":"AAE="}',
        f'{{"t":"delta","epoch":1,"seq":1,"changes":[],"bytes":null,"sig":"{SIG}"}}',
        "[" * 100_000,
        '{"t":' * 50_000,
        '{"t":"ping"}' + " " * MAX_FRAME,
    ],
    ids=lambda frame: frame[:60],
)
def test_what_is_no_message_is_refused(frame: str) -> None:
    with pytest.raises(ProtocolError):
        decode(frame)


@given(st.text())
def test_any_text_is_a_message_or_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        decode(text)


def signed_texts() -> list[bytes]:
    """One of each kind, and each with one part changed."""
    one: dict[str, Any] = {"company": COMPANY, "reader": 3}
    return [
        hello_bytes(**one, server_nonce=HASH, epoch=1, seq=17),
        hello_bytes(**one, server_nonce=HASH[:-1], epoch=1, seq=17),
        hello_bytes(**one, server_nonce=HASH, epoch=2, seq=17),
        hello_bytes(**one, server_nonce=HASH, epoch=1, seq=18),
        hello_bytes(company=COMPANY, reader=4, server_nonce=HASH, epoch=1, seq=17),
        ack_bytes(**one, epoch=1, seq=17, at_ms=5),
        ack_bytes(**one, epoch=1, seq=18, at_ms=5),
        ack_bytes(**one, epoch=1, seq=17, at_ms=6),
        ack_bytes(company=COMPANY[::-1], reader=3, epoch=1, seq=17, at_ms=5),
        witness_bytes(**one, number=1, checkpoint_hash=HASH),
        witness_bytes(**one, number=2, checkpoint_hash=HASH),
        witness_bytes(**one, number=1, checkpoint_hash=HASH[::-1]),
        pair_bytes(company=COMPANY, code_hash=HASH, public_key=b"ab", nonce=b"c"),
        pair_bytes(company=COMPANY, code_hash=HASH, public_key=b"a", nonce=b"bc"),
        renew_bytes(**one, new_key=b"a", old_key=b"b"),
        renew_bytes(**one, new_key=b"b", old_key=b"a"),
        renew_bytes(company=COMPANY, reader=4, new_key=b"a", old_key=b"b"),
        renew_bytes(company=COMPANY[::-1], reader=3, new_key=b"a", old_key=b"b"),
        renewed_bytes(**one, new_key=b"a", until_ms=5),
        renewed_bytes(**one, new_key=b"b", until_ms=5),
        renewed_bytes(**one, new_key=b"a", until_ms=6),
        renewed_bytes(company=COMPANY, reader=4, new_key=b"a", until_ms=5),
    ]


def test_no_two_things_that_are_signed_read_alike() -> None:
    texts = signed_texts()
    assert len(set(texts)) == len(texts)
    assert all(text.startswith(b"sallyport/") and b"/1\0" in text[:24] for text in texts)


def test_values_of_the_wrong_size_are_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        ack_bytes(company=b"", reader=1, epoch=1, seq=1, at_ms=1)
    with pytest.raises(ValueError, match="32 bytes"):
        witness_bytes(company=COMPANY, reader=1, number=1, checkpoint_hash=b"")
    with pytest.raises(ValueError, match="32 bytes"):
        pair_bytes(company=COMPANY, code_hash=b"", public_key=b"", nonce=b"")


ANSWER: dict[str, Any] = {
    "company": COMPANY,
    "reader": 3,
    "counter": 41,
    "access_point": 5,
    "code_hash": HASH,
    "granted": True,
    "reason": Reason.GRANTED,
    "pulse_ms": 5000,
}


@pytest.mark.parametrize("key", [Ed25519Signer(bytes(range(32))), P256Signer(bytes(range(32)))])
def test_an_answer_holds_for_its_own_question_alone(key: Ed25519Signer | P256Signer) -> None:
    answer = answers.answer_bytes(**ANSWER)
    signature = answers.sign(answer, key)
    answers.verify(answer, signature, key.public)
    changes = {
        "company": COMPANY[::-1],
        "reader": 4,
        "counter": 42,
        "access_point": 6,
        "code_hash": HASH[::-1],
        "granted": False,
        "reason": Reason.REPLAYED,
        "pulse_ms": 5001,
    }
    for name, value in changes.items():
        other = answers.answer_bytes(**(ANSWER | {name: value}))
        with pytest.raises(BadSignature):
            answers.verify(other, signature, key.public)


def test_an_answer_of_the_wrong_size_is_refused() -> None:
    for wrong in ({"company": b"x"}, {"code_hash": b"x"}):
        with pytest.raises(ValueError, match="company 16"):
            answers.answer_bytes(**(ANSWER | wrong))
