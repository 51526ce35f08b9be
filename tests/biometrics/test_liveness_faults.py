"""What no person does, one fault each: the session fails, and the operator's page can say of what kind."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from biometrics.liveness.kinds import CODE, Kind
from biometrics.liveness.session import unseen
from biometrics.liveness.state import Phase, Session
from biometrics.liveness.steps import Course, Move
from sallyport.reasons import Reason
from tests.biometrics.puppet import TURN, Puppet, observed, started


def failed_as(session: Session) -> Kind | None:
    assert session.phase is Phase.FAILED
    return session.kind


def underway(seed: int = 0, **more: Any) -> Puppet:
    """A puppet that has done the first step."""
    puppet = started(seed, **more)
    puppet.follow()
    assert puppet.session.phase is Phase.RUNNING
    return puppet


def at_turn(seed: int = 0) -> tuple[Puppet, int]:
    """A puppet that is asked to turn, and which way: 1 is left."""
    puppet = started(seed, flash=False)
    step = puppet.walk_to_turn()
    return puppet, 1 if step.move is Move.TURN_LEFT else -1


def test_the_person_hears_one_code() -> None:
    assert Reason.LIVENESS_FAILED.value == CODE


# Frames: repeated, out of order, late


def test_the_same_frame_twice() -> None:
    puppet = underway()
    again = replace(puppet.sent[0], sequence=puppet.session.sequence, arrived_at=puppet.now + 0.2)
    assert failed_as(puppet.send(again)) is Kind.FRAME_REPEATED


def test_a_frame_encoded_anew_after_having_moved() -> None:
    """The first frame given once more for the last, in other bytes."""
    puppet, _ = at_turn()
    puppet.follow()
    first = puppet.sent[0]
    faces = tuple(replace(face, landmarks=face.landmarks + 0.3) for face in first.faces)
    puppet.stand(yaw=0.45 * puppet.look.yaw).show()  # on the way back, so that it does not jump
    anew = replace(
        first,
        sequence=puppet.session.sequence,
        arrived_at=puppet.now + 0.4,
        digest=b"\x07" * 32,
        faces=faces,
    )
    assert failed_as(puppet.send(anew)) is Kind.FRAME_REPEATED


def test_a_frame_of_an_earlier_session_encoded_anew() -> None:
    earlier = started(1)
    earlier.walk()
    assert earlier.session.phase is Phase.PASSED
    puppet = started(1, history=earlier.session.marks)
    again = replace(earlier.sent[0], digest=b"\x08" * 32)
    assert failed_as(puppet.send(again)) is Kind.FRAME_REPEATED
    # The control: who does not know the earlier one takes it.
    assert started(1).send(again).phase is Phase.RUNNING


def test_one_person_comes_back_and_is_not_a_repetition() -> None:
    earlier = started(1)
    earlier.walk()
    puppet = started(2, history=earlier.session.marks)
    puppet.stand(x=331.0, y=226.0)
    assert puppet.walk().phase is Phase.PASSED


@pytest.mark.parametrize("off", [-1, 1, 5])
def test_a_number_that_is_not_the_next(off: int) -> None:
    puppet = underway()
    assert failed_as(puppet.show(sequence=puppet.session.sequence + off)) is Kind.OUT_OF_ORDER


def test_a_time_that_goes_back() -> None:
    puppet = underway()
    assert failed_as(puppet.show(arrived_at=puppet.session.arrived - 0.01)) is Kind.OUT_OF_ORDER


def test_frames_in_another_order() -> None:
    """Numbered anew: the head leaps."""
    puppet, way = at_turn()
    puppet.stand(yaw=way * TURN)
    assert puppet.show(after=0.1).phase is Phase.RUNNING  # a single leap may be its landmarks'
    puppet.stand(yaw=-way * TURN)
    assert failed_as(puppet.show(after=0.1)) is Kind.JUMPED


def test_a_gap_between_frames() -> None:
    puppet = underway()
    assert failed_as(puppet.show(after=2.51)) is Kind.FRAME_LATE
    assert underway().show(after=2.49).phase is Phase.RUNNING


def test_a_frame_after_the_session() -> None:
    puppet = underway()
    assert failed_as(puppet.show(arrived_at=115.01)) is Kind.EXPIRED


def test_more_frames_than_any_camera_needs() -> None:
    puppet = underway()
    puppet.session = replace(puppet.session, sequence=150)
    assert failed_as(puppet.show()) is Kind.TOO_MANY_FRAMES


@pytest.mark.parametrize(
    "change",
    [
        {"thumbnail": np.zeros((4, 4), np.uint8)},
        {"digest": b"short"},
        {"width": 0},
        {"face_colour": (float("nan"), 0.0, 0.0)},
        {"embedding": np.zeros(128)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_values_that_no_picture_gives(change: dict[str, Any]) -> None:
    assert failed_as(started().show(**change)) is Kind.NOT_READABLE


@pytest.mark.parametrize("points", [np.zeros((5, 2)), np.full((5, 2), np.inf), np.zeros((4, 2))])
def test_points_that_no_face_has(points: np.ndarray[Any, Any]) -> None:
    faces = tuple(replace(face, landmarks=points) for face in observed(started().look, 0, 100.2).faces)
    assert failed_as(started().show(faces=faces)) is Kind.NOT_READABLE


# Faces: how many, whose


def test_two_faces() -> None:
    puppet = underway()
    assert failed_as(puppet.show(faces=puppet.sent[0].faces * 2)) is Kind.TWO_FACES


def test_a_face_that_is_away_too_long() -> None:
    puppet = underway()
    assert puppet.show(after=0.6, faces=()).phase is Phase.RUNNING
    assert failed_as(puppet.show(after=0.7, faces=())) is Kind.FACE_LOST


def test_nobody_comes() -> None:
    puppet = started()
    while puppet.session.phase is Phase.RUNNING:
        puppet.show(after=0.5, faces=())
    assert failed_as(puppet.session) is Kind.EXPIRED


def test_who_has_to_find_their_place_has_the_session_for_it() -> None:
    puppet = started()
    for _ in range(18):
        assert puppet.show(after=0.5, faces=()).phase is Phase.RUNNING
    assert puppet.walk().phase is Phase.PASSED


def test_frames_that_nobody_could_look_at_are_nobodys_fault() -> None:
    """A server that is busy for seconds fails nobody; without that the gap does."""
    for busy, ends in ((True, Phase.RUNNING), (False, Phase.FAILED)):
        puppet = underway()
        for _ in range(6):
            puppet.now += 0.5
            if busy:
                puppet.session = unseen(puppet.session, puppet.now)
        assert puppet.show().phase is ends
    assert failed_as(puppet.session) is Kind.FRAME_LATE


@pytest.mark.parametrize("flash", [True, False])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_another_person_from_any_move_on(place: int, *, flash: bool) -> None:
    """In the very place and pose."""
    puppet, moves = started(2, flash=flash), 0
    while puppet.session.step is not None:
        moves += puppet.session.step.move is not Move.FLASH
        puppet.stand(person=2 if moves > place else 1)
        puppet.follow()
    assert failed_as(puppet.session) is Kind.OTHER_FACE


def test_another_person_for_one_move_only() -> None:
    puppet = started(2, flash=False)
    puppet.walk_to_turn()
    puppet.stand(person=2)
    assert failed_as(puppet.follow()) is Kind.OTHER_FACE


def test_without_an_embedding_no_frame_counts() -> None:
    puppet = started()
    while puppet.session.phase is Phase.RUNNING:
        puppet.show(embed=False)
    assert failed_as(puppet.session) is Kind.EXPIRED


# Movements


@pytest.mark.parametrize("change", [{"x": 600.0}, {"y": 580.0}, {"scale": 1.9}], ids=["x", "y", "scale"])
def test_a_face_that_leaps(change: dict[str, float]) -> None:
    puppet = underway().stand(**change)
    assert puppet.show(after=0.1).phase is Phase.RUNNING  # a single one may be its landmarks'
    assert failed_as(puppet.show(after=0.1)) is Kind.JUMPED


def test_the_wrong_way() -> None:
    puppet, way = at_turn()
    for share in (0.0, 0.4, 0.8, 1.0):
        puppet.stand(yaw=-way * share * TURN)
        if puppet.show().phase is not Phase.RUNNING:
            break
    assert failed_as(puppet.session) is Kind.WRONG_TURN


def test_turned_before_anybody_could_know() -> None:
    puppet, way = at_turn()
    for share in (0.35, 0.7, 1.0):
        puppet.stand(yaw=way * share * TURN)
        if puppet.show(after=0.08).phase is not Phase.RUNNING:
            break
    assert failed_as(puppet.session) is Kind.TOO_SOON


def test_not_turned_at_all() -> None:
    puppet, _ = at_turn()
    while puppet.session.phase is Phase.RUNNING:
        puppet.show()
    assert failed_as(puppet.session) is Kind.NO_TURN


@pytest.mark.parametrize("slant", [0.0, 25.0, 45.0])
def test_a_flat_print_does_not_turn(slant: float) -> None:
    """However it is slanted so that the nose moves the right way."""
    puppet, way = at_turn()
    puppet.stand(flat=True, slant=-way * slant)
    for yaw in [*range(0, 56, 8), *[55] * 30]:
        if puppet.stand(yaw=float(yaw)).show().phase is not Phase.RUNNING:
            break
    assert failed_as(puppet.session) is Kind.NO_TURN


def test_a_turned_picture_put_in_has_not_been_on_its_way() -> None:
    """Another photograph of the same person, already turned, at the very place."""
    puppet, way = at_turn()
    puppet.show()
    puppet.stand(yaw=way * 28.0)  # turned, and no further than two frames allow
    while puppet.session.phase is Phase.RUNNING:
        puppet.show(after=0.3)
    assert failed_as(puppet.session) is Kind.NO_TURN


def test_not_closer() -> None:
    puppet = started(0)
    puppet.walk(until=Move.CLOSER)
    while puppet.session.phase is Phase.RUNNING:
        puppet.show()
    assert failed_as(puppet.session) is Kind.NOT_CLOSER


def test_never_looking_ahead_again() -> None:
    puppet, _ = at_turn()
    puppet.follow()
    while puppet.session.phase is Phase.RUNNING:
        puppet.show()
    assert failed_as(puppet.session) is Kind.NOT_CENTRED


# Flash


@pytest.mark.parametrize(
    ("lit", "ground"), [(0.0, 0.0), (0.1, 0.1)], ids=["another screen", "a print with its background"]
)
def test_no_flash_on_the_face_alone(lit: float, ground: float) -> None:
    puppet = started(4)
    puppet.stand(lit=lit, ground=ground)
    assert failed_as(puppet.walk()) is Kind.NO_FLASH


def test_other_colours_than_the_drawn() -> None:
    puppet = started(4)
    puppet.walk(until=Move.FLASH)
    film = ["blue", "red", "cyan", "green", "magenta", "yellow"]
    while puppet.session.step and puppet.session.step.move is Move.FLASH:
        at = puppet.session.at
        colour = next(name for name in film if name != puppet.session.step.colour)
        film.remove(colour)
        while puppet.session.at == at and puppet.session.phase is Phase.RUNNING:
            puppet.stand(colour=colour).show()
    assert failed_as(puppet.session) is Kind.NO_FLASH


def test_no_more_than_three_colours_a_second() -> None:
    """However fast the frames come."""
    puppet = started(4)
    puppet.walk(until=Move.FLASH)
    begins: dict[int, float] = {}
    while puppet.session.step and puppet.session.step.move is Move.FLASH:
        begins.setdefault(puppet.session.at, puppet.session.revealed)
        puppet.stand(colour=puppet.session.step.colour).show(after=0.05)
    times = sorted(begins.values())
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) >= 1 / 3


def test_without_flash_no_colour_is_ever_shown() -> None:
    for seed in range(20):
        for course in Course:
            plain = started(seed, flash=False, course=course).session
            assert all(not step.colour for step in plain.steps)
