"""The wallet's notices and consents: signed by the phone, kept with the signature, receipted by mail."""

import base64
import json
import uuid
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from compliance.law import Change, Purpose
from compliance.models import ConsentRecord, NoticeVersion
from compliance.selectors import told_of
from compliance.wording import digest
from credentials.models import Holder, Language
from credentials.services import suspend_holder
from ledger.outbox import deliver
from sallyport.http_signatures import content_digest, parse, verify
from sallyport.keys import P256Public, b64url_decode
from tenants.context import CompanyRef, enter
from tests.compliance.build import CAROL, publish, ready
from tests.credentials.phone import Phone, enrolled, henri

NOTICES, CONSENTS, RECEIPTS = (f"/api/v1/wallet/{name}" for name in ("notices", "consents", "receipts"))


@pytest.fixture
def holder(in_acme: CompanyRef) -> Holder:
    ready()
    publish()
    return henri()


@pytest.fixture
def phone(holder: Holder) -> Phone:
    return enrolled(holder)[0]


def shown(phone: Phone, purpose: str = "face", language: str = "en") -> dict[str, Any]:
    status, told = phone.send("GET", f"{NOTICES}?language={language}")
    assert status == 200
    (found,) = [one for one in told["notices"] if one["purpose"] == purpose]
    return dict(found)


def answer(phone: Phone, notice: dict[str, Any], **other: Any) -> tuple[int, dict[str, Any]]:
    told = {
        "id": str(uuid.uuid4()),
        "purpose": notice["purpose"],
        "language": notice["language"],
        "sha256": digest(notice["title"], notice["text"]),
        "pressed": "I agree",
    } | other
    return phone.send("POST", CONSENTS, told)


def test_the_notices_that_concern_somebody(phone: Phone) -> None:
    found = shown(phone)
    assert (found["language"], found["languages"], found["act"], found["form"]) == (
        "en",
        ["de", "en"],
        "consent",
        "press",
    )
    assert found["sha256"] == digest(found["title"], found["text"])
    assert (found["open"], found["asked"], found["record"]) == (True, False, None)
    assert shown(phone, language="de")["title"] == "face de"
    assert shown(phone, language="fr")["language"] == "en"  # not published in it
    assert shown(phone, language="xx")["language"] == "en"


def test_the_answer_is_kept_with_its_signature(phone: Phone, holder: Holder) -> None:
    status, told = answer(phone, shown(phone))
    assert status == 201
    record = ConsentRecord.objects.get(pk=told["record"]["id"])
    assert (record.subject_id, record.device) == (holder.subject_id, holder.devices.get().handle)
    assert f"device:{record.key_print}" == phone.keyid
    proof = told_of(record)["proof"]
    assert record.sha256 in proof["body"]
    # Whoever holds the record can verify it again, years later.
    signature = base64.b64encode(b64url_decode(proof["signature"])).decode()
    signed = parse(
        {
            "content-digest": content_digest(proof["body"].encode()),
            "signature-input": f"sig={proof['params']}",
            "signature": f"sig=:{signature}:",
        }
    )
    public = P256Public(b64url_decode(proof["public_key"]))
    verify(signed, method="POST", url=proof["url"], body=proof["body"].encode(), public=public)


def test_withdrawing_and_what_stands_afterwards(phone: Phone) -> None:
    record = answer(phone, shown(phone))[1]["record"]
    assert shown(phone)["record"]["ended_at"] is None
    status, told = phone.send("POST", f"{CONSENTS}/{record['id']}/withdraw")
    assert (status, told["record"]["ended_how"]) == (200, "withdrawn")
    again = phone.send("POST", f"{CONSENTS}/{record['id']}/withdraw")
    assert again[1]["record"] == told["record"]
    found = shown(phone)
    assert (found["record"]["ended_how"], found["asked"]) == ("withdrawn", False)


def test_the_answer_that_was_lost_on_its_way(phone: Phone) -> None:
    notice, number = shown(phone), str(uuid.uuid4())
    first, second = answer(phone, notice, id=number), answer(phone, notice, id=number)
    assert first[1]["record"] == second[1]["record"]
    assert ConsentRecord.objects.count() == 1


def test_a_captured_answer_is_worth_nothing(phone: Phone) -> None:
    """The same bytes again: its nonce is used up."""
    notice = shown(phone)
    told = {
        "id": str(uuid.uuid4()),
        "purpose": "face",
        "language": "en",
        "sha256": notice["sha256"],
        "pressed": "I agree",
    }
    body = json.dumps(told).encode()
    headers = phone.headers("POST", CONSENTS, body)
    assert phone.repeat("POST", CONSENTS, body, headers)[0] == 201
    assert phone.repeat("POST", CONSENTS, body, headers)[0] in {401, 409}


def test_the_text_changed_between_reading_and_pressing(phone: Phone) -> None:
    notice = shown(phone)
    publish(Purpose.FACE, "gdpr", Change.WORDING, word="another thing")
    status, told = answer(phone, notice)
    assert (status, told["code"], told["retry"]) == (409, "notice_changed", True)


