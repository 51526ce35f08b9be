"""Letters on a badge: what the font has is printed, what it lacks is written in Latin letters. Any script.

The letters are Bitstream Vera's, which comes with reportlab: it draws Latin scripts. A name in another one
is transliterated, so that whoever meets the visitor can say it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import reportlab
from anyascii import anyascii
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "Vera"
BOLD: Final = "VeraBd"
CUT: Final = "…"
# Where one syllable's capital follows another's small letter: anyascii writes Chinese and Korean so.
_SYLLABLE: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@cache
def _known() -> frozenset[int]:
    """Register the fonts once; the letters that both have."""
    folder = Path(reportlab.__file__).parent / "fonts"
    fonts = [TTFont(name, str(folder / f"{name}.ttf")) for name in (PLAIN, BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return frozenset(set(fonts[0].face.charToGlyph) & set(fonts[1].face.charToGlyph))


def writable(text: str) -> str:
    """The text in letters that can be printed; pictures (emoji) and what cannot be seen are left out."""
    return " ".join("".join(_word(word) for word in re.split(r"(\s+)", _visible(text))).split())


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    kept = (" " if sign.isspace() else sign for sign in composed)
    return "".join(sign for sign in kept if unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cs", "So"})


def _word(word: str) -> str:
    """A word is written in one script: half a name in each could be read by nobody."""
    plain = [_plainer(sign) for sign in word]
    if all(plain):
        return "".join(plain)
    latin = _SYLLABLE.sub(" ", anyascii(word)).replace("`", "")
    return latin[:1].upper() + latin[1:]


def _plainer(sign: str) -> str:
    """The letter, or the one it is built on; empty where the font has neither."""
    known = _known()
    if ord(sign) in known:
        return sign
    if sign.isalpha() and "LATIN" in unicodedata.name(sign, ""):
        parts = unicodedata.normalize("NFKD", sign)
        return "".join(part for part in parts if ord(part) in known) or anyascii(sign)
    return ""


def width(text: str, font: str, size: float) -> float:
    """In points."""
    _known()
    return float(pdfmetrics.stringWidth(text, font, size))


def lines(text: str, font: str, size: float, room: float) -> Iterator[str]:
    """The text broken into lines no wider than `room` points; words only where one alone is wider."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width(longer, font, size) > room:
            yield line
            longer = word
        while len(longer) > 1 and width(longer, font, size) > room:
            fits = max((n for n in range(1, len(longer)) if width(longer[:n], font, size) <= room), default=1)
            yield longer[:fits]
            longer = longer[fits:]
        line = longer
    if line:
        yield line


def fitted(text: str, *, room: float, largest: float, least: float, most: int) -> tuple[float, list[str]]:
    """The largest size (points) at which the text stands in `most` bold lines with no word broken, and these.

    At the least size words are broken, and what is left over is cut.
    """
    size = largest
    while size > least:
        if all(width(word, BOLD, size) <= room for word in text.split()):
            found = list(lines(text, BOLD, size, room))
            if len(found) <= most:
                return size, found
        size -= 1
    found = list(lines(text, BOLD, least, room))
    if len(found) > most:
        last = found[most - 1]
        while last and width(last + CUT, BOLD, least) > room:
            last = last[:-1]
        found = [*found[: most - 1], last + CUT]
    return least, found
