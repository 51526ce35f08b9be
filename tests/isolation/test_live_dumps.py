"""A running system is told secrets over HTTP; its logs, Valkey and both databases are searched for them."""

import re
import time
from dataclasses import dataclass, field

import pytest

from deploy.local import stack
from deploy.totp import totp
from deploy.tour.browser import Browser, Site
from deploy.tour.company import DOORS, SECRET, SHORT_CODE, UUID, Company
from deploy.tour.mails import wait_for
from deploy.tour.phone import Phone
from deploy.tour.report import Mismatch
from sallyport.keys import b64url
from tests.fixtures.live import Live
from tests.isolation.heaps import dump, found, keyspace, overheard

__all__ = ["overheard"]

pytestmark = pytest.mark.faults
OWNER = ("Zenobia Marchbanks", "zenobia.m@secretmail.example", "Opal-Lighthouse-5521")
WRONG = "Umber-Trombone-7746"
NEW = "Cobalt-Thimble-8834"
GUEST = ("Theodolinda Vasquez", "theodolinda.v@secretmail.example", "Theos vermilion telephone")
LINK = re.compile(r"/password/reset/([^/\s]+)/")
MAIL_SECONDS = 60.0


@dataclass
class Planter:
    """Says secrets to a system as people do, and remembers them."""

    live: Live
    secrets: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    digits: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site = Site.at(self.live.place.address(), None)
        self.mail = self.live.place.var / "mail"
        self.company = Company(self.site, password=OWNER[2])
        self.company.owner = OWNER[1]
        self.secrets += [*OWNER[0].split(), *OWNER[1:], WRONG, NEW, *GUEST[0].split(), *GUEST[1:]]

    def everything(self) -> None:
        """All deeds, one after the other."""
        self.owner()
        person = self.person()
        self.company.build()
        self.company.grant(person)
        phone = self.phone(person)
        self.reader(phone)
        self.password()
        phone.http.close()
        self.company.console.http.close()

    def owner(self) -> None:
        """Sign-up, a wrong password, the right one, the second factor, and both once more."""
        name, email, password = OWNER
        with Browser(self.site) as public:
            told = {"name": self.company.name, "subdomain": self.company.subdomain}
            public.submit("/sign-up/", **told, owner_name=name, owner_email=email, password=password)
        console = self.company.console
        with pytest.raises(Mismatch):
            console.submit("/sign-in/", email=email, password=WRONG)
        console.submit("/sign-in/", email=email, password=password)
        shown = console.open("/two-factor/set-up/")
        secret = SECRET.search(shown.text) or SECRET.search(" ".join(shown.attributes.values()))
        assert secret is not None
        seed = (secret.group(1) or secret.group(2)).replace(" ", "")
        first, second = (totp(seed, time.time() + later) for later in (0, 30))
        console.submit("/two-factor/set-up/", code=first)
        with Browser(self.site, self.company.subdomain) as again:
            again.submit("/sign-in/", email=email, password=password)
            again.submit("/sign-in/code/", code=second)
            again.open(f"/people/?q={GUEST[0].split()[0]}")
            self.cookies += again.http.cookies.values()
        self.secrets.append(seed)
        self.cookies += console.http.cookies.values()
        self.digits += [first, second]

    def person(self) -> str:
        """A person by name and mail; a search for them; the path of their page."""
        name, email, _ = GUEST
        _, path = self.company.console.submit("/people/add/", name=name, email=email)
        uuid = UUID.search(path)
        assert uuid is not None, path
        return f"/people/{uuid.group(1)}/"

    def phone(self, person: str) -> Phone:
        """An invitation by mail, its typed code, a phone with a name, a minted code."""
        self.company.console.submit(person, action=f"{person}invite/")
        code = self.short_code(wait_for(self.mail, GUEST[1], MAIL_SECONDS))
        phone = Phone(self.site, self.company.subdomain)
        told = {"code": code, "public_key": b64url(phone.key.public.raw), "label": GUEST[2]}
        assert phone.request("POST", "/api/v1/wallet/enrol", told).status_code == 201
        assert phone.request("POST", "/api/v1/wallet/enrol", told).status_code < 500
        self.company.confirm(person)
        return phone

    def reader(self, phone: Phone) -> None:
        """A pairing code, and codes of the phone: one that passes, one cut short, one never shown."""
        page, _ = self.company.console.submit(
            "/readers/pair/", name="Front reader", access_point=DOORS[0], kind="program"
        )
        self.short_code(page.text)
        again = self.company.pair(DOORS[1])
        code = phone.new_code()
        assert again.scan(code)["granted"]
        assert not again.scan(code[:-2])["granted"]
        again.close()
        self.shown.append(code)
        self.secrets.append(phone.new_code())

    def password(self) -> None:
        """A link to a new password, used, and opened once more."""
        with Browser(self.site, self.company.subdomain) as browser:
            browser.submit("/password/forgotten/", email=OWNER[1])
            link = LINK.search(wait_for(self.mail, OWNER[1], MAIL_SECONDS))
            assert link is not None
            browser.submit(link.group(0), password=NEW)
            with pytest.raises(Mismatch):
                browser.open(link.group(0))
        self.secrets.append(link.group(1))

    def short_code(self, text: str) -> str:
        """The code in a text, remembered as it is shown and as it is kept."""
        seen = SHORT_CODE.search(text)
        assert seen is not None, text
        self.secrets += [seen.group(0), seen.group(0).replace("-", "")]
        return seen.group(0)


def test_nothing_that_was_said_over_http_lies_anywhere(live_stack: Live, overheard: list[bytes]) -> None:
    live = live_stack
    stack.wait_working(live.worker)
    planter = Planter(live)
    planter.everything()
    live.manage("ledger", "verify", "--company", planter.company.subdomain)

    logs = {path.name: path.read_bytes() for path in (live.place.var / "log").iterdir()}
    kept = keyspace(live.env["SALLYPORT_VALKEY_URL"])
    heaps = logs | {
        "postgres log": live.postgres.log.read_bytes(),
        "valkey log": live.valkey.log.read_bytes(),
        "valkey files": b"".join(path.read_bytes() for path in live.valkey.folder.glob("appendonlydir/*")),
        "valkey keys": b"\n".join(key + b" " + value for key, value in kept.items()),
        "messages": b"\n".join(overheard),
    }
    databases = {
        name: dump(live.postgres, live.env[name].rpartition("/")[2])
        for name in ("SALLYPORT_DATABASE_URL", "KEYS_DATABASE_URL")
    }
    assert {"web.log", "worker.log", "manage.log"} <= set(logs)
    assert planter.company.subdomain.encode() in databases["SALLYPORT_DATABASE_URL"]
    assert b"ledger.deliver" in logs["worker.log"]
    assert b"ledger.deliver" in heaps["messages"]
    assert b"celery" in heaps["valkey files"]
    assert len(planter.secrets) > 15
    assert not found(heaps | databases, planter.secrets)
    # An event is bound to the digest of the code that was shown: nobody guesses a sealed code from it.
    assert planter.shown
    assert not found(heaps | databases, planter.shown, digests=False)
    # The database knows its sessions; nobody else does.
    assert len(planter.cookies) > 2
    assert not found(heaps, planter.cookies)
    # Six digits alone are found in every clock: by themselves, and in our own processes' logs.
    for digits in planter.digits:
        assert not any(re.search(rb"(?<!\d)%b(?!\d)" % digits.encode(), log) for log in logs.values())
