"""Day passes in the console: the PIN is on one page once, the pass can be printed, listed and revoked."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from credentials.paper import DayPass, DayPassState
from credentials.services import Checked, Window, check_pin, issue_day_pass, reissue_credential
from ledger.models import Outbox
from tenants import context
from tenants.refs import CompanyRef
from tests.fixtures.console import sign_in_as
from tests.pages.scene import Scene, furnish

PIN = re.compile(r'id="pin">(\d{6})<')
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def scene(in_acme: CompanyRef) -> Scene:
    return furnish()


@pytest.fixture
def alice(scene: Scene) -> Client:
    return sign_in_as("alice")


def asked(scene: Scene, **changes: str) -> dict[str, str]:
    now = timezone.now().astimezone(BERLIN)
    said = {"begins": now, "ends": now + timedelta(hours=4)}
    return (
        {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in said.items()}
        | {"zone": "Europe/Berlin"}
        | changes
    )


def path(scene: Scene) -> str:
    return f"/people/{scene.holders[0].pk}/day-pass/"


def test_the_pin_is_shown_once(scene: Scene, alice: Client) -> None:
    with context.leave():
        assert alice.get(path(scene)).status_code == 200
        answer = alice.post(path(scene), asked(scene))
        page = answer.content.decode()
        later = alice.get(f"/people/{scene.holders[0].pk}/").content.decode()
    found = PIN.search(page)
    assert found is not None
    assert "no-store" in answer["Cache-Control"]
    row = DayPass.objects.get()
    assert check_pin(handle=row.handle, credential=row.credential_id, pin=found[1]) is Checked.GOOD
    assert PIN.search(later) is None
    assert f'href="/day-passes/{row.handle}/pdf/"' in later
    assert not Outbox.objects.filter(topic="mail.day_pass").exists()
    assert row.created_by.startswith("operator:")


def test_the_window_is_in_the_sites_zone(scene: Scene, alice: Client) -> None:
    day = (timezone.now() + timedelta(days=2)).astimezone(BERLIN).date()
    with context.leave():
        alice.post(path(scene), asked(scene, begins=f"{day}T09:00", ends=f"{day}T17:30", mail="on"))
    row = DayPass.objects.get()
    assert row.begins == datetime(day.year, day.month, day.day, 9, 0, tzinfo=BERLIN)
    assert row.time_zone == "Europe/Berlin"
    assert Outbox.objects.filter(topic="mail.day_pass").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"ends": "2020-01-01T10:00"},
        {"begins": ""},
        {"begins": "tomorrow"},
        {"zone": "Mars/Base"},
        {"ends": "2090-01-01T10:00"},
    ],
)
def test_what_makes_no_sense_is_told(scene: Scene, alice: Client, changes: dict[str, str]) -> None:
    with context.leave():
        answer = alice.post(path(scene), asked(scene, **changes))
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not DayPass.objects.exists()


@pytest.mark.parametrize("size", ["a6", "a4"])
def test_print_then_revoke(scene: Scene, alice: Client, size: str) -> None:
    window = Window(timezone.now(), timezone.now() + timedelta(hours=1), "Europe/Berlin")
    row = issue_day_pass(holder=scene.holders[0], window=window, by="operator:1").day_pass
    sheet = f"/day-passes/{row.handle}/pdf/?size={size}"
    with context.leave():
        answer = alice.get(sheet)
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Type"] == "application/pdf"
        assert alice.get(f"/day-passes/{row.handle}/pdf/?size=a0").status_code == 404
        assert alice.post(f"/day-passes/{row.handle}/revoke/").status_code == 302
        assert alice.get(sheet).status_code == 404
    row.refresh_from_db()
    assert row.state == DayPassState.REVOKED


def test_the_list_says_how_each_stands(scene: Scene, alice: Client) -> None:
    now = timezone.now()
    windows = [(0, 1), (2, 3), (0, 1), (0, 1)]
    rows = [
        issue_day_pass(
            holder=scene.holders[n % 2],
            window=Window(now + timedelta(hours=a), now + timedelta(hours=b), "Europe/Berlin"),
            by="operator:1",
        ).day_pass
        for n, (a, b) in enumerate(windows)
    ]
    DayPass.objects.filter(pk=rows[2].pk).update(
        begins=now - timedelta(hours=2), ends=now - timedelta(hours=1)
    )
    reissue_credential(credential=rows[1].credential, profile=0, fresh_until=None, by="operator:1")
    with context.leave():
        page = alice.get("/day-passes/").content.decode()
        bob = sign_in_as("bob").get("/day-passes/").content.decode()
    for word in ("Active", "Access has changed since", "Expired", "Henri Dubois"):
        assert word in page
    assert "revoke/" in page
    assert "revoke/" not in bob


def test_the_list_asks_the_database_as_often_for_many(
    scene: Scene, alice: Client, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with context.leave(), CaptureQueriesContext(connection) as seen:
            alice.get("/day-passes/")
        return len(seen)

    now = timezone.now()
    window = Window(now, now + timedelta(hours=1), "UTC")
    issue_day_pass(holder=scene.holders[0], window=window, by="operator:1")
    queries()
    few = queries()
    for holder in scene.holders * 3:
        issue_day_pass(holder=holder, window=window, by="operator:1")
    queries()
    assert queries() <= few