def test_another_holders_phone_speaks_for_its_own_alone(phone: Phone) -> None:
    record = answer(phone, shown(phone))[1]["record"]
    other = enrolled(henri(name="Zoë Zimmer", email="zoe@acme.example"))[0]
    assert phone.send("POST", f"{CONSENTS}/{uuid.uuid4()}/withdraw")[0] == 404
    assert other.send("POST", f"{CONSENTS}/{record['id']}/withdraw")[0] == 404
    assert answer(other, shown(other), id=record["id"])[1]["code"] == "record_taken"
    assert other.send("GET", RECEIPTS)[1]["receipts"] == []
    assert ConsentRecord.objects.get().in_force


def test_a_phone_of_another_company_is_a_stranger(phone: Phone, globex: CompanyRef) -> None:
    with enter(globex):
        stranger = enrolled(henri(), Phone("globex.localhost"))[0]
    stranger.host = phone.host
    assert stranger.send("GET", NOTICES)[1]["code"] == "not_enrolled"


def test_a_phone_that_waits_speaks_for_nobody(holder: Holder) -> None:
    phone = enrolled(holder, vouched=False)[0]
    told = {"id": str(uuid.uuid4()), "purpose": "face", "language": "en", "sha256": "0" * 64, "pressed": "x"}
    asked = [
        phone.send("GET", NOTICES),
        phone.send("GET", RECEIPTS),
        phone.send("POST", CONSENTS, told),
        phone.send("POST", f"{CONSENTS}/{uuid.uuid4()}/withdraw"),
    ]
    assert [(status, answered["code"]) for status, answered in asked] == [(403, "device_awaiting")] * 4
    assert phone.me()[1]["notices_asked"] == 0


def test_whose_access_rests_may_withdraw(phone: Phone, holder: Holder) -> None:
    record = answer(phone, shown(phone))[1]["record"]
    suspend_holder(holder=holder, by=CAROL)
    assert phone.send("POST", f"{CONSENTS}/{record['id']}/withdraw")[0] == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "seven"},
        {"purpose": "taxes"},
        {"language": "xx"},
        {"sha256": "ABC"},
        {"pressed": ""},
        {"pressed": "x" * 81},
        {"signed_name": "x" * 121},
    ],
)
def test_what_is_no_answer(phone: Phone, wrong: dict[str, str]) -> None:
    assert answer(phone, shown(phone), **wrong) == (
        400,
        {"code": "malformed", "text": "The request is not as expected.", "retry": False},
    )


def test_the_phone_is_told_how_much_is_asked(phone: Phone) -> None:
    assert phone.me()[1]["notices_asked"] == 0
    publish(Purpose.DOOR_RECORD)
    assert phone.me()[1]["notices_asked"] == 1
    found = shown(phone, "door_record")
    assert (found["act"], found["asked"]) == ("acknowledge", True)
    assert answer(phone, found, pressed="I have read this")[0] == 201
    assert phone.me()[1]["notices_asked"] == 0


def test_receipts_hold_the_text(phone: Phone) -> None:
    notice = shown(phone)
    answer(phone, notice)
    publish(Purpose.FACE, "gdpr", Change.METHOD, word="another thing")
    (receipt,) = phone.send("GET", RECEIPTS)[1]["receipts"]
    assert (receipt["title"], receipt["text"]) == (notice["title"], notice["text"])
    assert (receipt["pressed"], receipt["ended_how"], receipt["profile"]) == (
        "I agree",
        "asked_again",
        "gdpr",
    )


def mails(company: CompanyRef) -> list[EmailMultiAlternatives]:
    mail.outbox.clear()
    deliver(company)
    return [
        one
        for one in mail.outbox
        if isinstance(one, EmailMultiAlternatives) and "consent-" in str(one.extra_headers)
    ]


WORDS = {
    "en": ("you agreed to", "you have withdrawn"),
    "de": ("Ihre Einwilligung", "Ihr Widerruf"),
    "fr": ("votre consentement", "votre retrait"),
    "es": ("su consentimiento", "su retirada"),
}


@pytest.mark.parametrize("language", Language.values)
def test_receipts_by_mail(in_acme: CompanyRef, language: str) -> None:
    ready("bipa")
    notice: NoticeVersion = publish(Purpose.FACE, "bipa", languages=("en", "de", "fr", "es"))[0]
    phone = enrolled(henri(language=language))[0]
    record = answer(phone, shown(phone, language=language), signed_name="Henri {Holder}")[1]["record"]
    (given,) = mails(in_acme)
    assert WORDS[language][0] in given.subject
    body = str(given.body)
    assert "You may say no <b>at any time</b> & nothing follows." in body
    assert ConsentRecord.objects.get().sha256 in body
    assert "Henri {Holder}" in body
    page = str(given.alternatives[0][0])
    assert "&lt;b&gt;at any time&lt;/b&gt; &amp; nothing follows." in page
    assert notice.text.split("\n\n")[0] in body
    phone.send("POST", f"{CONSENTS}/{record['id']}/withdraw")
    (withdrawn,) = mails(in_acme)
    assert WORDS[language][1] in withdrawn.subject
    assert "{" not in str(withdrawn.body)


def test_braces_of_the_company_stand_for_themselves(in_acme: CompanyRef) -> None:
    ready()
    publish(Purpose.FACE, word="{name} and {code}")
    phone = enrolled(henri())[0]
    answer(phone, shown(phone))
    (given,) = mails(in_acme)
    assert "We keep {name} and {code}." in str(given.body)
