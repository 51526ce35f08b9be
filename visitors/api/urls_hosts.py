"""What a host's wallet asks about visits."""

from django.urls import URLPattern, path

from operators.permissions import device_signed
from visitors.api import host_files, hosts

urlpatterns: list[URLPattern] = [
    path("wallet/visits", device_signed(hosts.HostVisitsView.as_view()), name="wallet-visits"),
    path(
        "wallet/visits/<uuid:pk>/admit",
        device_signed(hosts.HostAdmitView.as_view()),
        name="wallet-visit-admit",
    ),
    path(
        "wallet/visits/<uuid:pk>/decline",
        device_signed(hosts.HostDeclineView.as_view()),
        name="wallet-visit-decline",
    ),
    path(
        "wallet/visits/<uuid:pk>/cancel",
        device_signed(hosts.HostCancelView.as_view()),
        name="wallet-visit-cancel",
    ),
    path(
        "wallet/visits/<uuid:pk>/calendar",
        device_signed(host_files.HostCalendarView.as_view()),
        name="wallet-visit-calendar",
    ),
    path("wallet/visits/files", device_signed(host_files.HostFileView.as_view()), name="wallet-visit-files"),
    path(
        "wallet/visits/files/<uuid:pk>/begin",
        device_signed(host_files.HostFileBeginView.as_view()),
        name="wallet-visit-file-begin",
    ),
    path(
        "wallet/visits/notices", device_signed(hosts.HostNoticesView.as_view()), name="wallet-visit-notices"
    ),
    path("wallet/push", device_signed(hosts.HostPushView.as_view()), name="wallet-push"),
    path("wallet/push/end", device_signed(hosts.HostPushEndView.as_view()), name="wallet-push-end"),
]
