"""The bell: an open console hears of each change of the alarms; every kind has its words."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from access.models import AlarmKind
from access.services import clear_reader_alarm, raise_reader_alarm
from pages import alarm_texts
from tenants.refs import CompanyRef
from tests.fixtures.console import SignIn
from tests.pages.test_console_socket import (  # noqa: F401  (fixtures)
    PATH,
    _closed_threads,
    cookie,
    hint,
    in_the_company,
    opened,
)
from tests.readers.wires import plugged


async def test_raising_and_clearing_are_told(own_company: CompanyRef, cookie: str) -> None:  # noqa: F811
    def rings() -> None:
        raise_reader_alarm(kind=AlarmKind.DOOR_HELD_OPEN, reader=1, at=datetime.now(UTC), facts={})

    async with plugged(own_company.host, path=PATH, cookie=cookie) as plug:
        await opened(plug)
        await in_the_company(own_company, rings)
        assert await hint(plug) == "alarms"
        await in_the_company(own_company, rings)  # it stands already
        await in_the_company(own_company, lambda: clear_reader_alarm(kind=AlarmKind.DOOR_HELD_OPEN, reader=1))
        assert await hint(plug) == "alarms"
        assert await plug.line.receive_nothing(timeout=0.5)


def test_the_bell_alone(in_acme: CompanyRef, signed_in: SignIn) -> None:
    client: Client = signed_in("rita")
    assert 'aria-label="Alarms"' in client.get("/alarms/bell/").content.decode()
    raise_reader_alarm(kind=AlarmKind.DOOR_FORCED, reader=1, at=datetime.now(UTC), facts={})
    bell = client.get("/alarms/bell/").content.decode()
    assert 'aria-label="1 open alarm"' in bell
    assert "<html" not in bell


@pytest.mark.parametrize("kind", AlarmKind.values)
def test_each_kind_says_what_happened_and_what_to_do(kind: str) -> None:
    told = alarm_texts.TEXTS[AlarmKind(kind)]
    for words in told:
        assert words.endswith(".")
        assert len(words) > 20


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (AlarmKind.READER_DRIFTING, {"seconds": 31}, "31 s slow"),
        (AlarmKind.READER_BEHIND, {"applied": 3, "newest": 4}, "1 change behind"),
        (AlarmKind.READER_BEHIND, {"applied": 3, "newest": 9}, "6 changes behind"),
        (AlarmKind.DOOR_FORCED, {"number": 3}, ""),
    ],
)
def test_the_number_of_an_alarm(kind: AlarmKind, facts: dict[str, int], said: str) -> None:
    assert alarm_texts.numbers(kind, facts) == said
