"""Two ONNX models of a few kilobytes, written by hand, that OpenCV's classes for faces take.

The detector has YuNet's twelve outputs and takes a white square of 32 x 32 pixels that lies on its grid for
the middle of a face of 128 x 128; the recogniser has SFace's input and measures 192 mean colours of the chip.
Fields as in onnx.proto (github.com/onnx/onnx), opset 11.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CELL, SIDE, CHIP, POOLED, DIMENSIONS = 32, 128, 112, 14, 128
FLOAT, INT64 = 1, 7
# From the left upper corner of the white square, in squares: right eye, left eye, nose, corners of the mouth.
POINTS = (-0.5, -0.3, 1.5, -0.3, 0.5, 0.7, -0.2, 1.5, 1.2, 1.5)
Array = NDArray[Any]


def varint(value: int) -> bytes:
    """Protocol Buffers' own numbers."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    """A field that is a number."""
    return varint(field << 3) + varint(value)


def part(field: int, value: bytes | str) -> bytes:
    """A field that is text, bytes or a message."""
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name: str, values: Array) -> bytes:
    """A constant."""
    kind = INT64 if values.dtype == np.int64 else FLOAT
    dims = b"".join(number(1, size) for size in values.shape)
    return part(5, dims + number(2, kind) + part(8, name) + part(9, values.tobytes()))


def ints(name: str, *values: int) -> bytes:
    """An attribute that is a list of whole numbers."""
    return part(5, part(1, name) + b"".join(number(8, value) for value in values) + number(20, 7))


def node(kind: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    """One step."""
    names = b"".join(part(1, name) for name in inputs) + part(2, output) + part(3, f"n_{output}")
    return part(1, names + part(4, kind) + b"".join(attributes))


def value(field: int, name: str, *shape: int) -> bytes:
    """What goes in or comes out."""
    dims = b"".join(part(1, number(1, size)) for size in shape)
    return part(field, part(1, name) + part(2, part(1, number(1, FLOAT) + part(2, dims))))


def model(graph: bytes) -> bytes:
    """A whole file."""
    return number(1, 6) + part(2, "tests") + part(7, graph + part(2, "tiny")) + part(8, number(2, 11))


def head(stride: int, name: str, weights: Array, bias: Array) -> bytes:
    """From mean colours to one of YuNet's outputs: cells in rows, their numbers together."""
    full, width = f"{name}_{stride}", len(bias)
    kernel = np.asarray(weights, np.float32).reshape(width, 3, 1, 1)
    return (
        tensor(f"w_{full}", kernel)
        + tensor(f"b_{full}", np.asarray(bias, np.float32))
        + tensor(f"s_{full}", np.array([1, -1, width], np.int64))
        + node("Conv", [f"mean_{stride}", f"w_{full}", f"b_{full}"], f"c_{full}", ints("kernel_shape", 1, 1))
        + node("Transpose", [f"c_{full}"], f"t_{full}", ints("perm", 0, 2, 3, 1))
        + node("Reshape", [f"t_{full}", f"s_{full}"], full)
        + value(12, full, 1, (320 // stride) ** 2, width)
    )


def detector() -> bytes:
    """Finds white squares on the grid of 32; the finer grids find nothing."""
    graph = value(11, "input", 1, 3, 320, 320)
    for stride in (8, 16, CELL):
        square = ints("kernel_shape", stride, stride) + ints("strides", stride, stride)
        graph += node("AveragePool", ["input"], f"mean_{stride}", square)
        sees = np.full((1, 3), 1 / (3 * 255)) if stride == CELL else np.zeros((1, 3))
        box = np.array([0.5, 0.5, *[np.log(SIDE / CELL)] * 2])
        graph += head(stride, "cls", sees, np.zeros(1)) + head(stride, "obj", sees, np.zeros(1))
        graph += head(stride, "bbox", np.zeros((4, 3)), box)
        graph += head(stride, "kps", np.zeros((10, 3)), np.array(POINTS))
    return model(graph)


def recogniser() -> bytes:
    """Mean colours of 8 x 8 fields, turned by a fixed random matrix."""
    fields = 3 * (CHIP // POOLED) ** 2
    turned = np.random.default_rng(20261126).normal(size=(fields, DIMENSIONS)).astype(np.float32)
    square = ints("kernel_shape", POOLED, POOLED) + ints("strides", POOLED, POOLED)
    graph = (
        value(11, "data", 1, 3, CHIP, CHIP)
        + tensor("turned", turned)
        + tensor("flat", np.array([1, fields], np.int64))
        + node("AveragePool", ["data"], "mean", square)
        + node("Reshape", ["mean", "flat"], "fields")
        + node("MatMul", ["fields", "turned"], "fc1")
        + value(12, "fc1", 1, DIMENSIONS)
    )
    return model(graph)


@dataclass(frozen=True)
class Files:
    """Both as files, with their hashes."""

    detector: tuple[Path, str]
    recogniser: tuple[Path, str]


def written(folder: Path) -> Files:
    """Write both."""
    made = []
    for name, data in (("detector.onnx", detector()), ("recogniser.onnx", recogniser())):
        (folder / name).write_bytes(data)
        made.append((folder / name, hashlib.sha256(data).hexdigest()))
    return Files(*made)


def scene(*people: int, at: int = 0, noise: float = 0.0, size: tuple[int, int] = (320, 480)) -> Array:
    """Whoever these numbers stand for, side by side, `at` so many squares from the left. uint8 H x W x 3."""
    height, width = size
    picture = np.full((height, width, 3), 40.0)
    for index, person in enumerate(people):
        rough = np.random.default_rng(person).uniform(0, 120, (8, 8, 3))
        left, top = CELL * (1 + at) + index * (SIDE + CELL), CELL * 2
        picture[top : top + SIDE, left : left + SIDE] = np.kron(rough, np.ones((16, 16, 1)))
    picture += np.random.default_rng(7).normal(0, noise, picture.shape) if noise else 0
    for index in range(len(people)):
        left, top = CELL * (1 + at) + index * (SIDE + CELL) + SIDE // 2 - CELL // 2, CELL * 2 + SIDE // 2
        left, top = left // CELL * CELL, top // CELL * CELL
        picture[top : top + CELL, left : left + CELL] = 255
    seen: Array = np.clip(picture, 0, 255).astype(np.uint8)
    return seen
