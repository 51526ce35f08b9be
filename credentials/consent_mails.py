"""Receipts for consents, by mail: the exact text, what was pressed, when, and the way back."""

from collections.abc import Mapping
from typing import Final

from compliance.law import Act
from compliance.models import ConsentRecord
from compliance.selectors import told_of
from credentials.consent_texts import DESK, GIVEN, KIOSK, READ, SIGNED, WITHDRAWN, WITHOUT_PHONE
from credentials.mail_texts import Text
from credentials.mails import moment_in, send, wallet_address
from credentials.models import Holder

INTRODUCTION: Final = 2  # paragraphs before the text itself


def send_receipt(record_id: str, what: str) -> None:
    """What was said, and to which words. Nothing to somebody without an address, or who was erased."""
    record = ConsentRecord.objects.filter(pk=record_id).select_related("notice", "subject").first()
    holder = record and Holder.objects.filter(subject=record.subject_id).select_related("subject").first()
    if not record or not holder or not holder.email or record.subject.destroyed_at is not None:
        return
    language = holder.language
    moment = record.ended_at if what == "withdrawn" and record.ended_at else record.given_at
    told = told_of(record)
    signed = told.get("signed_name", "")
    facts = {
        "at": moment_in(moment, language),
        "pressed": told.get("pressed", ""),
        "signed": SIGNED[language].format(name=signed) if signed else "",
        "desk": _where(record, language),
        "address": wallet_address(),
    }
    text = _with_notice(_texts(record, what)[language], record)
    if record.at_desk and what != "withdrawn":
        text = Text(text.subject, (*text.paragraphs, WITHOUT_PHONE[language]))
    send(holder, text, facts, f"consent-{record.pk}-{what}")


def _where(record: ConsentRecord, language: str) -> str:
    if record.at_kiosk:
        return KIOSK[language]
    return DESK[language] if record.at_desk else ""


def _texts(record: ConsentRecord, what: str) -> Mapping[str, Text]:
    if what == "withdrawn":
        return WITHDRAWN
    return GIVEN if record.act == Act.CONSENT else READ


def _with_notice(text: Text, record: ConsentRecord) -> Text:
    """The company's words are no pattern: their braces stand for themselves."""
    notice = record.notice
    words = [notice.title, *notice.text.split("\n\n"), f"SHA-256: {record.sha256}"]
    quoted = [part.replace("{", "{{").replace("}", "}}") for part in words]
    parts = (*text.paragraphs[:INTRODUCTION], *quoted, *text.paragraphs[INTRODUCTION:])
    return Text(text.subject, parts)
