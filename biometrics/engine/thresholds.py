"""How near a face must be to an enrolled one, by name, with what was measured for each and when.

Figures belong to a model: one that was never measured has none, and nothing is compared with it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from biometrics.engine.interface import Model, Vector, cosine_distance


class Strictness(StrEnum):
    """What an area may ask for."""

    STANDARD = "standard"
    HIGH = "high"


class NotMeasured(LookupError):  # noqa: N818 - named for what is so
    """There are no figures for this model: see `make bench-face-accuracy`."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A cosine distance that still passes, and its figures with an enrolment of three frames."""

    distance: float
    false_accepts: int
    impostors: int  # comparisons
    false_refusals: int
    genuine: int  # comparisons
    measured: date
    data: str

    @property
    def far(self) -> float:
        """False accepts, of 1."""
        return self.false_accepts / self.impostors

    @property
    def frr(self) -> float:
        """False refusals, of 1."""
        return self.false_refusals / self.genuine


_DAY: Final = date(2026, 11, 26)
_DATA: Final = "LFW subset, 16 people, 80 photographs: every enrolment of three, all others' photographs"
_THRESHOLDS: Final = {
    "dlib-resnet-v1": {
        Strictness.STANDARD: Threshold(0.060, 0, 12_000, 5, 320, _DAY, _DATA),
        Strictness.HIGH: Threshold(0.052, 0, 12_000, 19, 320, _DAY, _DATA),
    },
}
# A frame's distance from the mean of its enrolment: of one person's three at most 0.026, with one of another
# person among three at least 0.036 (16 people, 2026-11-26).
_SPREAD: Final = {"dlib-resnet-v1": 0.030}


def spread(model: Model) -> float:
    """How far a frame may be from the mean of the enrolment it belongs to. Raises NotMeasured."""
    try:
        return _SPREAD[model.name]
    except KeyError:
        raise NotMeasured(model.name) from None


def threshold(model: Model, strictness: Strictness) -> Threshold:
    """What is measured for a model under that name. Raises NotMeasured: fail closed."""
    try:
        return _THRESHOLDS[model.name][strictness]
    except KeyError:
        raise NotMeasured(model.name) from None


def matches(template: Vector, frame: Vector, *, model: Model, strictness: Strictness) -> bool:
    """Whether a frame is near enough to an enrolled vector, both by `model`.

    Raises NotMeasured, and ValueError for vectors that cannot be compared.
    """
    return cosine_distance(template, frame) <= threshold(model, strictness).distance
