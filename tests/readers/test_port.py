"""The reader page's own engine against the original: vectors, and cases made by the thousand, in a real browser."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from sallyport.offline import (
    BundleWrong,
    JournalEntry,
    Judge,
    bundle_bytes,
    changes_bytes,
    entry_bytes,
    entry_hash,
    open_changes,
    pack_handles,
    with_changes,
)
from sallyport.reasons import Reason
from tests.core import alone
from tests.core.vector_keys import COMPANY, FOREIGN_ID, ISSUED
from tests.fixtures.live import Live
from tests.readers.port_codes import FOREIGN, code_cases, key_sets
from tests.readers.port_rules import rule_cases

pytestmark = pytest.mark.browser
VECTORS = Path(__file__).resolve().parent.parent.parent / "docs" / "vectors"
RULE_CASES, CODE_CASES, CHUNK = 100_000, 4_000, 5_000
AT = "/static/reader"


@pytest.fixture(scope="module")
def page(live_stack: Live, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = browser.new_page()
        made.goto(f"{live_stack.address('acme')}/reader/")
        yield made
        browser.close()


def batches(cases: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(cases, size)):
        yield batch


def ask(page: Page, script: str, given: Any = None) -> Any:
    """What the script returns in the page; `given` goes as one text, which is far quicker than as values."""
    modules = ["handles", "schedules", "clock", "facts", "rules", "points", "opening", "bundle", "judge", "journal"]
    imports = "".join(f"const {name} = await import('{AT}/offline/{name}.js');" for name in modules)
    return page.evaluate(
        f"""async (text) => {{
            const given = JSON.parse(text);
            const b = await import('{AT}/bytes.js');
            const {{ verifier }} = await import('{AT}/keys.js');
            {imports}
            {script}
        }}""",
        json.dumps(given),
    )


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
  for (const [now, door, shown, credential, device, offline, expected] of given) {
    const [kind, keyId, challenged, unlockedAt, contents, reached, second] = shown;
    const found = rules.decide({
      now,
      door: doorOf(door),
      shown: { opened: { kind, keyId, challenged, unlockedAt, contents: contentsOf(contents) }, reached, second },
      credential: credential && {
        handle: credential[0], state: credential[1], holderState: credential[2], holderKind: credential[3],
        validFrom: credential[4], validUntil: credential[5], profile: credential[6],
        grants: credential[7].map(([level, validFrom, validUntil]) => ({ level, validFrom, validUntil })),
      },
      device: device && { handle: device[0], state: device[1], credential: device[2] },
      offline: offline && { mode: offline[0], trust: offline[1], listAt: offline[2] },
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
        "offline_refused",
        "list_too_old",
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
      return [kind, keyId, issued, challenged, unlockedAt, [credential, device, profile, flags, at, nonce], use];
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


BOOKS = """
  const verify = await verifier(b.hex(given.key));
  const told = { verify, company: b.hex(given.company), reader: given.reader, above: given.above ?? 0 };
  const bundleOf = async (one) => bundle.openBundle(b.hex(one[0]), b.hex(one[1]), told);
  const changesOf = async (one) => bundle.openChanges(b.hex(one[0]), b.hex(one[1]), told);
  const shown = ({ number, atMs, epoch, seq, gone, profiles, mode, trust, life, pulseMs, keys }) => ({
    number, atMs, epoch, seq, mode, trust, life, pulseMs,
    keys: keys.map(({ keyId }) => keyId),
    profiles: [...profiles].sort((one, other) => one[0] - other[0]),
    gone: Object.fromEntries(Object.entries(gone).map(([name, set]) => [name, [...set].sort((x, y) => x - y)])),
  });
