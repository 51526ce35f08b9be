"""Whether a company's colours keep a code readable, and the nearest ones that do. Pure.

Contrast is WCAG 2.2's (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio); the search moves the lightness of
OKLCH (https://bottosson.github.io/posts/oklab/) and keeps the hue, so that the colour offered looks related
to the one that was wished for.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

LEAST_CONTRAST: Final = 4.5
BLACK, WHITE = "#000000", "#ffffff"
STEPS: Final = 400  # of lightness between black and white: finer than eight bits of a channel can show
_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pair:
    """The colours of a code: dark modules on a light ground."""

    foreground: str
    background: str

    @property
    def readable(self) -> bool:
        """Whether scanners read it: dark on light, with contrast enough."""
        dark, light = luminance(self.foreground), luminance(self.background)
        return dark < light and _ratio(light, dark) >= LEAST_CONTRAST


def is_colour(text: str) -> bool:
    """Whether this is `#rrggbb`."""
    return _HEX.match(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return _ratio(high, low)


def luminance(colour: str) -> float:
    """WCAG's relative luminance, 0 to 1. Raises ValueError for what is no colour."""
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def nearest(pair: Pair) -> Pair:
    """The pair itself where it is readable; else the nearest that is.

    The foreground is darkened alone, if that can help; else the ground alone is lightened; colours that are
    merely the wrong way round change places; else the ground is lightened under black.
    """
    if pair.readable:
        return pair
    swapped = Pair(pair.background, pair.foreground)
    found = _darken(pair) or _lighten(pair) or (swapped if swapped.readable else None)
    return found or _lighten(Pair(BLACK, pair.background)) or Pair(BLACK, WHITE)


def nearest_on(background: str, colour: str) -> str:
    """The colour as text on this ground: itself where it is readable, else darkened or lightened until it is.

    On every ground either black or white is readable, so there is always one.
    """
    if contrast(colour, background) >= LEAST_CONTRAST:
        return colour
    ways = [
        found
        for goal in (0.0, 1.0)
        for found in _towards(colour, goal)
        if contrast(found, background) >= LEAST_CONTRAST
    ]
    own = oklch(colour)[0]
    return min(ways, key=lambda way: abs(oklch(way)[0] - own))


def _darken(pair: Pair) -> Pair | None:
    changed = (Pair(shade, pair.background) for shade in _towards(pair.foreground, 0.0))
    return next((found for found in changed if found.readable), None)


def _lighten(pair: Pair) -> Pair | None:
    changed = (Pair(pair.foreground, shade) for shade in _towards(pair.background, 1.0))
    return next((found for found in changed if found.readable), None)


def _towards(colour: str, goal: float) -> list[str]:
    """The colour's shades from its own lightness on to black (0) or white (1)."""
    lightness, chroma, hue = oklch(colour)
    count = max(1, math.ceil(abs(goal - lightness) * STEPS))
    path = [lightness + (goal - lightness) * step / count for step in range(1, count)]
    return [from_oklch((step, chroma, hue)) for step in path] + [WHITE if goal else BLACK]


def oklch(colour: str) -> Triple:
    """Lightness 0 to 1, chroma, hue in radians."""
    red, green, blue = map(_linear, _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def from_oklch(colour: Triple) -> str:
    """`#rrggbb`; a chroma that no screen can show at this lightness is reduced until one can."""
    lightness, chroma, hue = colour
    low, high = 0.0, chroma
    if not _fits(_linear_of(lightness, chroma, hue)):
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if _fits(_linear_of(lightness, middle, hue)) else (low, middle)
        chroma = low
    shown = [round(255 * _gamma(min(1.0, max(0.0, value)))) for value in _linear_of(lightness, chroma, hue)]
    return "#" + "".join(f"{value:02x}" for value in shown)


def _linear_of(lightness: float, chroma: float, hue: float) -> Triple:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _fits(linear: Triple) -> bool:
    return all(-0.0005 <= value <= 1.0005 for value in linear)


def _channels(colour: str) -> Triple:
    if not is_colour(colour):
        raise ValueError(f"not a colour: {colour!r}")
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _gamma(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def _ratio(light: float, dark: float) -> float:
    return (light + 0.05) / (dark + 0.05)
