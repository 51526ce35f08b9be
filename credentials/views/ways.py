"""Where one goes after a deed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from credentials.models import Holder


def person_path(holder: Holder) -> str:
    """The page of a person; it shows several rooms and so belongs to `pages`."""
    return f"/people/{holder.pk}/"


def back(request: HttpRequest, holder: Holder) -> HttpResponse:
    """To where the deed was asked for, never to another host."""
    way = request.POST.get("next", "")
    own = way.startswith("/") and url_has_allowed_host_and_scheme(
        way, {request.get_host()}, request.is_secure()
    )
    return redirect(way if own else person_path(holder))
