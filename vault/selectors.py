"""Ready-to-use keys of the current company. Opened ones are held by the process for a minute."""

import time
from typing import Any, Final

from django.db.models import QuerySet

from sallyport.codes import MintingKeys, OpeningKeys
from sallyport.key_list import KeyEntry
from sallyport.keys import Ed25519Signer
from tenants import context
from tenants.models import KeyNumber
from vault import envelope, keys
from vault.caches import Held
from vault.models import KeySet, SigningKey
from vault.services import key_set_place, signing_key_place

# A code that must end early is dated back, by its life at most, and clocks of processes differ a little: a
# set opens what is dated this much before it began to issue.
EARLY_SECONDS: Final = 120

_minting: Held[tuple[int | None, MintingKeys]] = Held(4_000)
_opening: Held[dict[int, OpeningKeys]] = Held(4_000)
_signers: Held[Ed25519Signer] = Held(16_000)
_owners: Held[int] = Held(100_000, hold=3600.0)  # a key number never changes its company


def minting_keys() -> MintingKeys:
    """The newest key set in force. Raises keys.VaultEmpty."""
    company = context.current()
    found = held_minting_keys(company)
    if found is not None:
        return found
    read_at = _minting.drops
    return _minting.put((company.id,), _load_minting(company, int(time.time())), read_at=read_at)[1]


def held_minting_keys(company: context.CompanyRef) -> MintingKeys | None:
    """The same, where this process holds it: asks nobody, so an event loop may call it."""
    held = _minting.peek((company.id,))
    return held[1] if held and (held[0] is None or time.time() < held[0]) else None


def _load_minting(company: context.CompanyRef, now: int) -> tuple[int | None, MintingKeys]:
    row = usable_key_sets().filter(not_before__lte=now).order_by("-not_before", "-key_id").first()
    if row is None or (row.not_after is not None and row.not_after < now):
        raise keys.VaultEmpty("no key set is in force")
    box = keys.company_keys().codes
    seal = envelope.open_sealed(box, bytes(row.seal_wrapped), key_set_place(row.key_id, "seal"))
    sign = envelope.open_sealed(box, bytes(row.sign_wrapped), key_set_place(row.key_id, "sign"))
    # Held only until the next set, which may have been laid in ahead, takes over.
    following = usable_key_sets().filter(not_before__gt=now).order_by("not_before").first()
    until = following.not_before if following else None
    return until, MintingKeys(row.key_id, company.uid, seal, sign)


def opening_keys() -> dict[int, OpeningKeys]:
    """The company's key sets by key id: retired ones and those laid in ahead too, refused ones not."""
    return _opening.get((context.current().id,), load_opening_keys)


def load_opening_keys() -> dict[int, OpeningKeys]:
    """As `opening_keys`, read now."""
    company = context.current().uid
    return {entry.key_id: entry.opening(company) for entry in key_entries()}


def key_entries() -> tuple[KeyEntry, ...]:
    """What opens the company's codes, the newest set last, read now."""
    box = keys.company_keys().codes
    return tuple(
        KeyEntry(
            row.key_id,
            envelope.open_sealed(box, bytes(row.seal_wrapped), key_set_place(row.key_id, "seal")),
            bytes(row.verify_key),
            row.not_before - EARLY_SECONDS,
            row.not_after,
        )
        for row in usable_key_sets()
    )


def usable_key_sets() -> QuerySet[KeySet]:
    """Every key set but the refused ones."""
    return KeySet.objects.exclude(state=KeySet.State.REFUSED)


def is_foreign_key(key_id: int) -> bool:
    """Whether the key id belongs to another company."""
    return _owner(key_id) not in {None, context.current().id}


def is_own_key(key_id: int) -> bool:
    """Whether the key id is one of this company's, refused and removed ones included."""
    return _owner(key_id) == context.current().id


def _owner(key_id: int) -> int | None:
    context.current()  # nobody asks without a company
    if not 0 < key_id < 2**31:
        return None
    held = _owners.peek((0, key_id))
    if held is None:
        found = KeyNumber.objects.filter(pk=key_id).values_list("company_id", flat=True).first()
        held = None if found is None else _owners.put((0, key_id), found)
    return held


def answer_signer() -> Ed25519Signer:
    """Signs answers to readers."""
    return _signer("answer")


def checkpoint_signer() -> Ed25519Signer:
    """Signs the ledger's checkpoints."""
    return _signer("checkpoint")


def bundle_signer() -> Ed25519Signer:
    """Signs what readers hold for offline."""
    return _signer("bundle")


def anchor_signer() -> Ed25519Signer:
    """The company's long-lived anchor: signs the list of its keys."""
    return _signer("anchor")


def _signer(purpose: str) -> Ed25519Signer:
    return _signers.get((context.current().id, purpose), lambda: _load_signer(purpose))


def _load_signer(purpose: str) -> Ed25519Signer:
    row = SigningKey.objects.filter(purpose=purpose, retired_at=None).order_by("-id").first()
    if row is None:
        raise keys.VaultEmpty(f"no {purpose} key")
    where = signing_key_place(purpose, bytes(row.public))
    return Ed25519Signer(envelope.open_sealed(keys.company_keys().codes, bytes(row.seed_wrapped), where))


def public_keys() -> dict[str, Any]:
    """What may be published: public keys by purpose (newest first), verification keys of key sets by id."""
    signing: dict[str, list[bytes]] = {purpose.value: [] for purpose in SigningKey.Purpose}
    for row in SigningKey.objects.order_by("-id"):
        signing[row.purpose].append(bytes(row.public))
    codes = {row.key_id: bytes(row.verify_key) for row in KeySet.objects.all()}
    return {**signing, "codes": codes}


def proven_public_keys(purpose: str) -> list[bytes]:
    """Public keys of a purpose whose wrapped seed opens and belongs to them: nobody can slip one in.

    For verifying what lies in the same database: a row put there without the root key is left out.
    """
    box = keys.company_keys().codes
    proven = []
    for row in SigningKey.objects.filter(purpose=purpose).order_by("-id"):
        public = bytes(row.public)
        try:
            seed = envelope.open_sealed(box, bytes(row.seed_wrapped), signing_key_place(purpose, public))
        except envelope.CannotOpen:
            continue
        if Ed25519Signer(seed).public.raw == public:
            proven.append(public)
    return proven
