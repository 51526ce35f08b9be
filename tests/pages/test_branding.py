"""The form of a company's colours: unreadable ones are refused, with the nearest that pass."""

import pytest
from django.core.exceptions import ValidationError

from credentials.paper import Branding
from credentials.selectors import branding
from credentials.services import set_branding
from ledger.models import LedgerEntry
from tenants import context
from tenants.refs import CompanyRef
from tests.fixtures.console import sign_in_as

GOOD = {"foreground": "#10204A", "background": "#fff8e0", "accent": "#7a1020", "logo_text": "Acme  Works"}


def test_colours_are_kept(in_acme: CompanyRef) -> None:
    client = sign_in_as("olga")
    with context.leave():
        answer = client.post("/settings/branding/", GOOD)
        assert answer.status_code == 302
        page = client.get("/settings/branding/").content.decode()
    held = branding()
    assert (held.foreground, held.background, held.accent) == ("#10204a", "#fff8e0", "#7a1020")
    assert held.logo_text == "Acme Works"
    assert 'fill="#10204a"' in page
    entry = LedgerEntry.objects.get(verb="branding_changed")
    assert entry.data["foreground"] == "#10204a"
    assert "Acme Works" not in str(entry.data)


@pytest.mark.parametrize(
    ("changes", "said", "offered"),
    [
        ({"foreground": "#777777", "background": "#ffffff"}, "4.5:1", 'name="foreground" value="#767676"'),
        (
            {"foreground": "#ffffff", "background": "#000000"},
            "dark on a light",
            'name="foreground" value="#000000"',
        ),
        ({"accent": "#777777"}, "4.5:1", 'name="accent" value="#767676"'),
    ],
)
def test_unreadable_colours_are_refused_with_the_nearest(
    in_acme: CompanyRef, changes: dict[str, str], said: str, offered: str
) -> None:
    client = sign_in_as("olga")
    with context.leave():
        answer = client.post("/settings/branding/", GOOD | changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'<input type="hidden" {offered}>' in page
    assert not Branding.objects.exists()


def test_what_is_offered_is_taken(in_acme: CompanyRef) -> None:
    client = sign_in_as("olga")
    with context.leave():
        refused = client.post(
            "/settings/branding/", GOOD | {"foreground": "#ffcc00", "background": "#eeee00"}
        )
        offered = refused.context["form"].offered
        assert client.post("/settings/branding/", GOOD | offered).status_code == 302
    assert branding().pair.readable


@pytest.mark.parametrize("bad", ["", "red", "#fff", "javascript:", '#fff"><b>'])
def test_what_is_no_colour_is_refused(in_acme: CompanyRef, bad: str) -> None:
    client = sign_in_as("olga")
    with context.leave():
        answer = client.post("/settings/branding/", GOOD | {"foreground": bad})
    assert answer.status_code == 422
    assert answer.context["form"].offered is None


@pytest.mark.parametrize("changes", [{"foreground": "#eeeeee"}, {"accent": "#ffff00"}])
def test_the_service_refuses_them_too(in_acme: CompanyRef, changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        set_branding(by="operator:1", **changes)
