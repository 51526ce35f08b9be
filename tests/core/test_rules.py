"""The rules: precedence, no fault ever helps, edges, and every decision can be made again from its facts."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sallyport.reasons import Reason, precedence
from sallyport.rules import (
    Assurance,
    GrantFacts,
    decide_again,
    effective_levels,
    next_change,
    refuse,
)
from tests.core.situations import (
    ALWAYS,
    FAULTS,
    GOOD,
    NEVER,
    OFFICE_HOURS,
    TUESDAY_TEN,
    Situation,
    shown,
    situations,
    with_credential,
    with_door,
)


def test_all_is_well() -> None:
    decision = GOOD.decided()
    assert (decision.granted, decision.reason) == (True, Reason.GRANTED)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_fault_has_its_reason(name: str) -> None:
    reason, spoil = FAULTS[name]
    decision = spoil(GOOD).decided()
    assert (decision.granted, decision.reason) == (False, reason)


@example(["needs a face", "needs a fresh unlock"])
@given(st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=6, unique=True))
def test_of_several_faults_the_first_in_precedence_is_told(names: list[str]) -> None:
    situation = GOOD
    for name in names:
        situation = FAULTS[name][1](situation)
    told = situation.decided()
    assert not told.granted
    # Faults on one field overwrite each other, so what still holds is asked of each field's last one.
    possible = {FAULTS[name][0] for name in names}
    assert told.reason in possible
    alone = [FAULTS[name][0] for name in names if FAULTS[name][1](situation) == situation]
    assert precedence(told.reason) == min(precedence(reason) for reason in alone)


@given(situations(), st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=3))
def test_no_revocation_ever_grants(situation: Situation, names: list[str]) -> None:
    before = situation.decided()
    for name in names:
        situation = FAULTS[name][1](situation)
    assert before.granted or not situation.decided().granted


@given(situations())
def test_taking_a_grant_away_never_grants(situation: Situation) -> None:
    if situation.credential is None or situation.decided().granted:
        return
    for left_out in range(len(situation.credential.grants)):
        grants = situation.credential.grants
        less = with_credential(situation, grants=grants[:left_out] + grants[left_out + 1 :])
        assert not less.decided().granted


@given(situations())
@example(GOOD)
def test_every_decision_can_be_made_again(situation: Situation) -> None:
    decision = situation.decided()
    again = decide_again(decision.facts_text)
    assert (again.granted, again.reason) == (decision.granted, decision.reason)
    assert again.facts_text == decision.facts_text
    assert decide_again(decision.facts) == decision
    # The database may hand JSON back with other blanks and another order of keys.
    assert decide_again(json.dumps(decision.facts, sort_keys=True, indent=1)) == decision


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_refusals_by_rule_can_be_made_again(name: str) -> None:
    decision = FAULTS[name][1](GOOD).decided()
    assert decide_again(decision.facts_text) == decision


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.GRANTED])
def test_refusals_before_the_rules_are_repeated(reason: Reason) -> None:
    for access_point in (None, 5):
        decision = refuse(reason, now=TUESDAY_TEN, access_point=access_point)
        assert (decision.granted, decision.reason) == (False, reason)
        assert decide_again(decision.facts_text) == decision


def test_a_refusal_never_grants() -> None:
    with pytest.raises(ValueError, match="other than granted"):
        refuse(Reason.GRANTED, now=TUESDAY_TEN)
    with pytest.raises(ValueError, match="other than granted"):
        decide_again('{"v":1,"now":1,"at":1,"refused":"granted"}')


@pytest.mark.parametrize(
    "facts",
    ["{}", "[]", "null", '{"v":2}', '{"v":1}', '{"v":1,"now":1,"at":1,"refused":"nonsense"}', "", "{"],
)
def test_facts_that_are_none_are_refused(facts: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decide_again(facts)


def test_the_facts_are_small_and_hold_no_more_than_what_decided() -> None:
    many = tuple(GrantFacts(level) for level in range(31, 61))
    wide = with_door(with_credential(GOOD, grants=many), levels=dict.fromkeys(range(31, 61), (ALWAYS,)))
    facts = wide.decided().facts
    assert [grant[0] for grant in facts["grants"]] == [31]
    assert len(facts["levels"]) == 1
    assert len(GOOD.decided().facts_text) < 500


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "granted"),
    [
        (None, None, True),
        (TUESDAY_TEN, None, True),
        (TUESDAY_TEN + 1, None, False),
        (None, TUESDAY_TEN, False),
        (None, TUESDAY_TEN + 1, True),
        (TUESDAY_TEN, TUESDAY_TEN + 1, True),
        (TUESDAY_TEN, TUESDAY_TEN, False),
    ],
)
def test_edges_of_validity(valid_from: int | None, valid_until: int | None, granted: bool) -> None:
    grants = (GrantFacts(31, valid_from, valid_until),)
    assert with_credential(GOOD, grants=grants).decided().granted is granted
    whole = with_credential(GOOD, valid_from=valid_from, valid_until=valid_until)
    assert whole.decided().granted is granted


def test_a_visitor_outside_the_visit() -> None:
    visitor = with_credential(GOOD, holder_kind="VISITOR")
    assert visitor.decided().granted
    over = with_credential(visitor, valid_until=TUESDAY_TEN)
    assert over.reason() is Reason.VISIT_NOT_ACTIVE
    assert with_credential(over, holder_state="OFFBOARDED").reason() is Reason.HOLDER_INACTIVE
    assert with_credential(over, state="SUSPENDED").reason() is Reason.CREDENTIAL_SUSPENDED


@pytest.mark.parametrize("needed", list(Assurance))
@pytest.mark.parametrize("reached", list(Assurance))
def test_the_ladder_of_assurance(needed: Assurance, reached: Assurance) -> None:
    situation = replace(with_door(GOOD, assurance=needed), presentation=shown(reached=reached))
    if reached >= needed:
        expected = Reason.GRANTED
    elif needed is Assurance.CODE_UNLOCK:
        expected = Reason.ASSURANCE_TOO_LOW
    else:
        expected = Reason.FACE_REQUIRED
    assert situation.reason() is expected


def test_one_of_several_levels_is_enough() -> None:
    levels = {31: (NEVER,), 32: (NEVER, OFFICE_HOURS)}
    both = with_door(with_credential(GOOD, grants=(GrantFacts(31), GrantFacts(32))), levels=levels)
    assert both.decided().granted
    assert both.decided().facts["grants"] == [[32, None, None]]
    first = with_credential(both, grants=(GrantFacts(31),))
    assert first.reason() is Reason.OUTSIDE_SCHEDULE


def test_an_unlocked_door_lets_every_good_credential_pass_and_no_bad_one() -> None:
    unlocked = with_door(GOOD, mode="unlocked_by_schedule", unlock_schedule=OFFICE_HOURS)
    nowhere = with_credential(unlocked, grants=())
    assert nowhere.decided().granted
    assert with_door(nowhere, unlock_schedule=NEVER).reason() is Reason.NOT_ALLOWED_HERE
    assert with_door(nowhere, unlock_schedule=None).reason() is Reason.NOT_ALLOWED_HERE
    assert with_door(nowhere, area_lockdown=True).reason() is Reason.LOCKDOWN
    assert with_credential(nowhere, state="REVOKED").reason() is Reason.CREDENTIAL_REVOKED
    assert with_door(GOOD, unlock_schedule=ALWAYS, levels={}).reason() is Reason.NOT_ALLOWED_HERE


moments = st.one_of(st.none(), st.integers(0, 50))
grants = st.lists(st.builds(GrantFacts, st.integers(1, 3), moments, moments), max_size=5)


@given(grants, st.integers(0, 60))
def test_the_next_change_is_the_first(held: list[GrantFacts], now: int) -> None:
    levels = effective_levels(held, now)
    later = (second for second in range(now + 1, 62) if effective_levels(held, second) != levels)
    assert next_change(held, now) == next(later, None)
