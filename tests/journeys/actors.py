"""Who takes part in a journey: an operator's desk, a phone, a tablet at a door. Each a browser of its own."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from deploy.local.processes import wait_until
from tests import cast
from tests.fixtures.live import Live
from tests.journeys.photograph import photograph
from tests.typed import mailed_code, second_factor

OWNER = "olga@journey.example"
ALWAYS = "00:00-24:00"
SHOTS = os.environ.get("JOURNEY_SHOTS")  # a folder to look at what the pages show


class Actor:
    """A browser, what it complained about, and pictures of it."""

    name = "actor"

    def __init__(self, live: Live, context: BrowserContext, word: str) -> None:
        self.live, self.context, self.word = live, context, word
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def heard(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"{self.name}: {said.text} at {self.page.url}")

    def address(self, path: str) -> str:
        return self.live.address(self.word) + path

    def go(self, path: str) -> None:
        self.page.goto(self.address(path))

    def shot(self, name: str, *, whole: bool = False) -> None:
        """Nothing is wider than the screen; a picture to look at."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS, f"{self.name}-{name}.png"), full_page=whole)

    def waits(self, found: Callable[[], object]) -> None:
        assert wait_until(lambda: bool(found()), seconds=30, alive=self.live.web.alive)


class Desk(Actor):
    """The owner at a desk."""

    name = "desk"

    @classmethod
    def at(cls, live: Live, browser: Browser, word: str) -> "Desk":
        context = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        return cls(live, context, word)

    def save(self, **fields: str) -> None:
        """Fill in the page's form by the names of its fields and save it."""
        form = self.page.locator("main form[method=post]")
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        self.shot("form-" + "-".join(fields))
        form.locator("button[type=submit]").first.click()

    def sign_up(self, company: str) -> None:
        page = self.page
        page.goto(self.live.address() + "/")
        page.click("text=Sign up your company")
        page.fill("[name=name]", company)
        page.fill("[name=subdomain]", self.word)
        expect(page.locator("#subdomain-said")).to_contain_text("is free")
        page.fill("[name=owner_name]", "Olga Owner")
        page.fill("[name=owner_email]", OWNER)
        page.fill("[name=password]", cast.PASSWORD)
        page.click("text=Make the company")
        expect(page.locator("h1")).to_contain_text("is ready", timeout=15_000)
        self.shot("ready")
        page.click("text=Go to sign-in")

    def sign_in(self) -> None:
        page = self.page
        assert page.url.startswith(self.address("/"))
        page.fill("[name=email]", OWNER)
        page.fill("[name=password]", cast.PASSWORD)
        page.click("text=Go on")
        expect(page.locator("h1")).to_have_text("Set up your second factor")
        page.click("summary")
        page.fill("[name=code]", second_factor(page.locator("[data-secret]").inner_text()))
        self.shot("two-factor")
        page.click("text=Confirm")
        page.click("text=I have kept them")
        expect(page.locator("h1")).to_have_text("Overview")
        self.shot("first-steps")

    def build(self) -> None:
        """A site, an area, a door that a level opens at all hours."""
        page = self.page
        self.go("/doors/")
        page.get_by_role("main").get_by_role("link", name="Add a site").last.click()
        self.save(name="Headquarters", time_zone="Europe/Berlin")
        page.get_by_role("main").get_by_role("link", name="Add an area").last.click()
        self.save(site="Headquarters", name="Hall")
        page.get_by_role("main").get_by_role("link", name="Add a door").last.click()
        self.save(area="Hall, Headquarters", name="Front door")
        expect(page.get_by_role("status")).to_contain_text("Front door is there")
        self.go("/doors/schedules/add/")
        self.save(name="Always", **{f"day_{day}": ALWAYS for day in range(7)})
        self.shot("schedules")
        self.go("/doors/levels/add/")
        page.locator("select[name^=point_]").select_option(label="Always")
        self.save(name="Staff")
        self.shot("levels")
        self.go("/doors/")
        self.shot("doors")

    def draw_reader_code(self) -> str:
        """A short code for the reader of the door; the page waits for the reader."""
        page = self.page
        self.go("/readers/pair/")
        page.fill("[name=name]", "Front desk")
        page.locator("[name=access_point]").select_option(index=1)
        self.shot("pair")
        page.click("text=Show the code")
        self.shot("pair-code")
        return page.locator(".pair-code").inner_text()

    def reader_is_paired(self) -> None:
        expect(self.page.locator("#standing")).to_contain_text("Paired.", timeout=10_000)
        self.shot("paired")

    def add_person(self, name: str, email: str) -> str:
        """A person with the level, invited by mail; the path of their page."""
        page = self.page
        self.go("/people/add/")
        page.fill("[name=name]", name)
        page.fill("[name=email]", email)
        page.click("text=Add only")
        expect(page.locator("h1")).to_have_text(name)
        person = re.sub(r"^https?://[^/]+", "", page.url)
        page.click("text=Grant a level")
        assert page.url.endswith(f"{person}grants/add/")
        self.save(level="Staff")
        expect(page.locator("#may + *, section[aria-labelledby=may]").first).to_contain_text("Staff")
        page.click("text=Invite by mail")
        expect(page.get_by_role("status").first).to_be_visible()
        self.shot("person-invited", whole=True)
        return person

    def confirm_phone(self) -> None:
        """The operator has seen the phone in its holder's hand."""
        self.go("/people/")
        self.shot("people-awaiting")
        self.page.get_by_role("button", name="Confirm the phone of").click()
        expect(self.page.get_by_role("button", name="Confirm the phone of")).to_have_count(0)

    def watch(self) -> None:
        """The overview, open and live; a mark that a reload would wipe away."""
        self.go("/")
        expect(self.page.locator("[data-live=on]")).to_be_visible()
        self.page.evaluate("window.unreloaded = true")

    def sees(self, *lines: str) -> None:
        """The newest lines of the feed, in this order, without a reload."""
        expect(self.page.locator(".feed-line .feed-text")).to_contain_text(list(lines), timeout=10_000)
        assert self.page.evaluate("window.unreloaded")

    def revoke_phone(self) -> None:
        """On the page of its holder: revoke this phone, and see the reader's word on it."""
        page = self.page
        page.click("text=Revoke this phone")
        self.shot("revoke")
        page.locator("dialog[open] select").select_option("lost")
        page.locator("dialog[open]").get_by_role("button", name="Revoke this phone").click()
        expect(page.locator("[data-progress]")).to_contain_text("Dead at 1 of 1 readers", timeout=10_000)
        self.shot("revoked", whole=True)

    def fits(self, width: int, height: int, *paths: str) -> None:
        """Pages on a screen of this size: nothing stands out at the side."""
        self.page.set_viewport_size({"width": width, "height": height})
        for path in paths:
            self.go(path)
            self.shot(f"{width}{path.rstrip('/').replace('/', '-')}", whole=True)

    def finds(self, words: str, **asked: str) -> None:
        """The search of events finds something; its newest line says so."""
        self.go("/events/?" + "&".join(f"{name}={value}" for name, value in asked.items()))
        expect(self.page.locator("table.list tbody tr").first).to_contain_text(words)


