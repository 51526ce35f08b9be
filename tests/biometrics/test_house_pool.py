"""The pool as the settings say."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from biometrics.engine.choice import Choice
from biometrics.engine.codes import EngineUnavailable, FaceCode, FaceRefused
from biometrics.engine.looking import Want
from biometrics.house_pool import close_house_pool, house_pool
from config.settings import biometrics as told
from tests.biometrics.photographs import jpeg, portrait
from tests.biometrics.tiny_onnx import written

NAMES = ("DETECTOR", "DETECTOR_SHA256", "RECOGNISER", "RECOGNISER_SHA256")


def test_without_a_word_it_is_dlib_with_a_process_a_core() -> None:
    assert Choice() == told.FACE_ENGINE
    assert told.FACE_LANES is None
    assert told.FACE_DEADLINE_S == 1.0


def test_onnx_is_wholly_said_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = written(tmp_path)
    values = [str(value) for file in (files.detector, files.recogniser) for value in file]
    monkeypatch.setenv("SALLYPORT_FACE_ENGINE", "onnx")
    for name, value in zip(NAMES, values, strict=True):
        with pytest.raises(ImproperlyConfigured, match="SHA-256 of each"):
            told.choice()
        monkeypatch.setenv(f"SALLYPORT_FACE_{name}", value)
    assert told.choice() == Choice("onnx", *values)
    monkeypatch.setenv("SALLYPORT_FACE_ENGINE", "cloud")
    with pytest.raises(ImproperlyConfigured, match="dlib or onnx"):
        told.choice()


@pytest.mark.faults
def test_the_pool_of_this_process(settings: Any, tmp_path: Path) -> None:
    """Onnx from the settings to a process that runs it: squares are no faces of a photograph."""
    files = written(tmp_path)
    settings.FACE_ENGINE = Choice(
        "onnx", str(files.detector[0]), files.detector[1], str(files.recogniser[0]), files.recogniser[1]
    )
    settings.FACE_LANES, settings.FACE_DEADLINE_S = 1, 60.0
    try:
        pool = house_pool()
        assert house_pool() is pool
        assert pool.ready(60).name == "yunet-sface"
        with pytest.raises(FaceRefused) as refused:
            pool.look_now(jpeg(portrait()), Want.VECTOR)
        assert refused.value.code is FaceCode.FACE_NONE
    finally:
        close_house_pool()
    with pytest.raises(FaceRefused) as refused:
        pool.submit(jpeg(portrait()), Want.VECTOR)
    assert refused.value.code is FaceCode.FACE_UNAVAILABLE
    with pytest.raises(EngineUnavailable):
        pool.ready(0)
