"""Routes of the readers' API; the raw scan route stands in front of Django."""

from django.urls import path

from readers.api import contact, journal, renewal, views

urlpatterns = [
    path("readers/pair", views.PairView.as_view(), name="readers-pair"),
    path("readers/policy", views.PolicyView.as_view(), name="readers-policy"),
    path("readers/acks", views.AckView.as_view(), name="readers-acks"),
    path("readers/key", renewal.KeyView.as_view(), name="readers-key"),
    path("readers/keys", views.KeysView.as_view(), name="readers-keys"),
    path("readers/bundle", views.BundleView.as_view(), name="readers-bundle"),
    path("readers/contact", contact.ContactView.as_view(), name="readers-contact"),
    path("readers/wiped", contact.WipedView.as_view(), name="readers-wiped"),
    path("readers/door", contact.DoorView.as_view(), name="readers-door"),
    path("readers/next", views.NextView.as_view(), name="readers-next"),
    path("readers/journal", journal.JournalView.as_view(), name="readers-journal"),
    path("scans/outcome", views.OutcomeView.as_view(), name="scans-outcome"),
]
