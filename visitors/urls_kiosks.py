"""Kiosks: paired, listed, unpaired, and their page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
