"""A kiosk's pairing, its state, and what it kept without network."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
