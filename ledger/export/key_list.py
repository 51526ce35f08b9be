"""The keys under which the record is verified, signed by the company's anchor."""

import base64
from datetime import UTC, datetime

from ledger.export import registry
from ledger.leaves import milliseconds
from sallyport.record_keys import record_keys_bytes
from tenants import context
from vault.selectors import anchor_signer, proven_public_keys


def key_list(now: datetime | None = None) -> dict[str, str]:
    """`anchor` in hex, `list` and its `signature` in base64: docs/signed-bytes.md. Raises VaultEmpty."""
    anchor = anchor_signer()
    data = record_keys_bytes(
        company=context.current().uid,
        made_ms=milliseconds(now or datetime.now(UTC)),
        checkpoint=proven_public_keys("checkpoint"),
        readers=sorted({key for made in registry.keys for key in made()}),
    )
    return {
        "anchor": anchor.public.raw.hex(),
        "list": base64.b64encode(data).decode(),
        "signature": base64.b64encode(anchor.sign(data)).decode(),
    }
