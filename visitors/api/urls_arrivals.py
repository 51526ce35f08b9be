"""What happens at a kiosk, step by step."""

from django.urls import URLPattern, path

from visitors.api import arrival_desk, arrival_pictures, arrivals

_ONE = "kiosk/arrivals/<uuid:pk>"
urlpatterns: list[URLPattern] = [
    path("kiosk/hosts", arrival_desk.HostsView.as_view(), name="kiosk-hosts"),
    path("kiosk/deliveries", arrival_desk.DeliveriesView.as_view(), name="kiosk-deliveries"),
    path("kiosk/leaving", arrival_desk.LeavingView.as_view(), name="kiosk-leaving"),
    path("kiosk/arrivals", arrivals.ArrivalsView.as_view(), name="kiosk-arrivals"),
    path(_ONE, arrivals.ArrivalView.as_view(), name="kiosk-arrival"),
    path(f"{_ONE}/details", arrivals.DetailsView.as_view(), name="kiosk-arrival-details"),
    path(f"{_ONE}/documents", arrivals.DocumentsView.as_view(), name="kiosk-arrival-documents"),
    path(f"{_ONE}/consent", arrivals.ConsentView.as_view(), name="kiosk-arrival-consent"),
    path(f"{_ONE}/photo", arrival_pictures.PhotoView.as_view(), name="kiosk-arrival-photo"),
    path(
        f"{_ONE}/face/sessions",
        arrival_pictures.FaceSessionsView.as_view(),
        name="kiosk-arrival-face-sessions",
    ),
    path(f"{_ONE}/face/frames", arrival_pictures.FaceFramesView.as_view(), name="kiosk-arrival-face-frames"),
    path(f"{_ONE}/face/skip", arrival_pictures.FaceSkipView.as_view(), name="kiosk-arrival-face-skip"),
    path(f"{_ONE}/way", arrivals.WayView.as_view(), name="kiosk-arrival-way"),
    path(f"{_ONE}/phone", arrivals.PhoneView.as_view(), name="kiosk-arrival-phone"),
    path(f"{_ONE}/phone/same", arrivals.SameView.as_view(), name="kiosk-arrival-phone-same"),
    path(f"{_ONE}/badge", arrival_pictures.BadgeView.as_view(), name="kiosk-arrival-badge"),
    path(f"{_ONE}/end", arrivals.EndView.as_view(), name="kiosk-arrival-end"),
]
