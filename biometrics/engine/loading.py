"""The engine that was chosen, loaded. Nothing of an engine is imported before."""

from pathlib import Path
from typing import cast

from biometrics.engine.choice import DLIB, Choice
from biometrics.engine.codes import EngineUnavailable
from biometrics.engine.interface import FaceEngine


def load(choice: Choice) -> FaceEngine:
    """The engine, ready. Raises EngineUnavailable with what to do."""
    try:
        return _dlib() if choice.kind == DLIB else _onnx(choice)
    except ImportError as error:
        needed = "run `make setup`" if choice.kind == DLIB else "install opencv-python-headless"
        raise EngineUnavailable(
            f"the {choice.kind} engine cannot be imported ({error.name}): {needed}"
        ) from None


# A process needs one of the two, and a house without the second has no OpenCV: imported when chosen.
def _dlib() -> FaceEngine:
    from biometrics.engine.dlib_engine import DlibEngine  # noqa: PLC0415

    return cast(FaceEngine, DlibEngine())


def _onnx(choice: Choice) -> FaceEngine:
    from biometrics.engine.onnx_engine import OnnxEngine  # noqa: PLC0415

    files = (
        (Path(choice.detector), choice.detector_sha256),
        (Path(choice.recogniser), choice.recogniser_sha256),
    )
    return cast(FaceEngine, OnnxEngine(*files))
