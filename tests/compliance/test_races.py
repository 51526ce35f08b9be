"""An answer on its way while a new version comes out; a control shows the race without the lock."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from compliance.law import Change, Purpose
from compliance.models import CompliancePolicy, ConsentRecord
from compliance.refusals import Refused
from compliance.services import consents, locks
from tenants.context import CompanyRef, enter
from tests.compliance.build import agree, publish, ready, somebody

WAIT = 20


def meet(company: CompanyRef, monkeypatch: pytest.MonkeyPatch) -> tuple[str, bool]:
    """What the answer says, and whether it stands in force under the version that was replaced."""
    with enter(company):
        ready()
        notice = publish()[1]
        henri = somebody()
    checked, published = threading.Event(), threading.Event()
    keep = consents._keep

    def slow(*given: object) -> ConsentRecord:
        """The notice was found to be in force; now somebody publishes another."""
        checked.set()
        published.wait(1.5)
        return keep(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(consents, "_keep", slow)

    def answer() -> str:
        try:
            with enter(company):
                agree(henri, notice)
                return "given"
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    def replace() -> None:
        try:
            assert checked.wait(WAIT)
            with enter(company):
                publish(Purpose.FACE, "gdpr", Change.METHOD, word="something else")
            published.set()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said, done = pool.submit(answer), pool.submit(replace)
        told = said.result(WAIT)
        done.result(WAIT)
    with enter(company):
        return told, ConsentRecord.objects.filter(ended_at=None).exists()


def test_an_answer_on_its_way_ends_with_its_version(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert meet(own_company, monkeypatch) == ("given", False)


def test_control_without_the_lock_it_stands_under_the_old_one(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        consents, "share_policy", lambda: CompliancePolicy.objects.filter(pk=1).first() or CompliancePolicy()
    )
    assert meet(own_company, monkeypatch) == ("given", True)


def test_two_phones_of_one_person_at_once(own_company: CompanyRef) -> None:
    with enter(own_company):
        ready()
        notice = publish()[1]
        henri = somebody()
    barrier = threading.Barrier(4)

    def one(device: int) -> str:
        try:
            with enter(own_company):
                barrier.wait(WAIT)
                return str(agree(henri, notice, device=device).pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(4)))) == 1


def test_the_first_choice_of_all_is_held_too(own_company: CompanyRef) -> None:
    with enter(own_company), transaction.atomic():
        assert locks.hold_policy().pk == 1
