"""Which engine a house runs, as its operator chose. Light: every process reads it with its settings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

DLIB: Final = "dlib"
ONNX: Final = "onnx"
# What the vectors of each are made by. Here, so that it can be told without loading an engine.
MODEL_NAMES: Final = {DLIB: "dlib-resnet-v1", ONNX: "yunet-sface"}


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
