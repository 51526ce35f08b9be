"""Console pages: documents that visitors read or sign, by version and language."""

from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.db.models import Max, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.wording import digest, text_of, title_of
from credentials.models import Language
from operators.permissions import Permission, actor_of, needs
from visitors.models import Document, VisitType
from visitors.refusals import Refused
from visitors.services import documents as deeds
from visitors.type_forms import DocumentForm, TextsForm


@needs(Permission.VISITS_SET_UP)
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Every document: its version in force, its languages, which types ask for it."""
    standing = VisitType.objects.filter(archived_at=None)
    rows = Document.objects.annotate(number=Max("versions__number")).prefetch_related(
        Prefetch("visit_types", standing, to_attr="asked_by"), "versions"
    )
    standing_ones, archived = [], []
    for row in rows:
        if row.archived_at is not None:
            archived.append(row)
            continue
        texts = deeds.in_order(one for one in row.versions.all() if one.number == row.number)
        english = any(one.language == Language.ENGLISH for one in texts)
        languages = [one.get_language_display() for one in texts]
        standing_ones.append({"row": row, "languages": languages, "english": english})
    context = {"tab": "documents", "lines": standing_ones, "archived": archived}
    return render(request, "visitors/documents.html", context)


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "POST"])
def document_add(request: HttpRequest) -> HttpResponse:
    """A new document; its text comes next."""
    form = DocumentForm(request.POST if request.method == "POST" else None, initial={"signed": True})
    if form.is_valid():
        try:
            row = deeds.add_document(by=actor_of(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", refused.text)
        else:
            return redirect("visit-document-publish", row.pk)
    return _form(request, form, "Add a document", reverse("visit-documents"))


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its name, and whether it is signed."""
    row = get_object_or_404(Document, pk=pk)
    form = DocumentForm(
        request.POST if request.method == "POST" else None,
        initial={"name": row.name, "signed": row.signed},
    )
    if form.is_valid():
        try:
            deeds.edit_document(document=row, by=actor_of(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", refused.text)
        else:
            messages.success(request, "Saved.")
            return redirect("visit-document", pk)
    return _form(request, form, f"Edit {row.name}", reverse("visit-document", args=[pk]))


def _form(request: HttpRequest, form: DocumentForm, title: str, back: str) -> HttpResponse:
    context = {"tab": "documents", "form": form, "title": title, "back": back}
    return render(request, "visitors/document_form.html", context, status=422 if form.is_bound else 200)


@needs(Permission.VISITS_SET_UP)
@require_safe
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The version in force, its languages side by side, and every one before."""
    row = get_object_or_404(Document, pk=pk)
    by_number = [
        (number, deeds.in_order(texts))
        for number, texts in groupby(row.versions.all(), key=lambda one: one.number)
    ]
    standing = by_number[0] if by_number else None
    languages = {one.language for one in standing[1]} if standing else set()
    context = {
        "tab": "documents",
        "row": row,
        "standing": standing,
        "before": by_number[1:],
        "missing": [label for value, label in Language.choices if standing and value not in languages],
        "english": Language.ENGLISH in languages,
        "asked_by": row.visit_types.filter(archived_at=None),
    }
    return render(request, "visitors/document.html", context)


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "POST"])
def document_publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the next version, look at it as visitors will, publish it."""
    row = get_object_or_404(Document, pk=pk)
    form = TextsForm(request.POST if request.method == "POST" else None, document=row)
    if form.is_valid() and "back" not in request.POST:
        texts = form.texts()
        if request.POST.get("seen", "") != _seen(texts):
            return _preview(request, row, form)
        try:
            made = deeds.publish_version(document=row, texts=texts, by=actor_of(request))
        except Refused as refused:
            form.add_error(None, refused.text)
        else:
            messages.success(request, f"Version {made[0].number} is published. Kiosks show it from now on.")
            return redirect("visit-document", pk)
    context = {"tab": "documents", "row": row, "form": form}
    wrong = form.is_bound and bool(form.errors)
    return render(request, "visitors/document_publish.html", context, status=422 if wrong else 200)


def _seen(texts: dict[str, tuple[str, str]]) -> str:
    """What the publisher looked at: nobody publishes other words than these."""
    return "".join(digest(title_of(title), text_of(body)) for _, (title, body) in sorted(texts.items()))


def _preview(request: HttpRequest, row: Document, form: TextsForm) -> HttpResponse:
    texts = form.texts()
    context = {
        "tab": "documents",
        "row": row,
        "form": form,
        "number": (deeds.newest(row)[0].number if form.told_in else 0) + 1,
        "seen": _seen(texts),
        "sides": [
            (language, str(Language(language).label), title_of(title), text_of(body))
            for language, (title, body) in texts.items()
        ],
        "english": Language.ENGLISH.value in texts,
    }
    return render(request, "visitors/document_preview.html", context)


@needs(Permission.VISITS_SET_UP)
@require_POST
def document_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask nobody for it any more."""
    row = deeds.archive_document(document=get_object_or_404(Document, pk=pk), by=actor_of(request))
    messages.success(request, f"“{row.name}” is archived. It stands below, where you can take it back.")
    return redirect("visit-documents")


@needs(Permission.VISITS_SET_UP)
@require_POST
def document_restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it back."""
    try:
        row = deeds.restore_document(document=get_object_or_404(Document, pk=pk), by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, f"“{row.name}” is back.")
    return redirect("visit-documents")
