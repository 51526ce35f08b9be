"""Pages of this room. The page of one person shows several rooms and belongs to `pages`."""

from django.urls import path

from credentials.views import deeds, lost, people, wallet

PERSON = "people/<uuid:pk>/"
PHONE = "phones/<uuid:pk>/"

urlpatterns = [
    path("wallet/", wallet.wallet, name="wallet"),
    path("lost/", lost.ask, name="lost"),
    path("lost/phones/", lost.phones, name="lost-phones"),
    path("lost/phones/revoke/", lost.revoke, name="lost-revoke"),
    path("lost/<str:token>/", lost.use, name="lost-link"),
    path("wallet/worker.js", wallet.worker, name="wallet-worker"),
    path("people/", people.people_list, name="people"),
    path("people/add/", people.person_add, name="person-add"),
    path(f"{PERSON}edit/", people.person_edit, name="person-edit"),
    path(f"{PERSON}suspend/", deeds.suspend, name="person-suspend"),
    path(f"{PERSON}resume/", deeds.resume, name="person-resume"),
    path(f"{PERSON}off-board/", deeds.off_board, name="person-off-board"),
    path(f"{PERSON}invite/", deeds.invite, name="person-invite"),
    path(f"{PHONE}confirm/", deeds.confirm_phone, name="phone-confirm"),
    path(f"{PHONE}allow-passkey/", deeds.allow_passkey, name="phone-allow-passkey"),
    path(f"{PHONE}revoke/", deeds.revoke_phone, name="phone-revoke"),
]
