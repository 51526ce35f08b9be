"""What hosts are told by: ways, the webhook and its secret, the closing hour."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ledger.streams.failure import StreamFailed
from ledger.streams.target import StreamRefused
from operators.permissions import Permission, actor_of, needs
from visitors.models import NoticePolicy, PushSubscription
from visitors.notice_forms import WaysForm, WebhookForm, error_text
from visitors.notices.choices import policy
from visitors.notices.webhook import Hook, hook_of
from visitors.refusals import Refused
from visitors.services import noticing


@dataclass(frozen=True, slots=True)
class Hooked:
    """The webhook as the page shows it: no path, which may be a secret."""

    host: str = ""
    names: bool = False
    broken: bool = False


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """Look at the choices, and save those that are no webhook."""
    form = _ways(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, ways=form)
    said = form.cleaned_data
    ways = noticing.Ways(said["mail"], said["push"], said["closing_hour"], said.get("names", False))
    try:
        noticing.choose_ways(ways=ways, by=actor_of(request))
    except StreamFailed as failed:
        messages.error(request, f"Not saved: {error_text(failed.code)}.")
    else:
        messages.success(request, "Saved.")
    return redirect("notices")


@needs(Permission.VISITS_SET_UP)
@never_cache
@require_POST
def webhook_set(request: HttpRequest) -> HttpResponse:
    """Set or replace the webhook; then its secret, which is shown this once."""
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, webhook=form)
    said, held = form.cleaned_data, _hooked(policy())
    try:
        secret = noticing.set_webhook(
            address=said["address"],
            authority=said["authority"],
            names=bool(held and held.names),
            by=actor_of(request),
        )
    except StreamRefused as refused:
        form.add_error("authority" if refused.code == "certificate_refused" else "address", refused.text)
        return _page(request, webhook=form)
    return render(
        request,
        "visitors/webhook_made.html",
        {"secret": secret, "hooked": _hooked(policy()), "tab": "notices"},
    )


@needs(Permission.VISITS_SET_UP)
@require_POST
def webhook_test(request: HttpRequest) -> HttpResponse:
    """Send a message that says nothing, and tell how it went."""
    by = actor_of(request)
    try:
        noticing.try_webhook(by=by)
    except StreamFailed as failed:
        messages.error(request, f"The test did not arrive: {error_text(failed.code)}.")
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, "The test arrived.")
    return redirect("notices")


@needs(Permission.VISITS_SET_UP)
@require_POST
def webhook_remove(request: HttpRequest) -> HttpResponse:
    """Forget the webhook and its secret."""
    noticing.remove_webhook(by=actor_of(request))
    messages.success(request, "Removed. Nothing more is sent there.")
    return redirect("notices")


def _hooked(row: NoticePolicy) -> Hooked | None:
    try:
        hook: Hook | None = hook_of(row)
    except StreamFailed:
        return Hooked(broken=True)
    return Hooked(hook.target.host, hook.names) if hook else None


def _ways(posted: QueryDict | None = None) -> WaysForm:
    row = policy()
    hooked = _hooked(row)
    initial = {"mail": row.mail, "push": row.push, "closing_hour": row.closing_hour}
    initial |= {"names": bool(hooked and hooked.names)}
    return WaysForm(posted, initial=initial, webhook=bool(hooked and not hooked.broken))


def _page(
    request: HttpRequest, *, ways: WaysForm | None = None, webhook: WebhookForm | None = None
) -> HttpResponse:
    ways = ways or _ways()
    wrong = bool((ways.is_bound and ways.errors) or (webhook and webhook.errors))
    context: dict[str, Any] = {
        "ways": ways,
        "webhook": webhook or WebhookForm(),
        "hooked": _hooked(policy()),
        "phones": PushSubscription.objects.count(),
        "tab": "notices",
    }
    return render(request, "visitors/notices.html", context, status=422 if wrong else 200)
