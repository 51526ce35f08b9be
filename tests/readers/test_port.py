"""The reader page's own engine against the original: vectors, and cases made by the thousand."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.core.vector_keys import COMPANY, FOREIGN_ID
from tests.fixtures.live import Live
from tests.readers.port import ask, batches
from tests.readers.port_codes import FOREIGN, code_cases, key_sets
from tests.readers.port_rules import rule_cases

pytestmark = pytest.mark.browser
VECTORS = Path(__file__).resolve().parent.parent.parent / "docs" / "vectors"
RULE_CASES, CODE_CASES, CHUNK = 100_000, 4_000, 5_000


@pytest.fixture(scope="module")
def page(live_stack: Live, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = browser.new_page()
        made.goto(f"{live_stack.address('acme')}/reader/")
        yield made
        browser.close()


DECIDE = """
  let last = [null, null];
  const doorOf = (told) => {
    const name = JSON.stringify(told);
    if (last[0] !== name) last = [name, rules.doorOf(told)];
    return last[1];
  };
  const contentsOf = ([credential, device, profile, flags, issued, nonce]) =>
    ({ credential, device, profile, flags, issued, nonce });
  const wrong = [];
  for (const [now, door, shown, credential, device, offline, [since, people], expected] of given) {
    const [kind, keyId, challenged, unlockedAt, contents, reached, second] = shown;
    const found = rules.decide({
      now,
      door: doorOf(door),
      shown: {
        opened: { kind, keyId, challenged, unlockedAt, contents: contentsOf(contents) }, reached, second,
      },
      credential: credential && {
        handle: credential[0], state: credential[1], holderState: credential[2], holderKind: credential[3],
        validFrom: credential[4], validUntil: credential[5], profile: credential[6],
        grants: credential[7].map(([level, validFrom, validUntil]) => ({ level, validFrom, validUntil })),
        faceConsent: credential[8],
      },
      device: device && { handle: device[0], state: device[1], credential: device[2] },
      offline: offline && { mode: offline[0], trust: offline[1], listAt: offline[2], life: offline[3] },
      inside: { since, people },
    });
    const told = [found.granted, found.reason, found.facts];
    if (JSON.stringify(told) !== JSON.stringify(expected)) wrong.push([told, expected]);
  }
  return wrong.slice(0, 3);
"""


def test_the_rules_say_what_the_original_says(page: Page) -> None:
    reasons: Counter[str] = Counter()
    for chunk in batches(rule_cases(RULE_CASES), CHUNK):
        reasons.update(case[-1][1] for case in chunk)
        assert ask(page, DECIDE, chunk) == []
    decided = {
        "granted",
        "unknown_credential",
        "credential_revoked",
        "device_revoked",
        "credential_suspended",
        "holder_inactive",
        "visit_not_active",
        "lockdown",
        "not_allowed_here",
        "outside_schedule",
        "wrong_door",
        "passback",
        "area_full",
        "offline_refused",
        "list_too_old",
        "consent_missing",
        "assurance_too_low",
        "second_factor_required",
        "second_factor_wrong",
        "face_required",
    }
    assert set(reasons) == decided
    assert min(reasons.values()) > 100, reasons


OPEN = """
  const keys = new Map();
  for (const [keyId, seal, verify, notBefore, notAfter] of given.keys) {
    const set = { keyId, seal: b.hex(seal), verify: b.hex(verify), notBefore, notAfter };
    keys.set(keyId, await opening.OpeningKeys.made(b.hex(given.company), set));
  }
  const open = async ([text, now, life, challenges]) => {
    try {
      const foreign = (keyId) => given.foreign.includes(keyId);
      const { kind, keyId, issued, challenged, unlockedAt, contents, use } =
        await opening.openCode(text, { keys, foreign, now, life, challenges });
      const { credential, device, profile, flags, issued: at, nonce } = contents;
      const told = [credential, device, profile, flags, at, nonce];
      return [kind, keyId, issued, challenged, unlockedAt, told, use];
    } catch (error) {
      if (error instanceof opening.CodeRefused) return error.reason;
      throw error;
    }
  };
  const found = await Promise.all(given.cases.map(open));
  return found.map((one, at) => [one, given.cases[at][4]]).filter(([one, other]) =>
    JSON.stringify(one) !== JSON.stringify(other)).slice(0, 3);
"""


def test_codes_open_as_they_do_in_the_original(page: Page) -> None:
    found: Counter[str] = Counter()
    for chunk in batches(code_cases(CODE_CASES), 1000):
        found.update(case[-1] if isinstance(case[-1], str) else case[-1][0] for case in chunk)
        given = {"keys": key_sets(), "company": COMPANY.hex(), "foreign": sorted(FOREIGN), "cases": chunk}
        assert ask(page, OPEN, given) == []
    refused = "malformed unknown_key wrong_company bad_seal bad_signature not_yet_valid expired wrong_door"
    assert set(found) == {*refused.split(), "live", "pass", "day_pass"}
    assert min(found.values()) >= 20, found


@pytest.mark.parametrize("kind", ["live", "pass", "day_pass"])
def test_the_vectors_of_codes(page: Page, kind: str) -> None:
    vectors = json.loads((VECTORS / f"{kind}.json").read_text())
    life = vectors.get("life", 30)
    sets = [
        [one["key_id"], one["seal_key"], one["verify_key"], one["not_before"], one["not_after"]]
        for one in vectors["keys"]
    ]
    cases: list[list[Any]] = [
        [one["text"], one["now"], life, one.get("challenges", [0]), one["reason"]] for one in vectors["bad"]
    ]
    given = {"keys": sets, "company": vectors["keys"][0]["company"], "foreign": [FOREIGN_ID], "cases": cases}
    assert ask(page, OPEN, given) == []
    opens = OPEN.replace("given.cases[at][4]", "null").replace(
        "JSON.stringify(one) !== JSON.stringify(other)", "true"
    )
    for one in vectors["good"]:
        shown = [one.get("challenge", 0)]
        for edge, good in ((0, True), (-1, False)):
            first = [one["text"], one["opens_from"] + edge, life, shown]
            last = [one["text"], one["opens_until"] - edge, life, shown]
            told = [found for found, _ in ask(page, opens, given | {"cases": [first, last]})]
            assert [isinstance(found, list) for found in told] == [good, good], one["name"]


def test_aes_siv_is_that_of_rfc_5297(page: Page) -> None:
    script = """
      const { aessiv } = await import('/static/vendor/noble-ciphers/aes.js');
      const [key, plain, ...associated] = given.map(b.hex);
      const sealed = aessiv(key, ...associated).encrypt(plain);
      return [b.toHex(sealed), b.toHex(aessiv(key, ...associated).decrypt(sealed))];
    """
    # RFC 5297, A.1 and A.2
    simple = [
        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
        "112233445566778899aabbccddee",
        "101112131415161718191a1b1c1d1e1f2021222324252627",
    ]
    assert ask(page, script, simple) == [
        "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
        simple[1],
    ]
    several = [
        "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
        "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553",
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
        "102030405060708090a0",
        "09f911029d74e35bd84156c5635688c0",
    ]
    sealed = (
        "7bdb6e3b432667eb06f4d14bff2fbd0f"
        "cb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d"
    )
    assert ask(page, script, several) == [sealed, several[1]]
