"""Making, using and destroying keys."""

import hashlib
import hmac
import os
import time
import unicodedata
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from nacl.signing import SigningKey as Signer

from tenants import context
from tenants.models import KeyNumber
from vault import caches, envelope, erased_list, keys
from vault.keystore.models import ErasedSubject, SubjectKey
from vault.models import KeySet, SecretKey, SigningKey, Subject

SEAL_BYTES: Final = 64
SEED_BYTES: Final = 32
BLIND_BYTES: Final = 16
SECRET_BYTES: Final = 32
# A set that was replaced still opens what it made within the longest life of a code.
OVERLAP_SECONDS: Final = 120

_secrets: caches.Held[bytes] = caches.Held(4_000)


def create_subject() -> Subject:
    """A new person: an opaque id with a key of its own in the keys database."""
    subject = Subject.objects.create()
    keys.make_subject_key(subject.id)
    return subject


def destroy_subject_key(subject: Subject) -> None:
    """Erase a person: what was sealed for them can be opened by nobody.

    The row says so in this transaction, the key goes after its commit; `finish_destructions` repeats the
    second half for those a crash left in between.
    """
    Subject.objects.filter(pk=subject.pk, destroyed_at=None).update(destroyed_at=timezone.now())
    subject.refresh_from_db()
    transaction.on_commit(partial(_destroy, context.current(), subject.id))


def finish_destructions() -> int:
    """Destroy keys of erased persons that are still there. Returns how many were. Safe to repeat."""
    company = context.current()
    erased = Subject.objects.filter(destroyed_at__isnull=False).values_list("id", flat=True)
    left = list(SubjectKey.objects.filter(subject__in=list(erased)).values_list("subject", flat=True))
    for subject in left:
        _destroy(company, subject)
    return len(left)


def finish_destruction(subject: UUID) -> None:
    """Destroy the key of one erased person, where that was cut off. Raises LookupError for anybody else."""
    if not Subject.objects.filter(pk=subject, destroyed_at__isnull=False).exists():
        raise LookupError("this person was not erased")
    if not is_destroyed(subject):
        _destroy(context.current(), subject)


def is_destroyed(subject: UUID) -> bool:
    """Whether the key is gone and the id stands on both lists of erased persons."""
    return (
        not SubjectKey.objects.filter(subject=subject).exists()
        and ErasedSubject.objects.filter(subject=subject).exists()
        and erased_list.holds(context.current().uid, subject)
    )


def _destroy(company: context.CompanyRef, subject: UUID) -> None:
    # First the lists: whoever dies in between leaves a person who is erased again, not one who returns.
    erased_list.append(company.uid, subject)
    with transaction.atomic(using="keys"):
        ErasedSubject.objects.get_or_create(subject=subject, defaults={"company": UUID(bytes=company.uid)})
        SubjectKey.objects.filter(subject=subject, company=UUID(bytes=company.uid)).delete()
    caches.drop_everywhere(company.id)


def create_company_keys() -> None:
    """Everything a new company needs: its own key, one key set for codes, one signing key per purpose."""
    with transaction.atomic():
        keys.make_company_key()
        if not KeySet.objects.exists():
            new_key_set(not_before=int(time.time()) - 1)
        for purpose in SigningKey.Purpose:
            if not SigningKey.objects.filter(purpose=purpose, retired_at=None).exists():
                new_signing_key(purpose)
        for kind in SecretKey.Purpose:
            make_secret_key(kind)


def new_key_set(*, not_before: int, seal_of: KeySet | None = None, sign_of: KeySet | None = None) -> KeySet:
    """A key set for codes issued from `not_before` (unix seconds) on; halves are new, or those of a set."""
    company = context.current()
    key_id = KeyNumber.objects.create(company_id=company.id).pk
    box = keys.company_keys().codes
    seal, seed = os.urandom(SEAL_BYTES), os.urandom(SEED_BYTES)
    if seal_of is not None:
        seal = envelope.open_sealed(box, bytes(seal_of.seal_wrapped), key_set_place(seal_of.key_id, "seal"))
    if sign_of is not None:
        seed = envelope.open_sealed(box, bytes(sign_of.sign_wrapped), key_set_place(sign_of.key_id, "sign"))
    return KeySet.objects.create(
        key_id=key_id,
        seal_wrapped=envelope.seal(box, seal, key_set_place(key_id, "seal")),
        sign_wrapped=envelope.seal(box, seed, key_set_place(key_id, "sign")),
        verify_key=bytes(Signer(seed).verify_key),
        not_before=not_before,
        seal_since=seal_of.seal_since if seal_of else not_before,
        sign_since=sign_of.sign_since if sign_of else not_before,
    )


