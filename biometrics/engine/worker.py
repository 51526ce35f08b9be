"""An engine process: `python -m biometrics.engine.worker FD`. Loads, warms up, then answers frame by frame.

It gets no secret and no environment but what it needs, and once it has loaded it can write no file and leave
no core behind: its limits forbid both. It ends when the other end of its socket does.
"""

import contextlib
import json
import resource
import signal
import socket
import sys
from typing import Final

import numpy as np

from biometrics.engine import wire
from biometrics.engine.choice import chosen
from biometrics.engine.codes import EngineUnavailable, FaceCode, FaceRefused
from biometrics.engine.interface import Box, Face, FaceEngine, Order
from biometrics.engine.loading import load
from biometrics.engine.looking import look

LONGEST_CHOICE: Final = 64 * 1024


def warm(engine: FaceEngine) -> None:
    """Run everything once: the first embedding takes memory that the later ones find."""
    grey = np.full((480, 640, 3), 128, dtype=np.uint8)
    engine.detect(grey)
    for order, points in _PLAIN.items():
        try:
            engine.embed(grey, Face(Box(240, 160, 400, 320), np.array(points, np.float32), 1.0, True, order))
        except ValueError:
            continue  # the other engine's points, or a model that sees nothing in plain grey


_PLAIN: Final = {
    Order.DLIB: [(375, 210), (345, 210), (265, 210), (295, 210), (320, 260)],
    Order.YUNET: [(280, 210), (360, 210), (320, 250), (290, 285), (350, 285)],
}


def confine() -> None:
    """From here on no file can be written and no core is left. Sockets are no files."""
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))


def answered(engine: FaceEngine, message: bytes) -> wire.Answer:
    """What there is to say of a frame; whatever goes wrong is a no."""
    try:
        data, want = wire.asked(message)
        found: wire.Answer = look(engine, data, want)
    except FaceRefused as refused:
        return refused.code
    except Exception as error:  # noqa: BLE001  (a stranger's picture in C++: this process is for the next frame)
        with contextlib.suppress(OSError):  # a log file cannot be written either, from here
            sys.stderr.write(f"a frame could not be measured: {type(error).__name__}\n")
        return FaceCode.FACE_FAILED
    return found


def main(descriptor: int) -> int:
    """Serve until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as end:
        try:
            engine = load(chosen(json.loads(wire.receive(end, LONGEST_CHOICE))))
            warm(engine)
        except (EngineUnavailable, ValueError, TypeError) as error:
            wire.send(end, wire.pack_greeting(wire.Unable(str(error)[:500])))
            return 1
        confine()
        wire.send(end, wire.pack_greeting(wire.Ready(engine.model)))
        while True:
            wire.send(end, wire.pack_answer(answered(engine, wire.receive(end, wire.LONGEST))))


if __name__ == "__main__":
    try:
        sys.exit(main(int(sys.argv[1])))
    except wire.Gone:
        sys.exit(0)
