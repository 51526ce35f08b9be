"""The keys for codes: which there are, who holds them, and the two buttons that change them."""

import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from operators.permissions import Permission, actor_of, needs
from readers.selectors import key_holders
from vault import rotation
from vault.cutoffs import CutOff, cut_off
from vault.standing import IN_FORCE, LAID_IN, REFUSED, RETIRED, standing


@needs(Permission.KEYS_EDIT)
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """What stands, and before anybody presses the second button what it would cut off."""
    stands = standing(int(time.time()))
    holders = key_holders(stands.newest.key_id if stands.newest else 0)
    planned = rotation.plan()
    context = {
        "stands": stands,
        "current": stands.of(IN_FORCE, LAID_IN),
        "past": stands.of(RETIRED, REFUSED),
        "holders": holders,
        "holding": sum(one.newest for one in holders),
        "cut_off": _in_words(cut_off()),
        "seal_days": planned.seal // rotation.DAY,
        "sign_days": planned.sign // rotation.DAY,
        "keep_days": planned.keep // rotation.DAY,
    }
    return render(request, "pages/keys.html", context)


@needs(Permission.KEYS_EDIT)
@require_POST
def rotate(request: HttpRequest) -> HttpResponse:
    """New keys take over in two minutes; nothing is refused."""
    fresh = rotation.rotate_now(by=actor_of(request))
    messages.success(
        request, f"Key set {fresh.key_id} takes over in two minutes. Codes shown until then open."
    )
    return redirect("/settings/keys/")


@needs(Permission.KEYS_EDIT)
@require_POST
def refuse(request: HttpRequest) -> HttpResponse:
    """Refuse every key set at once and issue under a new one."""
    lost = cut_off()
    told = {one.name: one.count for one in lost}
    fresh = rotation.refuse_and_rotate(by=actor_of(request), cut_off=told)
    messages.success(
        request,
        f"All earlier keys are refused, key set {fresh.key_id} is in force. Cut off: {_in_words(lost)}.",
    )
    return redirect("/settings/keys/")


def _in_words(lost: list[CutOff]) -> str:
    parts = [one.words for one in lost]
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
