"""A liveness session: a person passes, and each thing that a person does not do fails it with its kind."""

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from biometrics.liveness.flash import Reading, took_colours
from biometrics.liveness.kinds import Kind, LivenessRefused
from biometrics.liveness.marks import seen_before
from biometrics.liveness.session import Ticket, accept, begin, claim, expire
from biometrics.liveness.state import Binding, Phase, from_bytes, to_bytes
from biometrics.liveness.steps import COLOURS, LOW, TURNS, Course, Move, Plan, draw_colours, draw_steps
from tests.biometrics.puppet import PERSON, Puppet, observed, started, vector

SEEDS = range(12)
PLANS = [Plan(Course.FULL), Plan(Course.FULL, flash=False), Plan(Course.DOOR)]


def dice(seed: int) -> "np.random.Generator":
    return np.random.default_rng(seed)


def drawn(plan: Plan, seed: int) -> list[Move]:
    one = dice(seed)
    return [step.move for step in draw_steps(plan, lambda below: int(one.integers(below)))]


# The steps


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.course}-{plan.flash}")
def test_steps_begin_and_end_looking_ahead_and_hold_what_the_plan_says(plan: Plan) -> None:
    wanted = {
        PLANS[0]: {"turn": 1, "closer": 1, "flash": 6},
        PLANS[1]: {"turn": 2, "closer": 1},
        PLANS[2]: {"turn": 1},
    }[plan]
    for seed in range(60):
        moves = drawn(plan, seed)
        assert moves[0] is moves[-1] is Move.CENTRE
        counts = Counter("turn" if move in TURNS else move.value for move in moves)
        del counts["centre"]
        assert counts == wanted
        for one, other in pairwise(moves):
            assert Move.CENTRE in (one, other) or one is other is Move.FLASH


def test_steps_differ_from_session_to_session() -> None:
    assert len({tuple(drawn(PLANS[0], seed)) for seed in range(200)}) == 12
    assert len({tuple(drawn(PLANS[1], seed)) for seed in range(200)}) == 12
    assert len({tuple(drawn(PLANS[2], seed)) for seed in range(200)}) == 2


def test_colours_tell_of_every_channel() -> None:
    one = dice(1)
    several = [draw_colours(lambda below: int(one.integers(below))) for _ in range(200)]
    assert len(set(several)) > 150
    for colours in several:
        assert all(a != b for a, b in pairwise(colours))
        bright = [sum(COLOURS[name][channel] > LOW for name in colours) for channel in range(3)]
        assert all(2 <= count <= 4 for count in bright)


# A person


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.course}-{plan.flash}")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_person_passes(plan: Plan, seed: int) -> None:
    puppet = started(seed, course=plan.course, flash=plan.flash)
    session = puppet.walk()
    assert (session.phase, session.kind) == (Phase.PASSED, None)
    assert puppet.now - 100 < 15
    _, passed = claim(session, puppet.ticket, now=puppet.now)
    assert passed.binding == PERSON
    assert passed.embedding @ vector(1) > 0.99


def test_the_state_goes_to_bytes_and_back_after_every_frame() -> None:
    """As it does between two requests."""
    puppet = started(3)
    while puppet.session.step is not None:
        puppet.follow()
        before = puppet.session
        puppet.session = from_bytes(to_bytes(before))
        assert to_bytes(puppet.session) == to_bytes(before)
    assert puppet.session.phase is Phase.PASSED


def test_the_state_holds_no_picture() -> None:
    puppet = started(3)
    puppet.walk()
    told = json.loads(to_bytes(puppet.session))
    assert not {"thumbnail", "frame", "picture"} & set(json.dumps(told).split('"'))
    pixels = puppet.sent[0].thumbnail.tobytes()
    raw = to_bytes(puppet.session)
    assert pixels[:12] not in raw
    assert len(raw) < 12_000


def test_another_format_is_not_read() -> None:
    told = json.loads(to_bytes(started().session)) | {"format": 99}
    with pytest.raises(ValueError, match="another format"):
        from_bytes(json.dumps(told).encode())


def test_what_comes_next_is_not_shown() -> None:
    """Not in what gets printed either."""
    session = started(3).session
    assert session.step is not None
    assert "turn" not in repr(session)
    assert session.nonce.hex() not in repr(session)
    assert repr(session.nonce) not in repr(session)


# Once, and for one thing


@pytest.mark.parametrize(
    "binding",
    [
        replace(PERSON, purpose="enrol"),
        replace(PERSON, holder="holder:6"),
        replace(PERSON, where="reader:12"),
        replace(PERSON, consent="consent:8"),
    ],
    ids=["purpose", "holder", "where", "consent"],
)
def test_a_session_serves_nothing_else(binding: Binding) -> None:
    puppet = started()
    with pytest.raises(LivenessRefused) as refused:
        accept(puppet.session, replace(puppet.ticket, binding=binding), observed(puppet.look, 0, 100.1))
    assert (refused.value.code, refused.value.kind) == ("liveness_failed", Kind.OTHER_SESSION)
    puppet.walk()
    with pytest.raises(LivenessRefused, match="other_session"):
        claim(puppet.session, replace(puppet.ticket, binding=binding), now=puppet.now)


