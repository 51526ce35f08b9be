"""Types of visit and documents."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
