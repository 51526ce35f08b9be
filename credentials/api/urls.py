"""Addresses of the wallet's requests, under /api/v1/."""

from django.urls import path

from credentials.api import views

urlpatterns = [
    path("wallet/enrol", views.EnrolView.as_view(), name="wallet-enrol"),
    path("wallet/me", views.MeView.as_view(), name="wallet-me"),
    path("wallet/codes", views.CodesView.as_view(), name="wallet-codes"),
]
