"""A printed code that a scanner might not read is refused when its picture is made; a good one is read."""

import dataclasses
from typing import Any

import pytest
import qrcode
import zxingcpp
from PIL import Image

from credentials.colours import Pair
from credentials.pictures import CodePicture, RuleBroken, picture_of

DIGITS = "212" + "0987654321" * 24 + "098765432"


def matrix(level: int, digits: str = DIGITS) -> tuple[tuple[bool, ...], ...]:
    code = qrcode.QRCode(error_correction=level, border=0)
    code.add_data(digits)
    code.make()
    return tuple(tuple(row) for row in code.get_matrix())


def drawn(picture: CodePicture, scale: int = 4) -> Image.Image:
    """The picture with its quiet zone."""
    size = len(picture.modules) + 2 * picture.quiet
    image = Image.new("RGB", (size, size), picture.colours.background)
    dark = tuple(int(picture.colours.foreground[at : at + 2], 16) for at in (1, 3, 5))
    for y, row in enumerate(picture.modules):
        for x, is_dark in enumerate(row):
            if is_dark:
                image.putpixel((x + picture.quiet, y + picture.quiet), dark)
    return image.resize((size * scale, size * scale), Image.Resampling.NEAREST)


@pytest.mark.parametrize(
    "colours", [Pair("#000000", "#ffffff"), Pair("#767676", "#ffffff"), Pair("#5a0018", "#ffb0c0")]
)
def test_a_code_is_read_as_it_was_written(colours: Pair) -> None:
    picture = picture_of(DIGITS, colours=colours)
    assert len(DIGITS) == 252
    assert len(picture.modules) == 41  # version 6
    (found,) = zxingcpp.read_barcodes(drawn(picture))
    assert found.text == DIGITS


def test_the_level_is_m_and_nothing_else() -> None:
    constants = qrcode.constants
    CodePicture(matrix(constants.ERROR_CORRECT_M))
    for level in (constants.ERROR_CORRECT_L, constants.ERROR_CORRECT_Q, constants.ERROR_CORRECT_H):
        with pytest.raises(RuleBroken) as refused:
            CodePicture(matrix(level))
        assert refused.value.rule == "level"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"quiet": 3}, "quiet_zone"),
        ({"side_mm": 20.29}, "side"),
        ({"side_mm": float("nan")}, "side"),
        ({"colours": Pair("#777777", "#ffffff")}, "contrast"),
        ({"colours": Pair("#ffffff", "#000000")}, "contrast"),
        ({"colours": Pair("black", "white")}, "colour"),
        ({"modules": ((True,),)}, "shape"),
    ],
)
def test_each_rule_is_held(changes: dict[str, Any], rule: str) -> None:
    good = picture_of(DIGITS)
    with pytest.raises(RuleBroken) as refused:
        dataclasses.replace(good, **changes)
    assert refused.value.rule == rule


def test_modules_too_small_to_print_are_refused() -> None:
    """A large code within the least side: 20.3 mm, but 0.2 mm a module."""
    large = "1" * 1200
    with pytest.raises(RuleBroken) as refused:
        picture_of(large, side_mm=20.3)
    assert refused.value.rule == "module"
    assert picture_of(large, side_mm=40.0).module_mm >= 0.33


def test_the_least_of_each_passes() -> None:
    picture = picture_of(DIGITS, side_mm=20.3, colours=Pair("#767676", "#ffffff"))
    assert picture.module_mm >= 0.33
    assert picture.whole_mm == pytest.approx(20.3 * 49 / 41)


@pytest.mark.parametrize("bad", ["", "12a", "１２", "-1"])
def test_only_digits_are_drawn(bad: str) -> None:
    with pytest.raises(ValueError):
        picture_of(bad)
