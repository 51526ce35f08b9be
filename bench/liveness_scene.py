"""Synthetic scenes for the liveness bench: one photograph becomes a head before a wall that turns and moves.

A genuine scene is a 3-D-ish warp: the photograph is laid over a fixed relief (ellipsoid, nose, recessed inner
corners of the eyes), turned about an axis behind the face, projected from five eye distances away, and drawn
before a wall that stands still. The relief's proportions are chosen so that turning moves nose and inner
corners in about the ratio that real photographs show (0.16). What a turn uncovers is stretched, not known.
Light from the screen, sensor noise and JPEG are added to all alike.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.liveness.steps import COLOURS

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

COLUMNS, ROWS = 480, 360
EYES: Final = 70.0  # pixels from outer corner to outer corner, at scale 1
VIEW: Final = 5.0  # eyes' distances from the camera
AXIS: Final = 0.9  # how far the axis of a turn lies behind the outer corners
REACH: Final = 2.6  # how much of the photograph counts, in eyes' distances from their middle
GRID: Final = 260
ROUNDS: Final = 6


@dataclass(frozen=True)
class Subject:
    """A photograph (RGB) and where its eyes are: middle and outer distance in pixels, tilt in radians."""

    name: str
    photograph: Picture
    middle: tuple[float, float]
    eyes: float
    tilt: float


@dataclass(frozen=True)
class Stance:
    """How a surface stands before the camera. Angles in radians, places in pixels of the frame."""

    yaw: float = 0.0  # positive: the person's left
    pitch: float = 0.0
    scale: float = 1.0
    x: float = COLUMNS / 2
    y: float = ROWS * 0.42
    colour: str = ""  # of the screen
    lit: float = 0.12  # the share of the screen's light on the surface
    tilt: float = 0.0  # of the axis that a print is turned about


@dataclass(frozen=True)
class Surface:
    """What is held before the camera: relief and outline over (u, v) in eyes' distances, as GRID pictures."""

    depth: Floats
    outline: Floats
    texture: Picture
    rigid: bool = False  # a sheet turns as a whole; a body stays when its head turns
    cut: tuple[float, float, float, float] = field(default=(-REACH, -REACH, REACH, REACH))


def _mesh() -> tuple[Floats, Floats]:
    line = np.linspace(-REACH, REACH, GRID, dtype=np.float32)
    u, v = np.meshgrid(line, line)
    return u.astype(np.float32), v.astype(np.float32)


def _hill(u: Floats, v: Floats, at: tuple[float, float], wide: tuple[float, float]) -> Floats:
    far = ((u - at[0]) / wide[0]) ** 2 + ((v - at[1]) / wide[1]) ** 2
    return np.asarray(np.exp(-far / 2), dtype=np.float32)


def head_relief() -> Floats:
    """Depth in eyes' distances, 0 at the outer corners, positive towards the camera."""
    u, v = _mesh()
    ball: Floats = 0.75 * np.sqrt(np.clip(1 - (u / 0.95) ** 2 - ((v - 0.3) / 1.35) ** 2, 0, 1))
    nose = 0.2 * _hill(u, v, (0, 0.52), (0.13, 0.17)) + 0.08 * _hill(u, v, (0, 0.2), (0.09, 0.25))
    sockets = 0.06 * (_hill(u, v, (-0.19, 0), (0.09, 0.1)) + _hill(u, v, (0.19, 0), (0.09, 0.1)))
    return np.asarray(cv2.GaussianBlur(ball, (0, 0), 4) - 0.62 + nose - sockets, dtype=np.float32)


def head_outline() -> Floats:
    """1 where the person is: head, neck and shoulders."""
    u, v = _mesh()
    head = (u / 1.1) ** 2 + ((v - 0.25) / 1.6) ** 2 < 1
    body = (v > 1.2) & (np.abs(u) < 0.9 + 0.9 * (v - 1.2))
    return np.asarray(cv2.GaussianBlur((head | body).astype(np.float32), (0, 0), 3), dtype=np.float32)


def sheet_relief(radius: float | None) -> Floats:
    """A print, flat or bent about a vertical axis with this radius in eyes' distances."""
    u, _ = _mesh()
    if radius is None:
        return np.zeros_like(u)
    edge = np.sqrt(radius**2 - 0.25) if radius > 0.5 else 0.0
    bow: Floats = (np.sqrt(np.clip(radius**2 - u**2, 0, None)) - edge).astype(np.float32)
    return bow


