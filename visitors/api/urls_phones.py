"""A visitor's phone: bound at a kiosk or at home."""

from django.urls import URLPattern, path

from visitors.api import phones

urlpatterns: list[URLPattern] = [
    path("visits/bind", phones.BindView.as_view(), name="visits-bind"),
    path("visits/mine", phones.MineView.as_view(), name="visits-mine"),
    path("visits/leave", phones.LeaveView.as_view(), name="visits-leave"),
]
