"""Certificates: what was done, signed by the company's anchor, its hash on record."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone

from compliance.models import Certificate, CertificateKind
from ledger import services as ledger
from ledger.leaves import canonical_json
from sallyport.keys import BadSignature, Ed25519Public
from tenants.context import current
from vault.selectors import anchor_signer, proven_public_keys

FORMAT: Final = "sallyport-certificate/1"
CONTEXT: Final = b"sallyport/certificate/1\0"


def signed_bytes(body: str) -> bytes:
    """What the anchor signs: a context of its own, then the body in UTF-8."""
    return CONTEXT + body.encode()


def issue_certificate(*, kind: CertificateKind, told: Mapping[str, Any], by: str) -> Certificate:
    """Sign what was done. In the caller's transaction; `told` holds handles, times, counts, never a name."""
    number, now = ledger.next_handle("certificate"), timezone.now()
    body = canonical_json(
        {
            "format": FORMAT,
            "company": current().uid.hex(),
            "number": number,
            "kind": kind.value,
            "issued_at": now.isoformat(timespec="seconds"),
            **told,
        }
    )
    signer = anchor_signer()
    made = Certificate.objects.create(
        number=number,
        kind=kind,
        issued_at=now,
        body=body,
        signature=signer.sign(signed_bytes(body)),
        signer=signer.public.raw,
    )
    ledger.record(
        actor=by,
        verb="certificate_issued",
        subject_kind="certificate",
        handle=number,
        data={"kind": kind.value, "sha256": hashlib.sha256(body.encode()).hexdigest()},
    )
    return made


def as_file(certificate: Certificate) -> bytes:
    """The JSON that is handed out: the signed words as they are, their signature and the key that made it.

    `body` is a string on purpose: what was signed are its bytes, whatever a program makes of its numbers.
    """
    found = {
        "format": FORMAT,
        "body": certificate.body,
        "signature": bytes(certificate.signature).hex(),
        "signer": bytes(certificate.signer).hex(),
    }
    return (json.dumps(found, indent=1, ensure_ascii=False) + "\n").encode()


def fits(certificate: Certificate) -> bool:
    """Whether the signature is a proven anchor's of this company over these words."""
    raw = bytes(certificate.signer)
    if raw not in proven_public_keys("anchor"):
        return False
    try:
        Ed25519Public(raw).verify(signed_bytes(certificate.body), bytes(certificate.signature))
    except BadSignature:
        return False
    return True
