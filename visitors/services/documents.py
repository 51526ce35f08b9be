"""Documents that visitors read or sign: added, published by version and language, archived. All deeds."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils import timezone

from compliance.wording import BadWording, digest, text_of, title_of
from credentials.models import Language
from ledger import services as ledger
from visitors.models import Document, DocumentVersion, VisitType
from visitors.refusals import Refused

MOST_NAME: Final = 80


@transaction.atomic
def add_document(*, name: str, signed: bool = True, by: str) -> Document:
    """A document without text yet. Raises Refused: name_missing, name_too_long, name_taken."""
    row = Document(name=_name(name), signed=signed)
    _demand_free(row)
    row.save(force_insert=True)
    _record(row, "document_added", by, {"name": row.name, "signed": signed})
    return row


@transaction.atomic
def edit_document(*, document: Document, name: str, signed: bool, by: str) -> Document:
    """Rename it, or say whether it is signed or only read from now on. Raises Refused as `add_document`."""
    row = _held(document)
    changed = {
        key: value
        for key, value in {"name": _name(name), "signed": signed}.items()
        if getattr(row, key) != value
    }
    if changed:
        row.name, row.signed = _name(name), signed
        _demand_free(row)
        row.save(update_fields=["name", "signed"])
        _record(row, "document_edited", by, changed)
    return row


@transaction.atomic
def publish_version(
    *, document: Document, texts: Mapping[str, tuple[str, str]], by: str
) -> list[DocumentVersion]:
    """Publish (title, body) by language under the next number; never changed again.

    It replaces the version before in all its languages: each of these has to be there again. A kiosk shows
    English to whoever reads none of them, and any where there is no English. Raises Refused: texts_missing,
    unknown_language, bad_wording, language_missing, unchanged, document_archived.
    """
    row = _held(document)
    if row.archived_at is not None:
        raise Refused("document_archived", "This document is archived. Take it back first.")
    words = _words(texts)
    before = newest(row)
    if missing := {one.language for one in before} - words.keys():
        names = ", ".join(sorted(Language(one).label for one in missing))
        raise Refused("language_missing", f"The version before is also in: {names}.", status=422)
    hashes = {language: digest(*told) for language, told in words.items()}
    if {one.language: one.sha256 for one in before} == hashes:
        raise Refused("unchanged", "This is what stands already: nothing to publish.", status=422)
    number, now = (before[0].number if before else 0) + 1, timezone.now()
    made = [
        DocumentVersion.objects.create(
            document=row,
            number=number,
            language=language,
            title=title,
            body=body,
            sha256=hashes[language],
            published_at=now,
            published_by=by,
        )
        for language, (title, body) in sorted(words.items())
    ]
    _record(row, "document_published", by, {"number": number, "sha256": hashes})
    return made


@transaction.atomic
def archive_document(*, document: Document, by: str) -> Document:
    """No visit asks for it any more; what was signed stays. A second time does nothing."""
    row = _held(document)
    if row.archived_at is None:
        row.archived_at = timezone.now()
        row.save(update_fields=["archived_at"])
        _record(row, "document_archived", by, {})
    return row


@transaction.atomic
def restore_document(*, document: Document, by: str) -> Document:
    """Take an archived document back, to the types that asked for it. Raises Refused("name_taken")."""
    row = _held(document)
    if row.archived_at is not None:
        _demand_free(row)
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        _record(row, "document_restored", by, {})
    return row


def newest(document: Document) -> list[DocumentVersion]:
    """The version in force in all its languages; empty before the first."""
    number = document.versions.order_by().aggregate(newest=Max("number"))["newest"]
    return in_order(document.versions.filter(number=number)) if number else []


def in_order(texts: Iterable[DocumentVersion]) -> list[DocumentVersion]:
    """As languages are listed everywhere; who reads none of them is shown the first."""
    return sorted(texts, key=lambda one: Language.values.index(one.language))


def texts_for(visit_type: VisitType, language: str) -> list[DocumentVersion]:
    """What a visitor of this type reads, one text a document, by the documents' names.

    The newest version alone counts: in the language asked for, else in English, else in the first it has.
    """
    versions = DocumentVersion.objects.order_by("-number", "language")
    asked = visit_type.documents.filter(archived_at=None).order_by("name", "pk")
    found = asked.prefetch_related(Prefetch("versions", versions, to_attr="told"))
    return [best for one in found if (best := _best(one.told, language)) is not None]


def _best(told: list[DocumentVersion], language: str) -> DocumentVersion | None:
    texts = in_order(one for one in told if one.number == told[0].number)
    return next((one for one in texts if one.language == language), texts[0] if texts else None)


def _words(texts: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    found = {}
    for language, (title, body) in texts.items():
        if language not in Language.values:
            raise Refused("unknown_language", "Languages are en, de, fr and es.", status=422)
        try:
            found[language] = title_of(title), text_of(body)
        except BadWording as wrong:
            text = f"{Language(language).label}: {wrong}"
            raise Refused("bad_wording", text, status=422) from None
    if not found:
        raise Refused("texts_missing", "Write the text in at least one language.", status=422)
    return found


def _held(document: Document) -> Document:
    return Document.objects.select_for_update().get(pk=document.pk)


def _name(name: str) -> str:
    found = unicodedata.normalize("NFC", " ".join(name.split()))
    if not any(sign.isalnum() for sign in found):
        raise Refused("name_missing", "Give it a name.", status=422)
    if len(found) > MOST_NAME:
        raise Refused("name_too_long", f"A name has {MOST_NAME} characters at most.", status=422)
    return found


def _demand_free(row: Document) -> None:
    others = Document.objects.filter(name__iexact=row.name, archived_at=None).exclude(pk=row.pk)
    if others.exists():
        raise Refused("name_taken", f"Another document is called “{row.name}”.", status=422)


def _record(row: Document, verb: str, by: str, data: dict[str, object]) -> None:
    ledger.record(actor=by, verb=verb, subject_kind="document", data={"document": str(row.pk), **data})
