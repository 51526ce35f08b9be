"""Who takes part in a visit beside the desk and the doors: a kiosk, a visitor's phone, a host at the mail."""

import datetime as dt
import io
import re
import zoneinfo
from email import message_from_bytes, policy
from email.message import EmailMessage

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.live import Live
from tests.journeys.actors import Actor, Desk, Phone

RULES = "Stay with your host.\n\nIn case of fire, leave by the stairs."
NOTICES = {"door_record": "What our doors write down", "photo": "Your photo on the badge"}
EXIT_CODE = "731902"
# A Chromium without a screen has no printing for PDFs, and falls over where it is asked to.
PRINTS = "window.print = () => { top.printed = (top.printed ?? 0) + 1; };"


def mails_to(live: Live, email: str) -> list[EmailMessage]:
    """What lies in the outbox for this address, oldest first."""
    found = []
    for path in sorted((live.place.var / "mail").glob("*.eml"), key=lambda one: one.stat().st_mtime):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["To"] == email:
            found.append(message)
    return found


def text_of(message: EmailMessage) -> str:
    """Its words without markup."""
    plain = message.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def link_to(live: Live, email: str, path: str) -> str:
    """The path of the newest mailed link that begins so, or nothing yet."""
    for message in reversed(mails_to(live, email)):
        found = re.search(rf"https?://[^/\s]+({re.escape(path)}\S+)", text_of(message))
        if found:
            return found[1]
    return ""


class Kiosk(Actor):
    """A tablet at reception."""

    name = "kiosk"

    @classmethod
    def at(cls, live: Live, browser: Browser, word: str) -> "Kiosk":
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="en", permissions=["camera"]
        )
        context.add_init_script(PRINTS)
        return cls(live, context, word)

    def on(self, name: str) -> "Kiosk":
        expect(self.page.locator("#kiosk")).to_have_attribute("data-screen", name, timeout=30_000)
        self.shot(name)
        return self

    def deed(self, name: str) -> "Kiosk":
        self.page.click(f"[data-deed={name}]:visible")
        return self

    def choose(self, name: str) -> "Kiosk":
        self.page.click(f"[data-choice={name}]")
        return self

    def pair(self, code: str) -> None:
        self.go("/kiosk/")
        self.on("pair")
        self.page.locator("[data-pair]").fill(code)
        self.deed("go-on").on("home")

    def sign(self) -> "Kiosk":
        """A name drawn with the pointer."""
        box = self.page.locator("canvas").bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 60, box["y"] + box["height"] * 0.6)
        self.page.mouse.down()
        for step in range(1, 12):
            self.page.mouse.move(
                box["x"] + 60 + 26 * step, box["y"] + box["height"] * (0.35 if step % 2 else 0.7)
            )
        self.page.mouse.up()
        self.shot("signed")
        return self.deed("go-on")

    def take_photo(self) -> "Kiosk":
        """Taken, looked at, used."""
        self.deed("take")
        expect(self.page.locator("[data-deed=again]")).to_be_visible(timeout=15_000)
        self.shot("photo-taken")
        return self.deed("go-on")

    def picture(self) -> str:
        """What a phone's camera reads in the picture on the screen."""
        expect(self.page.locator(".kiosk-picture svg")).to_be_visible(timeout=20_000)
        seen = Image.open(io.BytesIO(self.page.screenshot()))
        (found,) = zxingcpp.read_barcodes(seen)
        return str(found.text)

    def digits(self) -> str:
        return self.page.locator(".kiosk-digits").first.inner_text().strip()


class Visitor(Phone):
    """The phone of somebody who comes for a visit."""

    name = "visitor"

    @classmethod
    def at(cls, live: Live, browser: Browser, word: str) -> "Visitor":
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            device_scale_factor=3,
            is_mobile=True,
            has_touch=True,
            locale="en",
        )
        return cls(live, context, word)

    def prepare(self, email: str) -> None:
        """From the mail: I am coming, and enrol this phone."""
        self.waits(lambda: link_to(self.live, email, "/visit/"))
        self.go(link_to(self.live, email, "/visit/"))
        self.shot("invitation", whole=True)
        self.page.locator("form[action$='/coming/'] button").tap()
        self.page.locator("a[href^='/wallet/#visit=']").tap()
        self.shows("prepared")

    def scan(self, address: str) -> str:
        """Open what the kiosk's picture leads to; the digits that the phone then shows."""
        self.page.goto(address)
        self.shows("same")
        return str(self.page.locator("[data-digits]").text_content()).strip()