"""


def signed(data: bytes) -> list[str]:
    return [data.hex(), alone.BUNDLE_KEY.sign(data).hex()]


def about(**told: Any) -> dict[str, Any]:
    key = alone.BUNDLE_KEY.public.raw.hex()
    return {"key": key, "company": COMPANY.hex(), "reader": alone.READER, **told}


def shown(of: Any) -> dict[str, Any]:
    """A bundle as `shown` of the port tells it."""
    return {
        "number": of.number,
        "atMs": of.at_ms,
        "epoch": of.epoch,
        "seq": of.seq,
        "mode": of.mode,
        "trust": of.trust,
        "life": of.life,
        "pulseMs": of.pulse_ms,
        "keys": [one.key_id for one in of.keys],
        "profiles": sorted([profile, list(levels)] for profile, levels in of.profiles.items()),
        "gone": {name: sorted(getattr(of.gone, name)) for name in of.gone.__slots__},
    }


ENTRY = """
  const told = { ...given.entry, previous: b.hex(given.entry.previous) };
  const bytes = await journal.entryBytes(told, { company: b.hex(given.company), reader: given.reader });
  return [b.toHex(bytes), b.toHex(await journal.entryHash(bytes))];
"""


def entry_fields(entry: JournalEntry) -> dict[str, Any]:
    """An entry as the port has it."""
    return {
        "position": entry.position,
        "counter": entry.counter,
        "atMs": entry.at_ms,
        "code": entry.code,
        "challenges": entry.challenges,
        "granted": entry.granted,
        "reason": entry.reason,
        "facts": entry.facts,
        "epoch": entry.epoch,
        "seq": entry.seq,
        "previous": entry.previous.hex(),
    }


def test_bundles_and_changes_are_read_and_applied(page: Page) -> None:
    held = alone.bundle(gone=alone.GONE)
    for changes in (alone.changes(), alone.changes(reload=True), alone.changes(seq_before=10, seq=39)):
        given = about(bundle=signed(bundle_bytes(held)), changes=signed(changes_bytes(changes)))
        script = BOOKS + (
            "const held = await bundleOf(given.bundle);"
            "return [shown(held), shown(bundle.withChanges(held, await changesOf(given.changes)))];"
        )
        assert ask(page, script, given) == [shown(held), shown(with_changes(held, changes))]


def test_what_is_not_for_this_reader_is_not_taken(page: Page) -> None:
    script = BOOKS + (
        "try { await bundleOf(given.bundle); return 'taken'; } catch (error) { return error.constructor.name; }"
    )
    data, signature = signed(bundle_bytes(alone.bundle()))
    good = about(bundle=[data, signature])
    assert ask(page, script, good) == "taken"
    other = alone.bundle(door={"levels": {1: ()}})
    empty = bundle_bytes(other).replace(b'"needs":1', b'"needs":9')
    wrong = {
        "another reader's": good | {"reader": alone.READER + 1},
        "another company's": good | {"company": "00" * 16},
        "an old one": good | {"above": alone.bundle().number},
        "another key's": good | {"bundle": [data, "00" * 64]},
        "changed": good | {"bundle": [data[:-2] + "7e", signature]},
        "cut": good | {"bundle": signed(bundle_bytes(alone.bundle())[:-1])},
        "changes": good | {"bundle": signed(changes_bytes(alone.changes()))},
        "not understood": good | {"bundle": signed(empty)},
    }
    for name, given in wrong.items():
        assert ask(page, script, given) == "BundleWrong", name
    gap = BOOKS + (
        "const held = await bundleOf(given.bundle);"
        "try { bundle.withChanges(held, await changesOf(given.changes)); return 'applied'; }"
        "catch (error) { return error.constructor.name; }"
    )
    for changes in (alone.changes(seq_before=41), alone.changes(epoch=2)):
        with pytest.raises(BundleWrong):
            with_changes(alone.bundle(), changes)
        assert ask(page, gap, good | {"changes": signed(changes_bytes(changes))}) == "BundleWrong"


def test_the_vectors_of_signed_bytes(page: Page) -> None:
    vectors = json.loads((VECTORS / "signed.json").read_text())
    parts = {
        name: [vectors["signed"][name][part] for part in ("bytes", "signature")]
        for name in ("bundle", "changes")
    }
    script = BOOKS + (
        "const held = await bundleOf(given.bundle);"
        "return shown(bundle.withChanges(held, await changesOf(given.changes)));"
    )
    expected = with_changes(alone.bundle(gone=alone.GONE), alone.changes())
    assert ask(page, script, about(**parts) | {"key": vectors["key"]["public"]}) == shown(expected)
    assert (
        ask(page, ENTRY, about(entry=entry_fields(alone.entry())))[0] == vectors["signed"]["journal"]["bytes"]
    )


def test_entries_have_the_bytes_of_the_original(page: Page) -> None:
    numbers = alone.entry(challenges=(4711, 1234), reason=Reason.REPLAYED, granted=False, facts='{"é":1}')
    for entry in (alone.entry(), numbers, alone.entry(position=2**53 - 1, code="no ü code")):
        data = entry_bytes(entry, company=COMPANY, reader=alone.READER)
        assert ask(page, ENTRY, about(entry=entry_fields(entry))) == [data.hex(), entry_hash(data).hex()]


def test_sets_of_handles_are_those_of_the_original(page: Page) -> None:
    sets = [[], [1], [127, 128, 2**32 - 1], [2**31, 2**31 + 1], list(range(100, 1_000_000, 977))]
    script = """return given.map(([text, numbers]) => {
      const found = [...handles.unpackHandles(text ? b.hex(text) : new Uint8Array())];
      return [b.toHex(handles.packHandles(numbers)) === text, JSON.stringify(found) === JSON.stringify(numbers)];
    });"""
    assert ask(page, script, [[pack_handles(one).hex(), one] for one in sets]) == [[True, True]] * len(sets)
    refused = ["00", "80", "8100", "ffffffff7f", "ffffffffff01", "ffffffff0f01", "808080808001"]
    script = "return given.map((text) => { try { handles.unpackHandles(b.hex(text)); return 1; } catch { return 0; } });"
    assert ask(page, script, refused) == [0] * len(refused)


def test_a_bundle_judges_as_the_original_does(page: Page) -> None:
    codes = [
        alone.code(),
        alone.code(unlocked=0),
        *(alone.code(credential=handle) for handle in (1, 2, 3)),
        alone.code(device=4),
        alone.code(profile=99),
        "1" * 252,
        "",
    ]
    script = (
        BOOKS
        + """
      let held = await bundleOf(given.bundle);
      if (given.changes) held = bundle.withChanges(held, await changesOf(given.changes));
      const made = await judge.Judge.made(held);
      const found = [];
      for (const [code, now, used] of given.codes) {
        const one = await made.decide(code, { now, challenges: [4711], used: () => used });
        found.push([one.granted, one.reason, one.facts, one.use]);
      }
      return found;
    """
    )
    asked = [
        [code, ISSUED + after, used] for code in codes for after in (0, 99_999) for used in (False, True)
    ]
    bundles: list[dict[str, Any]] = [
        {"gone": alone.GONE},
        {"mode": "code_unlock"},
        {"mode": "refuse"},
        {"mode": "code", "life": 200_000, "trust": 14_400},
        {"door": {"challenge": True}},
        {"door": {"area_lockdown": True}},
        {"keys": ()},
    ]
    for changed in bundles:
        for changes in (None, alone.changes()):
            held = alone.bundle(**changed)
            given = about(bundle=signed(bundle_bytes(held)), codes=asked, changes=None)
            if changes:
                given["changes"] = signed(changes_bytes(changes))
                data = changes_bytes(changes)
                key = alone.BUNDLE_KEY
                read = open_changes(data, key.sign(data), key=key.public, company=COMPANY)
                held = with_changes(held, read)
            expected = []
            for code, now, used in asked:
                one = Judge(held).decide(code, now=now, challenges=(4711,), used=lambda _, used=used: used)
                use = " ".join(map(str, one.use)) if one.use else None
                expected.append([one.decision.granted, one.decision.reason, one.decision.facts_text, use])
            assert ask(page, script, given) == expected, (changed, changes)


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
