"""Who stands before the camera in the liveness bench: a person, and those who are none.

An actor is told each step when it is revealed and gives a frame's bytes whenever it is asked. All are
simulated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import cv2
import numpy as np

from bench.liveness_scene import (
    COLUMNS,
    ROWS,
    Picture,
    Stance,
    Subject,
    Surface,
    decoded,
    draw,
    head_outline,
    head_relief,
    jpeg,
    sheet_outline,
    sheet_relief,
    texture_of,
    wall,
)
from biometrics.liveness.steps import COLOURS, Move, Step, draw_colours

Dice = np.random.Generator
WAY: Final = {Move.TURN_LEFT: 1.0, Move.TURN_RIGHT: -1.0}


class Actor(Protocol):
    """Gives frames."""

    def told(self, step: Step, at: float) -> None: ...

    def frame(self, at: float) -> bytes: ...


@dataclass(frozen=True)
class Recorded:
    """A frame of an earlier session, and the step that was shown when it was taken."""

    raw: bytes
    step: Step


class Glide:
    """A value that goes to a target in its own time, slow at both ends."""

    def __init__(self, value: float) -> None:
        self._from = self._to = value
        self._begin, self._long = 0.0, 1.0

    def at(self, when: float) -> float:
        share = min(1.0, max(0.0, (when - self._begin) / self._long))
        return self._from + (self._to - self._from) * share * share * (3 - 2 * share)

    def go(self, to: float, begin: float, long: float) -> None:
        self._from, self._to, self._begin, self._long = self.at(begin), to, begin, long


class Person:
    """A genuine one: reacts 0.35 to 0.8 s after being told, turns 28 to 36 degrees in 0.5 to 0.9 s, sways."""

    surface: Surface
    rigid_turn = (28.0, 36.0)
    lit = (0.06, 0.2)

    def __init__(self, subject: Subject, dice: Dice) -> None:
        self.dice = dice
        self.ground = wall(int(dice.integers(1 << 30)))
        self.yaw, self.scale, self.tilt = Glide(float(np.radians(dice.normal(0, 2)))), Glide(1.0), Glide(0.0)
        self.colour, self._next = "", ("", 0.0)
        self._share = float(dice.uniform(*self.lit))
        self._sway = dice.uniform(0.6, 2.2, 4), dice.uniform(0, 6.3, 4)
        self.surface = self.made(subject)

    def made(self, subject: Subject) -> Surface:
        return Surface(head_relief(), head_outline(), texture_of(subject))

    def told(self, step: Step, at: float) -> None:
        begin, long = at + self.dice.uniform(0.35, 0.8), float(self.dice.uniform(0.5, 0.9))
        self._next = (step.colour, at + 0.05)  # the screen takes a while
        if step.move is Move.FLASH:
            return
        angle = WAY.get(step.move, 0.0) * np.radians(self.dice.uniform(*self.rigid_turn))
        self.yaw.go(float(angle), begin, long)
        nearer = self.dice.uniform(1.28, 1.4) if step.move is Move.CLOSER else 1.0
        self.scale.go(float(nearer), begin, long)

    def stance(self, at: float) -> Stance:
        if at >= self._next[1]:
            self.colour = self._next[0]
        pace, phase = self._sway
        sway = np.sin(pace * at + phase)
        return Stance(
            yaw=self.yaw.at(at) + 0.015 * float(sway[0]),
            pitch=0.03 * float(sway[1]),
            scale=self.scale.at(at) * (1 + 0.015 * float(sway[2])),
            x=COLUMNS / 2 + 5 * float(sway[2]) + float(self.dice.normal(0, 0.4)),
            y=ROWS * 0.42 + 4 * float(sway[3]) + float(self.dice.normal(0, 0.4)),
            colour=self.colour,
            lit=self._share,
            tilt=self.tilt.at(at),
        )

    def picture(self, at: float) -> Picture:
        return draw(self.surface, self.stance(at), self.ground, self.dice)

    def frame(self, at: float) -> bytes:
        return jpeg(self.picture(at))


class Print(Person):
    """A printed photograph with its background, moved by somebody who knows the rules.

    Turned by up to 50 degrees about a slanting axis, so that the shear moves the nose the right way.
    """

    rigid_turn = (25.0, 50.0)

    def made(self, subject: Subject) -> Surface:
        return Surface(sheet_relief(None), sheet_outline(2.1), texture_of(subject), rigid=True)

    def told(self, step: Step, at: float) -> None:
        super().told(step, at)
        slant = -WAY.get(step.move, 0.0) * self.dice.uniform(0.0, 0.8)
        self.tilt.go(float(slant), at + 0.3, 0.3)


class BentPrint(Print):
    """The same, bent about a cylinder of 0.8 to 1.6 eyes' distances."""

    def made(self, subject: Subject) -> Surface:
        bent = float(self.dice.uniform(0.8, 1.6))
        return Surface(sheet_relief(bent), sheet_outline(0.95 * bent), texture_of(subject), rigid=True)


