"""What is refused of sheets that five points do not tell from a head, and what is forgiven a person."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from biometrics.liveness import pose
from biometrics.liveness.flash import Reading, correlation, took_colours
from biometrics.liveness.kinds import Kind
from biometrics.liveness.pose import pose_of
from biometrics.liveness.session import wanted_shape
from biometrics.liveness.sheets import LEAST_LEFT, is_sheet, left_over
from biometrics.liveness.state import Phase
from biometrics.liveness.steps import COLOURS, Course, Move
from tests.biometrics.puppet import TURN, Look, Puppet, laid, near, observed, started, vector

BENT, SLANT, ANGLE = 1.4, 25.0, 45.0  # a sheet so bent, so slanted and so turned moves as a head does


def at_turn(seed: int = 0, course: Course = Course.DOOR) -> tuple[Puppet, int]:
    puppet = started(seed, course=course, flash=False)
    step = puppet.walk_to_turn()
    return puppet, 1 if step.move is Move.TURN_LEFT else -1


def turn_sheet(puppet: Puppet, way: int, **changes: object) -> Kind | None:
    """Turn a bent and slanted sheet as far as asked; the kind, None where it has passed for a head."""
    at = puppet.session.at
    puppet.stand(flat=True, bent=BENT, slant=-way * SLANT)
    for share in [*np.linspace(0, 1, 6), *[1.0] * 20]:
        seen = observed(puppet.stand(yaw=way * share * ANGLE).look, puppet.session.sequence, puppet.now + 0.2)
        puppet.now += 0.2
        session = puppet.send(replace(seen, **changes))  # type: ignore[arg-type]
        if session.phase is not Phase.RUNNING or session.at != at:
            return session.kind
    raise AssertionError("neither followed nor refused")


# Sheets


def test_five_points_take_a_bent_and_slanted_sheet_for_a_head() -> None:
    """Why the laid measure is asked for at all."""
    first = pose_of(observed(Look(), 0, 100.0).faces[0])
    looks = [Look(flat=True, bent=BENT, slant=-SLANT, yaw=share * ANGLE) for share in (0.3, 0.6, 1.0, 1.0)]
    track = [pose_of(observed(look, 0, 100.0).faces[0]) for look in looks]
    assert pose.has_depth(track, first, 1)


@pytest.mark.parametrize("seed", range(4))
def test_a_bent_sheet_is_its_first_picture_again(seed: int) -> None:
    puppet, way = at_turn(seed)
    assert turn_sheet(puppet, way) is Kind.A_SHEET


def test_it_is_the_laid_measure_alone_that_tells() -> None:
    """The control: the same points, and a measure that stays away when laid back."""
    puppet, way = at_turn()
    assert turn_sheet(puppet, way, laid=near(Look(yaw=ANGLE))) is None
    assert puppet.session.phase is Phase.RUNNING


def test_without_the_laid_measure_no_turn_counts() -> None:
    puppet, way = at_turn()
    puppet.stand(yaw=0.0)
    for share in [0.3, 0.6, *[1.0] * 30]:
        if puppet.stand(yaw=way * share * TURN).show(laid=None).phase is not Phase.RUNNING:
            break
    assert puppet.session.kind is Kind.NO_TURN


def test_how_much_is_left() -> None:
    first, turned = near(Look()), near(Look(yaw=TURN))
    assert left_over(first, turned, turned) == pytest.approx(1)
    assert left_over(first, turned, first) == pytest.approx(0, abs=1e-9)
    assert left_over(first, first, first) == 0.0
    assert is_sheet([])
    assert is_sheet([LEAST_LEFT + 0.1, LEAST_LEFT - 0.2])
    assert not is_sheet([LEAST_LEFT - 0.1, LEAST_LEFT + 0.2])
    look = Look(yaw=TURN, flat=True)
    assert left_over(first, near(look), laid(look)) < LEAST_LEFT / 2


def test_the_shape_is_asked_for_in_turns_alone() -> None:
    puppet = started(2)
    assert wanted_shape(puppet.session) is None
    while puppet.session.step is not None:
        shape = wanted_shape(puppet.session)
        assert (shape is not None) is (puppet.session.step.move in (Move.TURN_LEFT, Move.TURN_RIGHT))
        if shape is not None:
            assert shape[[0, 2]] == pytest.approx(np.array([(0.5, 0), (-0.5, 0)]), abs=1e-5)
        puppet.follow()
    assert wanted_shape(puppet.session) is None


# Faces that turn are measured less surely


def away(distance: float) -> np.ndarray:
    """A measure of the puppet's person at this distance to the first frame's."""
    own = vector(1)
    other = vector(77) - (vector(77) @ own) * own
    other /= np.linalg.norm(other)
    raw: np.ndarray = (1 - distance) * own + np.sqrt(1 - (1 - distance) ** 2) * other
    return raw


def turned_at(puppet: Puppet, way: int, distances: Sequence[float]) -> None:
    for share in (0.3, 0.6, 0.8):
        puppet.stand(yaw=way * share * TURN).show(embedding=None, laid=None)
    for distance in distances:
        if puppet.session.phase is Phase.RUNNING and puppet.session.step.move is not Move.CENTRE:  # type: ignore[union-attr]
            puppet.stand(yaw=way * TURN).show(embedding=away(distance), laid=away(distance))


def test_a_turned_face_that_is_measured_badly_may_be_measured_again() -> None:
    puppet, way = at_turn()
    turned_at(puppet, way, [0.09, 0.05, 0.08, 0.05])
    assert (puppet.session.phase, puppet.session.at) == (Phase.RUNNING, 2)


@pytest.mark.parametrize("distance", [0.101, 0.3])
def test_another_face_may_not(distance: float) -> None:
    puppet, way = at_turn()
    turned_at(puppet, way, [distance, 0.05])
    assert puppet.session.kind is Kind.OTHER_FACE


def test_one_that_is_as_near_as_before_has_not_turned() -> None:
    """A sheet that is slanted as little as may be."""
    puppet, way = at_turn()
    turned_at(puppet, way, [0.015] * 30)
    assert puppet.session.kind is Kind.NO_TURN


def test_a_face_that_stays_in_between_has_not_turned() -> None:
    puppet, way = at_turn()
    turned_at(puppet, way, [0.09] * 30)
    assert puppet.session.kind is Kind.NO_TURN


# Landmarks that leap


def leap(puppet: Puppet) -> None:
    """One frame with its points far aside."""
    seen = observed(puppet.look, puppet.session.sequence, puppet.now + 0.2)
    puppet.now += 0.2
    (face,) = seen.faces
    puppet.send(replace(seen, faces=(replace(face, landmarks=face.landmarks + np.array((0.0, 400.0))),)))


def test_one_frame_whose_points_leap_is_left_out() -> None:
    puppet, _ = at_turn()
    before = puppet.session.track
    leap(puppet)
    assert (puppet.session.phase, puppet.session.leaps) == (Phase.RUNNING, 1)
    assert puppet.session.track == before
    assert puppet.walk().phase is Phase.PASSED


def test_two_after_another_are_no_trembling() -> None:
    puppet, _ = at_turn()
    leap(puppet)
    leap(puppet)
    assert puppet.session.kind is Kind.JUMPED


def test_nor_are_three_in_a_session() -> None:
    puppet, _ = at_turn()
    for _ in range(2):
        leap(puppet)
        puppet.show()
        assert puppet.session.phase is Phase.RUNNING
    leap(puppet)
    assert puppet.session.kind is Kind.JUMPED


# Colours


NAMES = ("red", "cyan", "yellow", "blue", "green", "magenta")


def lit(brightness: Sequence[float]) -> list[Reading]:
    """A face by the screen, its box each time with more or less hair in it."""
    out = []
    for name, factor in zip(NAMES, brightness, strict=True):
        light = np.array(COLOURS[name]) / 255
        face = np.array([150.0, 120.0, 100.0]) * (0.8 + 0.06 * light) * factor
        out.append(Reading(name, tuple(face), (90.0, 100.0, 110.0)))
    return out


def test_a_box_that_takes_in_more_hair_does_not_hide_the_colours() -> None:
    shaken = lit([1.0, 0.9, 1.07, 0.93, 1.08, 0.95])
    assert took_colours(shaken)
    assert correlation(shaken) == pytest.approx(correlation(lit([1.0] * 6)), abs=0.02)


def test_brightness_alone_is_no_colour() -> None:
    """As of a lamp that flickers: every channel alike."""
    grey = [
        Reading(name, (100.0 * f,) * 3, (90.0,) * 3)
        for name, f in zip(NAMES, (1, 2, 1, 3, 1, 2), strict=True)
    ]
    assert not took_colours(grey)
