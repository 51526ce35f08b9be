"""A signed document on paper: the text, the signature as it was drawn, who, when, and the text's SHA-256."""

import io
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from django.utils import translation
from django.utils.formats import date_format
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from visitors.badge_letters import BOLD, PLAIN, lines, writable

Stroke = Sequence[Sequence[float]]

MM: Final = 72 / 25.4  # points
WIDTH, HEIGHT, MARGIN = 210 * MM, 297 * MM, 25 * MM
TEXT: Final = 10.0
INK: Final = "#000000"
BOX_WIDTH, BOX_HEIGHT = 90 * MM, 30 * MM
WORDS: Final = {
    "en": ("Signed by", "on", "Version", "Visit", "SHA-256 of the text"),
    "de": ("Unterschrieben von", "am", "Fassung", "Besuch", "SHA-256 des Textes"),
    "fr": ("Signé par", "le", "Version", "Visite", "SHA-256 du texte"),
    "es": ("Firmado por", "el", "Versión", "Visita", "SHA-256 del texto"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """What is put on it."""

    title: str
    body: str
    language: str
    number: int  # of the version
    sha256: str  # of title and body as they were shown
    name: str
    visit: int
    signed_at: datetime
    time_zone: str  # IANA name
    strokes: Sequence[Stroke]


def document_pdf(paper: Paper) -> bytes:
    """A4 pages. The same paper gives the same bytes."""
    page = _Page(paper)
    page.draw()
    return page.out.getvalue()


class _Page:
    """Draws downwards; `y` is where the next line stands, in points."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.canvas.setTitle(writable(paper.title))
        self.y = HEIGHT - MARGIN

    def draw(self) -> None:
        """All of it."""
        paper = self.paper
        signed_by, on, version, visit, digest = WORDS[paper.language]
        self.write(paper.title, BOLD, 16)
        for paragraph in paper.body.split("\n"):
            self.write(paragraph, PLAIN, TEXT)
            self.y -= TEXT * 0.5
        self.signature()
        self.write(f"{signed_by} {paper.name}", BOLD, TEXT)
        self.write(f"{on} {self.when()}", PLAIN, TEXT)
        self.write(f"{version} {paper.number} · {visit} {paper.visit}", PLAIN, TEXT)
        self.write(f"{digest}: {paper.sha256}", PLAIN, TEXT * 0.7)
        self.canvas.showPage()
        self.canvas.save()

    def when(self) -> str:
        """The moment, in the site's time zone."""
        at = self.paper.signed_at.astimezone(zoneinfo.ZoneInfo(self.paper.time_zone))
        with translation.override(self.paper.language):
            return f"{date_format(at, 'DATE_FORMAT')}, {at:%H:%M:%S} ({self.paper.time_zone})"

    def write(self, text: str, font: str, size: float) -> None:
        """A paragraph, over as many pages as it needs."""
        for line in lines(writable(text), font, size, WIDTH - 2 * MARGIN):
            self.room(size * 1.4)
            self.y -= size * 1.4
            self.canvas.setFillColor(HexColor(INK))
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN, self.y, line)

    def room(self, height: float) -> None:
        """Go to a new page where this one is full."""
        if self.y - height < MARGIN:
            self.canvas.showPage()
            self.y = HEIGHT - MARGIN

    def signature(self) -> None:
        """As large as the box, in its own proportions."""
        self.room(BOX_HEIGHT + 6 * TEXT)
        top = self.y - TEXT
        points = [point for stroke in self.paper.strokes for point in stroke]
        if points:
            left, right = min(p[0] for p in points), max(p[0] for p in points)
            high, low = min(p[1] for p in points), max(p[1] for p in points)
            scale = min(BOX_WIDTH / max(right - left, 1.0), BOX_HEIGHT / max(low - high, 1.0))
            self.canvas.setStrokeColor(HexColor(INK))
            self.canvas.setLineWidth(1.2)
            for stroke in self.paper.strokes:
                drawn = [(MARGIN + (p[0] - left) * scale, top - (p[1] - high) * scale) for p in stroke]
                for here, there in pairwise(drawn):
                    self.canvas.line(*here, *there)
        self.y = top - BOX_HEIGHT - 2 * MM
        self.canvas.setLineWidth(0.5)
        self.canvas.line(MARGIN, self.y, MARGIN + BOX_WIDTH, self.y)
