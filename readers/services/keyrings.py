"""Which keys for codes a reader is given, and which it says it holds."""

from dataclasses import dataclass
from datetime import datetime

from readers.models import Reader
from readers.refusals import ReaderRefused, Refusal
from sallyport.key_list import bundle_key_bytes, key_list_bytes
from tenants import context
from vault.selectors import answer_signer, bundle_signer, is_own_key, key_entries


@dataclass(frozen=True, slots=True, repr=False)
class Vouched:
    """Signed bytes for readers, the key that signed them, and the answer key's word for that key."""

    data: bytes
    signature: bytes
    bundle_key: bytes
    vouched: bytes


def key_list(*, reader: Reader, now: datetime) -> Vouched:
    """Every set that opens codes, those laid in ahead too, for this reader alone."""
    company = context.current().uid
    data = key_list_bytes(
        company=company,
        reader=reader.handle,
        at_ms=int(now.timestamp() * 1000),
        entries=key_entries(),
    )
    return vouched(data)


def vouched(data: bytes) -> Vouched:
    """The bytes under the company's bundle key, which a reader need not know beforehand."""
    signer = bundle_signer()
    public = signer.public.raw
    word = answer_signer().sign(bundle_key_bytes(company=context.current().uid, bundle_key=public))
    return Vouched(data, signer.sign(data), public, word)


def note_keys_held(*, reader: Reader, newest: int, now: datetime) -> None:
    """Keep the newest key set that the reader says it holds. Raises ReaderRefused for a foreign one."""
    if not is_own_key(newest):
        raise ReaderRefused(Refusal.KEYS_UNKNOWN)
    Reader.objects.filter(handle=reader.handle).update(keys_held=newest, keys_held_at=now)
