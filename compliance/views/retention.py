"""How long the company keeps what: the schedule, what goes tonight, and what each night deleted."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.forms import RetentionForm
from compliance.models import RetentionRun
from compliance.refusals import Refused
from compliance.retention_texts import period as in_words
from compliance.retention_texts import title
from compliance.selectors import compliance_policy
from compliance.services import retention as deeds
from operators.permissions import Permission, actor_of, may, needs
from tenants import keeping

PAGE: Final = 14
WHY: Final = {
    "record_altered": "Stopped: a row is not what was recorded. Verify the record before anything else goes."
}


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    """Every kind of data with its period, and the last nights."""
    sites = dict(keeping.all_sites())
    page = Paginator(RetentionRun.objects.select_related("certificate"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "lines": [_line(one, sites) for one in deeds.periods()],
        "page": page,
        "runs": [(run, _gone(run), _failed(run)) for run in page.object_list],
        "card_data": compliance_policy().card_data,
        "edits": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/retention.html", context)


def _line(one: deeds.Period, sites: dict[int, str]) -> dict[str, Any]:
    longest = one.most.most
    return {
        "period": one,
        "title": title(one.kind),
        "days": one.kind.said("en") if one.kind.said else in_words(one.days) if one.days else "",
        "sites": [(sites[site], in_words(days)) for site, days in one.sites.items() if site in sites],
        "least": in_words(one.least.least or 1),
        "most": in_words(longest) if longest else "",
        "cites": "; ".join(dict.fromkeys((one.least.cites, one.most.cites))),
    }


def _gone(run: RetentionRun) -> int:
    return sum(int(told.get("gone", 0)) for told in run.done.values())


def _failed(run: RetentionRun) -> bool:
    return any(told.get("failed") for told in run.done.values())


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def dry_run(request: HttpRequest) -> HttpResponse:
    """What a run would delete now; nothing is deleted."""
    sites = dict(keeping.all_sites())
    found: list[dict[str, Any]] = [
        {
            "title": title(one.period.kind),
            "count": one.count,
            "before": one.cutoffs.other,
            "sites": [(sites[site], moment) for site, moment in one.cutoffs.sites.items() if site in sites],
            "proposes": one.period.proposes,
            "by_itself": one.period.kind.by_itself,
        }
        for one in deeds.tonight(timezone.now())
    ]
    found.sort(key=lambda line: line["count"] == 0)
    unchosen = [title(one.kind) for one in deeds.periods() if one.days is None]
    context = {"lines": found, "total": sum(line["count"] for line in found), "unchosen": unchosen}
    return render(request, "compliance/retention_tonight.html", context)


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """Choose the period of the kind that the address names, everywhere or at a site, or take it back."""
    kind = request.GET.get("kind", "")
    try:
        held = deeds.period_of(kind)
    except KeyError:
        raise Http404 from None
    if held.kind.fixed:
        raise Http404
    sites = keeping.all_sites() if held.kind.per_site else []
    form = RetentionForm(request.POST if request.method == "POST" else None, sites=sites)
    if form.is_valid():
        try:
            deeds.set_rule(kind=kind, by=actor_of(request), **form.rule())
        except Refused as refused:
            form.add_error("days", refused.text)
        else:
            messages.success(request, "Saved. It counts from tonight on.")
            return redirect("retention")
    context = {"form": form, "line": _line(held, dict(sites)), "by_site": bool(sites)}
    return render(request, "compliance/retention_rule.html", context, status=422 if form.is_bound else 200)


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_POST
def card_data(request: HttpRequest) -> HttpResponse:
    """Say whether the company falls under PCI DSS."""
    deeds.set_card_data(under=request.POST.get("under") == "yes", by=actor_of(request))
    messages.success(request, "Saved.")
    return redirect("retention")


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one night deleted, by kind."""
    found = get_object_or_404(RetentionRun.objects.select_related("certificate"), pk=pk)
    sites = dict(keeping.all_sites())
    lines = [
        {
            "title": title(keeping.kinds[name]) if name in keeping.kinds else name,
            "before": _moment(planned["other"]),
            "sites": [
                (sites[int(site)], _moment(moment))
                for site, moment in planned["sites"].items()
                if int(site) in sites
            ],
            "gone": found.done.get(name, {}).get("gone", 0),
            "over": found.done.get(name, {}).get("over", False),
            "failed": _why(found.done.get(name, {}).get("failed", "")),
        }
        for name, planned in sorted(found.plan.items())
    ]
    return render(request, "compliance/retention_run.html", {"run": found, "lines": lines})


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _why(code: str) -> str:
    return WHY.get(code, "Stopped by a fault of the database; tomorrow night it goes on.") if code else ""
