"""Unlocking the wallet with a passkey: a virtual authenticator in a real Chromium plays the phone's own."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.credentials.wallet import Wallet

pytestmark = pytest.mark.browser
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """What recognises the owner of the phone, or does not."""

    def __init__(self, wallet: Wallet) -> None:
        self.session = wallet.context.new_cdp_session(wallet.page)
        self.session.send("WebAuthn.enable")
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})[
            "authenticatorId"
        ]

    def tell(self, what: str, **told: Any) -> None:
        self.session.send(f"WebAuthn.{what}", {"authenticatorId": self.id, **told})


@pytest.mark.parametrize("wallet", [("320", "en"), ("390", "en")], indirect=True)
def test_a_passkey_is_set_up_unlocks_and_locks(wallet: Wallet) -> None:
    phone = Authenticator(wallet)
    wallet.enrol()
    page = wallet.page
    view = page.locator("[data-view=ready]")
    expect(view.locator("[data-offer]")).to_be_visible()
    view.locator("[data-offer] [data-deed=passkey]").click()
    expect(view.locator("[data-deed=unlock]")).to_be_visible(timeout=15_000)
    expect(view.locator("[data-offer]")).to_be_hidden()

    phone.tell(
        "setUserVerified", isUserVerified=False
    )  # as when a finger is not recognised, or the person stops
    view.locator("[data-deed=unlock]").click()
    error = view.locator("[data-unlock-error]")
    expect(error).to_have_text("Cancelled. Nothing was unlocked.", timeout=15_000)
    wallet.shot("unlock-cancelled")

    phone.tell("setUserVerified", isUserVerified=True)
    view.locator("[data-deed=unlock]").click()
    expect(view.locator("[data-unlock]")).to_contain_text("Unlocked until", timeout=15_000)
    expect(error).to_be_hidden()
    wallet.fits()
    wallet.shot("unlocked")
    page.click("[data-deed=show]")
    assert wallet.do("opened", wallet.code())["unlocked"] == 1
    page.click("[data-deed=hide]")
    view.locator("[data-deed=phone]").click()
    wallet.shows("phone")
    page.locator("[data-view=phone] [data-deed=lock]").click()
    expect(page.locator("[data-view=phone] [data-unlock]")).to_contain_text("Locked.")


def test_a_phone_without_the_passkey_is_told_so(wallet: Wallet) -> None:
    phone = Authenticator(wallet)
    wallet.enrol()
    page = wallet.page
    page.click("[data-offer] [data-deed=passkey]")
    unlock = page.locator("[data-view=ready] [data-deed=unlock]")
    expect(unlock).to_be_visible(timeout=15_000)
    phone.tell("clearCredentials")
    unlock.click()
    expect(page.locator("[data-view=ready] [data-unlock-error]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-view=ready] [data-unlock]")).to_contain_text("Locked.")
