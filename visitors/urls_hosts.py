"""What hosts are told by, and the page behind a host's link."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
