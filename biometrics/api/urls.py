"""Addresses of the wallet's requests about faces, under /api/v1/."""

from django.urls import path

from biometrics.api import views
from operators.permissions import device_signed

urlpatterns = [
    path("wallet/face", device_signed(views.FaceView.as_view()), name="wallet-face"),
    path("wallet/face/sessions", device_signed(views.SessionsView.as_view()), name="wallet-face-sessions"),
    path("wallet/face/frames", device_signed(views.FramesView.as_view()), name="wallet-face-frames"),
]
