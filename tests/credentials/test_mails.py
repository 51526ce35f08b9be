"""Mails to holders: what they say in each language, and that saying it twice is saying it once."""

import re

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from credentials.mail_texts import INVITATION, LOST_LINK, NEW_PHONE, PHONES_REVOKED, UNNAMED_PHONE
from credentials.mails import send_invitation
from credentials.models import Holder, Invitation, Language
from credentials.services import enrol_device, invite_holder, withdraw_invitation
from ledger.models import Outbox
from ledger.outbox import deliver
from tenants.context import CompanyRef
from tests.credentials.phone import ALICE, Phone, henri

CODE = re.compile(r"^ {4}([0-9A-Z]{4}-[0-9A-Z]{4})$", re.M)


def invited(language: str = "en") -> Holder:
    holder = henri(language=language)
    invite_holder(holder=holder, by=ALICE)
    return holder


def sent() -> EmailMultiAlternatives:
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Your phone for the doors of Acme", "Then type this code on it:"),
        ("de", "Ihr Telefon für die Türen von Acme", "Geben Sie dort diesen Code ein:"),
        ("fr", "Votre téléphone pour les portes de Acme", "Saisissez-y ensuite ce code :"),
        ("es", "Su teléfono para las puertas de Acme", "Después escriba en ella este código:"),
    ],
)
def test_an_invitation_holds_link_and_code(
    in_acme: CompanyRef, language: str, subject: str, words: str
) -> None:
    holder = invited(language)
    deliver(in_acme)
    message = sent()
    body = str(message.body)
    assert (message.subject, message.to) == (subject, ["henri@acme.example"])
    assert words in body
    assert "http://acme.localhost:8000/wallet/" in body
    found = CODE.search(body)
    assert found is not None
    (page,) = message.alternatives
    assert found[1] in str(page[0])
    assert f'lang="{language}"' in str(page[0])
    phone = Phone()
    device = enrol_device(code=found[1], public_key=phone.key.public, proof=phone.proof(), label="<b>Pixel")
    assert device.holder == holder


def test_the_link_does_not_carry_the_code(in_acme: CompanyRef) -> None:
    invited()
    deliver(in_acme)
    (address,) = re.findall(r"https?://\S+", str(sent().body))
    assert address.endswith("/wallet/")


def test_sending_again_is_the_same_mail(in_acme: CompanyRef) -> None:
    holder = invited()
    invitation = Invitation.objects.get(holder=holder)
    send_invitation(str(invitation.pk))
    send_invitation(str(invitation.pk))
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.body == second.body


def test_an_ended_invitation_is_not_sent(in_acme: CompanyRef) -> None:
    holder = invited()
    withdraw_invitation(invitation=Invitation.objects.get(holder=holder), by=ALICE)
    deliver(in_acme)
    assert mail.outbox == []
    assert not Outbox.objects.filter(topic="mail.invitation", done=None).exists()


def test_the_holder_reads_of_a_new_phone(in_acme: CompanyRef) -> None:
    invited("de")
    deliver(in_acme)
    found = CODE.search(str(sent().body))
    assert found is not None
    mail.outbox.clear()
    phone = Phone()
    enrol_device(code=found[1], public_key=phone.key.public, proof=phone.proof(), label="Pixel <b>")
    deliver(in_acme)
    message = sent()
    assert message.subject == "Ein neues Telefon für Sie bei Acme"
    assert "Pixel <b>." in str(message.body)
    assert "Pixel &lt;b&gt;." in str(message.alternatives[0][0])


def test_every_language_says_everything() -> None:
    for texts in (INVITATION, LOST_LINK, NEW_PHONE, PHONES_REVOKED):
        assert set(texts) == set(Language.values)
        wholes = ["".join((text.subject, *text.paragraphs)) for text in texts.values()]
        assert len({frozenset(re.findall(r"{\w+}", whole)) for whole in wholes}) == 1
    assert set(UNNAMED_PHONE) == set(Language.values)
