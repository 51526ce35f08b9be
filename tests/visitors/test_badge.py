"""The badge on paper: any name in any script, and no more than the type of visit says."""

import datetime as dt
import io
from xml.etree import ElementTree

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from credentials.services import Window, digits_of, issue_day_pass
from tests.credentials.printed import read, streams
from tests.visitors.build import BY, Reception
from vault.envelope import CannotOpen
from visitors import services
from visitors.badge_letters import writable
from visitors.badge_pdf import MM, SHEETS, badge_pdf, badge_svg, sample_svg
from visitors.badge_texts import ESCORT, WORDS
from visitors.models import BadgeSize, Visit, VisitPhoto
from visitors.photos import open_photo, seal_photo

pytestmark = pytest.mark.django_db
Written = list[tuple[float, str]]
PRINTED = (BadgeSize.LABEL, BadgeSize.A6)
NAMES = [
    ("王小明", "Wang Xiao Ming"),
    ("Чайковский Пётр", "Chaykovskiy Petr"),
    ("Ελένη Παπαδοπούλου", "Eleni Papadopoyloy"),
    ("דוד כהן", "Dvd Khhn"),
    ("김민수", "Gim Min Su"),
    ("Łukasz Őszi-Žižek", "Łukasz Oszi-Žižek"),
    ("Nguyễn Thị Ánh", "Nguyen Thi Ánh"),
    ("Anna 😀 <b>Müller</b>", "Anna <b>Müller</b>"),
    ("\u202eanna\u202c", "anna"),
]


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


def said(written: Written) -> str:
    return " ".join(text for _, text in written)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 400), "#c0ffee").save(out, "JPEG")
    return out.getvalue()


def photographed(visit: Visit) -> Visit:
    VisitPhoto.objects.create(visit=visit, sealed=seal_photo(visit, jpeg()), taken_at=timezone.now())
    return visit


@pytest.mark.parametrize(("name", "latin"), NAMES)
def test_a_name_in_any_script_is_written_so_that_it_can_be_said(name: str, latin: str) -> None:
    assert writable(name) == latin


@pytest.mark.parametrize("size", PRINTED)
def test_what_stands_on_it(desk: Reception, written: Written, size: BadgeSize) -> None:
    visit = desk.visit()
    page = read(badge_pdf(visit, size))
    sheet = SHEETS[size]
    assert (round(page.width), round(page.height)) == (sheet.width, sheet.height)
    until = visit.ends.astimezone(dt.UTC)
    for word in ("Acme", "Vera Visitor", "Guest & Sons", "Meeting", desk.place.site.name, "Visits"):
        assert word in said(written)
    assert visit.host is not None
    assert visit.host.name in said(written)
    assert f"{until:%M}" in said(written)
    assert "ESCORT" not in said(written)
    assert badge_pdf(visit, size) == badge_pdf(Visit.objects.get(pk=visit.pk), size)


@pytest.mark.parametrize(
    "name", ["W" * 200, "李", "Maria " * 33, "😀", "مُحَمَّد", "Ωμέγα", "<script>alert(1)</script>"]
)
@pytest.mark.parametrize("size", PRINTED)
def test_any_name_leaves_the_page_whole(
    desk: Reception, written: Written, name: str, size: BadgeSize
) -> None:
    desk.type.escort = True
    visit = desk.visit(name=name if any(sign.isalnum() for sign in name) else f"{name}1")
    visit.firm = "Long " * 40
    visit.type = desk.type
    badge_pdf(visit, size)
    assert written[-1][0] >= SHEETS[size].margin * MM
    assert all(text.strip() for _, text in written)
    assert "ESCORT" in said(written)


def test_who_cannot_be_written_is_a_number(desk: Reception, written: Written) -> None:
    visit = desk.visit()
    visit.holder.name = "😀🎉"
    badge_pdf(visit, BadgeSize.LABEL)
    assert [text for _, text in written].count(f"Visit {visit.handle}") == 2


@pytest.mark.parametrize("size", PRINTED)
def test_the_code_only_of_a_pass_that_is_given_and_never_its_pin(
    desk: Reception, written: Written, size: BadgeSize
) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    issued = issue_day_pass(
        holder=visit.holder, window=Window(timezone.now(), visit.ends, "Europe/Berlin"), by=BY
    )
    plain = read(badge_pdf(visit, size))
    assert not zxingcpp.read_barcodes(plain.picture())
    page = read(badge_pdf(visit, size, day_pass=issued.day_pass))
    for dots in (8.0, 11.8):  # 203 and 300 dpi: label printers
        (found,) = zxingcpp.read_barcodes(page.picture(dots))
        assert found.text == digits_of(issued.day_pass)
    assert issued.pin not in said(written)


def test_a_pass_of_somebody_else_is_not_printed(desk: Reception) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    other = services.admit(visit=desk.visit(name="Otto Other", email="otto@guest.example"), by=BY)
    window = Window(timezone.now(), visit.ends, "Europe/Berlin")
    issued = issue_day_pass(holder=other.holder, window=window, by=BY)
    with pytest.raises(ValueError, match="not this visitor's"):
        badge_pdf(visit, BadgeSize.A6, day_pass=issued.day_pass)


def test_the_photo_only_where_the_type_says_so(desk: Reception) -> None:
    visit = photographed(desk.visit())
    assert open_photo(visit) == jpeg()
    assert b"/Subtype /Image" not in badge_pdf(visit, BadgeSize.LABEL)
    visit.type.badge_photo = True
    assert b"/Subtype /Image" in badge_pdf(visit, BadgeSize.LABEL)
    assert any(b" Do" in stream for stream in streams(badge_pdf(visit, BadgeSize.LABEL)))


@pytest.mark.parametrize("size", PRINTED)
def test_the_preview_shows_the_same_and_nothing_in_it_runs(desk: Reception, size: BadgeSize) -> None:
    visit = photographed(desk.visit(name="Eve <script>alert(1)</script> & Co"))
    visit.type.badge_photo = True
    drawn = badge_svg(visit, size).decode()
    tree = ElementTree.fromstring(drawn)
    assert tree.find("{http://www.w3.org/2000/svg}image") is not None
    assert "".join(tree.itertext()).count("script") == 2
    assert "<script" not in drawn
    assert "Maximilian" in sample_svg(visit.type, visit.site, size).decode()


def test_the_photo_of_another_visit_does_not_open(desk: Reception) -> None:
    visit = photographed(desk.visit())
    other = desk.visit(begins_in=24 * 60)
    VisitPhoto.objects.create(
        visit=other, sealed=VisitPhoto.objects.get(visit=visit).sealed, taken_at=timezone.now()
    )
    with pytest.raises(CannotOpen):
        open_photo(other)


def test_all_languages_say_everything() -> None:
    assert set(WORDS) == {"en", "de", "fr", "es"}
    assert WORDS["en"].escort == ESCORT
