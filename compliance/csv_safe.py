"""Tables to take along: RFC 4180, and no cell that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Sequence
from typing import Final

from django.http import HttpResponse

# A cell that begins so is run by a spreadsheet program (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: str) -> str:
    """The value, behind an apostrophe where it would be run."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Iterable[str]]) -> HttpResponse:
    """A download that no cache keeps. Quoted throughout: half a cell must not begin with a formula."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    table = csv.writer(answer, quoting=csv.QUOTE_ALL)
    table.writerow(columns)
    table.writerows([cell(value) for value in row] for row in rows)
    return answer
