"""A phone: a key of its own, and requests signed by it."""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.tour.browser import Site
from deploy.tour.report import Mismatch
from sallyport.http_signatures import sign_request
from sallyport.keys import P256Signer, b64url, thumbprint

PATIENCE_SECONDS = 8.0


@dataclass
class Phone:
    """One phone at one company's host."""

    site: Site
    subdomain: str
    key: P256Signer = field(default_factory=P256Signer.generate)

    def __post_init__(self) -> None:
        self.http = self.site.client(self.subdomain)
        self.last_issued = 0

    def request(self, method: str, path: str, told: Any = None) -> httpx.Response:
        """One request signed by the phone's key."""
        body = b"" if told is None else json.dumps(told).encode()
        headers = sign_request(
            method=method,
            url=f"{self.site.address(self.subdomain)}{path}",
            body=body,
            key=self.key,
            keyid=f"device:{thumbprint(self.key.public)}",
            created=int(time.time()),
            nonce=secrets.token_urlsafe(16),
        )
        headers["Content-Type"] = "application/json"
        extensions = {"sni_hostname": self.site.domain}
        return self.http.request(method, path, content=body, headers=headers, extensions=extensions)

    def enrol(self, code: str) -> dict[str, Any]:
        """Bind the key to the person whose code was typed."""
        told = {"code": code, "public_key": b64url(self.key.public.raw), "label": "Phone of the tour"}
        return _good(self.request("POST", "/api/v1/wallet/enrol", told))

    def new_code(self) -> str:
        """A code issued after the last one; a phone gets one each few seconds, so this may wait."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self.request("POST", "/api/v1/wallet/codes", {})
            if answer.status_code == 200 and answer.json()["issued"] > self.last_issued:
                self.last_issued = answer.json()["issued"]
                return str(answer.json()["code"])
            if time.monotonic() > limit or answer.status_code not in {200, 429}:
                _good(answer)
                raise Mismatch("the phone gets the same code again and again")
            time.sleep(0.25)


def _good(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code >= 400:
        raise Mismatch(f"{answer.status_code} {answer.text[:200]}")
    told: dict[str, Any] = answer.json()
    return told
