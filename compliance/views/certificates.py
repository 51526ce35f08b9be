"""Certificates: the list, and each as a file to read or to verify."""

import json
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.certificate_pdf import certificate_pdf
from compliance.models import Certificate
from compliance.services.certificates import as_file
from operators.permissions import Permission, needs

PAGE = 50


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """All of them, newest first."""
    page: Page[Certificate] = Paginator(Certificate.objects.all(), PAGE).get_page(request.GET.get("page"))
    lines = [(one, _about(json.loads(one.body))) for one in page.object_list]
    return render(request, "compliance/certificates.html", {"page": page, "lines": lines})


def _about(body: dict[str, Any]) -> str:
    """What it is about, in a few words."""
    if "case" in body:
        return f"Request {body['case']}, final at the end of {body.get('final_on')}"
    return ""


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def certificate_json(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To verify: the signed words, signature and key."""
    found = _get(pk)
    return _file(as_file(found), f"certificate-{found.number}.json", "application/json")


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def certificate_as_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To read."""
    found = _get(pk)
    return _file(certificate_pdf(found), f"certificate-{found.number}.pdf", "application/pdf")


def _get(pk: UUID) -> Certificate:
    found = Certificate.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
