"""Documents read and signed at home, on the page behind the mailed link; no kiosk asks for them again.

Where the company asks for consent to keep signatures, that comes first: it is asked at the kiosk, and who has
not agreed yet signs there.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from compliance.law import Purpose
from compliance.selectors import concerns_of
from credentials.services.consents import person_of
from visitors.arrival_facts import unread_of
from visitors.models import DocumentVersion, Visit, VisitState
from visitors.refusals import Refused, not_now
from visitors.services.documents import texts_for
from visitors.services.moving import locked
from visitors.services.signing import Strokes, check_name, check_size, is_drawn, keep_signed


@dataclass(frozen=True, slots=True)
class HomePaper:
    """A text of a visit. `here`: it can be read or signed at home now; `asks`: consent is missing for it."""

    version: DocumentVersion
    done: bool
    here: bool
    asks: bool


def papers_of(visit: Visit) -> list[HomePaper]:
    """What this visitor reads and signs, in their language, and how it stands."""
    texts = texts_for(visit.type, visit.language)
    unread = {one.pk for one in unread_of(texts, visit, proven=False)}
    to_come = visit.state in {VisitState.INVITED, VisitState.EXPECTED} and not visit.waits
    agreed = not any(one.document.signed for one in texts) or _has_agreed(visit)
    found = []
    for one in texts:
        is_open, asks = one.pk in unread, one.document.signed and not agreed
        found.append(HomePaper(one, not is_open, is_open and to_come and not asks, is_open and asks))
    return found


def _has_agreed(visit: Visit) -> bool:
    """Whether a signature may be kept: the visitor agreed, or the company does not ask for it at all."""
    asked = (one for one in concerns_of(person_of(visit.holder)) if one.purpose == Purpose.VISITOR_DOCUMENTS)
    return all(not one.open or (one.record is not None and one.record.in_force) for one in asked)


def sign_at_home(*, visit: Visit, version: UUID, strokes: Strokes) -> None:
    """Keep that the visitor read or signed a text. A second time does nothing.

    `strokes` as signing.sign_document takes them. Raises Refused: visit_not_open (also of somebody who stands
    at reception or is in), document_changed, consent_missing, signature_empty, signature_too_large,
    signature_malformed, and name_too_long.
    """
    check_size(strokes)
    with transaction.atomic():
        row = locked(visit)
        if row.state not in {VisitState.INVITED, VisitState.EXPECTED} or row.waits:
            raise not_now(row.get_state_display().lower())
        paper = next((one for one in papers_of(row) if one.version.pk == version), None)
        if paper is None:
            raise Refused(
                "document_changed", "This text was changed meanwhile. Read the new one.", retry=True
            )
        if paper.done:
            return
        if paper.asks:
            raise Refused("consent_missing", "This is signed at the kiosk.", status=403)
        check_name(row.holder.name)
        signed = paper.version.document.signed
        if signed and not is_drawn(strokes):
            raise Refused("signature_empty", "Please sign in the field.", status=422, retry=True)
        keep_signed(
            visit=row,
            version=paper.version,
            name=row.holder.name,
            strokes=strokes if signed else [],
            kiosk=None,
        )
