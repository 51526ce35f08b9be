"""Rules that depend on the kind of code: age of an unlock, number of a door, second factor of a day pass."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.codes import OpenedCode
from sallyport.reasons import Reason, precedence
from sallyport.rules import Assurance, SecondFactor, decide_again
from tests.core.situations import (
    ALWAYS,
    FAULTS,
    GOOD,
    TUESDAY_TEN,
    Situation,
    on_paper,
    proven,
    situations,
    with_credential,
    with_device,
    with_door,
)

PROVEN = with_door(replace(GOOD, presentation=proven()), challenge=True)
PAPER = replace(GOOD, presentation=on_paper())
OF_PHONES = {name for name in FAULTS if "phone" in name}


def test_all_is_well() -> None:
    assert PROVEN.reason() is Reason.GRANTED
    assert PAPER.reason() is Reason.GRANTED


@pytest.mark.parametrize("name", sorted(set(FAULTS) - {"shows a number"}))
def test_each_fault_has_the_reason_of_a_live_code_for_a_proof_too(name: str) -> None:
    reason, spoil = FAULTS[name]
    assert spoil(PROVEN).reason() is reason


@pytest.mark.parametrize("name", sorted(set(FAULTS) - OF_PHONES))
def test_each_fault_but_those_of_phones_has_its_reason_for_paper(name: str) -> None:
    reason, spoil = FAULTS[name]
    # A day pass with its PIN counts as a phone that was unlocked.
    expected = Reason.GRANTED if "unlock" in name else reason
    assert spoil(PAPER).reason() is expected


@pytest.mark.parametrize("name", sorted(OF_PHONES))
def test_paper_needs_no_phone(name: str) -> None:
    assert FAULTS[name][1](PAPER).reason() is Reason.GRANTED


@pytest.mark.parametrize("challenge", [False, True])
def test_a_door_that_shows_a_number_wants_it_signed(challenge: bool) -> None:
    told = Reason.WRONG_DOOR if challenge else Reason.GRANTED
    assert with_door(GOOD, challenge=challenge).reason() is told
    assert with_door(PAPER, challenge=challenge).reason() is told
    over_none = replace(GOOD, presentation=proven(challenged=False))
    assert with_door(over_none, challenge=challenge).reason() is told
    assert with_door(PROVEN, challenge=challenge).reason() is Reason.GRANTED


@pytest.mark.parametrize(
    ("minutes", "age", "granted"),
    [
        (None, None, False),
        (0, None, True),
        (127, None, True),
        (0, 0, True),
        (1, 59, False),
        (1, 60, True),
        (5, 299, False),
        (5, 300, True),
        (None, 3600, False),
    ],
)
def test_an_unlock_may_be_as_old_as_the_door_says(
    minutes: int | None, age: int | None, granted: bool
) -> None:
    door = with_door(PROVEN, assurance=Assurance.CODE_UNLOCK, unlock_age=age)
    told = replace(door, presentation=proven(minutes)).reason()
    assert told is (Reason.GRANTED if granted else Reason.ASSURANCE_TOO_LOW)


def test_an_unlock_ages_between_the_code_and_the_door() -> None:
    door = with_door(PROVEN, assurance=Assurance.CODE_UNLOCK, unlock_age=90)
    shown = replace(door, presentation=proven(1))
    assert replace(shown, now=TUESDAY_TEN + 30).reason() is Reason.GRANTED
    assert replace(shown, now=TUESDAY_TEN + 31).reason() is Reason.ASSURANCE_TOO_LOW


def test_an_age_is_asked_only_where_an_unlock_is() -> None:
    assert with_door(PROVEN, assurance=Assurance.CODE, unlock_age=0).reason() is Reason.GRANTED


def test_an_assurance_said_to_be_reached_without_an_unlock_in_the_code_has_no_age() -> None:
    door = with_door(PROVEN, assurance=Assurance.CODE_UNLOCK, unlock_age=3600)
    claimed = door.presentation._replace(reached=Assurance.CODE_UNLOCK)
    assert replace(door, presentation=claimed).reason() is Reason.ASSURANCE_TOO_LOW


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (SecondFactor.NONE, Reason.SECOND_FACTOR_REQUIRED),
        (SecondFactor.WRONG, Reason.SECOND_FACTOR_WRONG),
        (SecondFactor.GOOD, Reason.GRANTED),
    ],
)
@pytest.mark.parametrize("needed", [Assurance.CODE, Assurance.CODE_UNLOCK])
def test_a_day_pass_never_opens_alone(second: SecondFactor, told: Reason, needed: Assurance) -> None:
    door = with_door(PAPER, assurance=needed, unlock_age=0)
    assert replace(door, presentation=on_paper(second)).reason() is told
    for face in (Assurance.CODE_FACE, Assurance.CODE_FACE_CHALLENGE):
        assert with_door(door, assurance=face).reason() is Reason.FACE_REQUIRED


@pytest.mark.parametrize("second", list(SecondFactor))
def test_a_second_factor_says_nothing_about_codes_of_phones(second: SecondFactor) -> None:
    for situation in (GOOD, PROVEN):
        told = situation.presentation._replace(second=second)
        locked = with_door(situation, assurance=Assurance.CODE_UNLOCK)
        assert replace(situation, presentation=told).reason() is Reason.GRANTED
        assert replace(locked, presentation=told).reason() is Reason.ASSURANCE_TOO_LOW


def test_an_unlocked_door_asks_for_nothing_more() -> None:
    for situation in (GOOD, PROVEN, replace(PAPER, presentation=on_paper(SecondFactor.NONE))):
        unlocked = with_door(
            situation,
            mode="unlocked_by_schedule",
            unlock_schedule=ALWAYS,
            challenge=True,
            assurance=Assurance.CODE_FACE,
        )
        assert unlocked.reason() is Reason.GRANTED
        assert with_door(unlocked, area_lockdown=True).reason() is Reason.LOCKDOWN


def test_the_other_device_s_proof_is_refused() -> None:
    assert with_device(PROVEN, handle=99).reason() is Reason.DEVICE_REVOKED


def test_the_order_of_what_is_asked_last() -> None:
    """Where a door refuses for several of these, the earlier in the order of precedence is told."""
    door = with_door(PAPER, challenge=True, assurance=Assurance.CODE_UNLOCK)
    worst = replace(door, presentation=on_paper(SecondFactor.NONE))
    assert worst.reason() is Reason.WRONG_DOOR
    assert with_credential(worst, grants=()).reason() is Reason.NOT_ALLOWED_HERE
    late = with_door(worst, levels=dict.fromkeys(worst.door.levels, ()))
    assert late.reason() is Reason.OUTSIDE_SCHEDULE
    told = [
        Reason.OUTSIDE_SCHEDULE,
        Reason.WRONG_DOOR,
        Reason.ASSURANCE_TOO_LOW,
        Reason.SECOND_FACTOR_REQUIRED,
        Reason.SECOND_FACTOR_WRONG,
        Reason.FACE_REQUIRED,
    ]
    assert sorted(told, key=precedence) == told


@given(situations())
def test_asking_for_more_never_grants(situation: Situation) -> None:
    if situation.decided().granted:
        return
    door = situation.door
    younger = 0 if door.unlock_age is None else door.unlock_age - 1
    assert not with_door(situation, unlock_age=younger).decided().granted
    assert not with_door(situation, challenge=True).decided().granted
    without = situation.presentation._replace(second=SecondFactor.NONE)
    assert not replace(situation, presentation=without).decided().granted


@given(situations(), st.integers(1, 10_000))
def test_an_older_unlock_never_helps(situation: Situation, later: int) -> None:
    """Only the code's own time is moved: everything else stays."""
    opened = situation.presentation.opened
    contents = opened.contents._replace(issued=opened.issued - later)
    older = OpenedCode(opened.kind, contents, opened.issued - later, opened.key_id, opened.challenged)
    then = replace(situation, presentation=situation.presentation._replace(opened=older))
    assert situation.decided().granted or not then.decided().granted


