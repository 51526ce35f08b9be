"""What a kiosk shows before anybody has touched it: types and their documents. No visitor's data."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from compliance.law import Purpose
from compliance.selectors import purpose_open
from visitors.models import BadgeSize, DocumentVersion, Kiosk, VisitType
from visitors.services.seals import seal_key


def state_of(kiosk: Kiosk, *, company: str, now: int) -> dict[str, Any]:
    """Its setting, the company's types of visit and their documents; `now` in unix seconds."""
    return {
        "name": kiosk.name,
        "site": kiosk.site.name,
        "company": company,
        "languages": kiosk.languages,
        "printer": kiosk.printer,
        "faces_open": purpose_open(Purpose.FACE),
        "seal_key": seal_key(),
        "types": _types(),
        "server_now": now,
    }


def _types() -> list[dict[str, Any]]:
    rows = list(VisitType.objects.filter(archived_at=None).prefetch_related("documents"))
    texts = _newest({document.pk for row in rows for document in row.documents.all()})
    return [_type(row, texts) for row in rows]


def _type(row: VisitType, texts: dict[UUID, list[DocumentVersion]]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "walk_in": row.walk_in,
        "photo": row.photo,
        "face": row.face,
        "ways": row.ways_in,
        "escort": row.escort,
        "badge": BadgeSize(row.badge),
        "documents": [
            {
                "id": document.pk,
                "number": texts[document.pk][0].number,
                "signed": document.signed,
                "texts": {
                    one.language: {"version": one.pk, "title": one.title, "body": one.body}
                    for one in texts[document.pk]
                },
            }
            for document in row.documents.all()
            if document.archived_at is None and document.pk in texts
        ],
    }


def _newest(documents: Iterable[UUID]) -> dict[UUID, list[DocumentVersion]]:
    """The texts of each document's newest number; a document that was never published has none."""
    found: dict[UUID, list[DocumentVersion]] = {}
    for one in DocumentVersion.objects.filter(document__in=documents).order_by("-number", "language"):
        held = found.setdefault(one.document_id, [])
        if not held or held[0].number == one.number:
            held.append(one)
    return found