def test_frames_of_another_session_are_refused_and_harm_nothing() -> None:
    ours, theirs = started(1), started(2)
    before = ours.session
    for ticket in (
        theirs.ticket,
        replace(theirs.ticket, session_id=ours.session.id),
        replace(ours.ticket, session_id=theirs.session.id),
        replace(ours.ticket, nonce=ours.ticket.nonce[:-1]),
        replace(ours.ticket, nonce=b""),
    ):
        with pytest.raises(LivenessRefused, match="other_session"):
            accept(ours.session, ticket, observed(ours.look, 0, 100.1))
    assert ours.session == before
    assert ours.walk().phase is Phase.PASSED


def test_a_result_is_handed_out_once() -> None:
    puppet = started()
    puppet.walk()
    session, _ = claim(puppet.session, puppet.ticket, now=puppet.now)
    assert session.version == puppet.session.version + 1
    assert session.first_embedding is session.last_embedding is None
    with pytest.raises(LivenessRefused, match="already_ended"):
        claim(session, puppet.ticket, now=puppet.now)
    with pytest.raises(LivenessRefused, match="already_ended"):
        accept(session, puppet.ticket, observed(puppet.look, session.sequence, puppet.now + 0.1))


def test_nothing_is_handed_out_before_the_end_or_too_late() -> None:
    puppet = started()
    with pytest.raises(LivenessRefused, match="not_passed"):
        claim(puppet.session, puppet.ticket, now=100.1)
    puppet.walk()
    with pytest.raises(LivenessRefused, match="expired"):
        claim(puppet.session, puppet.ticket, now=115.01)


def test_a_failed_session_takes_no_more_and_holds_no_face() -> None:
    puppet = started()
    puppet.follow()
    assert puppet.session.first_embedding is not None
    session = puppet.show(faces=puppet.sent[0].faces * 2)
    assert (session.phase, session.kind) == (Phase.FAILED, Kind.TWO_FACES)
    assert session.first_embedding is None
    for call in (
        puppet.show,
        lambda: claim(session, puppet.ticket, now=puppet.now),
    ):
        with pytest.raises(LivenessRefused, match="already_ended"):
            call()


def test_each_change_has_its_version() -> None:
    """The store writes only over the version that was read."""
    puppet, versions = started(), [0]
    while puppet.session.step is not None:
        puppet.show()
        puppet.session.step and puppet.session.at and puppet.follow()
        versions.append(puppet.session.version)
    assert all(later > earlier for earlier, later in pairwise(versions))


def test_its_life_ends() -> None:
    puppet = started()
    puppet.follow()
    assert expire(puppet.session, 115.0) is puppet.session
    ended = expire(puppet.session, 115.01)
    assert (ended.phase, ended.kind, ended.first_embedding) == (Phase.FAILED, Kind.EXPIRED, None)
    assert expire(ended, 200.0) is ended


def test_two_sessions_share_no_nonce() -> None:
    one, other = (begin(PERSON, PLANS[0], now=1.0, session_id="s") for _ in range(2))
    assert one.nonce != other.nonce
    assert len(one.nonce) == 16
    assert Ticket("s", one.nonce, PERSON) == Ticket("s", one.nonce, PERSON)


# Flash, by itself


def readings(names: tuple[str, ...], face: float, ground: float, noise: float = 0.0) -> list[Reading]:
    one, out = dice(9), []
    for name in names:
        light = np.array(COLOURS[name]) / 255
        face_colour = np.array([150.0, 120.0, 100.0]) * (0.8 + face * light) + one.normal(0, noise, 3)
        ground_colour = np.array([90.0, 100.0, 110.0]) * (0.8 + ground * light) + one.normal(0, noise, 3)
        out.append(Reading(name, tuple(face_colour), tuple(ground_colour)))
    return out


COLOUR_NAMES = ("red", "cyan", "yellow", "blue", "green", "magenta")


def test_a_face_near_the_screen_takes_its_colours() -> None:
    assert took_colours(readings(COLOUR_NAMES, 0.1, 0.005, 0.5))
    assert took_colours(readings(COLOUR_NAMES, 0.04, 0.002, 0.3))


@pytest.mark.parametrize(
    ("face", "ground", "noise"),
    [(0.1, 0.1, 0.3), (0.1, 0.08, 0.3), (0.0, 0.0, 0.5), (0.0, 0.0, 3.0), (0.0, 0.0, 0.0), (-0.1, 0.0, 0.3)],
    ids=["print", "near-ground", "no-light", "noise", "nothing", "inverse"],
)
def test_what_is_no_face_near_the_screen_does_not(face: float, ground: float, noise: float) -> None:
    assert not took_colours(readings(COLOUR_NAMES, face, ground, noise))


def test_other_colours_than_the_drawn_ones_do_not_pass() -> None:
    one, passed = dice(4), 0
    for _ in range(300):
        shown, film = (draw_colours(lambda below: int(one.integers(below))) for _ in range(2))
        lit = [replace(a, shown=b) for a, b in zip(readings(film, 0.1, 0.005, 0.5), shown, strict=True)]
        passed += took_colours(lit) and shown != film
    assert passed <= 3


def test_marks_tell_a_frame_from_its_neighbours() -> None:
    puppet: Puppet = started(5)
    puppet.walk()
    marks = puppet.session.marks
    assert all(not seen_before(mark, marks[:place]) for place, mark in enumerate(marks))
    assert all(seen_before(mark, marks) for mark in marks)