FRESH = with_door(
    replace(PROVEN, presentation=proven(5)), assurance=Assurance.CODE_UNLOCK, unlock_age=300, challenge=True
)


@pytest.mark.parametrize("situation", [PROVEN, PAPER, FRESH, replace(PAPER, presentation=on_paper())])
@pytest.mark.parametrize("name", ["", *sorted(FAULTS)])
def test_every_decision_of_every_kind_can_be_made_again(situation: Situation, name: str) -> None:
    decision = (FAULTS[name][1](situation) if name else situation).decided()
    assert decide_again(decision.facts_text) == decision
    assert decide_again(json.dumps(decision.facts, sort_keys=True)) == decision


def test_the_facts_say_what_only_one_kind_has() -> None:
    assert "second" not in GOOD.decided().facts
    assert "challenged" not in GOOD.decided().facts
    assert PROVEN.decided().facts["challenged"] is True
    assert PAPER.decided().facts["second"] == "good"
    wrong = replace(PAPER, presentation=on_paper(SecondFactor.WRONG)).decided()
    assert (wrong.facts["second"], wrong.reason) == ("wrong", Reason.SECOND_FACTOR_WRONG)


def test_facts_taken_from_a_decision_change_it() -> None:
    """What was given and signed is in the facts: without it the stored decision comes out otherwise."""
    facts = PROVEN.decided().facts
    del facts["challenged"]
    assert decide_again(facts).reason is Reason.WRONG_DOOR
    facts = PAPER.decided().facts
    del facts["second"]
    assert decide_again(facts).reason is Reason.SECOND_FACTOR_REQUIRED


def test_decisions_from_before_doors_asked_for_ages_and_numbers_can_be_made_again() -> None:
    for situation in (GOOD, with_credential(GOOD, state="REVOKED"), with_credential(GOOD, grants=())):
        decision = situation.decided()
        facts = decision.facts
        del facts["age"], facts["challenge"]
        assert decide_again(facts) == decision


def test_a_face_asks_for_the_consent_first() -> None:
    door = with_door(GOOD, assurance=Assurance.CODE_FACE)
    assert with_credential(door, face_consent=False).reason() is Reason.CONSENT_MISSING
    assert with_credential(door, face_consent=True).reason() is Reason.FACE_REQUIRED
    paper = with_door(PAPER, assurance=Assurance.CODE_FACE)
    assert with_credential(paper, face_consent=False).reason() is Reason.CONSENT_MISSING
    for needed in (Assurance.CODE, Assurance.CODE_UNLOCK):
        unlocked = replace(PROVEN, presentation=proven(5))
        told = with_credential(with_door(unlocked, assurance=needed), face_consent=False).decided()
        assert told.granted
        assert "consent" not in told.facts


def test_facts_from_before_consent_was_asked_lead_to_what_they_led_to() -> None:
    before = with_credential(with_door(GOOD, assurance=Assurance.CODE_FACE), face_consent=None).decided()
    assert "consent" not in before.facts
    assert decide_again(before.facts_text) == before
    assert before.reason is Reason.FACE_REQUIRED


@pytest.mark.parametrize("told", [0, 1, "true", [], {}])
def test_a_consent_is_a_yes_or_a_no(told: object) -> None:
    facts = with_door(GOOD, assurance=Assurance.CODE_FACE).decided().facts | {"consent": told}
    with pytest.raises(ValueError):
        decide_again(facts)
