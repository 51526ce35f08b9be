"""Documents read and signed, at a kiosk or at home: the strokes and a PDF, sealed under the visitor's key."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ledger import services as ledger
from vault import services as vault
from visitors.arrival_facts import Standing
from visitors.document_pdf import Paper, document_pdf
from visitors.models import DocumentVersion, Kiosk, SignedDocument, Visit
from visitors.refusals import Refused
from visitors.services.arrivals import demand_step, settle
from visitors.services.planning import LONGEST_NAME

Strokes = Sequence[Sequence[Sequence[float]]]

MOST_STROKES: Final = 200
MOST_POINTS: Final = 3000
FURTHEST: Final = 20_000.0  # of a coordinate
LONGEST: Final = 3_600_000.0  # milliseconds


def sign_document(*, kiosk: Kiosk, arrival: UUID, version: UUID, name: str, strokes: Strokes) -> Standing:
    """Keep that a text was read or signed. A second time does nothing.

    `strokes` are lists of points (x and y in the page's pixels, y downwards; t in milliseconds). Raises
    Refused: signature_empty, signature_too_large, name_missing, name_too_long, document_changed, and as
    arrivals.demand_step.
    """
    check_size(strokes)
    with transaction.atomic():
        standing = demand_step(kiosk, arrival)
        visit = standing.visit
        shown = DocumentVersion.objects.select_related("document").filter(pk=version).first()
        if visit is None or shown is None:
            raise _changed()
        if shown not in standing.unread:
            if SignedDocument.objects.filter(visit=visit, version=shown).exists():
                return standing
            raise _changed()
        signer = name.strip() or visit.holder.name
        check_name(signer)
        if shown.document.signed and not is_drawn(strokes):
            raise Refused("signature_empty", "Please sign in the field.", status=422, retry=True)
        keep_signed(visit=visit, version=shown, name=signer, strokes=strokes, kiosk=kiosk)
        return settle(standing.arrival, standing.reads and standing.reads.without(shown))


@transaction.atomic
def keep_signed(
    *,
    visit: Visit,
    version: DocumentVersion,
    name: str,
    strokes: Strokes,
    kiosk: Kiosk | None,
    signed_at: dt.datetime | None = None,
) -> SignedDocument:
    """Store it, with the PDF where it was signed. Whoever calls has checked what is given.

    What was signed without network is kept by it, too: `signed_at` is then by the kiosk's clock. Without a
    `kiosk` the visitor did it at home. Whoever had it emptied and signs after all fills the same row again.
    """
    emptied = SignedDocument.objects.filter(visit=visit, version=version).first()
    signed = emptied or SignedDocument(id=uuid.uuid4(), visit=visit, version=version)
    signed.signed_at, signed.name = signed_at or timezone.now(), name
    signed.kiosk = kiosk.handle if kiosk else None
    if version.document.signed:
        pdf = document_pdf(_paper(signed, visit, strokes))
        signed.strokes = json.dumps(strokes, separators=(",", ":"))
        signed.pdf = vault.subject_seal(visit.holder.subject_id, pdf, place=_place(signed))
        signed.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    signed.save(force_insert=emptied is None)
    told = {"version": str(version.pk), "number": version.number, "text": version.sha256}
    ledger.record(
        actor=kiosk.actor if kiosk else f"holder:{visit.holder.handle}",
        verb="document_signed" if version.document.signed else "document_read",
        subject_kind="visit",
        handle=visit.handle,
        data=told | ({"pdf": signed.pdf_sha256} if signed.pdf_sha256 else {}),
    )
    return signed


def signed_pdf(signed: SignedDocument) -> bytes | None:
    """The PDF as it was made; None where there is none, or the visitor was erased."""
    if not signed.pdf:
        return None
    subject = signed.visit.holder.subject_id
    return vault.subject_open(subject, bytes(signed.pdf), place=_place(signed))


def check_strokes(strokes: object) -> Strokes:
    """The same, of what came as JSON. Raises Refused: signature_too_large, signature_malformed."""
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        raise _malformed()
    for stroke in strokes:
        for point in stroke:
            if not isinstance(point, list) or len(point) != 3:
                raise _malformed()
            if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in point):
                raise _malformed()
    check_size(strokes)
    return strokes


def check_size(strokes: Strokes) -> None:
    """Raises Refused: signature_too_large, signature_malformed."""
    if len(strokes) > MOST_STROKES or sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        raise Refused("signature_too_large", "Please sign with fewer strokes.", status=422, retry=True)
    for stroke in strokes:
        for x, y, t in stroke:
            # What is no number, or none that ends, is not less than anything either.
            if not (abs(x) <= FURTHEST and abs(y) <= FURTHEST and 0 <= t <= LONGEST):
                raise _malformed()


def is_drawn(strokes: Strokes) -> bool:
    """Whether anything was drawn: two points that are not one."""
    return any((point[0], point[1]) != (stroke[0][0], stroke[0][1]) for stroke in strokes for point in stroke)


def check_name(name: str) -> None:
    """Raises Refused: name_missing, name_too_long."""
    if not any(sign.isalnum() for sign in name):
        raise Refused("name_missing", "Give a name.", status=422)
    if len(name) > LONGEST_NAME:
        raise Refused("name_too_long", f"A name has {LONGEST_NAME} characters at most.", status=422)


def _paper(signed: SignedDocument, visit: Visit, strokes: Strokes) -> Paper:
    version = signed.version
    return Paper(
        title=version.title,
        body=version.body,
        language=version.language,
        number=version.number,
        sha256=version.sha256,
        name=signed.name,
        visit=visit.handle,
        signed_at=signed.signed_at,
        time_zone=visit.site.time_zone,
        strokes=strokes,
    )


def _place(signed: SignedDocument) -> str:
    return f"signed-document/{signed.pk}"


def _changed() -> Refused:
    return Refused("document_changed", "This text was changed meanwhile. Read the new one.", retry=True)


def _malformed() -> Refused:
    return Refused("signature_malformed", "The signature is not as it must be.", status=422)
