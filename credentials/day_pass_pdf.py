"""A day pass as PDF: A6 to carry, or an A4 letter. Its code keeps the rules of `pictures`; no PIN is on it.

The letters are Bitstream Vera's, which comes with reportlab: a letter that it lacks is written as the one
it is built on ("ő" as "o"), and left out where there is none.
"""

import datetime as dt
import io
import unicodedata
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import reportlab
from django.utils import translation
from django.utils.formats import date_format
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from credentials.day_pass_texts import WORDS, Words
from credentials.paper import Branding, DayPass
from credentials.pictures import CodePicture, picture_of
from credentials.selectors import branding
from credentials.services.day_passes import digits_of
from tenants.context import current

MM: Final = 72 / 25.4  # points
LEAST_TEXT: Final = 5.0
INK: Final = "#000000"
PLAIN, BOLD = "Vera", "VeraBd"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of paper, in millimetres; the printed side of the code on it, and the sizes of its letters."""

    width: float
    height: float
    margin: float
    code: float
    name: float
    text: float


SHEETS: Final = {
    "a6": Sheet(105, 148, 8, 36, 22, 8.5),
    "a4": Sheet(210, 297, 25, 50, 32, 12),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is written on a pass."""

    name: str
    company: str
    begins: str
    ends: str
    zone: str
    number: int
    words: Words


def window_text(day_pass: DayPass, language: str) -> tuple[str, str]:
    """Beginning and end as people write them, in the pass's time zone."""
    zone = zoneinfo.ZoneInfo(day_pass.time_zone)
    return _when(day_pass.begins.astimezone(zone), language), _when(day_pass.ends.astimezone(zone), language)


def _when(moment: dt.datetime, language: str) -> str:
    with translation.override(language):
        return f"{date_format(moment, 'D')} {date_format(moment, 'DATE_FORMAT')}, {moment:%H:%M}"


def day_pass_pdf(day_pass: DayPass, size: str = "a6") -> bytes:
    """The pass on a sheet of SHEETS. The same pass gives the same bytes. Raises RuleBroken, KeyError."""
    sheet, look, language = SHEETS[size], branding(), day_pass.holder.language
    begins, ends = window_text(day_pass, language)
    told = Told(
        name=day_pass.holder.name,
        company=look.logo_text or current().name,
        begins=begins,
        ends=ends,
        zone=day_pass.time_zone,
        number=day_pass.handle,
        words=WORDS[language],
    )
    picture = picture_of(digits_of(day_pass), side_mm=sheet.code, colours=look.pair)
    page = _Page(sheet, look, told, picture)
    while page.y < sheet.margin * MM and sheet.text > LEAST_TEXT:
        # Long names need smaller letters; the code keeps its size.
        sheet = replace(sheet, text=sheet.text - 1, name=sheet.name * 0.85)
        page = _Page(sheet, look, told, picture)
    return page.out.getvalue()


