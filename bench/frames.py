"""From a picture of a video to a driven door: 1280 x 720, the code in it, a reader that is cut off.

`python -m bench.frames`: one JSON line; `value` is the p95 in ms from a picture that the camera gave to the
door, its journal's entry synced before. Reading the picture from the file, which a camera does not, is apart.
The scene is computed: a wallet's code before textured ground, held by a hand, 4 to 6 pixels per module,
blurred and with a sensor's noise, in Motion JPEG as USB cameras send it. Needs OpenCV and zxing-cpp.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from bench.offline import bundle, code, deciding, opened, p95
from bench.readability import Picture, Scene, drawn, frame
from edge.sources.decoder import Sightings, texts_in
from edge.sources.frames import NoMorePictures, recording

WIDTH, HEIGHT, RATE = 1280, 720, 30
CODES, SHOWN, EMPTY = 40, 5, 5  # frames that show a code, then frames without any
LIFE = 3_600  # of codes: the video is drawn before it is looked at


@dataclass
class Times:
    """Milliseconds, picture by picture."""

    reading: list[float] = field(default_factory=list)
    decoding: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)
    deciding: list[float] = field(default_factory=list)
    verdict: list[float] = field(default_factory=list)


def ground(noise: np.random.Generator) -> Picture:
    """Something that is not plain: a jacket, a wall."""
    rough = noise.uniform(40, 200, (HEIGHT // 40, WIDTH // 40, 3)).astype(np.uint8)
    soft = cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.float64)
    return np.clip(soft + noise.normal(0, 4, soft.shape), 0, 255).astype(np.uint8)


def film(path: Path) -> None:
    """Each code for a sixth of a second, as a hand holds it, then none for as long."""
    noise = np.random.default_rng(20261126)
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (WIDTH, HEIGHT))
    for _ in range(CODES):
        large, behind = drawn(code()), ground(noise)
        scene = Scene(noise.uniform(4, 6), int(noise.integers(-12, 12)), 0.2, 0, 0.0)
        for _ in range(SHOWN):
            turn, scale = scene.turn + noise.uniform(-2, 2), scene.scale * noise.uniform(1, 1.06)
            seen = frame(large, scene, turn, scale, noise)[:HEIGHT, :WIDTH]
            top, left = (noise.integers(0, room + 1) for room in (HEIGHT - len(seen), WIDTH - seen.shape[1]))
            picture = behind.copy()
            picture[top : top + len(seen), left : left + seen.shape[1]] = seen[:, :, None]
            video.write(picture)
        for _ in range(EMPTY):
            video.write(behind)
    video.release()


async def watched(path: Path, folder: Path) -> Times:
    """Look at the video as the reader program does, picture by picture."""
    times, sightings = Times(), Sightings()
    frames = recording(path)()
    assert frames is not None
    async with deciding(folder, bundle(LIFE)) as (decider, _):
        while True:
            begun = time.perf_counter()
            try:
                picture = frames.read()
            except NoMorePictures:
                return times
            assert picture is not None
            had = time.perf_counter()
            texts = texts_in(picture)
            read = time.perf_counter()
            times.reading.append((had - begun) * 1000)
            (times.decoding if texts else times.empty).append((read - had) * 1000)
            for text in sightings.new(texts, read):
                times.deciding.append(await opened(decider.present, text))
                times.verdict.append((time.perf_counter() - had) * 1000)


def main() -> int:
    """Draw, look, tell."""
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "var"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-frames-", dir=place) as folder:
        path = Path(folder) / "door.avi"
        film(path)
        times = asyncio.run(watched(path, Path(folder)))
    figures = {
        "bench": "frames",
        "value": round(p95(times.verdict), 2),
        "unit": "ms",
        "median": round(statistics.median(times.verdict), 2),
        "decode_median": round(statistics.median(times.decoding), 2),
        "decide_median": round(statistics.median(times.deciding), 2),
        "no_code_median": round(statistics.median(times.empty), 2),
        "read_file_median": round(statistics.median(times.reading), 2),
        "codes": CODES,
        "opened": len(times.verdict),
        "frames_read": f"{len(times.decoding)}/{CODES * SHOWN}",
    }
    print(json.dumps(figures), flush=True)
    return 0 if len(times.verdict) == CODES else 1


if __name__ == "__main__":
    sys.exit(main())