def sheet_outline(half: float) -> Floats:
    """A square print of this half side."""
    u, v = _mesh()
    return ((np.abs(u) < half) & (np.abs(v) < half)).astype(np.float32)


def texture_of(subject: Subject) -> Picture:
    """The photograph, upright, GRID x GRID over (u, v)."""
    factor = GRID / (2 * REACH) / subject.eyes
    turn = cv2.getRotationMatrix2D(subject.middle, float(np.degrees(subject.tilt)), factor)
    matrix = np.asarray(turn, dtype=np.float64)
    matrix[:, 2] += GRID / 2 - np.array(subject.middle)
    mode = cv2.BORDER_REFLECT
    turned = cv2.warpAffine(subject.photograph, matrix, (GRID, GRID), flags=cv2.INTER_AREA, borderMode=mode)
    return np.asarray(turned, dtype=np.uint8)


def wall(number: int) -> Picture:
    """A wall with some pattern, each number its own."""
    noise = np.random.default_rng(number)
    rough = noise.normal(0, 18, (12, 16, 3)).astype(np.float32) + noise.uniform(90, 170, 3).astype(np.float32)
    return np.clip(cv2.resize(rough, (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def draw(surface: Surface, stance: Stance, ground: Picture, noise: np.random.Generator) -> Picture:
    """One frame as the camera takes it."""
    map_x, map_y = _sources(surface, stance)
    texture = cv2.remap(surface.texture, map_x, map_y, cv2.INTER_LINEAR).astype(np.float32)
    outline = cv2.remap(surface.outline, map_x, map_y, cv2.INTER_LINEAR)[..., None]
    colour = np.array(COLOURS[stance.colour] if stance.colour else (255, 255, 255), dtype=np.float32) / 255
    seen = texture * (0.8 + stance.lit * colour) * outline
    behind = ground.astype(np.float32) * (0.8 + 0.15 * stance.lit * colour) * (1 - outline)
    grain = 2 * noise.standard_normal((ROWS, COLUMNS, 1), dtype=np.float32)
    grain = grain + noise.standard_normal((ROWS, COLUMNS, 3), dtype=np.float32)
    return np.clip(seen + behind + grain, 0, 255).astype(np.uint8)


def _sources(surface: Surface, stance: Stance) -> tuple[Floats, Floats]:
    """For each pixel of the frame the place in the texture: the projection, inverted in rounds."""
    size = EYES * stance.scale
    coarse = (np.arange(0, end, 3, dtype=np.float32) + 1 for end in (COLUMNS, ROWS))
    columns, rows = np.meshgrid(*coarse)  # every third place: the maps are smooth
    right, down = (columns - stance.x) / size, (rows - stance.y) / size
    cos_t, sin_t = np.cos(stance.tilt), np.sin(stance.tilt)
    u, v = right.copy(), down.copy()
    axis = 0.0 if surface.rigid else AXIS
    for _ in range(ROUNDS):
        depth = cv2.remap(surface.depth, *_places(u, v), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        turn = np.float32(1) if surface.rigid else np.clip(1.9 - v, 0, 0.6) / 0.6
        yaw, pitch = stance.yaw * turn, stance.pitch * turn
        across, along = u * cos_t + v * sin_t, v * cos_t - u * sin_t
        moved = across * np.cos(yaw) + (depth + axis) * np.sin(yaw)
        near = (depth + axis) * np.cos(yaw) - across * np.sin(yaw) - axis
        tipped = along * np.cos(pitch) + (near + axis) * np.sin(pitch)
        grown = VIEW / (VIEW - near)
        seen_u, seen_v = (moved * cos_t - tipped * sin_t) * grown, (tipped * cos_t + moved * sin_t) * grown
        u, v = u + 0.8 * (right - seen_u), v + 0.8 * (down - seen_v)
    map_x, map_y = _places(u, v)
    return _fine(map_x), _fine(map_y)


def _fine(places: Floats) -> Floats:
    return np.asarray(cv2.resize(places, (COLUMNS, ROWS), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _places(u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Places in a GRID picture."""
    factor = (GRID - 1) / (2 * REACH)
    return ((u + REACH) * factor).astype(np.float32), ((v + REACH) * factor).astype(np.float32)


def jpeg(frame: Picture, quality: int = 88) -> bytes:
    """The frame's bytes as a browser sends them."""
    _, raw = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return raw.tobytes()


def decoded(raw: bytes) -> Picture:
    """The frame of its bytes."""
    bgr = np.asarray(cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR))
    return np.ascontiguousarray(bgr[..., ::-1]).astype(np.uint8)
