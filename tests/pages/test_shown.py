"""What the pages say of the code that was shown, and of a phone that can be unlocked."""

from typing import Any

import pytest
from django.utils import timezone

from credentials.models import Device, Passkey
from pages.happened import shown_text
from sallyport.codes import unlock_flags
from tenants.context import CompanyRef
from tests.fixtures.console import SignIn
from tests.pages.scene import Scene, furnish


@pytest.fixture
def scene(in_acme: CompanyRef) -> Scene:
    return furnish()


@pytest.mark.parametrize(
    ("kind", "flags", "text"),
    [
        ("live", 0, "Live code, no phone unlock"),
        ("live", unlock_flags(0), "Live code after a phone unlock in the same moment"),
        ("pass", unlock_flags(1), "Pass and proof after a phone unlock, at most 1 minute before"),
        ("pass", unlock_flags(12), "Pass and proof after a phone unlock, at most 12 minutes before"),
        ("day_pass", 0, "Day pass"),
    ],
)
def test_what_was_shown(kind: str, flags: int, text: str) -> None:
    facts: dict[str, Any] = {"code": [kind, 1, 2, 3, 4, flags, 5, 6]}
    assert shown_text(facts) == text


def test_where_nothing_opened() -> None:
    assert shown_text({"refused": "malformed"}) == ""


def test_the_persons_page_says_which_phone_can_be_unlocked(scene: Scene, signed_in: SignIn) -> None:
    phone = Device.objects.get(pk=scene.phones[0].pk)
    page = f"/people/{phone.holder_id}/"
    client = signed_in("alice")
    assert "phone unlock set up" not in client.get(page).content.decode()
    Passkey.objects.create(
        device=phone, credential_id=b"x", public_key=b"x", rp_id="acme.localhost", created_at=timezone.now()
    )
    assert "phone unlock set up" in client.get(page).content.decode()
