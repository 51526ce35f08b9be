"""Pictures of codes for paper: a picture that a scanner might not read is refused when it is made. Pure.

Error level M, quiet zone of four modules, dark on light at 4.5:1, a side of at least 0.8 in (20.3 mm),
modules of at least 0.33 mm.
"""

from dataclasses import dataclass
from typing import Final

import qrcode

from credentials.colours import BLACK, WHITE, Pair, is_colour

LEAST_SIDE_MM: Final = 20.3
LEAST_MODULE_MM: Final = 0.33
QUIET: Final = 4
PRINTED_MM: Final = 25.0
PLAIN: Final = Pair(BLACK, WHITE)

Modules = tuple[tuple[bool, ...], ...]


class RuleBroken(ValueError):  # noqa: N818 - named for what happened
    """A picture that breaks a rule; `rule` is its stable name."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class CodePicture:
    """A QR code to be printed. Raises RuleBroken when it breaks a rule of this module."""

    modules: Modules  # True is dark; without the quiet zone
    side_mm: float = PRINTED_MM  # of the code itself, its quiet zone not counted
    colours: Pair = PLAIN
    quiet: int = QUIET  # modules

    def __post_init__(self) -> None:
        """Hold the picture to the rules."""
        size = len(self.modules)
        if size < 21 or (size - 17) % 4 or any(len(row) != size for row in self.modules):
            raise RuleBroken("shape", "this is no QR code")
        if not _is_level_m(self.modules):
            raise RuleBroken("level", "the error level must be M")
        if self.quiet < QUIET:
            raise RuleBroken("quiet_zone", f"the quiet zone must be {QUIET} modules wide")
        if not (is_colour(self.colours.foreground) and is_colour(self.colours.background)):
            raise RuleBroken("colour", "colours are #rrggbb")
        if not self.colours.readable:
            raise RuleBroken("contrast", "the code must be dark on light, with a contrast of 4.5:1")
        if not self.side_mm >= LEAST_SIDE_MM:
            raise RuleBroken("side", f"the code must be printed at least {LEAST_SIDE_MM} mm wide")
        if not self.module_mm >= LEAST_MODULE_MM:
            raise RuleBroken("module", f"a module must be printed at least {LEAST_MODULE_MM} mm wide")

    @property
    def module_mm(self) -> float:
        """The side of one module."""
        return self.side_mm / len(self.modules)

    @property
    def whole_mm(self) -> float:
        """The side with the quiet zone: what must stay free of anything else."""
        return self.side_mm + 2 * self.quiet * self.module_mm


def picture_of(digits: str, *, side_mm: float = PRINTED_MM, colours: Pair = PLAIN) -> CodePicture:
    """The picture of a code's digits in numeric mode. Raises RuleBroken, and ValueError for other signs."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("a code is decimal digits")
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(qrcode.util.QRData(digits, mode=qrcode.util.MODE_NUMBER), optimize=0)
    code.make(fit=True)
    return CodePicture(tuple(tuple(map(bool, row)) for row in code.get_matrix()), side_mm, colours)


def _is_level_m(modules: Modules) -> bool:
    """Read from the picture's own format bits: M is 00, and 10 under the mask of ISO/IEC 18004, 7.9."""
    return modules[8][0] and not modules[8][1]
