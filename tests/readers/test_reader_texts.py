"""The reader page's own modules against the house: bytes, reasons, texts, in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from sallyport import reader_protocol as wire
from sallyport.answers import answer_bytes, next_bytes, told_bytes
from sallyport.reasons import Reason, number
from sallyport.texts import LANGUAGES, for_person
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
VECTORS = Path(__file__).resolve().parent.parent.parent / "docs" / "vectors" / "signed.json"


@pytest.fixture(scope="module")
def page(live_stack: Live, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = browser.new_page()
        made.goto(f"{live_stack.address('acme')}/reader/")
        yield made
        browser.close()


def ask(page: Page, module: str, script: str, given: Any = None) -> Any:
    return page.evaluate(
        f"async (given) => {{ const m = await import('/static/reader/{module}.js'); {script} }}", given
    )


def test_reasons_have_the_numbers_of_the_house(page: Page) -> None:
    found = ask(page, "reasons", "return m.NUMBERS")
    assert found == {reason.value: number(reason) for reason in Reason}
    assert list(found) == [reason.value for reason in Reason]  # the order of precedence


def test_a_verdict_says_the_same_without_network(page: Page) -> None:
    found = ask(page, "words", "return m.WORDS")
    expected = {language: {one.value: for_person(one, language) for one in Reason} for language in LANGUAGES}
    assert found == expected


def test_every_text_stands_in_every_language(page: Page) -> None:
    found = ask(page, "texts", "return m.LANGUAGES")
    assert set(found) == {"en", "de", "fr", "es"}
    for language in ("de", "fr", "es"):
        assert set(found[language]) == set(found["en"])
        assert all(found[language].values())


COMPANY, HASH, NONCE = bytes(range(16)), bytes(range(32, 64)), bytes(range(7, 39))
KEY = b"\4" + bytes(range(64))
BIG = 2**53 - 1
CALLS = {
    "answer": (
        answer_bytes(
            company=COMPANY,
            reader=3,
            counter=BIG,
            access_point=5,
            code_hash=HASH,
            granted=True,
            reason=Reason.GRANTED,
            pulse_ms=3000,
        ),
        """m.answerBytes({company, reader: 3, counter: big, accessPoint: 5, codeHash: hash, granted: true,
            reason: "granted", pulseMs: 3000})""",
    ),
    "next": (
        next_bytes(company=COMPANY, reader=3, counter=BIG, challenge=True, nonce="0123456789abcdef"),
        'm.nextBytes({company, reader: 3, counter: big, challenge: true, nonce: "0123456789abcdef"})',
    ),
    "told": (
        told_bytes(company=COMPANY, reader=3, status=409, body=b"{}", nonce="0123456789abcdef"),
        """m.toldBytes({company, reader: 3, status: 409, digest: await b.sha256(b.utf8("{}")),
            nonce: "0123456789abcdef"})""",
    ),
    "hello": (
        wire.hello_bytes(company=COMPANY, reader=7, server_nonce=NONCE, epoch=2, seq=BIG),
        "m.helloBytes({company, reader: 7, nonce, epoch: 2, seq: big})",
    ),
    "ack": (
        wire.ack_bytes(company=COMPANY, reader=2**32 - 1, epoch=1, seq=9, at_ms=BIG),
        "m.ackBytes({company, reader: 2 ** 32 - 1, epoch: 1, seq: 9, atMs: big})",
    ),
    "witness": (
        wire.witness_bytes(company=COMPANY, reader=7, number=BIG, checkpoint_hash=HASH),
        "m.witnessBytes({company, reader: 7, number: big, hash})",
    ),
    "pair": (
        wire.pair_bytes(company=COMPANY, code_hash=HASH, public_key=KEY, nonce=NONCE),
        "m.pairBytes({company, codeHash: hash, publicKey: key, nonce})",
    ),
}


@pytest.mark.parametrize("kind", sorted(CALLS))
def test_bytes_are_those_of_the_core(page: Page, kind: str) -> None:
    expected, call = CALLS[kind]
    script = f"""
        const b = await import('/static/reader/bytes.js');
        const big = Number.MAX_SAFE_INTEGER;
        const [company, hash, nonce, key] = given.map(b.hex);
        return b.toHex({call});
    """
    assert ask(page, "protocol", script, [one.hex() for one in (COMPANY, HASH, NONCE, KEY)]) == expected.hex()


def test_an_unknown_reason_makes_no_answer(page: Page) -> None:
    call = CALLS["answer"][1].replace('"granted"', '"toString"')
    script = f"""
        const big = 1, company = new Uint8Array(16), hash = new Uint8Array(32);
        try {{ {call}; return "made"; }} catch (error) {{ return error.name; }}
    """
    assert ask(page, "protocol", script) == "RangeError"


@pytest.mark.parametrize("native", [True, False])
def test_answers_are_verified_by_the_browser_or_the_library(page: Page, native: bool) -> None:
    vectors = json.loads(VECTORS.read_text())
    script = """
        const b = await import('/static/reader/bytes.js');
        const original = crypto.subtle.importKey;
        if (!given.native) crypto.subtle.importKey = async () => { throw new Error("no Ed25519 here"); };
        try {
            const verify = await m.verifier(b.hex(given.key));
            const [bytes, sig] = [b.hex(given.bytes), b.hex(given.sig)];
            const good = await verify(bytes, sig);
            sig[5] ^= 1;
            return [good, await verify(bytes, sig)];
        } finally { crypto.subtle.importKey = original; }
    """
    answer = vectors["signed"]["answer"]
    given = {
        "native": native,
        "key": vectors["key"]["public"],
        "bytes": answer["bytes"],
        "sig": answer["signature"],
    }
    assert ask(page, "keys", script, given) == [True, False]
