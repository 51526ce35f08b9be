"""Where templates and liveness sessions meet the company's keys. The company is the tenant's current one."""

import os
from typing import Final
from uuid import UUID

from biometrics import templates
from biometrics.liveness.state import Session, from_bytes, to_bytes
from biometrics.templates import (
    Embedding,
    OpenTemplate,
    Owner,
    SealedTemplate,
    TemplateKeys,
    TemplateRefused,
    Why,
)
from tenants import context
from vault import envelope, keys
from vault.models import SecretKey
from vault.services import make_secret_key, secret_key, subject_open, subject_seal

PURPOSE: Final = SecretKey.Purpose.TEMPLATES


def newest_key() -> int:
    """The number of the secret under which templates are made now."""
    return make_secret_key(PURPOSE)


def protect(face: Embedding, *, subject: UUID, key: int) -> SealedTemplate:
    """A person's template under a fresh salt and the secret of that number.

    Raises TemplateRefused: `erased`, `bad_vector`.
    """
    owner, held = _whose(subject, key)
    return templates.seal_template(face, owner=owner, keys=held, salt=os.urandom(templates.SALT_BYTES))


def unprotect(row: SealedTemplate, *, subject: UUID, key: int) -> OpenTemplate:
    """A person's template for comparing. Raises TemplateRefused: `erased`, `unreadable`."""
    owner, held = _whose(subject, key)
    return templates.open_template(row, owner=owner, keys=held)


def seal_bytes(plain: bytes, *, subject: UUID, place: str) -> bytes:
    """What a capture of a person holds meanwhile, under that person's key; `place` is needed to open it.

    Raises envelope.CannotOpen for an erased person.
    """
    return subject_seal(subject, plain, place=place)


def open_bytes(sealed: bytes, *, subject: UUID, place: str) -> bytes | None:
    """What `seal_bytes` sealed for this person and place; None for anything else."""
    try:
        return subject_open(subject, sealed, place=place)
    except envelope.CannotOpen:
        return None


def seal_session(session: Session, *, subject: UUID) -> bytes:
    """A liveness session for the shared store: erasing the person erases its copies, too."""
    return seal_bytes(to_bytes(session), subject=subject, place=f"liveness/{session.id}")


def open_session(sealed: bytes, *, session_id: str, subject: UUID) -> Session | None:
    """What `seal_session` sealed for this person under this id; None for anything else."""
    plain = open_bytes(sealed, subject=subject, place=f"liveness/{session_id}")
    try:
        return None if plain is None else from_bytes(plain)
    except (ValueError, TypeError, KeyError):  # of an older version, in an older form
        return None


def _whose(subject: UUID, key: int) -> tuple[Owner, TemplateKeys]:
    box = keys.subject_box(subject)
    if box is None:
        raise TemplateRefused(Why.ERASED)
    try:
        secret = secret_key(PURPOSE, key)
    except LookupError:
        raise TemplateRefused(Why.UNREADABLE) from None
    return Owner(context.current().uid, subject), TemplateKeys(secret, box)
