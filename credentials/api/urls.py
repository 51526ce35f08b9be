"""Addresses of the wallet's requests, under /api/v1/."""

from django.urls import path

from credentials.api import answers, phones, privacy, requests, unlock, views
from operators.permissions import device_signed

urlpatterns = [
    path("wallet/enrol", device_signed(views.EnrolView.as_view()), name="wallet-enrol"),
    path("wallet/me", device_signed(views.MeView.as_view()), name="wallet-me"),
    path("wallet/codes", device_signed(views.CodesView.as_view()), name="wallet-codes"),
    path("wallet/passes", device_signed(views.PassesView.as_view()), name="wallet-passes"),
    path(
        "wallet/passkeys/options",
        device_signed(unlock.PasskeyOptionsView.as_view()),
        name="wallet-passkey-options",
    ),
    path("wallet/passkeys", device_signed(unlock.PasskeysView.as_view()), name="wallet-passkeys"),
    path(
        "wallet/unlock/options",
        device_signed(unlock.UnlockOptionsView.as_view()),
        name="wallet-unlock-options",
    ),
    path("wallet/unlock", device_signed(unlock.UnlockView.as_view()), name="wallet-unlock"),
    path("wallet/lock", device_signed(unlock.LockView.as_view()), name="wallet-lock"),
    path(
        "wallet/phones/<int:handle>/confirm",
        device_signed(phones.ConfirmView.as_view()),
        name="wallet-phone-confirm",
    ),
    path(
        "wallet/phones/<int:handle>/refuse",
        device_signed(phones.RefuseView.as_view()),
        name="wallet-phone-refuse",
    ),
    path("wallet/notices", device_signed(privacy.NoticesView.as_view()), name="wallet-notices"),
    path("wallet/consents", device_signed(privacy.ConsentsView.as_view()), name="wallet-consents"),
    path(
        "wallet/consents/<uuid:record>/withdraw",
        device_signed(privacy.WithdrawView.as_view()),
        name="wallet-consent-withdraw",
    ),
    path("wallet/requests", device_signed(requests.RequestsView.as_view()), name="wallet-requests"),
    path(
        "wallet/requests/<uuid:case>/answer",
        device_signed(answers.AnswerView.as_view()),
        name="wallet-answer",
    ),
    path("wallet/receipts", device_signed(privacy.ReceiptsView.as_view()), name="wallet-receipts"),
]
