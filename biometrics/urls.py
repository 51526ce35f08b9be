"""An operator's addresses about one person's face."""

from django.urls import path

from biometrics.views import deeds, desk

FACE = "people/<uuid:pk>/face/"

urlpatterns = [
    path(FACE, desk.page, name="face-desk"),
    path(f"{FACE}consent/", desk.consent, name="face-desk-consent"),
    path(f"{FACE}sessions/", desk.sessions, name="face-desk-sessions"),
    path(f"{FACE}frames/", desk.frames, name="face-desk-frames"),
    path(f"{FACE}confirm/", deeds.confirm, name="face-confirm"),
    path(f"{FACE}confirm/take-back/", deeds.take_back_confirmation, name="face-confirm-take-back"),
    path(f"{FACE}reenrol/", deeds.reenrol, name="face-reenrol"),
    path(f"{FACE}reenrol/take-back/", deeds.take_back_asking, name="face-reenrol-take-back"),
    path(f"{FACE}delete/", deeds.delete, name="face-delete"),
]
