"""Kiosks in the console: paired, set up, unpaired."""

from django.urls import URLPattern, path

from visitors.views import kiosks

urlpatterns: list[URLPattern] = [
    path("visitors/kiosks/", kiosks.kiosks, name="kiosks"),
    path("visitors/kiosks/pair/", kiosks.kiosk_pair, name="kiosk-pair"),
    path("visitors/kiosks/pair/<uuid:pk>/", kiosks.kiosk_pairing, name="kiosk-pairing"),
    path("visitors/kiosks/<int:handle>/", kiosks.kiosk, name="kiosk"),
    path("visitors/kiosks/<int:handle>/unpair/", kiosks.kiosk_unpair, name="kiosk-unpair"),
    path("visitors/kiosks/sign-ins/<uuid:pk>/seen/", kiosks.sign_in_seen, name="kiosk-sign-in-seen"),
]
