"""Which engine a house runs, as its operator chose. Nothing of an engine is imported before it is loaded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, cast

from biometrics.engine.codes import EngineUnavailable
from biometrics.engine.interface import FaceEngine

DLIB: Final = "dlib"
ONNX: Final = "onnx"


@dataclass(frozen=True, slots=True)
class Choice:
    """`kind` is dlib or onnx; the files and their SHA-256 (hexadecimal) are for onnx alone.

    Raises ValueError for what is neither, and for onnx without both files and hashes.
    """

    kind: str = DLIB
    detector: str = ""
    detector_sha256: str = ""
    recogniser: str = ""
    recogniser_sha256: str = ""

    def __post_init__(self) -> None:
        if self.kind not in (DLIB, ONNX):
            raise ValueError(f"the face engine is {DLIB} or {ONNX}, not {self.kind!r}")
        hashes = (self.detector_sha256, self.recogniser_sha256)
        if self.kind == ONNX and not (self.detector and self.recogniser and all(map(_is_sha256, hashes))):
            raise ValueError("the onnx engine needs both model files and the SHA-256 of each")

    def as_dict(self) -> dict[str, str]:
        """What `chosen` reads."""
        return asdict(self)


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and all(sign in "0123456789abcdefABCDEF" for sign in text)


def chosen(told: Mapping[str, object]) -> Choice:
    """The choice that `as_dict` told. Raises ValueError, TypeError."""
    return Choice(**{name: str(value) for name, value in told.items()})


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
