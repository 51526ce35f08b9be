"""What happens at a kiosk, step by step."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
