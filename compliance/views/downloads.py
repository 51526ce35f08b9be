"""A paper as page, JSON or PDF, by `?as=`."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from compliance.papers.paper import Paper
from compliance.papers.pdf import pdf_of


def download(body: bytes, kind: str, name: str) -> HttpResponse:
    """A file that no cache keeps."""
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def as_json(told: Mapping[str, Any] | list[Any], name: str) -> HttpResponse:
    """Indented: people read it too."""
    body = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
    return download(body, "application/json", name)


def paper_answer(request: HttpRequest, paper: Paper, **context: Any) -> HttpResponse:
    """In the form that is asked for."""
    name = f"{paper.key}-{paper.made_at:%Y-%m-%d}"
    match request.GET.get("as"):
        case "json":
            return as_json(paper.as_dict(), f"{name}.json")
        case "pdf":
            return download(pdf_of(paper), "application/pdf", f"{name}.pdf")
    return render(request, "compliance/paper.html", {"paper": paper, **context})
