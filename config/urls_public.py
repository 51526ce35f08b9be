"""Routes of the public host: what one sees before there is a company."""

from django.urls import URLPattern, URLResolver, include, path

from config.rooms import present

ROOMS = ("tenants", "pages")
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"{room}.urls_public")) for room in ROOMS if present(f"{room}.urls_public")
]

handler400 = "pages.errors.bad_request"
handler404 = "pages.errors.not_found"
handler500 = "pages.errors.fault"
