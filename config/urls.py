"""Routes of a company's host. Each room publishes its own."""

from django.urls import URLPattern, URLResolver, include, path

from config.rooms import present

ROOMS = ("operators", "compliance", "credentials", "biometrics", "access", "readers", "visitors", "pages")
urlpatterns: list[URLPattern | URLResolver] = [
    *(path("api/v1/", include(f"{room}.api.urls")) for room in ROOMS if present(f"{room}.api.urls")),
    *(path("", include(f"{room}.urls")) for room in ROOMS if present(f"{room}.urls")),
]

handler400 = "pages.errors.bad_request"
handler404 = "pages.errors.not_found"
handler500 = "pages.errors.fault"
