"""What readers handed in and nobody believed: kept apart, each with its reason."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from operators.permissions import Permission, needs
from pages.happened import reason_text
from readers.models import JournalQuarantine

PAGE = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry that was kept apart, with what it says about itself."""

    row: JournalQuarantine
    told: dict[str, Any]

    @property
    def at(self) -> datetime:
        """The time that it names."""
        return datetime.fromtimestamp(self.told["at_ms"] / 1000, UTC)

    @property
    def verdict(self) -> str:
        """The verdict that it names, in words."""
        return reason_text(str(self.told["reason"]))

    @property
    def code_hash(self) -> str:
        """SHA-256 of what was shown, as events have it."""
        return sha256(str(self.told["code"]).encode("utf-8", "surrogatepass")).hexdigest()


@needs(Permission.EVENTS_VIEW)
@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """Newest first, fifty at a time."""
    page = Paginator(JournalQuarantine.objects.select_related("reader"), PAGE).get_page(
        request.GET.get("page", 1)
    )
    kept = [Kept(row, json.loads(row.entry)) for row in page.object_list]
    return render(request, "pages/quarantine.html", {"page": page, "kept": kept})
