"""Kiosks: paired, listed, unpaired, and their page."""

from django.urls import URLPattern, path

from visitors.views import kiosk_page

urlpatterns: list[URLPattern] = [
    path("kiosk/", kiosk_page.kiosk_page, name="kiosk-page"),
    path("kiosk/worker.js", kiosk_page.kiosk_worker, name="kiosk-worker"),
]
