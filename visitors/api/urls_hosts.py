"""What a host's wallet asks about visits."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
