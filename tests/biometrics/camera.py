"""A camera that shows a drawn person who does what the page says: for pages in a real browser.

The page's `getUserMedia` gives a canvas; the test draws each picture on it (bench.liveness_scene) and reads
from the page what the person is asked. Simulated from end to end but for what stands between: the page, its
requests, the server and the real engine.
"""

import base64
import time
from functools import cache
from typing import Final

import numpy as np
from playwright.sync_api import Page

from bench.liveness import seen_on
from bench.liveness_actors import WAY, Dice, Person
from bench.liveness_scene import Subject
from biometrics.engine.choice import Choice
from biometrics.engine.loading import load
from biometrics.liveness.steps import Move, Step
from tests.biometrics.photographs import array, astronaut

INSTEAD: Final = """(() => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 480, height: 360 });
  const pen = canvas.getContext("2d");
  pen.fillRect(0, 0, 480, 360);
  const tracks = [];
  globalThis.cameras = () => tracks.filter((track) => track.readyState === "live").length;
  globalThis.paint = async (jpeg) => {
    const bytes = Uint8Array.from(atob(jpeg), (sign) => sign.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    pen.drawImage(picture, 0, 0);
    picture.close();
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(30);
    tracks.push(...stream.getTracks());
    return stream;
  };
})();"""
LONGEST_S: Final = 25.0
EVERY_S: Final = 0.16


class Steady(Person):
    """One whom the rules refuse least: turns clearly and in its own time, near to the screen's light.

    35 degrees in 1.4 s passed 12 of 12 doors' captures at three frames a second (32: 10), as `bench.liveness`
    plays them.
    """

    lit = (0.18, 0.2)

    def told(self, step: Step, at: float) -> None:
        """The light is on the face as soon as the screen has it: the way here takes long enough."""
        self._next = (step.colour, at)
        if step.move is Move.FLASH:
            return
        turn = WAY.get(step.move, 0.0) * np.radians(self.dice.uniform(34.0, 36.0))
        self.yaw.go(float(turn), at + 0.2, 1.4)
        self.scale.go(1.33 if step.move is Move.CLOSER else 1.0, at + 0.2, 0.8)


@cache
def drawn_subject() -> Subject:
    """The person on a photograph in the public domain."""
    found = seen_on("astronaut", array(astronaut()), load(Choice()))
    assert found is not None
    return found[1]


def before(page: Page, asks: str, seed: int) -> float:
    """Stand before the page's camera and do what it says, until it says nothing more; how many seconds.

    `asks`: a script's function that says [move, colour] as the page shows them, null when it is over.
    """
    dice: Dice = np.random.default_rng(seed)
    person = Steady(drawn_subject(), dice)
    began, shown, asked = time.monotonic(), None, page.evaluate(asks)
    script = f"(jpeg) => paint(jpeg).then({asks})"
    while asked is not None and (at := time.monotonic() - began) < LONGEST_S:
        if asked != shown and asked[0]:
            person.told(Step(Move(asked[0]), asked[1]), at)
            shown = asked
        rest = EVERY_S - (time.monotonic() - began - at)
        if rest > 0:
            page.wait_for_timeout(1000 * rest)  # the machine has more to do than to draw
        asked = page.evaluate(script, base64.b64encode(person.frame(at)).decode())
    return time.monotonic() - began
