"""Two pens for one drawing: a PDF for the printer and an SVG for the screen. Points, from the bottom left."""

import base64
import io
from html import escape
from typing import Protocol

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from visitors.badge_letters import BOLD, PLAIN, width


class Pen(Protocol):
    """What a badge is drawn with."""

    def text(self, x: float, y: float, text: str, *, font: str, size: float, colour: str) -> None:
        """A line of text that begins at x; y is its base line."""

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        """A filled rectangle."""

    def photo(self, jpeg: bytes, x: float, y: float, wide: float, high: float) -> None:
        """A picture."""

    def finish(self) -> bytes:
        """The file."""


class PdfPen:
    """Writes a PDF of one page; the same drawing gives the same bytes."""

    def __init__(self, wide: float, high: float, title: str) -> None:
        self._out = io.BytesIO()
        width(" ", PLAIN, 1)  # the letters are there before a page asks for them
        self._canvas = Canvas(self._out, pagesize=(wide, high), invariant=1)
        self._canvas.setTitle(title)

    def text(self, x: float, y: float, text: str, *, font: str, size: float, colour: str) -> None:
        """A line of text."""
        self._canvas.setFillColor(HexColor(colour))
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, y, text)

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        """A filled rectangle."""
        self._canvas.setFillColor(HexColor(colour))
        self._canvas.rect(x, y, wide, high, stroke=0, fill=1)

    def photo(self, jpeg: bytes, x: float, y: float, wide: float, high: float) -> None:
        """A picture."""
        self._canvas.drawImage(ImageReader(io.BytesIO(jpeg)), x, y, wide, high)

    def finish(self) -> bytes:
        """The PDF."""
        self._canvas.showPage()
        self._canvas.save()
        return self._out.getvalue()


class SvgPen:
    """Writes an SVG that a page shows as a picture: nothing in it runs or loads."""

    def __init__(self, wide: float, high: float, title: str) -> None:
        self._high = high
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.2f} {high:.2f}" '
            f'width="{wide:.2f}pt" height="{high:.2f}pt" font-family="Verdana, sans-serif">',
            f"<title>{escape(title)}</title>",
        ]
        self.box(0, 0, wide, high, "#ffffff")

    def text(self, x: float, y: float, text: str, *, font: str, size: float, colour: str) -> None:
        """A line as wide as it is on paper, whatever the screen's own letters are."""
        weight = ' font-weight="700"' if font == BOLD else ""
        wide = f'textLength="{width(text, font, size):.2f}" lengthAdjust="spacingAndGlyphs"'
        self._parts.append(
            f'<text x="{x:.2f}" y="{self._high - y:.2f}" font-size="{size:.2f}" fill="{colour}"{weight} '
            f"{wide}>{escape(text)}</text>"
        )

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        """A filled rectangle."""
        self._parts.append(
            f'<rect x="{x:.2f}" y="{self._high - y - high:.2f}" width="{wide:.2f}" height="{high:.2f}" '
            f'fill="{colour}"/>'
        )

    def photo(self, jpeg: bytes, x: float, y: float, wide: float, high: float) -> None:
        """A picture, within the file."""
        data = base64.b64encode(jpeg).decode()
        self._parts.append(
            f'<image x="{x:.2f}" y="{self._high - y - high:.2f}" width="{wide:.2f}" height="{high:.2f}" '
            f'href="data:image/jpeg;base64,{data}"/>'
        )

    def finish(self) -> bytes:
        """The SVG."""
        return "".join([*self._parts, "</svg>"]).encode()
