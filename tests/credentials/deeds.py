"""Deeds for phones and their people, beside those of `tests.readers.deeds`, in the live system's environment.

`python -m tests.credentials.deeds HOST` reads deeds and their words, a JSON list on each line.
"""

import sys
from collections.abc import Callable
from typing import Any

from tests.readers.deeds import serve


def invite(name: str, email: str, language: str) -> str:
    from credentials.models import Holder
    from credentials.services import add_holder, invite_holder

    held = [row for row in Holder.objects.all() if row.email == email]
    holder = held[0] if held else add_holder(name=name, email=email, language=language, by="operator:alice")
    invite_holder(holder=holder, by="operator:alice")
    return str(holder.pk)


def invite_many(count: str) -> None:
    """So many new people, each with an invitation whose mail waits in the outbox."""
    from credentials.services import add_holder, invite_holder

    for number in range(int(count)):
        holder = add_holder(name=f"Guest {number}", email=f"guest{number}@acme.example", by="operator:alice")
        invite_holder(holder=holder, by="operator:alice")


def code_of(holder: str) -> str:
    from credentials import short_codes
    from credentials.models import Invitation

    invitation = Invitation.objects.get(holder_id=holder, state="OPEN")
    return short_codes.code_of(invitation.locator, invitation.id)


def phones(holder: str) -> list[list[Any]]:
    from credentials.models import Device

    return [[row.handle, row.state, row.label] for row in Device.objects.filter(holder_id=holder)]


def enrol(holder: str) -> None:
    from credentials.models import Holder
    from tests.credentials.phone import enrolled

    enrolled(Holder.objects.get(pk=holder), vouched=False)


def vouch(holder: str) -> None:
    from credentials.models import Device
    from credentials.services import vouch_device

    for row in Device.objects.filter(holder_id=holder):
        vouch_device(device=row, by="operator:alice")


def revoke(holder: str) -> None:
    from credentials.models import Device
    from credentials.services import revoke_device

    for row in Device.objects.filter(holder_id=holder):
        revoke_device(device=row, reason="lost", by="operator:alice")


def suspend(holder: str) -> None:
    from credentials.models import Holder
    from credentials.services import suspend_holder

    suspend_holder(holder=Holder.objects.get(pk=holder), by="operator:alice")


def resume(holder: str) -> None:
    from credentials.models import Holder
    from credentials.services import resume_holder

    resume_holder(holder=Holder.objects.get(pk=holder), by="operator:alice")


def reduce(holder: str) -> int:
    """The holder's rights shrink: the handle of the credential that takes over."""
    from credentials.models import Credential
    from credentials.services import reissue_credential

    held = Credential.objects.get(holder_id=holder, state="ACTIVE")
    new = reissue_credential(
        credential=held, profile=held.profile, fresh_until=held.fresh_until, by="operator:alice"
    )
    return int(new.handle)


def compromise() -> None:
    """Every key there is is refused at once."""
    from vault.rotation import refuse_and_rotate

    refuse_and_rotate(by="operator:alice")


def count_passkeys_on(holder: str) -> None:
    """The holder's passkeys were used elsewhere: their counters are far ahead of this phone's."""
    from credentials.models import Passkey

    Passkey.objects.filter(device__holder_id=holder).update(sign_count=1_000_000)


def require_unlock(required: str) -> None:
    """Whether every code of the company needs an unlocked phone from now on: "1" or "0"."""
    from credentials.services import set_code_policy

    set_code_policy(unlock_required=required == "1", by="operator:alice")


def notice(purpose: str, profile: str, word: str, *changed: str) -> None:
    """The company's jurisdiction with all its needs met, and a notice in four languages."""
    from compliance.law import Change, Purpose
    from compliance.selectors import versions
    from tests.compliance.build import publish, ready

    ready(profile)
    first = not versions(Purpose(purpose), profile).exists()
    publish(
        Purpose(purpose),
        profile,
        *([] if first else [Change(one) for one in changed or (Change.WORDING,)]),
        word=word,
        languages=("en", "de", "fr", "es"),
    )


def consents(holder: str) -> list[dict[str, Any]]:
    """What was said to notices, the oldest first."""
    from compliance.selectors import records_of, told_of
    from credentials.models import Holder

    rows = records_of(Holder.objects.get(pk=holder).subject_id)
    return [
        {"purpose": row.purpose, "ended": row.ended_how, "sha256": row.sha256, **told_of(row)}
        for row in reversed(rows)
    ]


def confirm_face(holder: str) -> None:
    """An operator has the person in front and confirms the enrolled face."""
    from django.utils import timezone

    from biometrics import services
    from biometrics.models import FaceTemplate
    from credentials.models import Holder
    from credentials.services.consents import person_of

    person = person_of(Holder.objects.get(pk=holder))
    template = FaceTemplate.objects.get(subject=person.subject, destroyed_at=None).pk
    services.confirm_face(person=person, template=template, by="operator:alice", now=timezone.now())


def forgive() -> None:
    """Nobody has failed before a camera."""
    from biometrics.models import FaceTries

    FaceTries.objects.all().delete()


def captures(holder: str) -> list[str]:
    """What came of each capture of the holder's face, the oldest first."""
    from biometrics.models import FaceSession
    from credentials.models import Holder

    rows = FaceSession.objects.filter(subject=Holder.objects.get(pk=holder).subject_id)
    return [str(row.outcome) for row in rows.order_by("begun_at")]


def opened(code: str, *numbers: str) -> dict[str, int]:
    """What the code says; `numbers` are those that the door shows."""
    import time

    from sallyport.codes import LiveContents, open_code
    from vault.selectors import opening_keys

    found = open_code(
        code,
        keys=opening_keys(),
        foreign=lambda _: False,
        now=int(time.time()),
        life=30,
        challenges=tuple(int(number) for number in numbers) or (0,),
    )
    contents = found.contents
    assert isinstance(contents, LiveContents)
    return {
        "device": contents.device,
        "credential": contents.credential,
        "issued": contents.issued,
        "unlocked": int(found.unlocked_at is not None),
    }


DEEDS: dict[str, Callable[..., Any]] = {
    deed.__name__: deed
    for deed in (
        invite,
        invite_many,
        enrol,
        code_of,
        phones,
        vouch,
        revoke,
        suspend,
        resume,
        reduce,
        compromise,
        count_passkeys_on,
        require_unlock,
        notice,
        consents,
        confirm_face,
        forgive,
        captures,
        opened,
    )
}


if __name__ == "__main__":
    serve(sys.argv[1], DEEDS)
