"""Door sessions through the real engine with drawn pictures: a synthetic person passes, attacks do not."""

from functools import cache

import numpy as np
import pytest

from bench.liveness import Stage, play, seen_on
from bench.liveness_actors import Actor, Person, Print, Recaptured, Recorded, Replayed
from bench.liveness_scene import Subject
from biometrics.engine.dlib_engine import DlibEngine
from biometrics.liveness.kinds import Kind
from biometrics.liveness.state import Phase, Session
from biometrics.liveness.steps import Course, Plan
from tests.biometrics.photographs import astronaut

DOOR = Plan(Course.DOOR)


@cache
def stage() -> Stage:
    engine = DlibEngine()
    photograph = np.ascontiguousarray(np.asarray(astronaut().convert("RGB"), dtype=np.uint8))
    subject = seen_on("astronaut", photograph, engine)
    assert subject is not None
    return Stage(engine, [subject[1]], seed=1)


def subject() -> Subject:
    return stage().people[0]


@cache
def genuine() -> tuple[Session, list[Recorded]]:
    dice = stage().dice("person")
    return play(stage(), DOOR, Person(subject(), dice), dice)


def test_a_synthetic_person_passes() -> None:
    session, film = genuine()
    assert (session.phase, session.kind) == (Phase.PASSED, None)
    assert len(film) > 8


@pytest.mark.parametrize("number", range(2))
def test_a_flat_print_does_not(number: int) -> None:
    dice = stage().dice("print", number)
    session, _ = play(stage(), DOOR, Print(subject(), dice), dice)
    assert session.phase is Phase.FAILED


@pytest.mark.parametrize("anew", [False, True])
def test_a_recorded_session_does_not(anew: bool) -> None:
    earlier, film = genuine()
    dice = stage().dice("replay", anew)
    actor: Actor = Replayed(film, dice, anew=anew)
    session, _ = play(stage(), DOOR, actor, dice, earlier.marks)
    assert session.phase is Phase.FAILED
    assert session.kind in {Kind.FRAME_REPEATED, Kind.TOO_SOON, Kind.WRONG_TURN, Kind.NO_TURN}


def test_a_screen_that_shows_the_person_takes_no_colours() -> None:
    dice = stage().dice("recapture")
    session, _ = play(stage(), Plan(Course.FULL), Recaptured(subject(), dice), dice)
    assert session.phase is Phase.FAILED
