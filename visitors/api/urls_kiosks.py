"""A kiosk's pairing, its state, and what it kept without network."""

from django.urls import URLPattern, path

from visitors.api import kiosks

urlpatterns: list[URLPattern] = [
    path("kiosks/pair", kiosks.PairView.as_view(), name="kiosks-pair"),
    path("kiosk/state", kiosks.StateView.as_view(), name="kiosk-state"),
    path("kiosk/sealed", kiosks.SealedView.as_view(), name="kiosk-sealed"),
    path("kiosk/exit", kiosks.ExitView.as_view(), name="kiosk-exit"),
]
