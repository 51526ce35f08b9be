"""Key sets come and go by beat: ahead of their time, without a refused code, whatever dies half-way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pydoc import locate

import pytest
from django.db.models import F
from django.test import override_settings

from ledger.models import LedgerEntry
from sallyport.codes import CodeRefused, LiveContents, OpeningKeys, mint_live, open_code
from sallyport.reasons import Reason
from tenants.refs import CompanyRef
from vault import caches, keys, rotation, selectors, tasks
from vault.models import KeySet, SigningKey
from vault.services import OVERLAP_SECONDS

pytestmark = pytest.mark.django_db

START = 1_800_000_000
DAY, HOUR, MINUTE, LIFE = 86_400, 3_600, 60, 30


@dataclass
class Clock:
    """What the vault reads instead of the machine's."""

    now: float = float(START)

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, in_acme: CompanyRef) -> Iterator[Clock]:
    """Acme with one key set that began a second ago, and a clock that the test moves."""
    clock = Clock()
    for module in ("rotation", "selectors", "caches"):
        monkeypatch.setattr(f"vault.{module}.time", clock)
    KeySet.objects.update(not_before=START - 1, seal_since=START - 1, sign_since=START - 1)
    caches.drop()
    yield clock
    caches.drop()


def starts() -> list[int]:
    return list(KeySet.objects.values_list("not_before", flat=True))


def text(issued: int) -> str:
    return mint_live(LiveContents(1, 2, 3, 0, issued, 7), selectors.minting_keys())


def opens(code: str, now: int, held: dict[int, OpeningKeys]) -> bool:
    try:
        open_code(code, keys=held, foreign=lambda _: False, now=now, life=LIFE)
    except CodeRefused:
        return False
    return True


def test_sets_lie_ahead_as_long_as_a_reader_is_trusted_offline(clock: Clock) -> None:
    rotation.lay_in()
    assert starts() == [START - 1 + day * DAY for day in range(5)]
    ends = list(KeySet.objects.values_list("not_after", flat=True))
    assert ends == [START - 1 + day * DAY + OVERLAP_SECONDS for day in range(1, 5)] + [None]


def test_laying_in_again_does_nothing(clock: Clock) -> None:
    rotation.lay_in()
    before, deeds = list(KeySet.objects.values()), LedgerEntry.objects.count()
    clock.now += HOUR
    assert rotation.lay_in() == []
    assert (list(KeySet.objects.values()), LedgerEntry.objects.count()) == (before, deeds)


def test_seal_keys_change_daily_and_sign_keys_quarterly(clock: Clock) -> None:
    signing = list(SigningKey.objects.values())
    for _ in range(100):
        tasks.rotate_keys()
        clock.now += DAY
    rows = list(KeySet.objects.order_by("not_before"))
    assert all(later.seal_since == later.not_before for later in rows)
    assert len({bytes(row.verify_key) for row in rows}) == 2
    turn = [row.not_before for row in rows if row.sign_since == row.not_before]
    assert turn == [START - 1 + 91 * DAY]
    assert list(SigningKey.objects.values()) == signing, (
        "keys for answers, bundles, checkpoints are left alone"
    )
    # What is kept: the sets of the longest hand-in, the one in force, those laid in.
    assert rows[0].not_before == START - 1 + 36 * DAY


def test_a_half_that_is_not_due_is_kept(clock: Clock) -> None:
    with override_settings(CODE_SEAL_KEY_DAYS=30, CODE_SIGN_KEY_DAYS=1):
        rotation.lay_in()
    first, second = list(KeySet.objects.order_by("not_before"))[:2]
    assert (second.seal_since, second.sign_since) == (first.seal_since, second.not_before)
    assert bytes(first.verify_key) != bytes(second.verify_key)
    code = text(START)
    clock.now = second.not_before + 5
    assert opens(code, START, selectors.opening_keys())
    assert opens(text(int(clock.now)), int(clock.now), selectors.opening_keys())


def test_a_code_of_every_minute_opens_through_the_rotations(clock: Clock) -> None:
    """Three days: beat each hour, a process that re-reads each minute, a reader that has heard nothing."""
    tasks.rotate_keys()
    alone = selectors.load_opening_keys()  # a reader that goes offline now, for all of its trust
    refused, issued_by = [], set()
    for minute in range(72 * 60):
        clock.now = float(START + minute * MINUTE)
        if minute % 60 == 0:
            tasks.rotate_keys()
        now = int(clock.now)
        for issued in (now, now - LIFE):  # the second one is dated back: it had to end early
            code = text(issued)
            issued_by.add(selectors.minting_keys().key_id)
            for held in (selectors.opening_keys(), alone):
                refused += [minute] if not opens(code, issued + LIFE, held) else []
    assert refused == []
    assert len(issued_by) == 3


def test_without_laying_in_ahead_the_reader_alone_refuses(clock: Clock) -> None:
    """The control: what the load above would show if the sets came only when they are due."""
    alone = selectors.load_opening_keys()
    rotation.lay_in()
    clock.now = float(START + DAY)
    assert opens(text(START + DAY), START + DAY, selectors.load_opening_keys())
    assert not opens(text(START + DAY), START + DAY, alone)


