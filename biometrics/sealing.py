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
from vault.services import hash_token, open_company, seal_company

PURPOSE: Final = "biometrics.templates"


def protect(face: Embedding, *, subject: UUID) -> SealedTemplate:
    """A person's template under a fresh salt. Raises TemplateRefused: `erased`, `bad_vector`."""
    owner, held = _whose(subject)
    return templates.seal_template(face, owner=owner, keys=held, salt=os.urandom(templates.SALT_BYTES))


def unprotect(row: SealedTemplate, *, subject: UUID) -> OpenTemplate:
    """A person's template for comparing. Raises TemplateRefused: `erased`, `unreadable`."""
    owner, held = _whose(subject)
    return templates.open_template(row, owner=owner, keys=held)


def seal_session(session: Session) -> bytes:
    """A liveness session for the shared store, which holds no embedding that anyone there could read."""
    return seal_company(to_bytes(session), context=f"liveness/{session.id}")


def open_session(sealed: bytes, *, session_id: str) -> Session | None:
    """What `seal_session` sealed under this id; None for anything else."""
    try:
        return from_bytes(open_company(sealed, context=f"liveness/{session_id}"))
    except (envelope.CannotOpen, ValueError, TypeError, KeyError):  # or of an older version, in an older form
        return None


def _whose(subject: UUID) -> tuple[Owner, TemplateKeys]:
    box = keys.subject_box(subject)
    if box is None:
        raise TemplateRefused(Why.ERASED)
    return Owner(context.current().uid, subject), TemplateKeys(hash_token(PURPOSE, "transform/1"), box)
