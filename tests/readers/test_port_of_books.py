"""The reader page's own bundle, changes, journal and judge against the original, in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from sallyport.offline import (
    BundleWrong,
    JournalEntry,
    Judge,
    ReaderClock,
    bundle_bytes,
    changes_bytes,
    entry_bytes,
    entry_hash,
    open_changes,
    pack_handles,
    with_changes,
)
from sallyport.offline.deciding import Use
from sallyport.reasons import Reason
from tests.core import alone
from tests.core.vector_keys import COMPANY, ISSUED
from tests.fixtures.live import Live
from tests.readers.port import ask

pytestmark = pytest.mark.browser
VECTORS = Path(__file__).resolve().parent.parent.parent / "docs" / "vectors"


@pytest.fixture(scope="module")
def page(live_stack: Live, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = browser.new_page()
        made.goto(f"{live_stack.address('acme')}/reader/")
        yield made
        browser.close()


class _All(frozenset[Use]):
    """Every code is used."""

    def __contains__(self, use: object) -> bool:
        return True


BOOKS = """
  const verify = await verifier(b.hex(given.key));
  const { reader, above = 0 } = given;
  const told = { verify, company: b.hex(given.company), reader, above };
  const bundleOf = async (one) => bundle.openBundle(b.hex(one[0]), b.hex(one[1]), told);
  const changesOf = async (one) => bundle.openChanges(b.hex(one[0]), b.hex(one[1]), told);
  const shown = ({ number, atMs, epoch, seq, gone, profiles, mode, trust, life, pulseMs, keys }) => ({
    number, atMs, epoch, seq, mode, trust, life, pulseMs,
    keys: keys.map(({ keyId }) => keyId),
    profiles: [...profiles].sort((one, other) => one[0] - other[0]),
    gone: Object.fromEntries(
      Object.entries(gone).map(([name, set]) => [name, [...set].sort((x, y) => x - y)])),
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
        "try { await bundleOf(given.bundle); return 'taken'; }"
        "catch (error) { return error.constructor.name; }"
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
      const read = JSON.stringify(found) === JSON.stringify(numbers);
      return [b.toHex(handles.packHandles(numbers)) === text, read];
    });"""
    assert ask(page, script, [[pack_handles(one).hex(), one] for one in sets]) == [[True, True]] * len(sets)
    refused = ["00", "80", "8100", "ffffffff7f", "ffffffffff01", "ffffffff0f01", "808080808001"]
    script = """return given.map((text) => {
      try { handles.unpackHandles(b.hex(text)); return 1; } catch { return 0; }
    });"""
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
    asked: list[tuple[str, int, bool]] = [
        (code, ISSUED + after, used) for code in codes for after in (0, 99_999) for used in (False, True)
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
                uses = _All() if used else frozenset[Use]()
                one = Judge(held).decide(code, now=now, challenges=(4711,), used=uses.__contains__)
                use = " ".join(map(str, one.use)) if one.use else None
                expected.append([one.decision.granted, one.decision.reason, one.decision.facts_text, use])
            assert ask(page, script, given) == expected, (changed, changes)


def test_time_never_falls_below_what_was_seen(page: Page) -> None:
    steps = [(1000, 0, 900), (1000, 50, 800), (900, 60, 1500), (5000, 70, 1), (4000, 80, 6000)]
    original, expected = ReaderClock(), list[list[Any]]()
    for floor, mono, wall in steps:
        rose = original.raise_floor(floor, mono)
        expected.append([rose, original.now_ms(wall, mono), original.behind_ms(wall, mono)])
    script = """
      const one = new clock.ReaderClock();
      return given.map(([floor, mono, wall]) =>
        [one.raiseFloor(floor, mono), one.nowMs(wall, mono), one.behindMs(wall, mono)]);
    """
    assert ask(page, script, steps) == expected
