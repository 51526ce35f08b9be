"""What hosts are told by, and the page behind a host's link."""

from django.urls import URLPattern, path

from visitors.views.admit import admit

urlpatterns: list[URLPattern] = [
    path("admit/<str:token>/", admit, name="admit"),
]
