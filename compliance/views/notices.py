"""Console pages of the compliance officer: what the law needs, the policy, and notices."""

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from compliance import services
from compliance.forms import DraftForm, PolicyForm, PublishForm
from compliance.law import PURPOSES, Change, Purpose
from compliance.models import CompliancePolicy, Language, NoticeDraft, NoticeVersion
from compliance.purpose_texts import ACTS, BASES, NEEDS
from compliance.purpose_texts import PURPOSES as NAMES
from compliance.refusals import Refused
from compliance.selectors import (
    answers_to,
    asked_again,
    compliance_policy,
    needs_of,
    notices_in_force,
    profile_of,
    versions,
)
from compliance.services.reminders import waiting_counts
from compliance.wording import digest
from operators.permissions import Permission, actor_of, may, needs


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _purpose(request: HttpRequest) -> Purpose:
    """The purpose that the address names. Raises Http404 for none, and before a jurisdiction was chosen."""
    try:
        purpose = Purpose(request.GET.get("purpose", ""))
    except ValueError:
        raise Http404 from None
    if profile_of(compliance_policy()) is None:
        raise Http404
    return purpose


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What stands and what is missing, by purpose."""
    policy = compliance_policy()
    published = notices_in_force(policy.profile) if policy.profile else {}
    lines = []
    for purpose in Purpose:
        texts = published.get(purpose, {})
        found = needs_of(policy, purpose, has_notice=bool(texts))
        lines.append(
            {
                "purpose": purpose.value,
                "name": NAMES[purpose],
                "basis": BASES[PURPOSES[purpose].basis],
                "notice": next(iter(texts.values()), None),
                "languages": [Language(one).label for one in Language.values if one in texts],
                "answers": answers_to(purpose, policy.profile).count(),
                "said": ACTS[PURPOSES[purpose].act],
                "open": bool(found) and all(line.met for line in found),
                "missing": sum(not line.met for line in found),
            }
        )
    face = needs_of(policy, Purpose.FACE, has_notice=Purpose.FACE in published)
    waiting, overdue = waiting_counts()
    context = {
        "policy": policy,
        "waiting": waiting,
        "overdue": overdue,
        "profile": profile_of(policy),
        "lines": lines,
        "needs": [(NEEDS[line.ground.need], line.ground.cites, line.met) for line in face],
        "edits": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/overview.html", context)


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """The company's choices."""
    held = compliance_policy()
    standing = sum(answers_to(purpose, held.profile).count() for purpose in Purpose)
    # Of its own: a form writes to its instance what it was sent, also where that is refused.
    form = PolicyForm(_posted(request), instance=compliance_policy())
    if form.is_valid() and _saved(request, form):
        return redirect("compliance")
    context = {"form": form, "standing": standing}
    return render(request, "compliance/policy.html", context, status=422 if form.is_bound else 200)


def _saved(request: HttpRequest, form: PolicyForm) -> bool:
    given: dict[str, str | bool | date | None] = form.cleaned_data
    try:
        services.set_policy(by=actor_of(request), **given)
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    messages.success(request, "Saved.")
    return True


def _drafts(policy: CompliancePolicy, purpose: Purpose) -> dict[str, NoticeDraft]:
    rows = NoticeDraft.objects.filter(purpose=purpose.value, profile=policy.profile)
    return {row.language: row for row in rows}


def _name(purpose: Purpose) -> dict[str, str]:
    return {"purpose": purpose.value, "name": NAMES[purpose]}


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """A notice: the text in force, drafts, and every version before."""
    purpose = _purpose(request)
    held = compliance_policy()
    published = list(versions(purpose, held.profile))
    newest = published[0].number if published else 0
    drafts = _drafts(held, purpose)
    context = {
        **_name(purpose),
        "profile": profile_of(held),
        "in_force": [row for row in published if row.number == newest],
        "before": [row for row in published if row.number != newest],
        "drafts": [(value, label, drafts.get(value)) for value, label in Language.choices],
        "drafted": bool(drafts),
        "edits": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/notice.html", context)


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Write the next words of a notice in one language; they begin with those in force."""
    purpose = _purpose(request)
    language = request.GET.get("language", "")
    if language not in Language.values:
        raise Http404
    held = compliance_policy()
    row: NoticeDraft | NoticeVersion | None = _drafts(held, purpose).get(language)
    row = row or versions(purpose, held.profile).filter(language=language).first()
    initial = {"title": row.title, "text": row.text} if row else None
    form = DraftForm(_posted(request), initial=initial)
    if form.is_valid():
        services.save_draft(purpose=purpose, profile=held.profile, language=language, **form.cleaned_data)
        messages.success(request, "Kept as a draft. Nobody sees it before you publish it.")
        return redirect(f"{reverse('notice-publish')}?purpose={purpose.value}")
    context = {**_name(purpose), "form": form, "language": Language(language).label}
    return render(request, "compliance/draft.html", context, status=422 if form.is_bound else 200)


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Look at the drafts as people will see them, say what changes, publish them."""
    purpose = _purpose(request)
    held = compliance_policy()
    drafts = _drafts(held, purpose)
    if not drafts:
        return redirect(f"{reverse('notice')}?purpose={purpose.value}")
    first = not versions(purpose, held.profile).exists()
    form = None if first else PublishForm(_posted(request))
    refusal = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        changed = form.cleaned_data["changed"] if form else []
        refusal = _published(request, purpose, held.profile, changed, set(drafts))
        if not refusal:
            return redirect(f"{reverse('notice')}?purpose={purpose.value}")
    context = {
        **_name(purpose),
        "form": form,
        "refusal": refusal,
        "drafts": [
            (value, label, drafts[value], digest(drafts[value].title, drafts[value].text))
            for value, label in Language.choices
            if value in drafts
        ],
        "asked": asked_again(purpose, held.profile, [Change.PURPOSE]),
    }
    return render(
        request, "compliance/publish.html", context, status=422 if request.method == "POST" else 200
    )


def _published(
    request: HttpRequest, purpose: Purpose, profile: str, changed: list[Change], languages: set[str]
) -> str:
    """Publish; why not, or nothing."""
    seen: Mapping[str, str] = {one: request.POST.get(f"seen_{one}", "") for one in languages}
    try:
        services.publish_notice(
            purpose=purpose, profile=profile, changed=changed, seen=seen, by=actor_of(request)
        )
    except Refused as refused:
        return refused.text
    messages.success(request, "Published.")
    return ""
