"""One frame of a liveness session: seen first, and measured only where the session has use for it.

The session's state stays here: an engine process is asked two plain questions about the same bytes.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np

from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model, Points
from biometrics.engine.looking import Want
from biometrics.engine.quality import Quality
from biometrics.liveness import adapter
from biometrics.liveness.observations import Observation

Found = TypeVar("Found")
log = logging.getLogger(__name__)


class Looker(Protocol):
    """Whoever looks at frames: the pool of this process, or face workers on other machines."""

    @property
    def deadline(self) -> float:
        """Seconds that a frame may take where nothing else is said."""
        ...

    @property
    def model(self) -> Model | None:
        """What vectors are made by; None while nobody who looks has said so yet."""
        ...

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        """Look at a frame; blocks for `deadline` seconds at most. Raises FaceRefused."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame of a session. `quality` is that of the one face, None without one and for several."""

    observation: Observation
    quality: Quality | None
    model: Model | None = None  # by which the embedding was made, where there is one


def watch(
    looker: Looker,
    arrived: adapter.Arrived,
    wants: Callable[[Observation, Quality | None], bool],
    *,
    shape: Points | None = None,
    deadline: float | None = None,
) -> Seen:
    """Observe a frame and, where it shows one face and `wants` says so, embed that; both in one deadline.

    With a `shape` (`biometrics.engine.laying`) the face is measured a second time, laid back to it. Blocks,
    for `deadline` seconds at most (the looker's own where none is said). Raises FaceRefused.
    """
    until = time.monotonic() + (looker.deadline if deadline is None else deadline)
    sight = looker.look_now(arrived.raw, Want.OBSERVE, deadline=_left(until))
    try:
        seen = adapter.observation(sight, arrived)
    except ValueError as error:
        log.error("no liveness session can be held: %s", error)
        raise FaceRefused(FaceCode.FACE_UNAVAILABLE) from None
    if len(sight.faces) != 1 or not wants(seen, sight.quality):
        return Seen(seen, sight.quality)
    found = looker.look_now(arrived.raw, Want.embed(sight.faces[0], shape), deadline=_left(until))
    laid = None if found.laid is None else np.asarray(found.laid, dtype=np.float64)
    embedded = replace(seen, embedding=np.asarray(found.vector, dtype=np.float64), laid=laid)
    return Seen(embedded, sight.quality, found.model)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise FaceRefused(FaceCode.FACE_LATE)
    return left
