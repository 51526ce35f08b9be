"""Notices: drafted, published, never changed again."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from compliance.law import PROFILES, PURPOSES, Act, Change, Purpose, asks_again
from compliance.models import ConsentRecord, Ended, Language, NoticeDraft, NoticeVersion
from compliance.refusals import Refused
from compliance.selectors import answers_to, notices_in_force
from compliance.services.locks import hold_policy
from compliance.signals import consents_ended
from compliance.wording import digest, text_of, title_of
from ledger import services as ledger

MAIL_ASKED_AGAIN = "mail.asked_again"


@transaction.atomic
def save_draft(*, purpose: Purpose, profile: str, language: str, title: str, text: str) -> NoticeDraft:
    """Keep the next words of a notice in one language; the others begin with those in force.

    Raises wording.BadWording, Refused.
    """
    _check_place(profile, language)
    words = {"title": title_of(title), "text": text_of(text)}
    _begin_others(purpose, profile, language)
    draft, _ = NoticeDraft.objects.update_or_create(
        purpose=purpose.value, profile=profile, language=language, defaults=words
    )
    return draft


def _begin_others(purpose: Purpose, profile: str, language: str) -> None:
    """A version comes out in all languages of the one before: whoever changes one begins with all."""
    for row in notices_in_force(profile).get(purpose, {}).values():
        if row.language != language:
            NoticeDraft.objects.get_or_create(
                purpose=purpose.value,
                profile=profile,
                language=row.language,
                defaults={"title": row.title, "text": row.text},
            )


@transaction.atomic
def drop_draft(*, purpose: Purpose, profile: str, language: str) -> None:
    """Forget the next words in one language."""
    NoticeDraft.objects.filter(purpose=purpose.value, profile=profile, language=language).delete()


@transaction.atomic
def publish_notice(
    *, purpose: Purpose, profile: str, changed: Collection[Change], seen: Mapping[str, str], by: str
) -> list[NoticeVersion]:
    """Publish the drafts of a notice in all their languages under one number.

    `changed` says what is other than before and is empty for a first version alone; `seen` is language →
    hash of the drafts as the publisher saw them. A change of purpose, method or recipient ends what people
    said before: they are asked again. Raises Refused: no_draft, draft_changed, change_not_said,
    language_missing.
    """
    hold_policy()
    drafts = {row.language: row for row in NoticeDraft.objects.filter(purpose=purpose.value, profile=profile)}
    _check_drafts(drafts, seen)
    before = NoticeVersion.objects.filter(purpose=purpose.value, profile=profile).order_by()
    number = before.aggregate(newest=Max("number"))["newest"] or 0
    if bool(changed) != bool(number):
        raise Refused("change_not_said", "Say what changes against the version before.")
    told_in = set(before.filter(number=number).values_list("language", flat=True))
    if missing := told_in - drafts.keys():
        names = ", ".join(sorted(Language(one).label for one in missing))
        raise Refused("language_missing", f"The version before is also in: {names}. Draft it there, too.")
    made = [_publish(draft, number + 1, changed, by) for _, draft in sorted(drafts.items())]
    NoticeDraft.objects.filter(pk__in=[draft.pk for draft in drafts.values()]).delete()
    asked = _ask_again(purpose, profile) if asks_again(frozenset(changed)) else 0
    if asked:
        told = {"purpose": purpose.value, "profile": profile, "number": number + 1}
        ledger.emit(MAIL_ASKED_AGAIN, told)
    ledger.record(
        actor=by,
        verb="notice_published",
        subject_kind="notice",
        handle=number + 1,
        data={
            "purpose": purpose.value,
            "profile": profile,
            "changed": sorted(one.value for one in changed),
            "sha256": {row.language: row.sha256 for row in made},
            "asked_again": asked,
        },
    )
    return made


def _check_place(profile: str, language: str) -> None:
    if profile not in PROFILES or language not in Language.values:
        raise Refused("unknown_notice", "There is no such jurisdiction or language.", status=404)


def _check_drafts(drafts: Mapping[str, NoticeDraft], seen: Mapping[str, str]) -> None:
    if not drafts:
        raise Refused("no_draft", "There is nothing to publish: write the notice first.")
    if {language: digest(row.title, row.text) for language, row in drafts.items()} != dict(seen):
        text = "The draft was changed since you looked at it. Look at it again before you publish."
        raise Refused("draft_changed", text, retry=True)


def _publish(draft: NoticeDraft, number: int, changed: Collection[Change], by: str) -> NoticeVersion:
    return NoticeVersion.objects.create(
        purpose=draft.purpose,
        profile=draft.profile,
        language=draft.language,
        number=number,
        title=draft.title,
        text=draft.text,
        sha256=digest(draft.title, draft.text),
        changed=sorted(one.value for one in changed),
        published_at=timezone.now(),
        published_by=by,
    )


def _ask_again(purpose: Purpose, profile: str) -> int:
    subjects = end_answers(list(answers_to(purpose, profile).values_list("pk", flat=True)), Ended.ASKED_AGAIN)
    if subjects and PURPOSES[purpose].act is Act.CONSENT:
        consents_ended.send(sender=ConsentRecord, purpose=purpose, subjects=subjects, how=Ended.ASKED_AGAIN)
    return len(subjects)


def end_answers(records: Collection[UUID], how: Ended) -> list[UUID]:
    """End many answers at once; whose they were. Those that ended meanwhile are left as they are."""
    standing = ConsentRecord.objects.filter(pk__in=records, ended_at=None).select_for_update().order_by("pk")
    found = dict(standing.values_list("pk", "subject_id"))
    ConsentRecord.objects.filter(pk__in=found).update(ended_at=timezone.now(), ended_how=how)
    return list(found.values())
