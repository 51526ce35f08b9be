"""A day without Valkey, over HTTP: doors open, phones are revoked, readers hear of it, mail comes later."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from deploy.local import stack
from deploy.tour.browser import Site
from deploy.tour.company import DOORS, Company
from deploy.tour.mails import wait_for
from deploy.tour.phone import Phone
from deploy.tour.reader import Reader
from deploy.tour.report import Mismatch
from deploy.tour.story import until
from tests.fixtures.live import Live

pytestmark = pytest.mark.faults
FRONT, DOCK, ARCHIVE = DOORS
PATIENCE = 60


@pytest.fixture
def company(own_stack: Live) -> Iterator[Company]:
    """A company with a building, signed up on a system that has everything."""
    own_stack.start_web()
    own_stack.worker.start()
    stack.wait_working(own_stack.worker)
    made = Company(Site.at(own_stack.place.address(), None))
    made.sign_up()
    made.sign_in()
    made.shorten_codes(60)
    made.build()
    yield made
    made.console.http.close()


def staff(company: Company, name: str) -> tuple[str, str, Phone]:
    """A person who may pass, with a confirmed phone; the paths of both and the phone."""
    person = company.add_person(name)
    company.grant(person)
    phone = company.phone_of(company.invite_at_desk(person))
    return person, company.confirm(person), phone


def verdict(reader: Reader, code: str) -> tuple[bool, str]:
    said = reader.scan(code)
    return said["granted"], said["reason"]


def mail_came(live: Live, address: str) -> bool:
    try:
        return bool(wait_for(live.place.var / "mail", address, seconds=1))
    except Mismatch:
        return False


def test_a_revocation_without_valkey_and_the_mail_after_it(own_stack: Live, company: Company) -> None:
    person, device, phone = staff(company, "Henri Holder")
    _, _, other = staff(company, "Ines Insider")
    with ExitStack() as lines:
        lines.callback(phone.http.close)
        lines.callback(other.http.close)
        front, dock = company.pair(FRONT), company.pair(DOCK)
        for reader in (front, dock):
            lines.callback(reader.close)
            reader.wait_ready(PATIENCE)

        own_stack.valkey.stop()
        assert verdict(front, phone.new_code()) == (True, "granted")
        held = phone.new_code()
        before = [(reader, reader.point) for reader in (front, dock)]
        company.revoke(person, device)()
        assert verdict(front, held) == (False, "device_revoked")
        assert phone.request("POST", "/api/v1/wallet/codes", {}).json()["code"] == "device_revoked"
        assert verdict(dock, other.new_code()) == (True, "granted")
        for reader, point in before:
            reader.wait_applied(point, PATIENCE)
        until(lambda: company.progress(device), lambda said: "2 of 2" in said, PATIENCE)

        late = company.pair(ARCHIVE)  # a line that is opened while there is no Valkey
        lines.callback(late.close)
        late.wait_ready(PATIENCE)

        guest = company.add_person("Gaspard Guest")
        address = company.mail_of("Gaspard Guest")
        company.console.submit(guest, action=f"{guest}invite/")
        assert not mail_came(own_stack, address)
        own_stack.valkey.start()
        # What was in a worker's hand when its connection broke is handed out again after the broker's 600 s.
        assert wait_for(own_stack.place.var / "mail", address, seconds=660)
        assert own_stack.worker.alive()
