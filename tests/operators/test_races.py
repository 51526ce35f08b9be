"""Two at once: a code, a link and an owner are each used up once; attempts made together are all counted."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from operators.models import Operator, PasswordLink, TotpDevice
from operators.refusals import OperatorRefused
from operators.services import (
    check_code,
    create_operator,
    deactivate_operator,
    enrol_totp,
    set_password_by_link,
    sweep,
    throttling,
)
from operators.services.passwords import send_link, token_of
from tenants import context
from tenants.context import CompanyRef
from tests import cast

AT_ONCE = 8


def together(ref: CompanyRef, *deeds: Callable[[], object]) -> list[object]:
    """Run the deeds at the same moment, each on a connection of its own; what each gave or raised."""
    barrier = threading.Barrier(len(deeds))
    found: list[object] = [None] * len(deeds)

    def run(number: int, deed: Callable[[], object]) -> None:
        try:
            with context.enter(ref):
                barrier.wait()
                found[number] = deed()
        except OperatorRefused as refused:
            found[number] = refused.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.fixture
def fay(own_company: CompanyRef) -> Iterator[Operator]:
    """The owner of a company of this test alone."""
    with context.enter(own_company):
        yield Operator.objects.get()


def test_one_code_passes_once_however_often_it_comes(own_company: CompanyRef, fay: Operator) -> None:
    enrol_totp(operator=fay, secret=cast.TOTP_SECRET)
    code = TotpDevice.objects.get().code(now=time.time())
    found = together(own_company, *[lambda: check_code(operator=fay, code=code)] * AT_ONCE)
    assert sum(isinstance(one, TotpDevice) for one in found) == 1


def test_without_the_row_lock_a_code_would_pass_twice(own_company: CompanyRef, fay: Operator) -> None:
    """The control: both read the device before either has written the step that was used."""
    enrol_totp(operator=fay, secret=cast.TOTP_SECRET)
    code = TotpDevice.objects.get().code(now=time.time())
    read = threading.Barrier(2)

    def unlocked() -> bool:
        device: TotpDevice = TotpDevice.objects.get()
        read.wait()
        return device.verify_token(code)

    assert together(own_company, unlocked, unlocked) == [True, True]


def test_one_link_sets_one_password(own_company: CompanyRef, fay: Operator) -> None:
    with transaction.atomic():
        token = token_of(send_link(fay, PasswordLink.Purpose.RESET))
    tries = [
        lambda number=number: set_password_by_link(token=token, password=f"long enough password {number}")
        for number in range(AT_ONCE)
    ]
    found = together(own_company, *tries)
    assert sum(isinstance(one, Operator) for one in found) == 1
    assert found.count("link_used_up") == AT_ONCE - 1


def test_two_owners_cannot_remove_each_other(own_company: CompanyRef, fay: Operator) -> None:
    gus = create_operator(email="gus@x.example", name="Gus", role="OWNER", password=cast.PASSWORD)
    found = together(
        own_company,
        lambda: deactivate_operator(operator=fay, by=gus.actor),
        lambda: deactivate_operator(operator=gus, by=fay.actor),
    )
    assert sorted(map(str, found)) == ["None", "last_owner"]
    assert Operator.objects.filter(is_active=True).count() == 1


def test_attempts_made_at_once_are_all_counted(own_company: CompanyRef, fay: Operator) -> None:
    limit = throttling.Limit("test", AT_ONCE // 2, timedelta(minutes=1))
    found = together(own_company, *[lambda: throttling.take(limit, "a@x.example")] * AT_ONCE)
    assert sorted(map(bool, found)) == [False] * (AT_ONCE // 2) + [True] * (AT_ONCE // 2)


def test_a_window_that_ran_out_starts_anew_and_is_swept(own_company: CompanyRef, fay: Operator) -> None:
    limit = throttling.Limit("test", 1, timedelta(minutes=1))
    assert throttling.take(limit, "k")
    assert not throttling.take(limit, "k")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE operators_attempts SET until = %s", [datetime.now(UTC) - timedelta(seconds=1)])
    assert throttling.take(limit, "k")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE operators_attempts SET until = %s", [datetime.now(UTC) - timedelta(seconds=1)])
    assert sweep() == 1
