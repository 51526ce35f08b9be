"""Invitations, groups and series, and the visitor's own page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
