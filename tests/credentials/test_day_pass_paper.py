"""The day pass on paper and in the mail: read by a scanner at its size, by its rules, and without its PIN."""

from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from reportlab.pdfgen.canvas import Canvas

from credentials import day_pass_pdf as paper
from credentials.day_pass_pdf import MM, day_pass_pdf
from credentials.day_pass_texts import MAIL, WORDS
from credentials.models import Holder, Language
from credentials.paper import Branding, DayPass
from credentials.pictures import LEAST_MODULE_MM, LEAST_SIDE_MM, QUIET, RuleBroken
from credentials.services import (
    IssuedDayPass,
    add_holder,
    digits_of,
    issue_day_pass,
    revoke_day_pass,
    set_branding,
)
from ledger.models import Outbox
from ledger.outbox import deliver
from tenants.refs import CompanyRef
from tests.credentials.printed import Printed, read
from tests.credentials.test_day_passes import BY, window

Written = list[tuple[float, str]]
SIZES = {"a6": (105, 148), "a4": (210, 297)}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    """What is written onto pages from now on: height in points, text."""
    found: Written = []
    draw = Canvas.drawString

    def note(self: Canvas, x: float, y: float, text: str) -> None:
        found.append((y, text))
        draw(self, x, y, text)

    monkeypatch.setattr(Canvas, "drawString", note)
    return found


def made(*, name: str = "Vera Visitor", language: str = "en", mailed: bool = False) -> IssuedDayPass:
    holder: Holder = add_holder(name=name, email="vera@example.com", language=language, by=BY)
    return issue_day_pass(holder=holder, window=window(), by=BY, mail=mailed)


def ground(page: Printed) -> tuple[float, float, float, float]:
    """The code's ground in points: the largest rectangle."""
    return max(page.rectangles, key=lambda one: one[2] * one[3])[:4]


@pytest.mark.parametrize("size", SIZES)
def test_a_scanner_reads_the_paper(in_acme: CompanyRef, size: str) -> None:
    set_branding(by=BY, foreground="#5a0018", background="#ffb0c0", logo_text="Acme Works")
    day_pass = made().day_pass
    page = read(day_pass_pdf(day_pass, size))
    assert (round(page.width), round(page.height)) == SIZES[size]
    for dots in (8.0, 4.0):  # 203 and 102 dpi
        (found,) = zxingcpp.read_barcodes(page.picture(dots))
        assert found.text == digits_of(day_pass)


@pytest.mark.parametrize("size", SIZES)
def test_its_measures_on_paper(in_acme: CompanyRef, size: str) -> None:
    page = read(day_pass_pdf(made().day_pass, size))
    x, y, width, height = ground(page)
    dark = [one for one in page.rectangles if one[:4] != (x, y, width, height)]
    module = min(one[3] for one in dark)
    assert module / MM >= LEAST_MODULE_MM
    assert width == pytest.approx(height)
    assert (width - 2 * QUIET * module) / MM >= LEAST_SIDE_MM
    for left, bottom, wide, high, _ in dark:
        assert left >= x + QUIET * module - 0.01
        assert bottom >= y + QUIET * module - 0.01
        assert left + wide <= x + width - QUIET * module + 0.01
        assert bottom + high <= y + height - QUIET * module + 0.01
    assert 0 <= x <= page.width * MM - width
    assert 0 <= y <= page.height * MM - height


def test_the_same_pass_gives_the_same_bytes(in_acme: CompanyRef) -> None:
    day_pass = made().day_pass
    assert day_pass_pdf(day_pass) == day_pass_pdf(DayPass.objects.get(pk=day_pass.pk))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_written_and_that_the_pin_is_not(in_acme: CompanyRef, written: Written, size: str) -> None:
    issued = made()
    day_pass_pdf(issued.day_pass, size)
    said = " ".join(text for _, text in written)
    assert issued.pin not in said
    for word in ("Acme", "Day pass", "Vera Visitor", "(Europe/Berlin)", "Hold the code"):
        assert word in said
    begins = issued.day_pass.begins.astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{begins:%H:%M}" in said


def test_a_picture_that_breaks_a_rule_is_not_printed(in_acme: CompanyRef) -> None:
    """Colours that came into the table some other way."""
    day_pass = made().day_pass
    Branding.objects.create(foreground="#aaaaaa", background="#ffffff")
    with pytest.raises(RuleBroken):
        day_pass_pdf(day_pass)


@pytest.mark.parametrize("name", ["W" * 100, "李", "Łukasz Őszi-Žižek", "Ωμέγα", "Maria " * 16])
@pytest.mark.parametrize("size", SIZES)
def test_any_name_leaves_the_page_whole(in_acme: CompanyRef, written: Written, name: str, size: str) -> None:
    set_branding(by=BY, logo_text="W" * 40)
    day_pass = made(name=name).day_pass
    pdf = day_pass_pdf(day_pass, size)
    assert written[-1][0] >= paper.SHEETS[size].margin * MM
    assert all(text.strip() for _, text in written)
    (found,) = zxingcpp.read_barcodes(read(pdf).picture())
    assert found.text == digits_of(day_pass)


def test_who_cannot_be_written_is_a_number(in_acme: CompanyRef, written: Written) -> None:
    day_pass_pdf(made(name="李").day_pass)
    assert [text for _, text in written].count("Pass number 1") == 2


def test_all_languages_say_everything() -> None:
    for texts in (WORDS, MAIL):
        assert set(texts) == {language.value for language in Language}
    assert len({len(words.steps) for words in WORDS.values()}) == 1


def sent() -> EmailMultiAlternatives:
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


@pytest.mark.parametrize("language", [language.value for language in Language])
def test_the_mail_brings_the_pass_and_not_the_pin(in_acme: CompanyRef, language: str) -> None:
    issued = made(language=language, mailed=True)
    assert Outbox.objects.get(topic="mail.day_pass").data == {"day_pass": issued.day_pass.handle}
    deliver(in_acme)
    message = sent()
    assert message.to == ["vera@example.com"]
    (attached,) = message.attachments
    assert attached[2] == "application/pdf"
    assert attached[1] == day_pass_pdf(issued.day_pass, "a4")
    assert issued.pin not in str(message.body) + str(message.subject) + str(message.alternatives[0][0])
    assert "Europe/Berlin" in str(message.body)


def test_a_revoked_pass_is_not_sent(in_acme: CompanyRef) -> None:
    issued = made(mailed=True)
    revoke_day_pass(day_pass=issued.day_pass, by=BY)
    deliver(in_acme)
    assert mail.outbox == []


def test_the_look_out_sees(in_acme: CompanyRef) -> None:
    """The picture is made from the PDF alone: without its dark rectangles there is nothing to read."""
    page = read(day_pass_pdf(made().day_pass))
    page.rectangles = [one for one in page.rectangles if one[:4] == ground(page)]
    assert zxingcpp.read_barcodes(page.picture()) == []
