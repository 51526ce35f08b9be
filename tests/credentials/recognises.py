"""What recognises the owner of a phone: a virtual authenticator of Chromium."""

from typing import Any

from tests.credentials.wallet import Wallet

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

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        told = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        found: list[dict[str, Any]] = told["credentials"]
        return found
