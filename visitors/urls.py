"""Pages of this room; each part of it lists its own."""

from django.urls import URLPattern

from visitors import urls_hosts, urls_invitations, urls_kiosk_set_up, urls_kiosks, urls_reception, urls_types

urlpatterns: list[URLPattern] = [
    *urls_reception.urlpatterns,
    *urls_invitations.urlpatterns,
    *urls_types.urlpatterns,
    *urls_kiosks.urlpatterns,
    *urls_kiosk_set_up.urlpatterns,
    *urls_hosts.urlpatterns,
]
