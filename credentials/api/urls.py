"""Addresses of the wallet's requests, under /api/v1/."""

from django.urls import path

from credentials.api import views
from operators.permissions import device_signed

urlpatterns = [
    path("wallet/enrol", device_signed(views.EnrolView.as_view()), name="wallet-enrol"),
    path("wallet/me", device_signed(views.MeView.as_view()), name="wallet-me"),
    path("wallet/codes", device_signed(views.CodesView.as_view()), name="wallet-codes"),
    path("wallet/passes", device_signed(views.PassesView.as_view()), name="wallet-passes"),
]
