"""Opening the keys that lie wrapped: the company's, and each person's."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants import context
from tenants.refs import CompanyRef
from vault import envelope
from vault.caches import Held
from vault.keystore.models import SubjectKey
from vault.models import TenantKey
from vault.rootkey import root_key

MOST_SUBJECTS: Final = 50_000


class VaultEmpty(RuntimeError):  # noqa: N818
    """The company has no keys yet."""


@dataclass(frozen=True, slots=True, repr=False)
class CompanyKeys:
    """A company's own key, opened, as one key per purpose. Never printed, never serialised."""

    codes: AESGCM
    subjects: AESGCM
    general: AESGCM
    blind: bytes
    tokens: bytes

    @classmethod
    def of(cls, key: bytes) -> "CompanyKeys":
        return cls(
            codes=AESGCM(envelope.derive(key, "key-sets")),
            subjects=AESGCM(envelope.derive(key, "subject-keys")),
            general=AESGCM(envelope.derive(key, "general")),
            blind=envelope.derive(key, "blind-index"),
            tokens=envelope.derive(key, "tokens"),
        )


@dataclass(slots=True, repr=False)
class SubjectBox:
    """A person's opened key; `box` is None once it was destroyed."""

    box: AESGCM | None = field(default=None)


_companies: Held[CompanyKeys] = Held(4_000)
_subjects: Held[SubjectBox] = Held(MOST_SUBJECTS)


def tenant_key_place(company: CompanyRef) -> bytes:
    return envelope.place("tenant-key", company.uid)


def company_keys() -> CompanyKeys:
    """The current company's opened keys. Raises VaultEmpty before they were made."""
    company = context.current()
    return _companies.get((company.id,), lambda: _open_company(company))


def _open_company(company: CompanyRef) -> CompanyKeys:
    row = TenantKey.objects.order_by("-id").first()
    if row is None:
        raise VaultEmpty("this company has no keys")
    key = root_key().unwrap(bytes(row.wrapped), tenant_key_place(company), row.root_number)
    return CompanyKeys.of(key)


def make_company_key() -> None:
    """Make the company's own key, once."""
    company = context.current()
    if TenantKey.objects.exists():
        return
    root = root_key()
    wrapped = root.wrap(os.urandom(envelope.KEY_BYTES), tenant_key_place(company))
    TenantKey.objects.create(wrapped=wrapped, root_number=root.number)


def rewrap_company_key() -> bool:
    """Wrap the company's key under the newest root key; whether it was not already. Data stays as it is.

    Read back before it is kept, and kept only over what was read: a key service is asked outside of any lock.
    Raises envelope.CannotOpen, transit.RootKeyAway.
    """
    company = context.current()
    root, where = root_key(), tenant_key_place(company)
    row = TenantKey.objects.order_by("-id").first()
    if row is None or row.root_number == root.number:
        return False
    key = root.unwrap(bytes(row.wrapped), where, row.root_number)
    wrapped = root.wrap(key, where)
    if root.unwrap(wrapped, where, root.number) != key:
        raise envelope.CannotOpen("the new root key does not give back what it wrapped")
    kept = TenantKey.objects.filter(pk=row.pk, root_number=row.root_number, wrapped=bytes(row.wrapped))
    return kept.update(wrapped=wrapped, root_number=root.number) == 1


def _subject_place(company: CompanyRef, subject: UUID) -> bytes:
    return envelope.place("subject-key", company.uid, subject.bytes)


def make_subject_key(subject: UUID) -> None:
    """Make and store a person's key. A transaction that fails afterwards leaves a key that opens nothing."""
    company = context.current()
    key = os.urandom(envelope.KEY_BYTES)
    wrapped = envelope.seal(company_keys().subjects, key, _subject_place(company, subject))
    SubjectKey.objects.create(subject=subject, company=UUID(bytes=company.uid), wrapped=wrapped)
    _subjects.put((company.id, subject), SubjectBox(AESGCM(key)))


def subject_box(subject: UUID) -> AESGCM | None:
    """The person's opened key, None when it was destroyed."""
    company = context.current()
    held = _subjects.peek((company.id, subject))
    if held is None:
        warm([subject])
        held = _subjects.peek((company.id, subject))
    return held.box if held else None


def warm(subjects: Iterable[UUID]) -> None:
    """Open these persons' keys with one query instead of one each."""
    company = context.current()
    missing = {s for s in subjects if _subjects.peek((company.id, s)) is None}
    if not missing:
        return
    rows = SubjectKey.objects.filter(subject__in=missing, company=UUID(bytes=company.uid))
    box = company_keys().subjects
    for row in rows:
        key = envelope.open_sealed(box, bytes(row.wrapped), _subject_place(company, row.subject))
        _subjects.put((company.id, row.subject), SubjectBox(AESGCM(key)))
        missing.discard(row.subject)
    for subject in missing:
        _subjects.put((company.id, subject), SubjectBox(None))
