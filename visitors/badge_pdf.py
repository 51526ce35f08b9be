"""A visitor's badge as PDF: a label of 62 mm for a label printer, or A6 to fold and hang.

Large name, firm, host, site, date and end; "escort" plainly where one is needed; the photo only where the
type of visit says so and one was taken; the code of a day pass only where a pass is given. Its PIN never.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.formats import date_format
from reportlab.lib.utils import ImageReader

from access.models import Site
from credentials.paper import DayPass
from credentials.pictures import CodePicture, picture_of
from credentials.selectors import branding
from credentials.services.day_passes import digits_of
from tenants.context import current
from visitors.badge_letters import BOLD, PLAIN, fitted, lines, width, writable
from visitors.badge_pens import PdfPen, Pen, SvgPen
from visitors.badge_texts import ESCORT, WORDS, Words
from visitors.models import BadgeSize, Visit, VisitType
from visitors.photos import open_photo

MM: Final = 72 / 25.4  # points
INK: Final = "#000000"
PAPER: Final = "#ffffff"
LEAST_TEXT: Final = 5.0
NAME_LINES: Final = 3
MakePen = Callable[[float, float, str], Pen]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of paper, the printed code and the photo on it, in millimetres; letters in points."""

    width: float
    height: float
    margin: float
    code: float
    photo: float
    name: float
    text: float


