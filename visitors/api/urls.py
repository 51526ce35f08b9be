"""Routes of this room's API, under /api/v1/; each part of it lists its own."""

from django.urls import URLPattern

from visitors.api import urls_arrivals, urls_hosts, urls_kiosks, urls_phones

urlpatterns: list[URLPattern] = [
    *urls_kiosks.urlpatterns,
    *urls_arrivals.urlpatterns,
    *urls_phones.urlpatterns,
    *urls_hosts.urlpatterns,
]