def prepare_visits(desk: Desk, *, doors: tuple[str, ...]) -> None:
    """A level for visitors with these doors, house rules to sign, a type of visit, and a host."""
    page = desk.page
    desk.go("/doors/levels/add/")
    for door in doors:
        page.get_by_label(f"{door} (entry)").select_option(label="Always")
    desk.save(name="Visitors")
    desk.go("/visitors/documents/add/")
    desk.save(name="House rules")
    desk.save(title_en="House rules", body_en=RULES)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("main")).to_contain_text("In force: version 1")
    desk.go("/visitors/types/add/")
    page.get_by_role("checkbox", name="Visitors", exact=True).check()
    page.get_by_role("checkbox", name="House rules", exact=True).check()
    page.uncheck(
        "[name=host_confirms]"
    )  # who has the code goes in: what a visitor waits for is measured here
    page.fill("[name=name]", "Meeting")
    page.locator("main form[method=post] button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("Meeting")
    desk.shot("visit-types")


def ask_for_photos(desk: Desk) -> None:
    """What the law asks first: a policy and the words on doors and photos; then the type takes a photo."""
    desk.go("/compliance/policy/")
    desk.save(
        profile="European Union and EEA (GDPR)",
        controller="Visits & Sons",
        contact="privacy@visits.example",
        schedule="A visitor's data: seven days after the visit.",
        destruction="At once, in the same moment.",
    )
    for purpose, title in NOTICES.items():
        desk.go(f"/compliance/notices/draft/?purpose={purpose}&language=en")
        desk.save(title=title, text="Why we ask, for how long, and whom to ask about it.")
        desk.go(f"/compliance/notices/publish/?purpose={purpose}")
        desk.page.get_by_role("button", name="Publish").click()
        expect(desk.page.locator("main")).to_contain_text("In force: version 1")
    desk.go("/visitors/types/")
    desk.page.get_by_role("link", name="Meeting").first.click()
    desk.page.select_option("[name=photo]", "optional")
    desk.page.locator("main form[method=post] button[type=submit]").first.click()
    expect(desk.page.get_by_role("status").first).to_be_visible()


def draw_kiosk_code(desk: Desk) -> str:
    """A short code for the kiosk at the site."""
    desk.go("/visitors/kiosks/pair/")
    desk.page.check("[name=printer]")
    desk.save(name="Lobby", exit_code=EXIT_CODE)
    desk.shot("kiosk-code")
    return desk.page.locator(".pair-code").inner_text()


def invite(desk: Desk, *, name: str, email: str, host: str) -> str:
    """Invite a guest for now; the path of the visit."""
    page = desk.page
    desk.go("/visitors/invite/")
    page.fill("main [name=name]", name)
    page.fill("[name=email]", email)
    page.locator("[name=host_name]").press_sequentially(host[:5])
    page.locator("#hosts-found").get_by_text(host).click()
    now = dt.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin"))
    page.fill("[name=begins]", now.strftime("%Y-%m-%dT%H:%M"))
    desk.shot("invite", whole=True)
    page.locator("main form[method=post]").get_by_role("button", name="Invite").click()
    expect(page.get_by_role("status").first).to_be_visible()
    desk.shot("invited", whole=True)
    return re.sub(r"^https?://[^/]+", "", page.url)


def lets_in(desk: Desk, email: str, page: Page) -> None:
    """The host follows the link in the mail and lets the visitor in."""
    desk.waits(lambda: link_to(desk.live, email, "/admit/"))
    page.goto(desk.address(link_to(desk.live, email, "/admit/")))
    page.get_by_role("button", name=re.compile("Let them in|Admit|Let in")).click()
