"""The files of an answer: a page to read and print, the same as JSON, and each table as CSV."""

import csv
import io
import json
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from compliance.answers import texts
from compliance.answers.contents import Answer, TableTold
from compliance.csv_safe import cell
from vault.holdings import Cell
from vault.telling import moment, speak

FORMAT: Final = "sallyport-answer/1"
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#141d2b;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;font-size:14px;margin:.5rem 0 2rem}"
    "th,td{border:1px solid #dde3ea;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "white-space:pre-wrap;overflow-wrap:anywhere}thead{display:table-header-group}th{background:#f2f5f8}"
    "p{white-space:pre-wrap}.wide{overflow-x:auto}tr{break-inside:avoid}"
)


def access(answer: Answer) -> Iterator[tuple[str, bytes]]:
    """Everything: index.html, data.json, and a CSV for each table."""
    yield "index.html", "".join(_page(answer)).encode()
    yield "data.json", _json(answer, answer.parts)
    for number, tables in enumerate(answer.parts, 1):
        folder = f"part-{number}/" if len(answer.parts) > 1 else ""
        for table in tables:
            yield f"tables/{folder}{table['name']}.csv", _csv(table)


def portability(answer: Answer) -> Iterator[tuple[str, bytes]]:
    """What the person provided, for machines (GDPR Art. 20(1)): JSON and nothing else."""
    given = tuple(tuple(table for table in tables if table["given"]) for tables in answer.parts)
    yield "data.json", _json(answer, given)


def _json(answer: Answer, parts: tuple[tuple[TableTold, ...], ...]) -> bytes:
    told: dict[str, Any] = {
        "format": FORMAT,
        "request": answer.number,
        "law": answer.law,
        "language": answer.language,
        "company": answer.company,
        "collected_at": moment(answer.at),
        "about": [{"heading": one.heading, "text": list(one.paragraphs)} for one in answer.chapters],
        "parts": [[_table(table) for table in tables] for tables in parts],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _table(table: TableTold) -> dict[str, Any]:
    keys = [column["key"] for column in table["columns"]]
    return {
        "name": table["name"],
        "title": table["title"],
        "said": table["said"],
        "columns": {column["key"]: column["title"] for column in table["columns"]},
        "rows": [dict(zip(keys, row, strict=True)) for row in table["rows"]],
    }


def _csv(table: TableTold) -> bytes:
    """RFC 4180, quoted throughout: where a semicolon divides columns, half a cell must begin no formula."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([_cell(column["title"]) for column in table["columns"]])
    writer.writerows([_cell(value) for value in row] for row in table["rows"])
    return b"\xef\xbb\xbf" + text.getvalue().encode()  # spreadsheet programs know UTF-8 by this mark


def _cell(value: Cell) -> str:
    return cell("" if value is None else str(value))


def _page(answer: Answer) -> Iterator[str]:
    language = answer.language
    title = escape(speak(texts.TITLE, language).format(company=answer.company))
    at = answer.at.strftime("%Y-%m-%d %H:%M UTC")
    made = speak(texts.MADE, language).format(number=answer.number, at=at)
    yield f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{title}</h1><p>{escape(made)}</p>"
    for chapter in answer.chapters:
        yield f"<h2>{escape(chapter.heading)}</h2>"
        yield from (f"<p>{escape(text)}</p>" for text in chapter.paragraphs)
    for number, tables in enumerate(answer.parts, 1):
        if len(answer.parts) > 1:
            said = speak(texts.PART, language).format(part=number, parts=len(answer.parts))
            yield f"<h2>{escape(said)}</h2>"
        for table in tables:
            yield from _table_page(table, language)
    yield "</body></html>"


def _table_page(table: TableTold, language: str) -> Iterator[str]:
    yield f"<h2>{escape(table['title'])}</h2>"
    if table["said"]:
        yield f"<p>{escape(table['said'])}</p>"
    if not table["rows"]:
        yield f"<p>{escape(speak(texts.NOTHING, language))}</p>"
        return
    heads = "".join(f'<th scope="col">{escape(column["title"])}</th>' for column in table["columns"])
    yield f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>'
    for row in table["rows"]:
        cells = "".join(f"<td>{'' if value is None else escape(str(value))}</td>" for value in row)
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"
