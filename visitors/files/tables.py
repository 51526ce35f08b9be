"""A table of guests: CSV with a line of titles, in one of the four languages."""

import csv
import io
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from visitors.files.lines import MOST_LINES, Line, language_of, too_many
from visitors.refusals import Refused
from visitors.services.inviting import line as one_line
from visitors.services.planning import LONGEST_NAME

TITLES: Final = {
    "name": {"name", "full name", "guest", "gast", "nom", "nombre", "vollständiger name", "besucher"},
    "email": {"email", "e-mail", "mail", "mail address", "e-mail address", "e-mail-adresse", "mailadresse"}
    | {"email address", "courriel", "adresse e-mail", "correo", "correo electrónico"},
    "firm": {"firm", "company", "organisation", "organization", "firma", "entreprise", "société", "empresa"},
    "language": {"language", "sprache", "langue", "idioma", "lang"},
}
LONGEST_CELL: Final = 400


def read(text: str) -> list[Line]:
    """The lines of a table. Raises Refused: columns_wrong, file_empty, too_many_lines, table_broken."""
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_sign(text), strict=True)
        places = _places(next(rows, []))
        found: list[Line] = []
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(found) == MOST_LINES:
                raise too_many()
            found.append(_line(rows.line_num, row, places))
    except csv.Error:
        raise Refused("table_broken", "The table breaks off: a quote is not closed.", status=422) from None
    if not found:
        raise Refused("file_empty", "The table has titles, but nobody under them.", status=422)
    return found


def _sign(text: str) -> str:
    """What parts the cells, by the line of titles."""
    first = text.lstrip().partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _places(titles: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        known = next((name for name, words in TITLES.items() if title.strip().casefold() in words), None)
        if known is not None:
            places.setdefault(known, place)
    if not {"name", "email"} <= places.keys():
        text = "The first line must name the columns: name, email, and where you like firm and language."
        raise Refused("columns_wrong", text, status=422)
    return places


def _line(number: int, row: list[str], places: dict[str, int]) -> Line:
    told = {
        name: one_line(row[place][:LONGEST_CELL]) if place < len(row) else ""
        for name, place in places.items()
    }
    name, email, spoken = told["name"], told["email"], told.get("language", "")
    language = language_of(spoken)
    code = wrong(name, email) or ("language_unknown" if spoken and not language else "")
    return Line(number, name, email, told.get("firm", "")[:LONGEST_NAME], language, code=code)


def wrong(name: str, email: str) -> str:
    """What is wrong with a guest as a file gives them, or nothing."""
    if not any(sign.isalnum() for sign in name):
        return "name_missing"
    if len(name) > LONGEST_NAME:
        return "name_too_long"
    if email:
        try:
            validate_email(email)
        except ValidationError:
            return "mail_wrong"
    return ""
