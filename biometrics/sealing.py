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
from vault.services import make_secret_key, open_company, seal_company, secret_key

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


def seal_bytes(plain: bytes, *, place: str) -> bytes:
    """What a capture holds meanwhile, for the shared store; `place` is needed to open it."""
    return seal_company(plain, context=place)


def open_bytes(sealed: bytes, *, place: str) -> bytes | None:
    """What `seal_bytes` sealed for this place; None for anything else."""
    try:
        return open_company(sealed, context=place)
    except envelope.CannotOpen:
        return None


def seal_session(session: Session) -> bytes:
    """A liveness session for the shared store, which holds no embedding that anyone there could read."""
    return seal_company(to_bytes(session), context=f"liveness/{session.id}")


def open_session(sealed: bytes, *, session_id: str) -> Session | None:
    """What `seal_session` sealed under this id; None for anything else."""
    try:
        return from_bytes(open_company(sealed, context=f"liveness/{session_id}"))
    except (envelope.CannotOpen, ValueError, TypeError, KeyError):  # or of an older version, in an older form
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
