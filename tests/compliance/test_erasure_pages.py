"""Pages of erasures, holds and certificates, as two officers use them."""

import json
from io import BytesIO

import pytest

from compliance.models import Case, Certificate, Erasure, ErasureState, LegalHold
from compliance.services import holds
from operators.models import Operator
from operators.selectors import operator_by_email
from readers.models import Reader
from sallyport.keys import Ed25519Public
from tenants import context
from tenants.context import CompanyRef
from tests.compliance.erasing import OFFICER, asked, begun, carry_out, work
from tests.compliance.everything import somebody_with_everything
from tests.compliance.whose import Everything
from tests.fixtures.console import SignIn, sign_in_as


@pytest.fixture
def person(acme: CompanyRef) -> Everything:
    with context.enter(acme):
        return somebody_with_everything()


def panel_of(case: Case, operator: Operator) -> str:
    """The page of the case, as this operator sees it."""
    name = operator.email.partition("@")[0]
    with context.leave():
        answer = sign_in_as(name).get(f"/compliance/cases/{case.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def carol() -> Operator:
    found = operator_by_email("carol@acme.example")
    assert found is not None
    return found


def test_from_the_plan_to_the_certificate(acme: CompanyRef, person: Everything, signed_in: SignIn) -> None:
    with context.enter(acme):
        case = asked(person)
        shown = panel_of(case, carol())
        assert "Off-boarded" in shown or "off-boarded" in shown
        assert "Art. 17(3)(b)" in shown
        assert f"Type {case.number}" in shown
        assert "Refuse it" in shown
        assert "Not about them" in shown
    client = signed_in("carol")
    there = f"/compliance/cases/{case.pk}/erasure/"
    answer = client.post(there, {"typed": "99", "version": case.version})
    assert answer.status_code == 302
    with context.enter(acme):
        assert not Erasure.objects.exclude(sent_at__isnull=False).exists()
    client.post(there, {"typed": str(case.number), "version": case.version})
    with context.enter(acme):
        row = Erasure.objects.get(case=case)
    assert row.begun_by == carol_actor(acme)
    ends = client.get(f"/compliance/cases/{case.pk}/").content.decode()
    assert not [deed for deed in ("Refuse it", "Not about them", "About somebody else") if deed in ends]
    running = client.get(f"{there}progress/")
    assert b"Step 0 of 16" in running.content
    assert b"every 1s" in running.content
    with context.enter(acme):
        work()
    ended = client.get(f"{there}progress/")
    assert ended["HX-Refresh"] == "true"
    with context.enter(acme):
        row.refresh_from_db()
        shown = panel_of(Case.objects.get(pk=case.pk), carol())
    assert row.state == ErasureState.DONE
    assert "Confirmed everywhere" in shown
    assert "every 1s" not in shown
    listed = client.get("/compliance/certificates/").content.decode()
    assert f"Request {case.number}, final at the end of" in listed


def carol_actor(acme: CompanyRef) -> str:
    with context.enter(acme):
        return carol().actor


def test_a_waiting_one_names_the_reader_and_the_way_out(person: Everything, in_acme: CompanyRef) -> None:
    Reader.objects.update(applied_epoch=0, applied_seq=0, bundle_number=3, last_heard=None)
    case = asked(person)
    carry_out(case)
    shown = panel_of(case, carol())
    assert "1 reader has not confirmed" in shown
    assert "never heard" in shown
    assert "retired on its page" in shown


def test_a_held_one_offers_no_button(person: Everything, in_acme: CompanyRef) -> None:
    case = asked(person)
    holds.place_hold(subject=person.holder.subject_id, reason="A claim", by=OFFICER)
    shown = panel_of(case, carol())
    assert "A legal hold stands" in shown
    assert "erasure-typed" not in shown


def test_a_reader_of_the_page_only_sees(person: Everything, in_acme: CompanyRef) -> None:
    bob = operator_by_email("bob@acme.example")
    assert bob is not None
    assert "erasure-typed" not in panel_of(asked(person), bob)
    assert "erasure-typed" in panel_of(Case.objects.latest("number"), carol())


def test_certificate_files(acme: CompanyRef, person: Everything, signed_in: SignIn) -> None:
    with context.enter(acme):
        carry_out(asked(person))
        number = Certificate.objects.latest("number")
    client = signed_in("bob")
    pdf = client.get(f"/compliance/certificates/{number.pk}/pdf/")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="certificate-{number.number}.pdf"'
    told = json.load(BytesIO(client.get(f"/compliance/certificates/{number.pk}/json/").content))
    signed = b"sallyport/certificate/1\0" + told["body"].encode()
    Ed25519Public(bytes.fromhex(told["signer"])).verify(signed, bytes.fromhex(told["signature"]))
    assert json.loads(told["body"])["number"] == number.number


def test_two_officers_place_and_lift_a_hold(acme: CompanyRef, person: Everything, signed_in: SignIn) -> None:
    one, other = signed_in("carol"), signed_in("olga")
    one.post(
        "/compliance/holds/place/",
        {"subject": str(person.holder.subject_id), "reason": "Claim 7 of 2026"},
    )
    with context.enter(acme):
        hold = LegalHold.objects.get(ended_at=None)
    there = f"/compliance/holds/{hold.pk}/"
    shown = one.get("/compliance/holds/").content.decode()
    assert "Claim 7 of 2026" in shown
    assert "Take back" in shown
    assert 'value="confirm"' not in shown
    one.post(there, {"deed": "confirm"})
    assert _again(acme, hold).confirmed_at is None, "one officer is not two"
    assert 'value="confirm"' in other.get("/compliance/holds/").content.decode()
    other.post(there, {"deed": "confirm"})
    assert _again(acme, hold).confirmed_at
    one.post(there, {"deed": "decline"})
    one.post(there, {"deed": "burn"})
    assert _again(acme, hold).ended_at is None
    one.post(there, {"deed": "ask-to-lift"})
    one.post(there, {"deed": "lift"})
    assert _again(acme, hold).ended_at is None
    other.post(there, {"deed": "keep"})
    assert _again(acme, hold).lift_asked_at is None
    other.post(there, {"deed": "ask-to-lift"})
    one.post(there, {"deed": "lift"})
    assert _again(acme, hold).ended_at


def _again(acme: CompanyRef, hold: LegalHold) -> LegalHold:
    with context.enter(acme):
        return LegalHold.objects.get(pk=hold.pk)


def test_the_progress_of_no_erasure_is_not_there(
    acme: CompanyRef, person: Everything, signed_in: SignIn
) -> None:
    with context.enter(acme):
        case = asked(person)
    client = signed_in("carol")
    assert client.get(f"/compliance/cases/{case.pk}/erasure/progress/").status_code == 404
    with context.enter(acme):
        begun(case)
    assert client.get(f"/compliance/cases/{case.pk}/erasure/progress/").status_code == 200
    assert client.get(f"/compliance/cases/{person.case.pk}/erasure/progress/").status_code == 404