class CutOut(Person):
    """A print worn as a mask, bent about the head (0.95 to 1.3 eyes' distances), living eyes behind holes."""

    def __init__(self, subject: Subject, dice: Dice, behind: Subject) -> None:
        self.behind = behind
        super().__init__(subject, dice)

    def made(self, subject: Subject) -> Surface:
        relief, outline = sheet_relief(float(self.dice.uniform(0.95, 1.3))), sheet_outline(0.9)
        texture, eyes = texture_of(subject), texture_of(self.behind)
        middle, unit = texture.shape[0] / 2, texture.shape[0] / 5.2
        for side in (-0.34, 0.34):
            hole = np.zeros(texture.shape[:2], np.uint8)
            at = (int(middle + side * unit), int(middle))
            cv2.ellipse(hole, at, (int(0.17 * unit), int(0.08 * unit)), 0, 0, 360, 1, -1)
            texture[hole > 0] = eyes[hole > 0]
            relief = np.where(hole > 0, relief - np.float32(0.1), relief)
        return Surface(relief, outline, texture)


class Swapped(Person):
    """Another person stands in from a move on, or for one move, in the very place and pose.

    Never from the first on: that would be one person throughout.
    """

    moves = 5  # of a full course at the least

    def __init__(self, subject: Subject, dice: Dice, other: Subject) -> None:
        super().__init__(subject, dice)
        self._other = self.made(other)
        self._from, self._once = int(dice.integers(1, self.moves)), bool(dice.random() < 0.3)
        self._moves = 0

    def told(self, step: Step, at: float) -> None:
        super().told(step, at)
        if step.move is not Move.FLASH:
            self._moves += 1

    def picture(self, at: float) -> Picture:
        swapped = self._moves - 1 == self._from or (self._moves - 1 > self._from and not self._once)
        shown = self._other if swapped else self.surface
        return draw(shown, self.stance(at), self.ground, self.dice)


class SwappedAtDoor(Swapped):
    """The same among a door's three moves."""

    moves = 3


class WrongColours(Person):
    """A person who follows every step, in the light of other colours: those of a film made before."""

    def __init__(self, subject: Subject, dice: Dice) -> None:
        super().__init__(subject, dice)
        self._film = list(draw_colours(lambda below: int(dice.integers(below))))

    def told(self, step: Step, at: float) -> None:
        colour = self._film.pop(0) if step.colour and self._film else step.colour
        super().told(replace(step, colour=colour), at)


class Recaptured(Person):
    """A screen that shows a person who follows every step, filmed: gamma, moire, the screen's glass.

    The strongest footage there is: it answers the steps. It cannot answer the colours; the glass mirrors a
    little of them from all over.
    """

    lit = (0.0, 0.0)

    def picture(self, at: float) -> Picture:
        inner = super().picture(at).astype(np.float32) / 255
        gamma, pitch = 1.35, 2.3
        rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
        moire = 1 + 0.05 * np.sin(2 * np.pi * (columns * 1.02 + 0.06 * rows) / pitch)
        moire *= 1 + 0.04 * np.sin(2 * np.pi * rows * 1.01 / pitch)
        glass = np.array(COLOURS.get(self.colour, (255, 255, 255)), dtype=np.float32) / 255 * 0.02
        seen = cv2.GaussianBlur(inner**gamma, (0, 0), 0.7) * moire[..., None] * 1.1 + glass
        return np.asarray(np.clip(seen * 255, 0, 255), dtype=np.uint8)


class Replayed:
    """An earlier session's frames in their order; `anew`: encoded once more, or byte for byte."""

    def __init__(self, film: Sequence[Recorded], dice: Dice, *, anew: bool) -> None:
        self._film, self._dice, self._anew, self._place = list(film), dice, anew, 0

    def told(self, step: Step, at: float) -> None:
        """A film hears nothing."""

    def frame(self, at: float) -> bytes:
        raw = self._film[min(self._place, len(self._film) - 1)].raw
        self._place += 1
        return encoded_anew(raw, self._dice) if self._anew else raw


class Injected:
    """Frames of an earlier session in another order: shuffled, or picked to fit each revealed step."""

    def __init__(self, film: Sequence[Recorded], dice: Dice, *, picked: bool) -> None:
        self._film, self._dice, self._picked = list(film), dice, picked
        self._shown: list[Recorded] = list(film)
        self._place = 0
        if not picked:
            self._shown = [self._film[place] for place in dice.permutation(len(self._film))]

    def told(self, step: Step, at: float) -> None:
        if not self._picked:
            return
        fitting = [one for one in self._film if one.step == step]
        fitting = fitting or [one for one in self._film if one.step.move is step.move]
        self._shown, self._place = fitting or self._film, 0

    def frame(self, at: float) -> bytes:
        raw = self._shown[self._place % len(self._shown)].raw
        self._place += 1
        return encoded_anew(raw, self._dice)


def encoded_anew(raw: bytes, dice: Dice) -> bytes:
    """The same picture in other bytes: a little lighter or darker, some noise, another quality."""
    picture = decoded(raw).astype(np.float32) * dice.uniform(0.95, 1.05)
    noisy = np.clip(picture + dice.normal(0, 1.5, picture.shape), 0, 255)
    return jpeg(noisy.astype(np.uint8), int(dice.integers(70, 92)))
