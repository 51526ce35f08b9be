"""Makes docs/vectors/*.json: `python -m tests.core.vectors`. Keys come from labels: none is secret."""

import json
from pathlib import Path
from typing import Any

from sallyport import answers, http_signatures, key_list, ledger, offline, reader_protocol
from sallyport.codes import LiveContents, MintingKeys, code_hash, mint_live, unlock_flags
from sallyport.codes.layout import LIVE, CodeFormat, associated_data, signature_context, to_text
from sallyport.keys import Ed25519Signer, thumbprint
from sallyport.reasons import Reason
from tests.core import alone
from tests.core.pass_vectors import day_pass, pass_and_proof
from tests.core.spellings import spellings
from tests.core.vector_keys import (
    COMPANY,
    ISSUED,
    KEY_ID,
    KEY_SETS,
    LIFE,
    OTHER_COMPANY,
    UNKNOWN_ID,
    derived,
    minting,
    sealed,
    signed_inside,
)

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "vectors"


def sealed_text(inner: bytes, *, company: bytes = COMPANY, seal: bytes | None = None) -> str:
    """A code with any inside, as somebody who holds the sealing key could make it."""
    return to_text(LIVE, sealed(CodeFormat.LIVE, inner, company=company, seal=seal))


def _good(name: str, contents: LiveContents) -> dict[str, Any]:
    text = mint_live(contents, minting())
    packed = contents.pack()
    context = signature_context(CodeFormat.LIVE, KEY_ID, COMPANY)
    return {
        "name": name,
        "key_id": KEY_ID,
        "contents": contents._asdict(),
        "packed": packed.hex(),
        "signed_bytes": (context + packed).hex(),
        "signature": Ed25519Signer(derived("in use sign", 32)).sign(context + packed).hex(),
        "associated_data": associated_data(CodeFormat.LIVE, KEY_ID, COMPANY).hex(),
        "bytes": int(text[3:]).to_bytes(LIVE.size, "big").hex(),
        "text": text,
        "opens_from": contents.issued - 2,
        "opens_until": contents.issued + LIFE + 2,
    }


def _refused() -> list[tuple[str, str, int, Reason]]:
    contents = LiveContents(11, 12, 13, 1, ISSUED, 14)
    packed = contents.pack()
    text = mint_live(contents, minting())
    number = int(text[3:])
    context = signature_context(CodeFormat.LIVE, KEY_ID, COMPANY)
    signed = signed_inside(packed, context)
    other = signature_context(CodeFormat.LIVE, KEY_ID, OTHER_COMPANY)
    day_pass = signature_context(CodeFormat.DAY_PASS, KEY_ID, COMPANY)
    flagged = packed[:10] + b"\x80" + packed[11:]  # minutes since an unlock that was not
    unknown = MintingKeys(UNKNOWN_ID, COMPANY, derived("in use seal", 64), derived("in use sign", 32))
    foreign, retired = mint_live(contents, minting("foreign")), mint_live(contents, minting("retired"))
    return [
        ("key id of nobody", mint_live(contents, unknown), ISSUED, Reason.UNKNOWN_KEY),
        ("the largest number", "101" + str((1 << 824) - 1), ISSUED, Reason.UNKNOWN_KEY),
        ("the number zero", "101" + "0" * 249, ISSUED, Reason.UNKNOWN_KEY),
        ("made with a set after it was retired", retired, ISSUED, Reason.UNKNOWN_KEY),
        ("another company's code", foreign, ISSUED, Reason.WRONG_COMPANY),
        ("last bit flipped", "101" + str(number ^ 1).zfill(249), ISSUED, Reason.BAD_SEAL),
        ("sealed for another company", sealed_text(signed, company=OTHER_COMPANY), ISSUED, Reason.BAD_SEAL),
        ("sealed with another key", sealed_text(signed, seal=bytes(64)), ISSUED, Reason.BAD_SEAL),
        ("sealed but not signed", sealed_text(packed + bytes(64)), ISSUED, Reason.BAD_SIGNATURE),
        (
            "signed by another key",
            sealed_text(signed_inside(packed, context, "foreign sign")),
            ISSUED,
            Reason.BAD_SIGNATURE,
        ),
        (
            "signed for another company",
            sealed_text(signed_inside(packed, other)),
            ISSUED,
            Reason.BAD_SIGNATURE,
        ),
        ("signed as a day pass", sealed_text(signed_inside(packed, day_pass)), ISSUED, Reason.BAD_SIGNATURE),
        (
            "minutes without an unlock",
            sealed_text(signed_inside(flagged, context)),
            ISSUED,
            Reason.MALFORMED,
        ),
        ("three seconds early", text, ISSUED - 3, Reason.NOT_YET_VALID),
        ("three seconds late", text, ISSUED + LIFE + 3, Reason.EXPIRED),
    ]


