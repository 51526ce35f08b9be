"""An enrolment's vector and what is near enough to it."""

from datetime import date

import numpy as np
import pytest

from biometrics.engine.choice import Choice
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model, Vector, cosine_distance, unit
from biometrics.engine.loading import load
from biometrics.engine.looking import Want, look
from biometrics.engine.thresholds import NotMeasured, Strictness, matches, spread, threshold
from biometrics.engine.vectors import LEAST_APART, enrolment_vector
from tests.biometrics.photographs import lfw

DLIB = Model("dlib-resnet-v1", "0" * 16, 128)


def around(centre: Vector, far: float, seed: int) -> Vector:
    """A vector at that cosine distance."""
    other = np.random.default_rng(seed).normal(size=128)
    across = unit(other - (other @ centre) * centre.astype(np.float64))
    return unit((1 - far) * centre.astype(np.float64) + np.sqrt(1 - (1 - far) ** 2) * across)


CENTRE = unit(np.random.default_rng(1).normal(size=128))
FRAMES = [around(CENTRE, 0.01, seed) for seed in range(3)]


def code(frames: list[Vector]) -> FaceCode:
    with pytest.raises(FaceRefused) as refused:
        enrolment_vector(frames, DLIB)
    return refused.value.code


def test_the_mean_of_three_is_of_length_one_and_nearer_than_each() -> None:
    kept = enrolment_vector(FRAMES, DLIB)
    assert kept.dtype == np.float32
    assert abs(float(np.linalg.norm(kept)) - 1) < 1e-6
    assert cosine_distance(kept, CENTRE) < min(cosine_distance(one, CENTRE) for one in FRAMES)


def test_each_frame_counts_the_same() -> None:
    """Normalised before they are averaged: a long vector weighs no more than a short one."""
    longer = [FRAMES[0] * 50, FRAMES[1], FRAMES[2] * 0.1]
    assert np.allclose(enrolment_vector(longer, DLIB), enrolment_vector(FRAMES, DLIB), atol=1e-6)


def test_two_frames_are_too_few() -> None:
    assert code([]) is FaceCode.FRAMES_FEW
    assert code(FRAMES[:2]) is FaceCode.FRAMES_FEW
    assert len(enrolment_vector([*FRAMES, around(CENTRE, 0.01, 9)], DLIB)) == 128


def test_a_frame_twice_is_no_second_frame() -> None:
    assert code([FRAMES[0], FRAMES[1], FRAMES[0]]) is FaceCode.FRAMES_ALIKE
    assert code([*FRAMES, around(FRAMES[0], LEAST_APART / 2, 5)]) is FaceCode.FRAMES_ALIKE


def test_a_frame_of_somebody_else_is_found() -> None:
    assert code([*FRAMES[:2], around(CENTRE, 0.12, 7)]) is FaceCode.FRAMES_DIFFER


def test_a_frame_of_another_model_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="another model"):
        enrolment_vector([*FRAMES, np.ones(64, np.float32)], DLIB)
    with pytest.raises(ValueError, match="no direction"):
        enrolment_vector([*FRAMES, np.zeros(128, np.float32)], DLIB)


def test_what_was_never_measured_is_never_compared() -> None:
    other = Model("yunet-sface", "0" * 16, 128)
    for ask in (
        lambda: enrolment_vector(FRAMES, other),
        lambda: spread(other),
        lambda: threshold(other, Strictness.STANDARD),
        lambda: matches(CENTRE, CENTRE, model=other, strictness=Strictness.HIGH),
    ):
        with pytest.raises(NotMeasured):
            ask()


def test_thresholds_carry_their_figures() -> None:
    standard, high = (threshold(DLIB, name) for name in (Strictness.STANDARD, Strictness.HIGH))
    assert (standard.distance, high.distance) == (0.060, 0.052)
    for one in (standard, high):
        assert one.measured <= date(2026, 11, 26)
        assert one.impostors >= 1000
        assert one.genuine >= 100
        assert one.data
    assert standard.far <= 0.001
    assert standard.frr <= 0.02 < high.frr
    assert high.far <= standard.far


def test_the_border_is_where_it_is_said() -> None:
    for name in Strictness:
        limit = threshold(DLIB, name).distance
        for far, passes in ((limit - 1e-4, True), (limit + 1e-4, False), (2.0, False)):
            frame = around(CENTRE, far, 3)
            assert matches(CENTRE, frame, model=DLIB, strictness=name) is passes


def test_a_vector_that_is_none_never_passes() -> None:
    for wrong in (np.zeros(128, np.float32), np.full(128, np.nan, np.float32), CENTRE[:64], CENTRE * 0.5):
        with pytest.raises(ValueError):
            matches(CENTRE, wrong, model=DLIB, strictness=Strictness.STANDARD)


def test_people_of_a_photograph_collection() -> None:
    """Two people of LFW, enrolled on three photographs each: their own passes, the other's does not."""
    engine = load(Choice())
    vectors = {
        (person, number): look(engine, lfw(person, number), Want.VECTOR).vector
        for person, numbers in {"Elton_John": (1, 2, 3, 4), "Tom_Harkin": (1, 2, 5, 3)}.items()
        for number in numbers
    }
    assert all(vector is not None for vector in vectors.values())
    kept = {
        person: enrolment_vector(
            [v for (who, _), v in vectors.items() if who == person and v is not None][:3], DLIB
        )
        for person in ("Elton_John", "Tom_Harkin")
    }
    for (person, number), vector in vectors.items():
        assert vector is not None
        for who, template in kept.items():
            passed = matches(template, vector, model=engine.model, strictness=Strictness.STANDARD)
            assert passed is (who == person), (who, person, number)
    mixed = [vectors["Elton_John", 1], vectors["Elton_John", 2], vectors["Tom_Harkin", 1]]
    assert code([vector for vector in mixed if vector is not None]) is FaceCode.FRAMES_DIFFER
