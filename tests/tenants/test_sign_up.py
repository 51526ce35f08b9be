"""A company is made whole or not at all, quickly, also by many at once."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, connections, transaction

from tenants import context, hosts, lifecycle
from tenants.models import Company, Domain, SchemaState, StepDone
from tenants.refs import CompanyKind, CompanyRef, CompanyState
from tenants.schemas import company_fingerprint
from tenants.services import SignUpRefused, create_platform, move, set_state, sign_up
from tests import cast
from vault.models import KeySet, SigningKey, TenantKey


def form(subdomain: str = "hooli", **changes: str) -> dict[str, str]:
    values = {
        "name": "Hooli",
        "subdomain": subdomain,
        "owner_name": "Gavin",
        "owner_email": "gavin@hooli.example",
        "password": cast.PASSWORD,
    }
    return {**values, **changes}


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: object) -> Iterator[list[Company]]:
    """Companies that a test signs up without a transaction around it; they go afterwards."""
    made: list[Company] = []
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield made
        connections["default"].set_schema_to_public()  # type: ignore[attr-defined]
        for company in made:
            cast.remove(company)
        connections.close_all()


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_a_company_has_all_it_needs() -> None:
    company = sign_up(**form())
    ref = hosts.resolve("hooli.localhost")
    assert ref == company.ref()
    assert ref is not None
    assert ref.host == "hooli.localhost"
    assert (ref.state, ref.kind) == (CompanyState.ACTIVE, CompanyKind.COMPANY)
    assert company.schema_name == f"c_{company.uid.hex}"
    assert SchemaState.objects.get(schema_name=company.schema_name).fingerprint == company_fingerprint()
    assert lifecycle.pending(company, "created") == []
    with context.enter(ref):
        assert TenantKey.objects.count() == 1
        assert KeySet.objects.count() == 1
        assert SigningKey.objects.count() == len(SigningKey.Purpose)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "empty", "name"),
        ({"name": "x" * 101}, "malformed", "name"),
        ({"name": "a\x00b"}, "malformed", "name"),
        ({"owner_name": ""}, "empty", "owner_name"),
        ({"owner_email": "nobody"}, "bad_email", "owner_email"),
        ({"password": "short"}, "weak_password", "password"),
        ({"password": "password1234"}, "weak_password", "password"),
        ({"subdomain": "www"}, "reserved", "subdomain"),
    ],
)
def test_refusals(changes: dict[str, str], code: str, field: str) -> None:
    before = Company.objects.count()
    with pytest.raises(SignUpRefused) as refused:
        sign_up(**{**form(), **changes})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert Company.objects.count() == before


@pytest.mark.django_db
def test_nothing_is_left_of_a_sign_up_that_failed_in_its_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(company: CompanyRef, facts: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(lifecycle._steps, ("created", "zz"), lifecycle.Step("created", "zz", 999, fail))
    before = schemas()
    with pytest.raises(ZeroDivisionError):
        sign_up(**form())
    assert schemas() == before
    assert not Company.objects.filter(subdomain="hooli").exists()
    assert not Domain.objects.filter(domain="hooli.localhost").exists()
    assert context.current_or_none() is None
    monkeypatch.delitem(lifecycle._steps, ("created", "zz"))
    sign_up(**form())


@pytest.mark.django_db
def test_sign_up_waits_for_the_template() -> None:
    SchemaState.objects.filter(schema_name="template").delete()
    with pytest.raises(SignUpRefused) as refused:
        sign_up(**form())
    assert (refused.value.code, refused.value.retry) == ("not_ready", True)


@pytest.mark.django_db
def test_the_platform_is_a_company_of_its_own_and_there_is_one() -> None:
    platform = Company.objects.get(kind=CompanyKind.PLATFORM)
    assert platform.ref().kind is CompanyKind.PLATFORM
    assert hosts.resolve("platform.localhost") == platform.ref()
    with pytest.raises(SignUpRefused), transaction.atomic():
        create_platform(owner_name="Pia", owner_email="pia@platform.example", password=cast.PASSWORD)


@pytest.mark.django_db
def test_states_decide_who_is_found(acme: CompanyRef) -> None:
    company = Company.objects.get(pk=acme.id)
    set_state(company=company, state=CompanyState.SUSPENDED)
    assert hosts.resolve("acme.localhost") is None
    found = hosts.lookup("acme.localhost")
    assert found is not None
    assert found.state is CompanyState.SUSPENDED
    set_state(company=company, state=CompanyState.ACTIVE)
    assert hosts.resolve("acme.localhost") == acme


def at_once(*forms: dict[str, str]) -> list[Company | SignUpRefused]:
    """Sign up from so many threads at the same moment."""
    barrier = threading.Barrier(len(forms))
    results: list[Company | SignUpRefused] = []

    def one(values: dict[str, str]) -> None:
        try:
            barrier.wait(20)
            results.append(sign_up(**values))
        except SignUpRefused as refused:
            results.append(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(values,)) for values in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_six_companies_at_once(committed: list[Company]) -> None:
    results = at_once(*(form(word) for word in ("abel", "bert", "carl", "doro", "emil", "fritz")))
    committed += [r for r in results if isinstance(r, Company)]
    assert len(committed) == 6
    assert {c.schema_name for c in committed} <= schemas()
    for company in committed:
        with context.enter(company):
            assert TenantKey.objects.count() == 1
    assert len({number for c in committed for number in key_ids(c)}) == 6


def key_ids(company: Company) -> list[int]:
    with context.enter(company):
        return list(KeySet.objects.values_list("key_id", flat=True))


@pytest.mark.parametrize(("second", "code"), [("pied", "taken"), ("p1ed", "look_alike")])
def test_one_name_wanted_at_once_is_given_once(committed: list[Company], second: str, code: str) -> None:
    results = at_once(form("pied"), form(second))
    committed += [r for r in results if isinstance(r, Company)]
    refused = [r.code for r in results if isinstance(r, SignUpRefused)]
    assert len(committed) == 1
    # Whichever came first; the other look-alike is the second's.
    assert refused == [code]


@pytest.mark.slow
def test_sign_up_takes_as_long_among_many_companies(committed: list[Company]) -> None:
    """The bar is 3 s whatever the number of companies; the template alone decides what cloning costs."""

    def seconds(word: str) -> float:
        started = time.perf_counter()
        committed.append(sign_up(**form(word)))
        return time.perf_counter() - started

    few = min(seconds(f"few-{n}x") for n in range(3))
    committed.extend(sign_up(**form(f"crowd-{'abcdefghij'[n % 10]}{'kpqrs'[n // 10]}x")) for n in range(30))
    bar = few * 2 + 0.2
    # Others use this machine: what it takes is the best of a few, what it costs shows in each of them.
    many = next((took for n in range(10) if (took := seconds(f"many-{'abcdefghij'[n]}x")) < bar), None)
    assert few < 3
    assert many is not None


@pytest.mark.django_db
def test_steps_run_once_and_go_on_where_they_stopped(
    acme: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    broken = True

    def step(name: str, order: int) -> lifecycle.Step:
        def run(company: CompanyRef, facts: object) -> None:
            if name == "two" and broken:
                raise ZeroDivisionError
            assert context.current() == acme
            ran.append(name)

        return lifecycle.Step("tested", name, order, run)

    for number, name in enumerate(("one", "two", "three")):
        monkeypatch.setitem(lifecycle._steps, ("tested", name), step(name, number))
    company = Company.objects.get(pk=acme.id)
    with pytest.raises(ZeroDivisionError):
        lifecycle.run(company, "tested")
    assert ran == ["one"]
    assert company in lifecycle.unfinished("tested")
    broken = False
    assert lifecycle.run(company, "tested") == ["two", "three"]
    assert lifecycle.run(company, "tested") == []
    assert ran == ["one", "two", "three"]
    assert StepDone.objects.filter(company=company, event="tested").count() == 3
    assert company not in lifecycle.unfinished("tested")


@pytest.mark.django_db
def test_a_company_moves_to_another_address_and_leaves_the_last_one() -> None:
    company, other = sign_up(**form()), sign_up(**form("initech", name="Initech"))
    for host in ("192.0.2.7", "192.0.2.8"):
        assert move(company=company, host=host)
        assert not move(company=company, host=host)
        assert [ref and ref.host for ref in map(hosts.resolve, (host, "hooli.localhost"))] == [host, host]
    assert hosts.resolve("192.0.2.7") is None
    with pytest.raises(IntegrityError), transaction.atomic():
        move(company=other, host="192.0.2.8")
    assert move(company=company, host="hooli.localhost")
    assert hosts.resolve("192.0.2.8") is None
    assert [one.domain for one in Domain.objects.filter(tenant=company)] == ["hooli.localhost"]