def live() -> dict[str, Any]:
    """docs/vectors/live.json."""
    text = mint_live(LiveContents(1, 2, 3, 1, ISSUED, 4), minting())
    top = 2**32 - 1
    bad = [(name, shape, ISSUED, Reason.MALFORMED) for name, shape in spellings(LIVE, text)] + _refused()
    return {
        "about": "Live codes, format 1 version 01, see docs/code-format.md. Keys made for these vectors.",
        "life": LIFE,
        "keys": [KEY_SETS["in_use"], KEY_SETS["retired"]],
        "foreign_keys": [KEY_SETS["foreign"]],
        "good": [
            _good("small numbers", LiveContents(1, 2, 3, 1, ISSUED, 4)),
            _good("no flag", LiveContents(1, 2, 3, 0, ISSUED, 4)),
            _good("largest numbers", LiveContents(top, top, 65_535, 1, ISSUED, top)),
            _good("zeros", LiveContents(0, 0, 0, 0, ISSUED, 0)),
            _good("unlocked five minutes ago", LiveContents(1, 2, 3, unlock_flags(5), ISSUED, 4)),
            _good("unlocked as long ago as can be said", LiveContents(1, 2, 3, unlock_flags(127), ISSUED, 4)),
        ],
        "bad": [
            {"name": name, "text": shape, "now": now, "reason": reason.value}
            for name, shape, now, reason in bad
        ],
    }


def _event() -> ledger.EventRecord:
    return ledger.EventRecord(
        company=COMPANY,
        reader=3,
        counter=41,
        at_ms=ISSUED * 1000 + 250,
        reader_at_ms=ISSUED * 1000 + 200,
        access_point=5,
        credential=1,
        device=2,
        profile=3,
        issued=ISSUED,
        nonce=4,
        code_hash=code_hash("a code"),
        granted=True,
        reason=Reason.GRANTED,
        assurance=1,
        policy_epoch=1,
        policy_seq=17,
        offline=False,
        facts='{"v":1}',
    )


def _deed() -> ledger.DeedRecord:
    return ledger.DeedRecord(
        company=COMPANY,
        entry=derived("entry", 16),
        at_ms=ISSUED * 1000,
        actor="operator:1",
        verb="device_revoked",
        subject_kind="device",
        handle=2,
        data="{}",
        subject=derived("subject", 16),
        payload=b"ciphertext",
    )


