"""Whoever is asked again is told by mail, once, in their language; nobody else is."""

from django.core import mail

from compliance.law import Change, Purpose
from compliance.models import ConsentRecord
from compliance.services import withdraw
from credentials import asked_again
from ledger.models import Outbox
from tenants.context import CompanyRef
from tests.compliance.build import agree, publish, read, ready, somebody, whom
from tests.compliance.erasing import work


def told() -> dict[str, str]:
    """Subjects by address, of mails about being asked again."""
    about = [letter for letter in mail.outbox if "asked-again" in letter.extra_headers["Message-ID"]]
    return {letter.to[0]: str(letter.subject) for letter in about}


def test_those_whose_consent_ended_are_told_in_their_language(in_acme: CompanyRef) -> None:
    ready()
    first = publish()[0]
    people = {
        name: somebody(name, f"{name}@acme.example", language=language)
        for name, language in (("henri", "fr"), ("zoe", "en"), ("gone", "en"), ("never", "en"))
    }
    for name in ("henri", "zoe", "gone"):
        agree(people[name], first)
    record = ConsentRecord.objects.get(person=people["gone"].handle)
    withdraw(person=whom(people["gone"]), record=record.pk, by="holder:1")
    publish(Purpose.FACE, "gdpr", Change.METHOD, word="a better template")
    work()
    work()
    assert told() == {
        "henri@acme.example": f"{in_acme.name} vous pose la question à nouveau",
        "zoe@acme.example": f"{in_acme.name} asks you again",
    }
    body = next(
        letter.body
        for letter in mail.outbox
        if letter.to == ["zoe@acme.example"] and "again" in letter.subject
    )
    assert "face en" in body  # the notice's title
    assert "/wallet/" in body


def test_wording_alone_asks_and_tells_nobody(in_acme: CompanyRef) -> None:
    ready()
    agree(somebody(), publish()[0])
    publish(Purpose.FACE, "gdpr", Change.WORDING, word="the same")
    work()
    work()
    assert told() == {}
    assert not Outbox.objects.filter(topic__startswith="mail.asked_again").exists()


def test_who_has_answered_meanwhile_is_left_alone(in_acme: CompanyRef) -> None:
    ready()
    henri = somebody()
    agree(henri, publish()[0])
    second = publish(Purpose.FACE, "gdpr", Change.RECIPIENT, word="sent to others")[0]
    agree(henri, second)
    work()
    work()
    assert told() == {}
    asked_again.tell_one(henri.handle, str(second.pk))
    asked_again.tell_one(10_000, str(second.pk))  # nobody
    assert told() == {}


def test_a_notice_that_was_read_is_told_to_have_changed(in_acme: CompanyRef) -> None:
    ready()
    read(somebody(), publish(Purpose.DOOR_RECORD)[0])
    publish(Purpose.DOOR_RECORD, "gdpr", Change.PURPOSE, word="for more")
    work()
    work()
    assert told() == {"henri@acme.example": f"A notice of {in_acme.name} has changed"}


def test_every_language_says_the_same_things() -> None:
    for texts in (asked_again.CONSENT, asked_again.READ):
        assert texts.keys() == {"en", "de", "fr", "es"}
        for text in texts.values():
            whole = " ".join((text.subject, *text.paragraphs))
            assert all(part in whole for part in ("{company}", "{name}", "{title}", "{address}"))
            assert len(text.paragraphs) == len(texts["en"].paragraphs)
