"""A kiosk as a client: its own key, its own signatures, through Django's test client."""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone

from access.models import Site
from readers.drawn_codes import as_drawn, code_digest
from sallyport.http_signatures import sign_request
from sallyport.keys import P256Signer
from sallyport.kiosk_protocol import pair_bytes
from tenants import context
from tenants.refs import CompanyRef
from tests.access.build import BY
from visitors import services
from visitors.keyids import keyid
from visitors.models import Kiosk

EXIT_CODE = "240611"


def ticket(site: Site, name: str = "Lobby", **more: Any) -> services.KioskTicket:
    """A drawn code."""
    setting = services.Setting(name, **more)
    return services.start_pairing(site=site, setting=setting, exit_code=EXIT_CODE, by=BY)


@dataclass
class Tablet:
    """One tablet with a key; `handle` is known after pairing."""

    company: CompanyRef
    key: P256Signer = field(default_factory=P256Signer.generate)
    handle: int = 0

    @classmethod
    def paired(cls, site: Site, name: str = "Lobby", **more: Any) -> "Tablet":
        """A tablet that is a kiosk of the company in force."""
        tablet = cls(context.current())
        proof = tablet.proof(ticket(site, name, **more).code)
        done = services.pair(company=tablet.company.uid, proof=proof, now=timezone.now())
        tablet.handle = done.kiosk.handle
        return tablet

    @property
    def kiosk(self) -> Kiosk:
        """The kiosk as it is on record."""
        return Kiosk.objects.select_related("site").get(handle=self.handle)

    def proof(self, code: str, **other: Any) -> services.KioskProof:
        """The proof that goes with a typed code; `other` replaces parts of it, unsigned."""
        nonce = other.pop("nonce", secrets.token_bytes(16))
        signed = pair_bytes(
            company=self.company.uid,
            code_hash=code_digest(as_drawn(code)),
            public_key=self.key.public.raw,
            nonce=nonce,
        )
        parts = {
            "code": code,
            "public_key": self.key.public.raw,
            "algorithm": self.key.algorithm,
            "nonce": nonce,
            "signature": self.key.sign(signed),
        }
        return services.KioskProof(**(parts | other))

    def pair_body(self, code: str) -> dict[str, str]:
        """The JSON of POST /api/v1/kiosks/pair."""
        proof = self.proof(code)
        return {
            "code": proof.code,
            "public_key": b64(proof.public_key),
            "algorithm": proof.algorithm,
            "nonce": b64(proof.nonce),
            "proof": b64(proof.signature),
        }

    def headers(
        self, url: str, body: bytes, *, created: int | None = None, method: str = "POST"
    ) -> dict[str, str]:
        """Signature headers for the test client's `headers=`."""
        return sign_request(
            method=method,
            url=url,
            body=body,
            key=self.key,
            keyid=keyid(self.company.id, self.handle),
            created=int(time.time()) if created is None else created,
            nonce=secrets.token_urlsafe(16),
        )

    def call(self, path: str, told: object = None, **more: Any) -> Any:
        """One signed POST of JSON to /api/v1/<path>; the answer."""
        return self._post(path, json.dumps({} if told is None else told).encode(), "application/json", **more)

    def send(self, path: str, told: bytes, **more: Any) -> Any:
        """One signed POST of bytes."""
        return self._post(path, told, "application/octet-stream", **more)

    def _post(self, path: str, body: bytes, kind: str, **more: Any) -> Any:
        host = more.pop("host", self.company.host)
        address = f"/api/v1/{path}"
        headers = self.headers(f"http://{host}{address}", body, created=more.pop("created", None))
        return Client().post(
            address,
            more.pop("send_body", body),
            content_type=kind,
            headers={"host": host, **headers},
            **more,
        )


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
