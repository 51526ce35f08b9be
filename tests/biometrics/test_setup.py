"""The landmark model whose training data forbids commercial use is not on this machine and is never named."""

import stat
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from biometrics.engine.dlib_engine import FACE_MODEL, POINT_MODEL, models
from config.rooms import FLOORS, ROOT
from deploy.bootstrap import KEPT_MODELS, VENV, delete_models

FORBIDDEN = "68_face_landmarks"


def test_set_up_left_only_what_may_be_used() -> None:
    """Of the environment that the tests run in: `make setup` has been there."""
    assert {path.name for path in models().iterdir()} == {POINT_MODEL[0], FACE_MODEL[0]} == set(KEPT_MODELS)


def test_no_model_of_that_kind_is_anywhere_in_the_environment() -> None:
    assert [path for path in Path(VENV).rglob("*.dat") if FORBIDDEN in path.name] == []


def test_the_code_never_names_it() -> None:
    """The bootstrap deletes by what is kept."""
    for room in (*FLOORS, "deploy", "edge", "bench"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text()
            assert "68_face" not in text, path
            assert "face_recognition_models.pose_predictor_model" not in text, path


def test_the_library_that_loads_it_is_never_imported() -> None:
    assert find_spec("face_recognition") is None
    assert "face_recognition_models" not in sys.modules


def made(folder: Path) -> Path:
    """An environment as pip leaves it."""
    place = folder / "lib" / "python3.99" / "site-packages" / "face_recognition_models" / "models"
    place.mkdir(parents=True)
    for name in (*KEPT_MODELS, f"shape_predictor_{FORBIDDEN}.dat", "mmod_human_face_detector.dat"):
        (place / name).write_bytes(b"model")
    return place


def test_deleting_is_done_once_and_does_no_harm_again(tmp_path: Path) -> None:
    place = made(tmp_path)
    assert delete_models(str(tmp_path)) == [
        "mmod_human_face_detector.dat",
        f"shape_predictor_{FORBIDDEN}.dat",
    ]
    assert {path.name for path in place.iterdir()} == set(KEPT_MODELS)
    assert delete_models(str(tmp_path)) == []
    assert delete_models(str(tmp_path / "nothing here")) == []


def test_an_environment_of_somebody_else_stops_the_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set-up says so and fails, rather than leave the file."""
    made(tmp_path)

    def refused(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("deploy.bootstrap.os.remove", refused)
    with pytest.raises(OSError, match="Permission denied"):
        delete_models(str(tmp_path))


def test_the_models_that_are_kept_can_be_read() -> None:
    assert all(stat.S_ISREG((models() / name).stat().st_mode) for name in KEPT_MODELS)
