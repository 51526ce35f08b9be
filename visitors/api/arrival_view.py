"""An arrival as its kiosk is told of it."""

from typing import Any

from credentials.services.day_passes import IssuedDayPass
from visitors.arrival_facts import Standing
from visitors.arrival_steps import Stage, Step


def view_of(standing: Standing, issued: IssuedDayPass | None = None) -> dict[str, Any]:
    """As it goes over the wire. `issued`: a pass that was made now, with its PIN."""
    visit, course, arrival = standing.visit, standing.course, standing.arrival
    host = visit.host if visit is not None and standing.shows else None
    busy = course.stage in {Stage.STEPS, Stage.DONE}
    device = arrival.device if arrival.digits else None
    return {
        "id": str(arrival.pk),
        "flow": arrival.flow,
        "state": course.stage.value,
        "step": course.next.value if course.next and busy else None,
        "steps": [step.value for step in course.steps],
        "name": visit.holder.name if visit and standing.shows else None,
        "host": host.name if host else None,
        "until": int(visit.ends.timestamp()) if visit and standing.shows else None,
        "documents": _documents(standing) if busy else [],
        "consent": _consent(standing) if busy else None,
        "photo": standing.photo.value,
        "face": standing.face,
        "ways": list(standing.ways),
        "phone": {"digits": arrival.digits, "label": device.label} if device else None,
        "pass": issued and _pass(issued),
        "badge": Step.BADGE in course.steps,
    }


def _documents(standing: Standing) -> list[dict[str, Any]]:
    return [
        {
            "version": str(one.pk),
            "title": one.title,
            "body": one.body,
            "signed": one.document.signed,
            "language": one.language,
        }
        for one in standing.unread
    ]


def _consent(standing: Standing) -> dict[str, Any] | None:
    concern = standing.asking
    if concern is None:
        return None
    notice = concern.notice(standing.arrival.language)
    return {
        "purpose": concern.purpose.value,
        "act": concern.act.value,
        "title": notice.title,
        "text": notice.text,
        "sha256": notice.sha256,
        "language": notice.language,
        "form": concern.form.value,
    }


def _pass(issued: IssuedDayPass) -> dict[str, Any]:
    made = issued.day_pass
    return {"pin": issued.pin, "begins": int(made.begins.timestamp()), "ends": int(made.ends.timestamp())}
