"""Enrolment at a desk: the screen is turned to the person, who reads, agrees and looks into the camera."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from biometrics import services
from biometrics.desk_texts import PAGE, text_of
from biometrics.engine.vectors import LEAST_FRAMES
from biometrics.frames import MOST_FRAME, NoFrame, read_frame
from biometrics.house_pool import house_looker
from biometrics.selectors import standing_of
from compliance.law import Form, Purpose
from compliance.models import Language
from compliance.refusals import Refused as ComplianceRefused
from compliance.selectors import Concern, concerns_of
from credentials.models import Holder, HolderState
from credentials.refusals import Refused
from credentials.selectors import get_holder
from credentials.services.consents import Answer, agree_at_desk, person_of
from credentials.views.ways import back
from operators.permissions import Permission, actor_of, needs

# What the script says by itself; all else stands in the page or comes with the server's answers.
_SPOKEN: Final = (
    *("centre", "turn_left", "turn_right", "starting", "start", "again", "late"),
    *("refused", "missing", "taken", "gone", "network", "signed_out"),
)


class AgreeForm(forms.Form):
    """What the person's press on the button sends."""

    record = forms.UUIDField()
    language = forms.ChoiceField(choices=Language.choices)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$")
    pressed = forms.CharField(max_length=80)
    signed_name = forms.CharField(max_length=120, required=False)


def _language(request: HttpRequest) -> str:
    """What the page speaks: it says so with its requests."""
    wished = request.headers.get("Accept-Language", "")[:2]
    return wished if wished in PAGE else "en"


def _asked(holder: Holder) -> Concern | None:
    """How the person stands with the notice about faces; None before one is published."""
    return next((one for one in concerns_of(person_of(holder)) if one.purpose is Purpose.FACE), None)


@needs(Permission.PEOPLE_EDIT)
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read, agree, look: the first step that is still open. No consent, no camera."""
    holder = get_holder(pk)
    if holder.state == HolderState.OFFBOARDED:
        messages.warning(request, f"{holder.name} was off-boarded: no face is enrolled.")
        return back(request, holder)
    concern = _asked(holder)
    context: dict[str, Any] = {"holder": holder, "concern": concern}
    if concern is None or not concern.open:
        return render(request, "biometrics/desk.html", context)
    record = concern.record if concern.record and concern.record.in_force else None
    wished = request.GET.get("language") or (record.notice.language if record else holder.language)
    notice = record.notice if record else concern.notice(wished)
    spoken = wished if record and wished in PAGE else notice.language
    if record is not None:
        house_looker()  # warm by the time that the camera is on
    context |= {
        "record": record,
        "new_record": uuid.uuid4(),
        "notice": notice,
        "spoken": spoken,
        "languages": [
            (one, Language(one).label) for one in Language.values if record or one in concern.notices
        ],
        "signs": concern.form is Form.SIGNATURE,
        "t": PAGE[spoken],
        "words": {name: PAGE[spoken][name] for name in _SPOKEN},
        "frames": range(LEAST_FRAMES),
        "standing": standing_of(holder.subject_id),
    }
    return render(request, "biometrics/desk.html", context)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person pressed "I agree" while the operator attended."""
    holder = get_holder(pk)
    form = AgreeForm(request.POST)
    way = reverse("face-desk", args=[holder.pk])
    if holder.state == HolderState.OFFBOARDED:
        return redirect(way)  # which says so
    if not form.is_valid():
        messages.error(request, "That was not sent as expected. Nothing was agreed to.")
        return redirect(way)
    said = form.cleaned_data
    answer = Answer(
        said["record"], Purpose.FACE, said["language"], said["sha256"], said["pressed"], said["signed_name"]
    )
    try:
        agree_at_desk(holder=holder, answer=answer, by=actor_of(request))
    except ComplianceRefused as refused:
        messages.error(request, refused.text)
    return redirect(f"{way}?language={said['language']}")


JsonView = Callable[[HttpRequest, Holder], JsonResponse]


def _answers(view: JsonView) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Refusals as JSON, in the language that the page speaks."""

    @wraps(view)
    def answered(request: HttpRequest, pk: UUID) -> HttpResponse:
        holder = get_holder(pk)
        try:
            if holder.state == HolderState.OFFBOARDED:
                raise Refused("consent_missing", "This person was off-boarded.", status=403)
            return view(request, holder)
        except Refused as refused:
            told = refused.as_dict() | {"text": text_of(refused.code, _language(request))}
            return JsonResponse(told, status=refused.status)

    return answered


@needs(Permission.PEOPLE_EDIT)
@require_POST
@_answers
def sessions(request: HttpRequest, holder: Holder) -> JsonResponse:
    """Begin a capture that this operator attends."""
    begun = services.begin_desk(person=person_of(holder), by=actor_of(request), now=timezone.now())
    return JsonResponse(begun.as_dict(), status=201)


@needs(Permission.PEOPLE_EDIT)
@require_POST
@_answers
def frames(request: HttpRequest, holder: Holder) -> JsonResponse:
    """One frame. Its bytes are read here, past the limit that stands for forms, and stay in memory."""
    try:
        frame = read_frame(request.read(MOST_FRAME + 1))
    except NoFrame:
        raise Refused("malformed", "The request is not as expected.", status=400) from None
    told = services.take_desk_frame(
        frame=frame,
        person=person_of(holder),
        by=actor_of(request),
        now=timezone.now(),
        looker=house_looker(),
    )
    text = text_of(told.code or told.hint, _language(request))
    return JsonResponse(told.as_dict() | {"text": text})
