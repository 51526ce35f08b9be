"""A paper as PDF, A4. The letters are Bitstream Vera's, which comes with reportlab."""

import io
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer

from compliance.papers.paper import Grid, Paper, Section

PLAIN, BOLD = "Vera", "VeraBd"
INK, LINE = HexColor("#1d2433"), HexColor("#d5d9e0")
MARGIN: Final = 18 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
MOST_WORDS: Final = 8_000  # letters of one paragraph: a cell must fit on a page


@cache
def _styles() -> dict[str, ParagraphStyle]:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    plain: dict[str, Any] = {"fontName": PLAIN, "fontSize": 8.5, "leading": 12, "textColor": INK}
    return {
        "text": ParagraphStyle("text", **plain, spaceAfter=4),
        "cell": ParagraphStyle("cell", **{**plain, "fontSize": 7.5, "leading": 10}, wordWrap="CJK"),
        "head": ParagraphStyle("head", **{**plain, "fontName": BOLD, "fontSize": 7.5, "leading": 10}),
        "h1": ParagraphStyle(
            "h1", **{**plain, "fontName": BOLD, "fontSize": 16, "leading": 20}, spaceAfter=6
        ),
        "h2": ParagraphStyle(
            "h2", **{**plain, "fontName": BOLD, "fontSize": 10.5, "leading": 14}, spaceBefore=10, spaceAfter=4
        ),
    }


def pdf_of(paper: Paper) -> bytes:
    """The whole as a file's bytes."""
    styles = _styles()
    made = f"{paper.company} · {paper.made_at:%Y-%m-%d %H:%M} UTC"
    story: list[Any] = [said(paper.title, "h1"), said(made, "text"), said(paper.lead, "text")]
    for section in paper.sections:
        story += _section(section)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=paper.title,
        author=paper.company,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
    )

    def numbered(canvas: Any, _: Any) -> None:
        canvas.setFont(styles["cell"].fontName, 7)
        canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, str(canvas.getPageNumber()))

    document.build(story, onFirstPage=numbered, onLaterPages=numbered)
    return out.getvalue()


def said(words: str, style: str) -> Paragraph:
    """As text: what people wrote is no markup."""
    return Paragraph(escape(words[:MOST_WORDS]).replace("\n", "<br/>"), _styles()[style])


def _section(section: Section) -> list[Any]:
    title = f"{section.title} ({section.cites})" if section.cites else section.title
    words = [said(part, "text") for text in section.words for part in text.split("\n\n") if part.strip()]
    if section.missing:
        words.append(said(f"Missing: {section.missing}", "head"))
    begin = [said(title, "h2"), *words[:1]]
    found: list[Any] = [KeepTogether(begin), *words[1:]]
    if section.grid and section.grid.rows:
        found += [_table(section.grid), Spacer(1, 4)]
    return found


def _table(grid: Grid) -> LongTable:
    many = len(grid.columns)
    first = 0.28 * WIDTH if many == 2 else WIDTH / many
    widths = [first, *([(WIDTH - first) / (many - 1)] * (many - 1))] if many > 1 else [WIDTH]
    headed = any(grid.columns)
    rows = [[said(cell, "cell") for cell in row] for row in grid.rows]
    if headed:
        rows.insert(0, [said(cell, "head") for cell in grid.columns])
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return LongTable(rows, colWidths=widths, repeatRows=int(headed), style=style)
