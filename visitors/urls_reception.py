"""Today at reception, a visit, the roll-call, the watch list, badges."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
