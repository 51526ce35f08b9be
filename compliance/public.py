"""The company's public page: retention schedule, guideline for destroying, notices in force.

740 ILCS 14/15(a) wants the first two public before the first capture, whoever asks.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from compliance import case_texts
from compliance.models import Language
from compliance.papers.subprocessors import announced, list_in_force
from compliance.purpose_texts import PUBLIC
from compliance.retention_texts import PUBLIC as RETENTION
from compliance.retention_texts import public_period, title
from compliance.selectors import compliance_policy, notices_in_force
from compliance.services.retention import Period, periods
from operators.permissions import public
from tenants.context import current


def _period(one: Period, language: str) -> str:
    if one.kind.said is not None:
        return one.kind.said(language)
    return public_period(one.days or 0, max(one.sites.values(), default=0), language)


@public("what a company says of its data has to be readable by everybody, before anything is asked")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """In the language asked for, the browser's, or English; a notice that is not in it, in its first."""
    asked = request.GET.get("language", "")
    spoken = asked if asked in Language.values else (translation.get_language() or "en")[:2]
    language = spoken if spoken in Language.values else "en"
    policy = compliance_policy()
    published = notices_in_force(policy.profile) if policy.profile else {}
    name = current().name
    context = {
        "language": language,
        "languages": Language.choices,
        "kept": [
            (title(one.kind, language), _period(one, language))
            for one in periods()
            if one.kind.shown and one.days is not None
        ],
        "kept_said": RETENTION[language],
        "said": {key: text.replace("{company}", name) for key, text in PUBLIC[language].items()},
        "ask": case_texts.PUBLIC[language]["link"],
        "policy": policy,
        "processors": list_in_force(),
        "announced": announced(),
        "notices": [
            (notice, PUBLIC[language]["version"].format(number=notice.number))
            for texts in published.values()
            if (notice := texts.get(language) or min(texts.values(), key=lambda one: one.language))
        ],
    }
    return render(request, "compliance/privacy.html", context)
