"""Who may do what, and the decorators that put it on a route.

Every route says one of three things: `@needs(...)`, `@public(...)`, `@device_signed`. The permission table
(tests/permission_table.py) fails where one says nothing.
"""

import functools
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django_otp import user_has_device

from operators.models import Operator, Role

P = ParamSpec("P")
ViewT = TypeVar("ViewT", bound=Callable[..., Any])
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Permission(StrEnum):
    """What a route may ask for."""

    PEOPLE_VIEW = "PEOPLE_VIEW"
    PEOPLE_EDIT = "PEOPLE_EDIT"
    DEVICES_REVOKE = "DEVICES_REVOKE"
    DAY_PASSES = "DAY_PASSES"
    READERS_VIEW = "READERS_VIEW"
    READERS_EDIT = "READERS_EDIT"
    DOORS_VIEW = "DOORS_VIEW"
    DOORS_EDIT = "DOORS_EDIT"
    VISITS_VIEW = "VISITS_VIEW"
    VISITS = "VISITS"  # inviting, admitting, signing out
    VISITS_SET_UP = "VISITS_SET_UP"  # types, documents, kiosks, notices
    WATCH_LIST = "WATCH_LIST"
    PRESENCE = "PRESENCE"  # counting people out of an area by hand
    EVENTS_VIEW = "EVENTS_VIEW"
    ALARMS = "ALARMS"
    OPERATORS_EDIT = "OPERATORS_EDIT"
    KEYS_EDIT = "KEYS_EDIT"
    LEDGER_VIEW = "LEDGER_VIEW"
    LEDGER_VERIFY = "LEDGER_VERIFY"
    LEDGER_ACKNOWLEDGE = "LEDGER_ACKNOWLEDGE"
    COMPLIANCE_VIEW = "COMPLIANCE_VIEW"
    COMPLIANCE_EDIT = "COMPLIANCE_EDIT"  # notices and the policy behind them
    SETTINGS_EDIT = "SETTINGS_EDIT"
    PLATFORM = "PLATFORM"


_ALL = frozenset(Permission) - {Permission.PLATFORM}
_OWNER_ONLY = frozenset({Permission.OPERATORS_EDIT, Permission.KEYS_EDIT, Permission.SETTINGS_EDIT})

# Literal: whoever may do more tomorrow is added here, by name.
ROLE_PERMISSIONS: Final[dict[str, frozenset[Permission]]] = {
    Role.OWNER: _ALL,
    Role.SECURITY: _ALL - _OWNER_ONLY - {Permission.LEDGER_ACKNOWLEDGE, Permission.COMPLIANCE_EDIT},
    Role.RECEPTION: frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.DAY_PASSES,
            Permission.VISITS_VIEW,
            Permission.VISITS,
            Permission.EVENTS_VIEW,
            Permission.DOORS_VIEW,
            Permission.PRESENCE,
            Permission.ALARMS,
        }
    ),
    Role.COMPLIANCE: frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.EVENTS_VIEW,
            Permission.LEDGER_VIEW,
            Permission.LEDGER_VERIFY,
            Permission.LEDGER_ACKNOWLEDGE,
            Permission.COMPLIANCE_VIEW,
            Permission.COMPLIANCE_EDIT,
            Permission.VISITS_VIEW,
            Permission.READERS_VIEW,
            Permission.DOORS_VIEW,
        }
    ),
    Role.READ_ONLY: frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.VISITS_VIEW,
            Permission.EVENTS_VIEW,
            Permission.LEDGER_VIEW,
            Permission.COMPLIANCE_VIEW,
            Permission.READERS_VIEW,
            Permission.DOORS_VIEW,
        }
    ),
    Role.PLATFORM: frozenset({Permission.PLATFORM}),
}


def permissions_of(operator: object) -> frozenset[Permission]:
    """What this operator may do; an unknown role may do nothing."""
    if not isinstance(operator, Operator) or not operator.is_active:
        return frozenset()
    return ROLE_PERMISSIONS.get(operator.role, frozenset())


def may(request: HttpRequest, permission: Permission) -> bool:
    """Whether the request comes from an operator, both factors proven, who holds the permission."""
    operator = signed_in(request)
    return operator is not None and permission in permissions_of(operator)


def signed_in(request: HttpRequest) -> Operator | None:
    """The operator behind the request when password and second factor were given, else None."""
    user = request.user
    return user if isinstance(user, Operator) and user.is_active and is_verified(user) else None


def is_verified(user: object) -> bool:
    """Whether the second factor was given in this session (set by django-otp's middleware)."""
    return getattr(user, "otp_device", None) is not None


def operator_of(request: HttpRequest) -> Operator:
    """The operator of a view that stands under `needs`."""
    user = request.user
    if not isinstance(user, Operator) or not is_verified(user):
        raise PermissionError("no operator is signed in")
    return user


def actor_of(request: HttpRequest) -> str:
    """The same, as the ledger names one who acts."""
    return operator_of(request).actor


def needs(*wanted: Permission | str) -> Callable[[View[P]], View[P]]:
    """A view for operators who hold every one of these permissions; with none given, for every operator.

    Not signed in, or second factor missing: to the sign-in page (htmx: by HX-Redirect). Lacking: 403.
    """
    required = frozenset(Permission(item) for item in wanted)

    def dress(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated or not is_verified(user):
                return _to_sign_in(request)
            if not required <= permissions_of(operator_of(request)):
                return _refuse(request, required)
            return view(request, *args, **kwargs)

        guarded.needs = tuple(sorted(required))  # type: ignore[attr-defined]
        return guarded

    return dress


def public(why: str) -> Callable[[ViewT], ViewT]:
    """Marks a view that anybody may call, and says why."""

    def dress(view: ViewT) -> ViewT:
        view.public = why  # type: ignore[attr-defined]
        return view

    return dress


def device_signed(view: ViewT) -> ViewT:
    """Marks a view whose caller proves itself by the key of a phone or reader: a cookie gets nothing."""
    view.device_signed = True  # type: ignore[attr-defined]
    return view


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        target = "/sign-in/code/" if user_has_device(request.user) else "/two-factor/set-up/"
    else:
        target = "/sign-in/"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    if request.method in {"GET", "HEAD"}:
        target = f"{target}?{urlencode({'next': request.get_full_path()})}"
    return redirect(target)


def _refuse(request: HttpRequest, required: Iterable[Permission]) -> HttpResponse:
    return render(request, "operators/refused.html", {"required": sorted(required)}, status=403)