SHEETS: Final = {
    BadgeSize.LABEL: Sheet(62, 100, 4, 30, 26, 30, 9),
    BadgeSize.A6: Sheet(105, 148, 9, 40, 38, 48, 12),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is written on a badge, in letters that can be printed."""

    name: str
    firm: str
    company: str
    accent: str
    kind: str
    host: str
    site: str
    when: str
    number: str
    escort: bool
    words: Words
    photo: bytes | None = None
    code: CodePicture | None = None


def badge_pdf(visit: Visit, size: BadgeSize, *, day_pass: DayPass | None = None) -> bytes:
    """The badge on a sheet of SHEETS; the same visit gives the same bytes.

    Raises KeyError for BadgeSize.NONE, ValueError for a pass of somebody else.
    """
    if day_pass is not None and day_pass.holder_id != visit.holder_id:
        raise ValueError("this day pass is not this visitor's")
    sheet = SHEETS[BadgeSize(size)]
    code = picture_of(digits_of(day_pass), side_mm=sheet.code) if day_pass is not None else None
    return _drawn(sheet, replace(told_of(visit), code=code), PdfPen)


def badge_svg(visit: Visit, size: BadgeSize) -> bytes:
    """The same for a screen, without a code: what a page shows could be held before a reader."""
    return _drawn(SHEETS[BadgeSize(size)], told_of(visit), SvgPen)


def sample_svg(visit_type: VisitType, site: Site, size: BadgeSize) -> bytes:
    """How badges of a type look, with a visitor who does not exist."""
    words, now = WORDS["en"], timezone.localtime(timezone=ZoneInfo(site.time_zone))
    told = Told(
        name="Maximilian Sample-Visitor",
        firm="Sample & Partners",
        company=writable(branding().logo_text or current().name),
        accent=branding().accent,
        kind=writable(visit_type.name) or words.visitor,
        host=words.host.format(host="Holly Host"),
        site=writable(site.name),
        when=words.until.format(day=date_format(now, "SHORT_DATE_FORMAT"), last="", clock="17:00"),
        number=words.number.format(number=1),
        escort=visit_type.escort,
        words=words,
    )
    return _drawn(SHEETS[BadgeSize(size)], told, SvgPen)


def told_of(visit: Visit) -> Told:
    """What a visit's badge says, without a code."""
    words = WORDS.get(visit.language, WORDS["en"])
    number = words.number.format(number=visit.handle)
    return Told(
        name=writable(visit.holder.name) or number,
        firm=writable(visit.firm),
        company=writable(branding().logo_text or current().name),
        accent=branding().accent,
        kind=writable(visit.type.name) or words.visitor,
        host=words.host.format(host=writable(visit.host.name)) if visit.host else "",
        site=writable(visit.site.name),
        when=_when(visit, words),
        number=number,
        escort=visit.type.escort,
        words=words,
        photo=open_photo(visit) if visit.type.badge_photo else None,
    )


def _when(visit: Visit, words: Words) -> str:
    """Date and end at the site, as the visitor's language writes them."""
    zone = ZoneInfo(visit.site.time_zone)
    begins, ends = visit.begins.astimezone(zone), visit.ends.astimezone(zone)
    with translation.override(visit.language):
        day, last = (date_format(moment, "SHORT_DATE_FORMAT") for moment in (begins, ends))
    text = words.until if day == last else words.until_day
    return text.format(day=day, last=last, clock=f"{ends:%H:%M}")


def _drawn(sheet: Sheet, told: Told, make: MakePen) -> bytes:
    """The page, in letters as large as it holds; the code keeps its size."""
    page = _Page(sheet, told, make)
    while page.y < sheet.margin * MM and sheet.text > LEAST_TEXT:
        text = max(sheet.text - 1, LEAST_TEXT)
        sheet = replace(sheet, text=text, name=sheet.name * 0.85, photo=sheet.photo * 0.9)
        page = _Page(sheet, told, make)
    return page.pen.finish()


class _Page:
    """Draws downwards from the top margin; `y` is where the next line stands, in points."""

    def __init__(self, sheet: Sheet, told: Told, make: MakePen) -> None:
        self.sheet = sheet
        self.pen = make(sheet.width * MM, sheet.height * MM, told.number)
        self.left = sheet.margin * MM
        self.room = (sheet.width - 2 * sheet.margin) * MM
        self.y = (sheet.height - sheet.margin) * MM
        self.body(told)

    def body(self, told: Told) -> None:
        """The whole page."""
        text = self.sheet.text
        self.write(told.company, BOLD, text * 1.1, told.accent)
        self.write(f"{told.words.visitor} · {told.kind}", PLAIN, text)
        self.y -= 1.6 * MM
        self.pen.box(self.left, self.y, self.room, 1.2, told.accent)
        if told.escort:
            self.escort(told.words)
        self.portrait(told.photo)
        self.name(told.name)
        for line in (told.firm, told.host, told.site):
            self.write(line, PLAIN, text)
        self.write(told.when, BOLD, text)
        if told.code is not None:
            self.code(told.code)
            self.write(told.words.pin, PLAIN, text * 0.8)
        self.write(told.number, PLAIN, text * 0.8)

    def write(self, text: str, font: str, size: float, colour: str = INK) -> None:
        """A paragraph of two lines at most: what does not fit is cut."""
        found = list(lines(text, font, size, self.room))
        if len(found) > 2:
            found = [found[0], found[1][:-1] + "…"]
        for line in found:
            self.y -= size * 1.3
            self.pen.text(self.left, self.y, line, font=font, size=size, colour=colour)

    def name(self, name: str) -> None:
        """As large as three lines hold."""
        size, found = fitted(
            name, room=self.room, largest=self.sheet.name, least=self.sheet.text, most=NAME_LINES
        )
        self.y -= size * 0.2
        for line in found:
            self.y -= size * 1.1
            self.pen.text(self.left, self.y, line, font=BOLD, size=size, colour=INK)
        self.y -= size * 0.25

    def escort(self, words: Words) -> None:
        """White on black across the page: seen from afar, also where the printer knows no colour."""
        text = ESCORT if words.escort == ESCORT else f"{ESCORT} · {words.escort}"
        size = self.sheet.text * 1.6
        size = min(size, size * self.room * 0.96 / width(text, BOLD, size))
        self.y -= size * 2
        self.pen.box(self.left, self.y, self.room, size * 1.6, INK)
        left = self.left + (self.room - width(text, BOLD, size)) / 2
        self.pen.text(left, self.y + size * 0.45, text, font=BOLD, size=size, colour=PAPER)

    def portrait(self, jpeg: bytes | None) -> None:
        """The photograph, as it was taken: not stretched."""
        if jpeg is None:
            return
        across, down = ImageReader(io.BytesIO(jpeg)).getSize()
        side = self.sheet.photo * MM / max(across, down)
        self.y -= 1.5 * MM + down * side
        self.pen.photo(jpeg, self.left, self.y, across * side, down * side)

    def code(self, picture: CodePicture) -> None:
        """The code in its quiet zone, which is the white of the paper."""
        whole, module = picture.whole_mm * MM, picture.module_mm * MM
        left, top = self.left + (self.room - whole) / 2, self.y
        for y, row in enumerate(picture.modules):
            below = top - (picture.quiet + y + 1) * module
            for first, length in _runs(row):
                x = left + (picture.quiet + first) * module
                self.pen.box(x, below, length * module, module, picture.colours.foreground)
        self.y = top - whole


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Dark modules side by side as (first, length): drawn as one, no light shows between them."""
    found: list[tuple[int, int]] = []
    first = 0
    for x in range(len(row) + 1):
        if x == len(row) or not row[x]:
            if x > first:
                found.append((first, x - first))
            first = x + 1
    return found
