"""A visitor's phone: bound at a kiosk or at home."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
