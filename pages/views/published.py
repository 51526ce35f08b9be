"""Checkpoints at an address that anybody may read: whoever keeps one can later show what was altered."""

import json
from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from ledger.export import published
from operators.permissions import public
from pages.limits import allowed
from tenants import context
from tenants.client_address import client_address
from vault.caches import Held

HOLD_SECONDS: Final = 10.0
MOST_A_MINUTE: Final = 60
WHY = "who does not trust us has to be able to read what we have signed"

_held: Held[bytes] = Held(200, hold=HOLD_SECONDS)


@public(WHY)
@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """The newest checkpoints, their countersignatures, and the keys signed by the anchor."""
    return _answer(request, 0, published.newest)


@public(WHY)
@require_safe
def numbered(request: HttpRequest, number: int) -> HttpResponse:
    """One checkpoint."""
    if not 0 < number < 1 << 63:
        raise Http404
    return _answer(request, number, lambda: published.numbered(number))


def _answer(request: HttpRequest, number: int, made: Callable[[], dict[str, Any] | None]) -> HttpResponse:
    company = context.current().id
    place = client_address(request)
    if not allowed("checkpoints", place, company=company, most=MOST_A_MINUTE, seconds=60):
        body = {"code": "rate_limited", "text": "Ask again in a minute.", "retry": True}
        return JsonResponse(body, status=429, headers={"Retry-After": "60"})
    data = _held.peek((company, number))
    if data is None:
        found = made()
        if found is None:
            raise Http404
        data = _held.put((company, number), json.dumps(found, separators=(",", ":")).encode())
    answer = HttpResponse(data, content_type="application/json")
    answer["Cache-Control"] = f"public, max-age={HOLD_SECONDS:.0f}"
    return answer
