"""Every pair of text and ground in the tokens is readable in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
VALUE = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
Colour = tuple[float, float, float]

GROUNDS = ("paper", "surface", "sunken", "hover")
TEXT_PAIRS = [
    *[(text, ground) for text in ("ink", "ink-soft", "gate-ink") for ground in (*GROUNDS, "gate-wash")],
    *[
        (f"{state}-ink", ground)
        for state in ("granted", "refused", "wait")
        for ground in (*GROUNDS, f"{state}-wash")
    ],
    ("ink", "granted-wash"),
    ("ink", "refused-wash"),
    ("ink", "wait-wash"),
    ("on-gate", "gate"),
    ("on-gate", "gate-pressed"),
    ("on-state", "granted"),
    ("on-state", "refused"),
    ("on-wait", "wait"),
]
EDGE_PAIRS = [("edge", ground) for ground in GROUNDS] + [("gate", ground) for ground in ("paper", "surface")]


def tokens() -> dict[str, tuple[Colour, Colour]]:
    """Token → (light, dark)."""
    found: dict[str, tuple[Colour, Colour]] = {}
    text = TOKENS.read_text()
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\);", text
    ):
        found[name] = (parse(light), parse(dark))
    for name, both in re.findall(r"--([\w-]+): (oklch\([^)/]*\));", text):
        found[name] = (parse(both), parse(both))
    return found


def parse(value: str) -> Colour:
    match = re.fullmatch(VALUE, value)
    assert match, value
    lightness, chroma, hue = (float(part) for part in match.groups())
    return lightness, chroma, hue


def luminance(colour: Colour) -> float:
    """Relative luminance of an OKLCH colour, clipped to sRGB (https://bottosson.github.io/posts/oklab/)."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(text: str, ground: str, theme: int) -> None:
    found = tokens()
    assert contrast(found[text][theme], found[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_are_seen(edge: str, ground: str, theme: int) -> None:
    found = tokens()
    assert contrast(found[edge][theme], found[ground][theme]) >= 3.0


def test_the_measure_itself_is_right() -> None:
    assert contrast((1.0, 0.0, 0.0), (0.0, 0.0, 0.0)) == pytest.approx(21.0)
    assert contrast((0.9, 0.01, 255.0), (1.0, 0.0, 0.0)) < 3.0


def test_every_colour_in_the_style_sheets_comes_from_the_tokens() -> None:
    for sheet in ("console.css", "device.css"):
        text = (TOKENS.parent / sheet).read_text()
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])|rgba?\(|oklch\(|hsla?\(", text), sheet