def _texts(key: Ed25519Signer, checkpoint: bytes) -> dict[str, bytes]:
    return {
        "answer": answers.answer_bytes(
            company=COMPANY,
            reader=3,
            counter=41,
            access_point=5,
            code_hash=code_hash("a code"),
            granted=True,
            reason=Reason.GRANTED,
            pulse_ms=5000,
        ),
        "next": answers.next_bytes(
            company=COMPANY, reader=3, counter=41, challenge=True, nonce="0123456789abcdef"
        ),
        "told": answers.told_bytes(
            company=COMPANY, reader=3, status=409, body=b'{"code":"a code"}', nonce="0123456789abcdef"
        ),
        "hello": reader_protocol.hello_bytes(
            company=COMPANY, reader=3, server_nonce=derived("nonce", 32), epoch=1, seq=17
        ),
        "ack": reader_protocol.ack_bytes(company=COMPANY, reader=3, epoch=1, seq=18, at_ms=ISSUED * 1000),
        "witness": reader_protocol.witness_bytes(
            company=COMPANY, reader=3, number=1, checkpoint_hash=ledger.checkpoint_hash(checkpoint)
        ),
        "pair": reader_protocol.pair_bytes(
            company=COMPANY,
            code_hash=code_hash("ABCD1234"),
            public_key=key.public.raw,
            nonce=derived("pairing", 16),
        ),
        "renew": reader_protocol.renew_bytes(
            company=COMPANY, reader=3, new_key=key.public.raw, old_key=derived("old key", 32)
        ),
        "renewed": reader_protocol.renewed_bytes(
            company=COMPANY, reader=3, new_key=key.public.raw, until_ms=ISSUED * 1000
        ),
        "bundle-key": key_list.bundle_key_bytes(company=COMPANY, bundle_key=key.public.raw),
        "keys": key_list.key_list_bytes(
            company=COMPANY, reader=3, at_ms=ISSUED * 1000, entries=_entries(key)
        ),
        "bundle": offline.bundle_bytes(alone.bundle(gone=alone.GONE)),
        "changes": offline.changes_bytes(alone.changes()),
        "journal": offline.entry_bytes(alone.entry(), company=COMPANY, reader=alone.READER),
        "checkpoint": checkpoint,
    }


def _entries(key: Ed25519Signer) -> list[key_list.KeyEntry]:
    """A set that has ended, and the newest, which has not."""
    return [
        key_list.KeyEntry(
            KEY_ID + place, derived(f"seal of set {place}", 64), key.public.raw, ISSUED + place, until
        )
        for place, until in enumerate((ISSUED + 86_400, None))
    ]


def _request(key: Ed25519Signer) -> dict[str, Any]:
    method, url, body = "POST", "https://acme.example.com/api/v1/scans", '{"counter":1}'
    headers = http_signatures.sign_request(
        method=method,
        url=url,
        body=body.encode(),
        key=key,
        keyid="reader:1:3",
        created=ISSUED,
        nonce="AAECAwQFBgcICQoLDA0ODw",
    )
    return {"method": method, "url": url, "body": body, "headers": headers}


def signed() -> dict[str, Any]:
    """docs/vectors/signed.json: every byte string that is signed or hashed, with an Ed25519 signature."""
    key = Ed25519Signer(derived("signed", 32))
    event, deed = _event(), _deed()
    leaves = [ledger.event_leaf(event), ledger.deed_leaf(deed)]
    batches = [ledger.batch_hash(leaves), ledger.batch_hash(leaves[:1]), ledger.batch_hash(leaves[1:])]
    checkpoint = ledger.checkpoint_bytes(
        company=COMPANY,
        number=1,
        previous_hash=ledger.FIRST_PREVIOUS,
        root=ledger.merkle_root(batches),
        first_position=1,
        last_position=3,
        at=ISSUED,
    )
    public = key.public
    return {
        "about": "Bytes that are signed or hashed, see docs/signed-bytes.md. Key made for these vectors.",
        "key": {"seed": key.seed.hex(), "public": public.raw.hex(), "thumbprint": thumbprint(public)},
        "company": COMPANY.hex(),
        "signed": {
            name: {"bytes": data.hex(), "signature": key.sign(data).hex()}
            for name, data in _texts(key, checkpoint).items()
        },
        "ledger": {
            "event": ledger.event_bytes(event).hex(),
            "event_leaf": leaves[0].hex(),
            "deed": ledger.deed_bytes(deed).hex(),
            "deed_leaf": leaves[1].hex(),
            "batches": [batch.hex() for batch in batches],
            "root": ledger.merkle_root(batches).hex(),
            "path_of_last": [node.hex() for node in ledger.inclusion_path(batches, 2)],
            "checkpoint_hash": ledger.checkpoint_hash(checkpoint).hex(),
        },
        "request": _request(key),
    }


def as_text(data: dict[str, Any]) -> str:
    """The JSON as the files hold it."""
    return json.dumps(data, indent=1, ensure_ascii=True) + "\n"


FILES = {"live.json": live, "pass.json": pass_and_proof, "day_pass.json": day_pass, "signed.json": signed}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (FOLDER / name).write_text(as_text(make()))