def new_signing_key(purpose: str) -> SigningKey:
    """An Ed25519 key for one purpose."""
    seed = os.urandom(SEED_BYTES)
    public = bytes(Signer(seed).verify_key)
    wrapped = envelope.seal(keys.company_keys().codes, seed, signing_key_place(purpose, public))
    return SigningKey.objects.create(purpose=purpose, public=public, seed_wrapped=wrapped)


def make_secret_key(purpose: SecretKey.Purpose) -> int:
    """The number of the newest secret for a purpose; made, once, where there is none."""
    newest = SecretKey.objects.filter(purpose=purpose).order_by("-number").first()
    if newest is not None:
        return newest.number
    secret = os.urandom(SECRET_BYTES)
    wrapped = envelope.seal(keys.company_keys().general, secret, secret_key_place(purpose, 1))
    # Of two that come at once the second finds the first one's.
    SecretKey.objects.get_or_create(purpose=purpose, number=1, defaults={"wrapped": wrapped})
    return 1


def secret_key(purpose: SecretKey.Purpose, number: int) -> bytes:
    """32 bytes, for one purpose alone. Raises LookupError for a number that was never given."""
    company = context.current()
    return _secrets.get((company.id, purpose.value, number), lambda: _open_secret(purpose, number))


def _open_secret(purpose: SecretKey.Purpose, number: int) -> bytes:
    row = SecretKey.objects.filter(purpose=purpose, number=number).first()
    if row is None:
        raise LookupError("no such secret key")
    return envelope.open_sealed(
        keys.company_keys().general, bytes(row.wrapped), secret_key_place(purpose, number)
    )


def secret_key_place(purpose: str, number: int) -> bytes:
    """Where a secret key belongs."""
    return envelope.place("secret-key", context.current().uid, purpose, number.to_bytes(4, "big"))


def key_set_place(key_id: int, part: str) -> bytes:
    """Where a key set's part belongs."""
    return envelope.place("key-set", context.current().uid, key_id.to_bytes(4, "big"), part)


def signing_key_place(purpose: str, public: bytes) -> bytes:
    """Where a signing key belongs."""
    return envelope.place("signing-key", context.current().uid, purpose, public)


def normalise(value: str) -> str:
    """A value as equality search sees it: NFKC, outer spaces gone, case folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).strip().casefold())


def blind_index(column: str, value: str) -> bytes:
    """16 bytes, equal for equal values of one column in one company; they tell nothing without its key."""
    message = envelope.place(column, normalise(value))
    return hmac.digest(keys.company_keys().blind, message, hashlib.sha256)[:BLIND_BYTES]


def hash_token(purpose: str, token: str) -> bytes:
    """32 bytes under which a short code or token is stored: keyed, so that a short one cannot be guessed."""
    message = envelope.place(purpose, token)
    return hmac.digest(keys.company_keys().tokens, message, hashlib.sha256)


def seal_company(plain: bytes, *, context: str) -> bytes:
    """Seal bytes under the company's key; `context` says where they belong and is needed to open them."""
    return envelope.seal(keys.company_keys().general, plain, _general_place(context))


def open_company(sealed: bytes, *, context: str) -> bytes:
    """What `seal_company` sealed in this company for this context. Raises envelope.CannotOpen."""
    return envelope.open_sealed(keys.company_keys().general, bytes(sealed), _general_place(context))


def _general_place(name: str) -> bytes:
    return envelope.place("general", context.current().uid, name)


def subject_seal(subject: UUID, plain: bytes, *, place: str) -> bytes:
    """Seal bytes for a person; erasing the person erases them. Raises CannotOpen for an erased one."""
    box = keys.subject_box(subject)
    if box is None:
        raise envelope.CannotOpen("this person was erased")
    return envelope.seal(box, plain, envelope.place("subject", context.current().uid, place))


def subject_open(subject: UUID, sealed: bytes, *, place: str) -> bytes | None:
    """What `subject_seal` sealed for this place; None when the person was erased."""
    box = keys.subject_box(subject)
    if box is None:
        return None
    return envelope.open_sealed(box, bytes(sealed), envelope.place("subject", context.current().uid, place))