class Tablet(Actor):
    """A tablet at the door; its camera is a file."""

    name = "tablet"

    @classmethod
    def at(cls, live: Live, browser: Browser, word: str) -> "Tablet":
        context = browser.new_context(
            viewport={"width": 1024, "height": 768}, locale="en", permissions=["camera"]
        )
        return cls(live, context, word)

    def pair(self, code: str) -> None:
        self.go("/reader/")
        expect(self.page.locator("[data-view=pair]")).to_be_visible(timeout=20_000)
        self.page.locator("#code").press_sequentially(code)
        self.shot("pair")
        self.page.click("[type=submit]")
        expect(self.page.locator("[data-state=ready]")).to_be_visible(timeout=20_000)
        self.shot("ready")

    def says(self, kind: str, reason: str) -> None:
        verdict = self.page.locator(f"[data-verdict][data-kind='{kind}'][data-reason='{reason}']")
        expect(verdict).to_be_visible(timeout=15_000)
        self.shot(reason)


class Phone(Actor):
    """A phone of 390 × 844 points."""

    name = "phone"

    @classmethod
    def at(cls, live: Live, browser: Browser, word: str) -> "Phone":
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            device_scale_factor=3,
            is_mobile=True,
            has_touch=True,
            locale="en",
        )
        return cls(live, context, word)

    def shows(self, view: str) -> None:
        expect(self.page.locator(f"[data-view='{view}']")).to_be_visible(timeout=15_000)
        self.shot(view)

    def enrol(self, email: str, label: str = "Henri’s phone") -> None:
        """Type the code from the mail; the phone then waits for the operator."""
        self.waits(lambda: mailed_code(self.live, email))
        self.go("/wallet/")
        self.shows("enrol")
        self.page.locator("#code").press_sequentially(mailed_code(self.live, email) or "")
        self.page.fill("#label", label)
        self.page.tap("[type=submit]")
        self.shows("awaiting")

    def show(self) -> bytes:
        """One tap shows a code; what a camera sees of it."""
        self.shows("ready")
        self.page.tap("[data-deed=show]")
        return self.photograph()

    def withdraw_face(self) -> None:
        """Take the consent to the face back: Privacy, Withdraw."""
        self.page.reload()
        self.shows("ready")
        self.page.locator("[data-view=ready] .wallet-pair [data-deed=privacy]").tap()
        self.page.locator("[data-purpose=face] [data-withdraws]").tap()
        expect(self.page.locator("[data-purpose=face] [data-gives]")).to_be_visible(timeout=15_000)
        self.shot("withdrawn")
        self.page.wait_for_timeout(5000)  # a phone gets a new code every five seconds
        self.page.reload()

    def renew(self) -> bytes:
        """Another code, and what a camera sees of it."""
        before = self.page.locator("[data-picture] path").get_attribute("d")
        self.page.tap("[data-deed=new]")
        expect(self.page.locator("[data-picture] path")).not_to_have_attribute("d", before or "")
        return self.photograph()

    def photograph(self) -> bytes:
        expect(self.page.locator("[data-card][data-state='shown']")).to_be_visible(timeout=15_000)
        self.shot("code")
        return photograph(self.page, "[data-card]")
