"""What the frame of every console page needs: the company, the places, who is signed in."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

from access.selectors import open_alarms
from operators.permissions import Permission, permissions_of, signed_in
from tenants import context


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. `needs` is a permission's value, empty for everybody who is signed in."""

    name: str
    icon: str
    path: str
    needs: str = ""
    later: bool = False
    rule: bool = False
    here: bool = False


PLACES = (
    Place("Overview", "layout-dashboard", "/"),
    Place("Doors", "door", "/doors/", "DOORS_VIEW"),
    Place("Readers", "device-tablet", "/readers/", "READERS_VIEW"),
    Place("People", "users", "/people/", "PEOPLE_VIEW"),
    Place("Visitors", "user-plus", "/visitors/", "VISITS_VIEW"),
    Place("Events", "history", "/events/", "EVENTS_VIEW"),
    Place("Record", "list-check", "/record/", "LEDGER_VIEW"),
    Place("Compliance", "shield-check", "/compliance/", "COMPLIANCE_VIEW"),
    Place("Settings", "settings", "/settings/", "SETTINGS_EDIT", rule=True),
)
COMPANIES = Place("Companies", "building-community", "/")


def console(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `company` always; places and the operator's name only for one who is signed in."""
    company = context.current_or_none()
    found: dict[str, Any] = {"company": company}
    operator = signed_in(request) if company is not None and hasattr(request, "user") else None
    if operator is None:
        return found
    held = permissions_of(operator)
    return {
        **found,
        "places": places(request.path, held),
        "held": {permission.value: True for permission in held},
        # Called where a page shows it, so that parts of pages do not count.
        "open_alarms": open_alarms if Permission.ALARMS in held else None,
        "can_search": Permission.PEOPLE_VIEW in held,
        "operator_name": operator.name,
        "operator_role": operator.get_role_display(),
    }


def places(path: str, held: frozenset[Permission]) -> list[Place]:
    """The places this operator may go to, with the one that `path` belongs to marked."""
    if Permission.PLATFORM in held:
        return [replace(COMPANIES, here=path == "/")]
    return [
        replace(place, here=_here(place, path)) for place in PLACES if not place.needs or place.needs in held
    ]


def _here(place: Place, path: str) -> bool:
    return path == "/" if place.path == "/" else path.startswith(place.path)
