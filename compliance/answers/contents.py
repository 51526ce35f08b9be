"""What stands in an answer: what the law wants told, and the tables as they were looked through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypedDict

from compliance.answers import texts
from compliance.law import PURPOSES, Purpose
from compliance.models import CompliancePolicy
from compliance.purpose_texts import told_purpose
from compliance.selectors import notices_in_force
from vault.holdings import Cell, Table
from vault.telling import speak


class ColumnTold(TypedDict):
    """A column as it is kept: `vault.holdings.Column`."""

    key: str
    title: str
    free: bool


class TableTold(TypedDict):
    """A table as it is kept between collecting and delivering."""

    name: str
    title: str
    said: str
    given: bool
    columns: list[ColumnTold]
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """All that leaves; `parts` are the tables of each person the case is about."""

    number: int
    law: str
    language: str
    company: str
    at: datetime
    chapters: tuple[Chapter, ...] = ()
    parts: tuple[tuple[TableTold, ...], ...] = field(default=(), repr=False)


_RIGHTS: Final = {"gdpr": texts.RIGHTS_GDPR, "ccpa": texts.RIGHTS_CCPA}


def kept(table: Table) -> TableTold:
    """A table with its rows read."""
    columns: list[ColumnTold] = [
        {"key": one.key, "title": one.title, "free": one.free} for one in table.columns
    ]
    rows = [list(row) for row in table.rows]
    return {
        "name": table.name,
        "title": table.title,
        "said": table.said,
        "given": table.given,
        "columns": columns,
        "rows": rows,
    }


def free_cells(tables: Iterable[TableTold]) -> list[tuple[str, int, str, str]]:
    """(table, row, column, text) of each cell that somebody wrote and that is not empty."""
    return [
        (table["name"], number, column["key"], text)
        for table in tables
        for place, column in enumerate(table["columns"])
        if column["free"]
        for number, row in enumerate(table["rows"])
        if (text := str(row[place] or ""))
    ]


def without(tables: list[TableTold], withheld: Mapping[str, str], language: str) -> list[TableTold]:
    """The tables with a reason in place of each withheld cell ("table/row/column": code)."""
    for table in tables:
        keys = [column["key"] for column in table["columns"]]
        for cell, code in withheld.items():
            name, number, key = cell.split("/")
            if name == table["name"]:
                table["rows"][int(number)][keys.index(key)] = speak(texts.WITHHELD[code], language)
    return tables


def chapters(policy: CompliancePolicy, law: str, language: str) -> tuple[Chapter, ...]:
    """What is told besides the data themselves (GDPR Art. 15(1); Cal. Civ. Code 1798.110)."""
    published = notices_in_force(policy.profile) if policy.profile else {}
    basis = {one: speak(texts.BASES[PURPOSES[one].basis.value], language) for one in Purpose}
    purposes = tuple(f"{told_purpose(one.value, language)}: {basis[one]}" for one in published)
    notices = tuple(
        f"{notice.title} ({notice.number})\n\n{notice.text}"
        for found in published.values()
        if (notice := found.get(language) or next(iter(found.values())))
    )
    rights = _RIGHTS.get(law, texts.RIGHTS_ELSE)
    told: list[tuple[Any, tuple[str, ...]]] = [
        (texts.WHO, tuple(one for one in (policy.controller, policy.contact) if one)),
        (texts.PURPOSES, purposes),
        (texts.KEPT, tuple(one for one in (policy.schedule, policy.destruction) if one)),
        (texts.SOURCE, (speak(texts.SOURCES, language),)),
        (texts.DECIDED, (speak(texts.DECISIONS, language),)),
        (texts.RIGHTS, (speak(rights, language),)),
        (texts.NOTICES, notices),
    ]
    return tuple(Chapter(speak(heading, language), said) for heading, said in told if said)
