"""What the owner of a company does in the console, through its pages."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.totp import totp
from deploy.tour.browser import Browser, Site
from deploy.tour.mails import wait_for
from deploy.tour.phone import Phone
from deploy.tour.reader import Reader
from deploy.tour.report import Mismatch

SHORT_CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
SECRET = re.compile(r"secret=([A-Z2-7]+)|\b((?:[A-Z2-7]{4} ?){8})\b")
UUID = re.compile(r"/people/([0-9a-f-]{36})/")
PHONE = re.compile(r"/phones/([0-9a-f-]{36})/")
WHOLE_DAY = "00:00-24:00"
SHUT_DOOR = "Archive"
DOORS = ("Front door", "Dock", SHUT_DOOR)


@dataclass
class Company:
    """One company of the tour and its owner's browser."""

    site: Site
    subdomain: str = field(default_factory=lambda: f"tour-{secrets.token_hex(3)}")
    password: str = field(default_factory=lambda: secrets.token_urlsafe(15))

    def __post_init__(self) -> None:
        self.name = self.subdomain.replace("-", " ").title()
        self.owner = f"owner@{self.subdomain}.example"
        self.console = Browser(self.site, self.subdomain)

    def sign_up(self) -> str:
        """Sign the company up on the public host."""
        with Browser(self.site) as public:
            public.submit(
                "/sign-up/",
                name=self.name,
                subdomain=self.subdomain,
                owner_name="Olga of the tour",
                owner_email=self.owner,
                password=self.password,
            )
        return self.site.address(self.subdomain)

    def sign_in(self) -> None:
        """Sign the owner in for the first time: password, then the second factor from its page."""
        self.console.submit("/sign-in/", email=self.owner, password=self.password)
        path = "/two-factor/set-up/"
        shown = self.console.open(path)
        found = SECRET.search(shown.text) or SECRET.search(" ".join(shown.attributes.values()))
        if found is None:
            raise Mismatch("the page of the second factor shows no secret")
        self.secret = (found.group(1) or found.group(2)).replace(" ", "")
        self.console.submit(path, code=totp(self.secret, time.time()))
        self.console.open("/people/")

    def shorten_codes(self, seconds: int) -> None:
        """Let codes live as short as they may."""
        self.console.submit("/settings/", code_life=str(seconds))

    def build(self) -> str:
        """A site with three doors; the level of the staff opens two always, one not today."""
        submit = self.console.submit
        submit("/doors/sites/add/", name="Headquarters", time_zone="Europe/Berlin")
        submit("/doors/areas/add/", site="Headquarters", name="House")
        always = {f"day_{day}": WHOLE_DAY for day in range(7)}
        submit("/doors/schedules/add/", name="Always", **always)
        other_day = (datetime.now(UTC) + timedelta(days=3)).weekday()
        submit("/doors/schedules/add/", name="Another day", **{f"day_{other_day}": "01:00-02:00"})
        for door in DOORS:
            submit("/doors/add/", area="House", name=door)
        form = self.console.open("/doors/levels/add/").form("name")
        points = [name for name in sorted(form.names) if name.startswith("point_")]
        if len(points) != len(DOORS):
            raise Mismatch(f"the level offers {len(points)} doors")
        labels = self.console.open("/doors/levels/add/").labels
        chosen = {
            point: "Another day" if SHUT_DOOR in labels.get(point, "") else "Always" for point in points
        }
        submit("/doors/levels/add/", name="Staff", **chosen)
        return ", ".join(DOORS)

    def add_person(self, name: str) -> str:
        """Add a person; the path of their page."""
        _, path = self.console.submit("/people/add/", name=name, email=self.mail_of(name))
        found = UUID.search(path)
        if found is None:
            raise Mismatch(f"adding a person leads to {path}")
        return f"/people/{found.group(1)}/"

    def mail_of(self, name: str) -> str:
        """The mail address of a person of this company."""
        return f"{name.split(maxsplit=1)[0].lower()}@{self.subdomain}.example"

    def grant(self, person: str) -> None:
        """Let a person in."""
        self.console.submit(f"{person}grants/add/", level="Staff")

    def invite(self, person: str, name: str, mail: Path) -> str:
        """Invite by mail; the short code that the mail holds."""
        self.console.submit(person, action=f"{person}invite/")
        return _code(wait_for(mail, self.mail_of(name)))

    def invite_at_desk(self, person: str) -> str:
        """The short code that the console shows at the desk."""
        page, _ = self.console.submit(person, action=f"{person}invite/", desk="1")
        return _code(page.text)

    def confirm(self, person: str) -> str:
        """Vouch for the person's phone; its path."""
        page = self.console.open(person)
        phone = next((found for form in page.forms if (found := PHONE.search(form.action))), None)
        if phone is None:
            raise Mismatch("the person's page shows no phone")
        path = f"/phones/{phone.group(1)}/"
        self.console.submit(person, action=f"{path}confirm/")
        return path

    def pair(self, door: str) -> Reader:
        """A reader at a door, paired with a code from the console and on its line."""
        page, _ = self.console.submit(
            "/readers/pair/", name=f"{door} reader", access_point=door, kind="program"
        )
        reader = Reader(self.site, self.subdomain, door)
        reader.pair(_code(page.text))
        reader.listen()
        return reader

    def phone_of(self, code: str) -> Phone:
        """A phone enrolled with a short code."""
        phone = Phone(self.site, self.subdomain)
        phone.enrol(code)
        return phone

    def revoke(self, person: str, phone: str) -> Callable[[], object]:
        """The dialogue that revokes a phone, filled in; calling it presses the button."""
        return self.console.filled(person, action=f"{phone}revoke/", reason="lost")

    def progress(self, phone: str) -> str:
        """What the console says of a revocation."""
        return self.console.open(f"{phone}progress/").text


def _code(text: str) -> str:
    found = SHORT_CODE.search(text)
    if found is None:
        raise Mismatch(f"no short code in: {text[:200]}")
    return found.group(0)