class _Page:
    """Draws downwards from the top margin; `y` is where the next line stands, in points."""

    def __init__(self, sheet: Sheet, look: Branding, told: Told, picture: CodePicture) -> None:
        _load_letters()
        self.sheet, self.look = sheet, look
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(sheet.width * MM, sheet.height * MM), invariant=1)
        self.left = sheet.margin * MM
        self.room = (sheet.width - 2 * sheet.margin) * MM
        self.y = (sheet.height - sheet.margin) * MM
        self.draw(told, picture)
        self.canvas.showPage()
        self.canvas.save()

    def draw(self, told: Told, picture: CodePicture) -> None:
        """The whole page."""
        words, text = told.words, self.sheet.text
        self.canvas.setTitle(f"{words.title} {told.number}")
        self.write(told.company, BOLD, text * 1.5, self.look.accent)
        self.rule()
        self.write(words.title, PLAIN, text * 1.2, INK)
        self.name(_writable(told.name).strip() or words.number.format(number=told.number))
        self.write(f"{words.window} {words.begins.format(begins=told.begins)}", BOLD, text, INK)
        self.write(f"{words.ends.format(ends=told.ends)} ({told.zone})", BOLD, text, INK)
        self.code(picture)
        for number, step in enumerate(words.steps, 1):
            self.write(f"{number}. {step}", PLAIN, text, INK)
        self.y -= text / 2
        self.write(words.number.format(number=told.number), PLAIN, text * 0.9, INK)
        self.write(words.found.format(company=told.company), PLAIN, text * 0.9, INK)

    def write(self, text: str, font: str, size: float, colour: str) -> None:
        """A paragraph, broken into lines."""
        self.canvas.setFillColor(HexColor(colour))
        for line in _lines(_writable(text), font, size, self.room):
            self.y -= size * 1.35
            self.canvas.setFont(font, size)
            self.canvas.drawString(self.left, self.y, line)

    def name(self, name: str) -> None:
        """As large as one line holds, two lines of the least size at most."""
        size = self.sheet.name
        least = self.sheet.text * 1.4
        while size > least and pdfmetrics.stringWidth(name, BOLD, size) > self.room:
            size -= 1
        self.y -= size * 0.3
        self.write(name, BOLD, size, INK)
        self.y -= size * 0.3

    def rule(self) -> None:
        """A line in the accent's colour."""
        self.y -= 2.5 * MM
        self.canvas.setStrokeColor(HexColor(self.look.accent))
        self.canvas.setLineWidth(1.5)
        self.canvas.line(self.left, self.y, self.left + self.room, self.y)

    def code(self, picture: CodePicture) -> None:
        """The code on its ground, which is as large as the quiet zone asks."""
        whole, module = picture.whole_mm * MM, picture.module_mm * MM
        left, top = self.left + (self.room - whole) / 2, self.y - 3 * MM
        self.canvas.setFillColor(HexColor(picture.colours.background))
        self.canvas.rect(left, top - whole, whole, whole, stroke=0, fill=1)
        self.canvas.setFillColor(HexColor(picture.colours.foreground))
        for y, first, length in _runs(picture):
            x = left + (picture.quiet + first) * module
            below = top - (picture.quiet + y + 1) * module
            self.canvas.rect(x, below, length * module, module, stroke=0, fill=1)
        self.y = top - whole


def _runs(picture: CodePicture) -> Iterator[tuple[int, int, int]]:
    """Dark modules side by side as (row, first, length): drawn as one, no light shows between them."""
    for y, row in enumerate(picture.modules):
        first = 0
        for x in range(len(row) + 1):
            if x == len(row) or not row[x]:
                if x > first:
                    yield y, first, x - first
                first = x + 1


def _lines(text: str, font: str, size: float, room: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and pdfmetrics.stringWidth(longer, font, size) > room:
            yield line
            longer = word
        while len(longer) > 1 and pdfmetrics.stringWidth(longer, font, size) > room:
            ends = range(1, len(longer))
            fits = max((n for n in ends if _fits(longer[:n], font, size, room)), default=1)
            yield longer[:fits]
            longer = longer[fits:]
        line = longer
    if line:
        yield line


def _fits(text: str, font: str, size: float, room: float) -> bool:
    return pdfmetrics.stringWidth(text, font, size) <= room


@cache
def _load_letters() -> frozenset[int]:
    """Register the fonts once; the letters that both have."""
    folder = Path(reportlab.__file__).parent / "fonts"
    fonts = [TTFont(name, str(folder / f"{name}.ttf")) for name in (PLAIN, BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return frozenset(set(fonts[0].face.charToGlyph) & set(fonts[1].face.charToGlyph))


def _writable(text: str) -> str:
    known = _load_letters()
    return "".join(
        letter
        if ord(letter) in known
        else "".join(part for part in unicodedata.normalize("NFKD", letter) if ord(part) in known)
        for letter in unicodedata.normalize("NFC", text)
    )