def test_after_an_outage_of_beat_the_next_set_comes_with_notice(clock: Clock) -> None:
    clock.now = float(START + 10 * DAY)
    old = selectors.minting_keys().key_id
    held = selectors.opening_keys()
    rotation.lay_in()
    code = text(START + 10 * DAY)
    assert selectors.minting_keys().key_id == old
    assert opens(code, START + 10 * DAY, held)
    assert starts()[1] == START + 10 * DAY + rotation.LEAD_SECONDS
    clock.now += rotation.LEAD_SECONDS
    assert selectors.minting_keys().key_id != old
    assert opens(code, int(clock.now) - rotation.LEAD_SECONDS + LIFE, selectors.opening_keys())


class Died(RuntimeError):  # noqa: N818
    """The worker is gone."""


def die(*_: object, **__: object) -> None:
    raise Died


STEPS = [
    "vault.services.KeyNumber.objects.create",
    "vault.rotation.new_key_set",
    "vault.services.envelope.seal",
    "vault.services.KeySet.objects.create",
    "vault.rotation._end",
    "ledger.receivers.record",
    "vault.rotation._announce",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("at", [1, 3])
def test_a_task_that_dies_leaves_the_old_set_working_and_is_taken_up(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, step: str, at: int
) -> None:
    before = list(KeySet.objects.values())
    whole, calls = _find(step), [0]

    def sometimes(*args: object, **kwargs: object) -> object:
        calls[0] += 1
        if calls[0] >= at or "announce" in step or "record" in step:
            raise Died
        return whole(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(step, sometimes)
        with pytest.raises(Died):
            tasks.rotate_keys()
    assert list(KeySet.objects.values()) == before
    assert opens(text(START), START, selectors.load_opening_keys())
    tasks.rotate_keys()
    assert len(starts()) == 5


def _find(dotted: str) -> Callable[..., object]:
    found = locate(dotted)
    assert callable(found)
    return found


def test_dying_between_laying_in_and_pruning_loses_nothing(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation.lay_in()
    clock.now = float(START + 70 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr("vault.tasks.rotation.prune", die)
        with pytest.raises(Died):
            tasks.rotate_keys()
    assert min(starts()) == START - 1
    tasks.rotate_keys()
    assert min(starts()) > START
    assert opens(text(int(clock.now)), int(clock.now), selectors.load_opening_keys())


def test_each_change_is_a_deed_and_moves_the_policy(clock: Clock) -> None:
    laid = rotation.lay_in()
    deed = LedgerEntry.objects.get(verb="code_keys_laid_in")
    assert (deed.actor, deed.subject_kind, deed.handle) == ("system", "key_set", laid[-1].key_id)
    assert deed.data == {
        "key_sets": [row.key_id for row in laid],
        "begins": START - 1 + DAY,
        "with_new_sign_key": [],
    }


def test_refused_sets_open_nothing_and_the_next_ones_are_all_new(clock: Clock) -> None:
    rotation.lay_in()
    code = text(START)
    old = set(KeySet.objects.values_list("key_id", flat=True))
    seen = {bytes(row.verify_key) for row in KeySet.objects.all()}
    fresh = rotation.refuse_and_rotate(by="operator:olga", cut_off={"phones": 3})
    caches.drop()
    held = selectors.opening_keys()
    assert not old & set(held)
    assert not opens(code, START, held)
    assert selectors.minting_keys().key_id == fresh.key_id
    assert opens(text(START - LIFE), START, held)
    assert not {bytes(row.verify_key) for row in selectors.usable_key_sets()} & seen
    begins = selectors.usable_key_sets().values_list("not_before", flat=True)
    assert list(begins) == [START + day * DAY for day in range(4)], "as far ahead as a reader is trusted"
    deed = LedgerEntry.objects.get(verb="code_keys_refused")
    assert (deed.actor, set(deed.data["refused"])) == ("operator:olga", old)
    assert (deed.data["phones"], deed.data["with_new_sign_key"]) == (3, [fresh.key_id])
    with pytest.raises(CodeRefused) as refused:
        open_code(code, keys=held, foreign=selectors.is_foreign_key, now=START, life=LIFE)
    assert refused.value.reason is Reason.UNKNOWN_KEY


def test_refused_sets_stay_on_record_as_long_as_a_hand_in(clock: Clock) -> None:
    rotation.lay_in()
    rotation.refuse_and_rotate(by="operator:olga")
    clock.now += 61 * DAY
    assert rotation.prune() == 0
    clock.now += 2 * DAY
    assert rotation.prune() == 5
    assert not KeySet.objects.filter(state=KeySet.State.REFUSED).exists()


def test_nothing_is_laid_in_for_a_company_without_keys(clock: Clock) -> None:
    KeySet.objects.all().delete()
    with pytest.raises(keys.VaultEmpty):
        rotation.lay_in()


def test_sets_of_before_keep_their_times(clock: Clock) -> None:
    """A rotation at once ends the set in force for what it has yet to make, never for what it made."""
    rotation.lay_in()
    code = text(START)
    fresh = rotation.rotate_now(by="operator:olga")
    assert fresh.not_before == START + rotation.LEAD_SECONDS
    assert opens(code, START + LIFE, selectors.load_opening_keys())
    in_force = KeySet.objects.order_by("key_id")[0]
    assert in_force.not_after == fresh.not_before + OVERLAP_SECONDS
    assert not KeySet.objects.filter(not_before__gt=fresh.not_before, sign_since=F("not_before")).exists()
