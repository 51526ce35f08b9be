"""What is said where no room answers: a wrong address, a form that is too old, a fault of ours."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

API = "/api/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: a page with a way back; programs get the code `not_found`."""
    if request.path.startswith(API):
        return _told("not_found", "There is nothing at this address.", 404)
    return render(request, "pages/not_found.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what no browser sends by itself, such as a form with thousands of fields."""
    if request.path.startswith(API):
        return _told("bad_request", "This request could not be read.", 400)
    return render(request, "pages/bad_request.html", status=400)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form does not belong to this browser's visit any more. Why is logged, not shown."""
    return render(request, "pages/form_too_old.html", status=403)


def fault(request: HttpRequest) -> HttpResponse:
    """500: it was logged; the page asks nothing of the database, which may be what failed."""
    if request.path.startswith(API):
        return _told("server_error", "This failed on our side.", 500)
    return render(None, "pages/fault.html", status=500)


def _told(code: str, detail: str, status: int) -> HttpResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status)
