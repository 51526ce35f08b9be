"""Colours of codes: what is refused, and that what is offered instead passes and is near."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.colours import (
    LEAST_CONTRAST,
    Pair,
    contrast,
    from_oklch,
    luminance,
    nearest,
    nearest_on,
    oklch,
)

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.478),  # the well-known grey that just fails
        ("#767676", "#ffffff", 4.542),
        ("#0000ff", "#ffffff", 8.592),
        ("#ff0000", "#ffffff", 3.998),
    ],
)
def test_known_contrasts(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("colour", "lightness", "chroma", "degrees"),
    [
        ("#ff0000", 0.628, 0.2577, 29.23),
        ("#0000ff", 0.452, 0.3132, 264.05),
        ("#00ff00", 0.8664, 0.2948, 142.5),
    ],
)
def test_known_lightness_chroma_hue(colour: str, lightness: float, chroma: float, degrees: float) -> None:
    found = oklch(colour)
    assert found[0] == pytest.approx(lightness, abs=0.001)
    assert found[1] == pytest.approx(chroma, abs=0.001)
    assert math.degrees(found[2]) % 360 == pytest.approx(degrees, abs=0.1)


@pytest.mark.parametrize(
    "pair",
    [
        Pair("#777777", "#ffffff"),  # too little
        Pair("#ffffff", "#000000"),  # light on dark
        Pair("#123456", "#123456"),
        Pair("#000000", "#333333"),  # only the ground can be changed
    ],
)
def test_unreadable_pairs(pair: Pair) -> None:
    assert not pair.readable
    assert nearest(pair).readable


def test_what_is_offered() -> None:
    assert nearest(Pair("#777777", "#ffffff")) == Pair("#767676", "#ffffff")
    assert nearest(Pair("#ffffff", "#000000")) == Pair("#000000", "#ffffff")
    darker = nearest(Pair("#ff8800", "#ffffff"))
    assert darker.background == "#ffffff"
    assert darker.foreground != "#000000"
    assert abs(oklch(darker.foreground)[2] - oklch("#ff8800")[2]) < 0.1
    assert nearest(Pair("#000000", "#333333")).foreground == "#000000"


@pytest.mark.parametrize("bad", ["", "red", "#fff", "#12345g", "#1234567", "#123456\n"])
def test_what_is_no_colour(bad: str) -> None:
    with pytest.raises(ValueError):
        luminance(bad)


@given(colours, colours)
def test_what_is_offered_passes(foreground: str, background: str) -> None:
    pair = Pair(foreground, background)
    better = nearest(pair)
    assert better.readable
    assert luminance(better.foreground) < luminance(better.background)
    assert contrast(better.foreground, better.background) >= LEAST_CONTRAST
    assert nearest(better) == better
    assert (better == pair) == pair.readable


@given(colours)
def test_on_white_a_little_lighter_would_not_pass(foreground: str) -> None:
    """It is the nearest: the search went no further than it had to."""
    better = nearest(Pair(foreground, "#ffffff")).foreground
    if better != foreground:
        assert contrast(better, "#ffffff") < 4.7


@given(colours, colours)
def test_text_on_any_ground_can_be_read(ground: str, colour: str) -> None:
    found = nearest_on(ground, colour)
    assert contrast(found, ground) >= LEAST_CONTRAST
    assert (found == colour) == (contrast(colour, ground) >= LEAST_CONTRAST)


@given(colours)
def test_there_and_back(colour: str) -> None:
    back = from_oklch(oklch(colour))
    for place in (1, 3, 5):
        assert abs(int(colour[place : place + 2], 16) - int(back[place : place + 2], 16)) <= 1
