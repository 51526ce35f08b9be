"""A certificate on paper (A4): what was signed, in words, and by what it can be verified.

The letters are Bitstream Vera's, which comes with reportlab; a letter that it lacks becomes "?".
"""

import hashlib
import io
import json
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from compliance.models import Certificate, CertificateKind
from compliance.services.certificates import as_file
from tenants.context import current

MM: Final = 72 / 25.4  # points
WIDTH, HEIGHT, MARGIN = 210 * MM, 297 * MM, 20 * MM
PLAIN, BOLD = "Vera", "VeraBd"
INK, SOFT = "#111827", "#4b5563"
TEXT, SMALL = 9.5, 8.0
HOW: Final = {
    "applied": "confirmed by its own signed word",
    "nothing_given": "paired and never given anything",
    "retired": "retired: opens nothing any more",
}
SPECIAL: Final = ("persons", "places", "format", "company", "number", "kind", "issued_at")


def certificate_pdf(certificate: Certificate) -> bytes:
    """The same certificate gives the same bytes."""
    page = _Page(f"Certificate {certificate.number}")
    body: dict[str, Any] = json.loads(certificate.body)
    kind = CertificateKind(certificate.kind).label
    page.write(current().name, BOLD, 11, SOFT)
    page.write(f"Certificate of {kind.lower()} {certificate.number}", BOLD, 18)
    page.write(f"Issued {_when(body['issued_at'])}", PLAIN, TEXT, SOFT)
    for line in _facts(body):
        page.write(line, PLAIN, TEXT)
    if certificate.kind == CertificateKind.ERASURE:
        _erasure(page, body)
    _proof(page, certificate)
    page.attach(f"certificate-{certificate.number}.json", as_file(certificate))
    return page.close()


def _facts(body: dict[str, Any]) -> Iterator[str]:
    """What a body says at its top, whatever its kind."""
    for key, value in body.items():
        if key not in SPECIAL and value is not None:
            yield f"{key.replace('_', ' ').capitalize()}: {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return _when(value)
    if isinstance(value, list) and all(isinstance(one, int) for one in value):
        return ".".join(str(one) for one in value)
    return (
        json.dumps(value, ensure_ascii=False, sort_keys=True)
        if isinstance(value, list | dict)
        else str(value)
    )


def _erasure(page: "_Page", body: dict[str, Any]) -> None:
    for person in body["persons"]:
        page.gap()
        page.write(f"{person['source'].capitalize()} {person['number'] or ''}".strip(), BOLD, 12)
        page.write(f"Opaque id {person['person']}", PLAIN, SMALL, SOFT)
        for room in person["rooms"]:
            page.write(f"{room['title']}: {_when(room['done_at'])}", BOLD, TEXT)
            for item in room["items"] or [{"what": "Nothing was held", "count": 0, "goes": True}]:
                page.write(_item(item), PLAIN, TEXT, INK if item["goes"] else SOFT)
    page.gap()
    page.write("Readers and kiosks", BOLD, 12)
    if not body["places"]:
        page.write("There was none.", PLAIN, TEXT)
    for place in body["places"]:
        page.write(
            f"{place['name']} ({place['place']}): {HOW[place['how']]}, {_when(place['at'])}", PLAIN, TEXT
        )
    page.gap()
    page.write(f"Final at the end of {body['final_on']} (UTC)", BOLD, TEXT)
    page.write(
        "Until then a backup of the keys may hold the personal key; backups of everything else hold "
        "ciphertext alone. After a restore everybody who was erased is erased again before service.",
        PLAIN,
        TEXT,
    )


def _item(item: dict[str, Any]) -> str:
    count = f" ({item['count']})" if item["count"] else ""
    if item["goes"]:
        return f"–  {item['what']}{count}"
    return f"–  Stays: {item['what']}{count}. {item.get('ground', '')}"


def _proof(page: "_Page", certificate: Certificate) -> None:
    page.gap()
    page.write("How to verify", BOLD, 12)
    page.write(
        "This page alone proves nothing. The JSON file holds the signed words; it is attached to this PDF, "
        "and opens from a PDF reader's list of attachments. The signature is Ed25519 over the ASCII bytes "
        "“sallyport/certificate/1”, a zero byte and the UTF-8 bytes of “body”; "
        "the key is the company’s anchor.",
        PLAIN,
        TEXT,
    )
    digest = hashlib.sha256(certificate.body.encode()).hexdigest()
    facts = (
        ("SHA-256 of the body, also on record", digest),
        ("Anchor", bytes(certificate.signer).hex()),
        ("Signature", bytes(certificate.signature).hex()),
    )
    for name, value in facts:
        page.write(name, BOLD, SMALL)
        for line in textwrap.wrap(value, 64):
            page.write(line, PLAIN, SMALL)


def _when(text: str | None) -> str:
    """A moment as ISO 8601 writes it, for people; anything else as it is."""
    if text and len(text) == len("2026-01-02T03:04:05+00:00") and text.endswith("+00:00"):
        return f"{text[:10]} {text[11:19]} UTC"
    return text or ""


class _Page:
    """Writes downwards, page after page."""

    def __init__(self, title: str) -> None:
        self.letters = _letters()
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.canvas.setTitle(title)
        self.y = HEIGHT - MARGIN

    def write(self, text: str, font: str, size: float, colour: str = INK) -> None:
        """A paragraph, broken into lines."""
        said = "".join(letter if ord(letter) in self.letters else "?" for letter in text)
        for line in _lines(said, font, size):
            if self.y < MARGIN + size * 1.4:
                self.canvas.showPage()
                self.y = HEIGHT - MARGIN
            self.y -= size * 1.4
            self.canvas.setFont(font, size)
            self.canvas.setFillColor(HexColor(colour))
            self.canvas.drawString(MARGIN, self.y, line)

    def gap(self) -> None:
        """Room before a heading."""
        self.y -= 4 * MM

    def attach(self, name: str, content: bytes) -> None:
        """An embedded file (ISO 32000-2, 7.11.4), uncompressed, so that any tool can cut it out."""
        document = self.canvas._doc
        kind = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("EmbeddedFile")})
        stream = document.Reference(pdfdoc.PDFStream(kind, content, filters=()))
        told = {
            "Type": pdfdoc.PDFName("Filespec"),
            "F": pdfdoc.PDFString(name),
            "UF": pdfdoc.PDFString(name),
            "EF": pdfdoc.PDFDictionary({"F": stream}),
        }
        spec = document.Reference(pdfdoc.PDFDictionary(told))
        files = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([pdfdoc.PDFString(name), spec])})
        document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": files})

    def close(self) -> bytes:
        """The file."""
        self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()


def _lines(text: str, font: str, size: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and pdfmetrics.stringWidth(longer, font, size) > WIDTH - 2 * MARGIN:
            yield line
            longer = word
        line = longer
    if line:
        yield line


@cache
def _letters() -> frozenset[int]:
    """Register the fonts once; the letters that both have."""
    folder = Path(reportlab.__file__).parent / "fonts"
    fonts = [TTFont(name, str(folder / f"{name}.ttf")) for name in (PLAIN, BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return frozenset(set(fonts[0].face.charToGlyph) & set(fonts[1].face.charToGlyph))
