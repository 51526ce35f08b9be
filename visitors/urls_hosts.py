"""What hosts are told by, and the page behind a host's link."""

from django.urls import URLPattern, path

from visitors.views import notices
from visitors.views.admit import admit

urlpatterns: list[URLPattern] = [
    path("admit/<str:token>/", admit, name="admit"),
    path("visitors/notices/", notices.notices, name="notices"),
    path("visitors/notices/webhook/", notices.webhook_set, name="notices-webhook"),
    path("visitors/notices/webhook/test/", notices.webhook_test, name="notices-webhook-test"),
    path("visitors/notices/webhook/remove/", notices.webhook_remove, name="notices-webhook-remove"),
]
