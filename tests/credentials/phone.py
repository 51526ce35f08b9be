"""A phone for the tests: a P-256 key and signed requests, as the wallet's page makes them."""

import json
import secrets
import time
from typing import Any

from django.test import Client

from credentials import proofs, short_codes
from credentials.models import Device, Holder, Invitation, InvitationState
from credentials.services import add_holder, enrol_device, invite_holder, vouch_device
from sallyport import http_signatures
from sallyport.keys import P256Signer, b64url, thumbprint

HOST = "acme.localhost"
ALICE = "operator:alice"


class Phone:
    def __init__(self, host: str = HOST) -> None:
        self.key = P256Signer.generate()
        self.host = host
        self.keyid = proofs.KEYID_PREFIX + thumbprint(self.key.public)

    @property
    def public_key(self) -> str:
        return b64url(self.key.public.raw)

    def headers(self, method: str, path: str, body: bytes, **other: Any) -> dict[str, str]:
        signed: dict[str, Any] = {
            "created": int(time.time()),
            "nonce": secrets.token_urlsafe(16),
            "keyid": self.keyid,
            "key": self.key,
        } | other
        return http_signatures.sign_request(
            method=method, url=f"http://{self.host}{path}", body=body, **signed
        )

    def send(self, method: str, path: str, told: Any = None, **other: Any) -> tuple[int, dict[str, Any]]:
        """(status, answer) of a signed request through Django."""
        body = b"" if told is None else json.dumps(told).encode()
        return self.repeat(method, path, body, self.headers(method, path, body, **other))

    def repeat(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        response = Client().generic(
            method, path, body, content_type="application/json", headers={"Host": self.host} | headers
        )
        return response.status_code, response.json()

    def enrol(self, code: str, **other: Any) -> tuple[int, dict[str, Any]]:
        told = {"code": code, "public_key": self.public_key, "label": "Henri's phone"}
        return self.send("POST", "/api/v1/wallet/enrol", told, **other)

    def ask(self, **other: Any) -> tuple[int, dict[str, Any]]:
        return self.send("POST", "/api/v1/wallet/codes", {}, **other)

    def me(self, **other: Any) -> tuple[int, dict[str, Any]]:
        return self.send("GET", "/api/v1/wallet/me", **other)

    def proof(self, **other: Any) -> proofs.SignedHttp:
        """A signed enrolment as the service is given it."""
        path, body = "/api/v1/wallet/enrol", b"{}"
        headers = {k.lower(): v for k, v in self.headers("POST", path, body, **other).items()}
        return proofs.SignedHttp("POST", f"http://{self.host}{path}", body, proofs.parse(headers))


def henri(**other: Any) -> Holder:
    return add_holder(**({"name": "Henri Holder", "email": "henri@acme.example", "by": ALICE} | other))


def code_for(holder: Holder) -> str:
    """Invite and return the code as its mail shows it."""
    invite_holder(holder=holder, by=ALICE)
    invitation = Invitation.objects.get(holder=holder, state=InvitationState.OPEN)
    return short_codes.shown(short_codes.code_of(invitation.locator, invitation.id))


def enrolled(holder: Holder, phone: Phone | None = None, *, vouched: bool = True) -> tuple[Phone, Device]:
    phone = phone or Phone()
    device = enrol_device(code=code_for(holder), public_key=phone.key.public, proof=phone.proof())
    if vouched:
        vouch_device(device=device, by=ALICE)
        device.refresh_from_db()
    return phone, device
