"""A company with notices, and answers as phones would send them."""

import datetime as dt
import uuid
from typing import Any

from compliance.law import Change, Purpose
from compliance.models import ConsentRecord, NoticeDraft, NoticeVersion
from compliance.selectors import Person
from compliance.services import Said, acknowledge, give_consent, publish_notice, save_draft, set_policy
from compliance.wording import digest
from credentials.models import Holder
from credentials.services import add_holder
from credentials.services.consents import person_of

CAROL = "operator:carol"
TEXT = "We keep {word}.\n\nYou may say no <b>at any time</b> & nothing follows."
ALL_MET: dict[str, Any] = {
    "controller": "Acme Ltd",
    "contact": "privacy@acme.example",
    "schedule": "Faces: until you withdraw.",
    "destruction": "At once, by destroying the key.",
    "dpia_by": "Data protection officer",
    "dpia_on": dt.date(2026, 11, 2),
    "equal_way": True,
}


def ready(profile: str = "gdpr", **values: Any) -> None:
    """A jurisdiction with all its needs met but for notices."""
    set_policy(by=CAROL, profile=profile, **(ALL_MET | values))


def seen(purpose: Purpose, profile: str) -> dict[str, str]:
    """The hashes of the drafts, as the page that publishes them carries them."""
    rows = NoticeDraft.objects.filter(purpose=purpose.value, profile=profile)
    return {row.language: digest(row.title, row.text) for row in rows}


def publish(
    purpose: Purpose = Purpose.FACE,
    profile: str = "gdpr",
    *changed: Change,
    word: str = "a template",
    languages: tuple[str, ...] = ("en", "de"),
) -> list[NoticeVersion]:
    """Draft and publish."""
    for language in languages:
        save_draft(
            purpose=purpose,
            profile=profile,
            language=language,
            title=f"{purpose.value} {language}",
            text=TEXT.replace("{word}", word),
        )
    return publish_notice(
        purpose=purpose, profile=profile, changed=changed, seen=seen(purpose, profile), by=CAROL
    )


def somebody(name: str = "Henri Holder", email: str = "henri@acme.example", **other: Any) -> Holder:
    return add_holder(name=name, email=email, by=CAROL, **other)


def said(notice: NoticeVersion, **other: Any) -> Said:
    """What a phone that showed this notice sends."""
    given: dict[str, Any] = {
        "record": uuid.uuid4(),
        "purpose": Purpose(notice.purpose),
        "language": notice.language,
        "sha256": notice.sha256,
        "pressed": "I agree",
        "signed_name": "",
        "device": 7,
        "key_print": "k" * 43,
        "proof": {"body": "{}"},
    }
    return Said(**(given | other))


def agree(holder: Holder, notice: NoticeVersion, **other: Any) -> ConsentRecord:
    return give_consent(person=person_of(holder), said=said(notice, **other))


def read(holder: Holder, notice: NoticeVersion, **other: Any) -> ConsentRecord:
    return acknowledge(person=person_of(holder), said=said(notice, **other))


def whom(holder: Holder) -> Person:
    return person_of(holder)
