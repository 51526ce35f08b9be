"""Reception's pages, as Rita, Alice and Bob see and use them."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credentials.paper import DayPass
from ledger.outbox import deliver
from operators.models import Operator, Role
from tenants.context import current
from tests.fixtures.console import SignIn, member
from tests.visitors.build import BY, Reception
from tests.visitors.test_watching import put
from visitors import services
from visitors.models import Verdict, Visit, VisitState, WatchEntry, WatchMatch

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(signed_in: SignIn) -> Client:
    return signed_in("rita")


@pytest.fixture
def alice(signed_in: SignIn) -> Client:
    return signed_in("alice")


def said(answer: Any) -> str:
    return " ".join(str(one) for one in get_messages(answer.wsgi_request))


def state(visit: Visit) -> str:
    return Visit.objects.values_list("state", flat=True).get(pk=visit.pk)


def shown(client: Client, path: str = "/visitors/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_who_waits_comes_first(desk: Reception, rita: Client) -> None:
    services.admit(visit=desk.visit(name="Ina Inside", email="i@guest.example"), by=BY)
    services.arrive(visit=desk.visit(name="Wanda Waits", email="w@guest.example"), by="kiosk:1")
    services.cancel(visit=desk.visit(name="Gone Girl", email="g@guest.example"), by=BY)
    desk.visit(name="Eve Expected", email="e@guest.example")
    desk.visit(name="Nadia Nextweek", email="n@guest.example", begins_in=7 * 24 * 60)
    page = shown(rita)
    places = [page.index(name) for name in ("Wanda Waits", "Ina Inside", "Eve Expected", "Gone Girl")]
    assert places == sorted(places)
    assert "Nextweek" not in page
    assert "Guest &amp; Sons" in page


def test_it_is_narrowed_by_site_search_and_group(desk: Reception, rita: Client) -> None:
    desk.visit()
    desk.visit(name="Otto Other", email="o@guest.example")
    assert "Otto" not in shown(rita, "/visitors/?q=vera")
    assert "Vera" in shown(rita, f"/visitors/list/?q=henri&site={desk.place.site.pk}")
    assert "Vera" not in shown(rita, "/visitors/list/?site=999")
    assert "Nobody of that name" in shown(rita, "/visitors/?q=zzzz")
    page = shown(rita, "/visitors/?group=expected&page=1")
    assert "Otto" in page
    assert "No visitor is in" not in page


@pytest.mark.parametrize("query", ["site=x", "site=99999999999999999999", "group=no", "page=no", "q=%00"])
def test_a_strange_address_is_no_fault(desk: Reception, rita: Client, query: str) -> None:
    assert rita.get(f"/visitors/?{query}").status_code == 200


def test_the_deeds_of_a_line(desk: Reception, rita: Client) -> None:
    visit = desk.visit()
    for deed, after in (("admit", VisitState.ON_SITE), ("sign-out", VisitState.SIGNED_OUT)):
        answer = rita.post(
            f"/visitors/{visit.pk}/{deed}/",
            headers={"HX-Request": "true", "HX-Current-URL": "http://acme.localhost/visitors/?q=vera"},
        )
        assert answer.status_code == 200
        assert "Vera Visitor" in answer.content.decode()
        assert 'hx-swap-oob="true"' in answer.content.decode()
        assert state(visit) == after
    answer = rita.post(f"/visitors/{visit.pk}/refuse/", {"next": "/visitors/"})
    assert answer.headers["Location"] == "/visitors/"
    assert "not possible" in said(answer)
    answer = rita.post(f"/visitors/{visit.pk}/expect/", {"next": "https://evil.example/"})
    assert answer.headers["Location"] == f"/visitors/{visit.pk}/"
    assert Visit.objects.count() == 2


def test_a_visit_is_extended_by_minutes_or_to_a_time_of_the_site(desk: Reception, rita: Client) -> None:
    visit = desk.visit()
    rita.post(f"/visitors/{visit.pk}/extend/", {"minutes": "30"})
    assert Visit.objects.get(pk=visit.pk).ends == visit.ends + dt.timedelta(minutes=30)
    day = (timezone.now() + dt.timedelta(days=1)).date()
    rita.post(f"/visitors/{visit.pk}/extend/", {"until": f"{day}T12:30"})
    local = Visit.objects.get(pk=visit.pk).ends
    assert local.astimezone(dt.UTC).hour in {10, 11}  # Berlin
    for wrong in ({}, {"until": "soon"}, {"minutes": "-5"}, {"until": "2020-01-01T10:00"}):
        answer = rita.post(f"/visitors/{visit.pk}/extend/", wrong)
        assert answer.status_code == 302
        assert said(answer)
    assert Visit.objects.get(pk=visit.pk).ends == local


def test_the_page_of_a_visit(desk: Reception, rita: Client, signed_in: SignIn) -> None:
    visit = services.admit(visit=desk.visit(), by=member("rita").actor)
    page = shown(rita, f"/visitors/{visit.pk}/")
    for word in (
        "Vera Visitor",
        "Guest &amp; Sons",
        "Henri Holder",
        "Meeting",
        "Planned",
        "Admitted",
        "Rita Reception",
    ):
        assert word in page, word
    picture = rita.get(f"/visitors/{visit.pk}/badge/preview/")
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    pdf = rita.get(f"/visitors/{visit.pk}/badge/?size=a6")
    assert pdf.content.startswith(b"%PDF")
    assert rita.get(f"/visitors/{visit.pk}/badge/?size=a0").status_code == 404
    bob = shown(signed_in("bob"), f"/visitors/{visit.pk}/")
    assert "Sign out</button>" not in bob.split("</header>")[-1]
    services.sign_out(visit=visit, by=BY)
    assert rita.get(f"/visitors/{visit.pk}/badge/").status_code == 404
    assert "Expect again" in shown(rita, f"/visitors/{visit.pk}/")


def test_a_day_pass_shows_its_pin_once(desk: Reception, rita: Client) -> None:
    visit = services.admit(visit=desk.visit(), by=BY)
    answer = rita.post(f"/visitors/{visit.pk}/day-pass/")
    page = answer.content.decode()
    pin = page.split('id="pin">')[1][:6]
    assert pin.isdigit()
    assert "no-store" in answer.headers["Cache-Control"]
    given = DayPass.objects.get()
    assert str(given.handle) in page
    assert pin not in shown(rita, f"/visitors/{visit.pk}/")
    assert rita.get(f"/visitors/{visit.pk}/badge/").content.startswith(b"%PDF")


def test_everybody_out_is_asked_with_their_number(desk: Reception, rita: Client) -> None:
    visits = [
        services.admit(visit=desk.visit(name=f"Guest {n}", email=f"{n}@guest.example", minutes=5), by=BY)
        for n in range(3)
    ]
    Visit.objects.filter(pk=visits[0].pk).update(ends=timezone.now())
    Visit.objects.exclude(pk=visits[0].pk).update(ends=timezone.now())
    assert f"{desk.place.site.name}: 3 visitors" in shown(rita)
    answer = rita.post("/visitors/sign-out-all/", {"site": desk.place.site.pk})
    assert "3 visitors" in said(answer)
    deliver(current())
    assert {state(visit) for visit in visits} == {VisitState.SIGNED_OUT}
    for site in ("", "x", "999"):
        assert "Say at which site" in said(rita.post("/visitors/sign-out-all/", {"site": site}))


def test_as_many_queries_for_sixty_as_for_six(desk: Reception, rita: Client) -> None:
    def many(count: int) -> int:
        begun = Visit.objects.count()
        for number in range(begun, begun + count):
            visit = desk.visit(name=f"Guest {number}", email=f"g{number}@guest.example")
            if number % 3 == 1:
                services.arrive(visit=visit, by=BY)
            elif number % 3 == 2:
                services.admit(visit=visit, by=BY)
        rita.get("/visitors/")  # keys are open, names are known
        with CaptureQueriesContext(connection) as seen:
            assert f"Guest {begun}" in shown(rita)
        return len(seen)

    few = many(6)
    assert many(24) <= few
    assert few < 45


def test_reception_sees_whom_to_ask_and_not_why(desk: Reception, rita: Client, alice: Client) -> None:
    entry = put("Vera Visitor")
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    match = WatchMatch.objects.get()
    for page in (shown(rita), shown(rita, f"/visitors/{visit.pk}/")):
        assert "Ask Alice Alert" in page
        for word in ("Broke", str(match.pk), str(entry.pk), "Watch list:"):
            assert word not in page
    assert rita.get(f"/visitors/watch/matches/{match.pk}/").status_code == 404
    assert "may admit" not in said(rita.post(f"/visitors/{visit.pk}/admit/"))
    assert state(visit) == VisitState.INVITED
    assert "Watch list: please look" in shown(alice)
    page = shown(alice, f"/visitors/watch/matches/{match.pk}/")
    assert "Broke a door" in page
    assert "Say whether" in said(alice.post(f"/visitors/watch/matches/{match.pk}/", {"verdict": "x"}))
    alice.post(f"/visitors/watch/matches/{match.pk}/", {"verdict": "other"})
    assert "Ask Alice" not in shown(rita)
    rita.post(f"/visitors/{visit.pk}/admit/")
    assert state(visit) == VisitState.ON_SITE


def test_a_reader_who_is_named_is_told_and_judges_nothing(
    desk: Reception, signed_in: SignIn, alice: Client
) -> None:
    put("Vera Visitor", told="bob")
    desk.visit()
    path = f"/visitors/watch/matches/{WatchMatch.objects.get().pk}/"
    bob = signed_in("bob")
    page = shown(bob, path)
    assert "Broke a door" in page
    assert 'name="verdict"' not in page
    assert bob.post(path, {"verdict": "other"}).status_code == 403
    assert WatchMatch.objects.get().verdict == ""
    form = shown(alice, "/visitors/watch/add/")
    assert form.count("is told, cannot say who it is") == sum(
        one.role in {Role.READ_ONLY, Role.COMPLIANCE} for one in Operator.objects.filter(is_active=True)
    )


@pytest.mark.parametrize("judged", ["", Verdict.OTHER])
def test_who_is_named_in_one_entry_asks_about_the_other(desk: Reception, rita: Client, judged: str) -> None:
    mine = put("Vera Visitor", told="rita")
    put("Vera Visitor")
    visit = services.arrive(visit=desk.visit(), by="kiosk:1")
    WatchMatch.objects.filter(entry=mine).update(verdict=judged)
    for page in (shown(rita), shown(rita, f"/visitors/{visit.pk}/")):
        assert ("Watch list: please look" in page) is (judged == "")
        assert "Ask Alice Alert first" in page
    assert f'action="/visitors/{visit.pk}/admit/"' not in shown(rita)  # a look at the visit, which asks
    assert 'id="ask-first"' in shown(rita, f"/visitors/{visit.pk}/")
    rita.post(f"/visitors/{visit.pk}/admit/")
    assert state(visit) == VisitState.INVITED
    rita.post(f"/visitors/{visit.pk}/admit/", {"asked": "on"})
    assert state(visit) == VisitState.ON_SITE


def test_who_is_named_may_see_though_not_the_list(desk: Reception, rita: Client) -> None:
    put("Vera Visitor", told="rita")
    visit = desk.visit()
    page = shown(rita)
    assert "Watch list: please look" in page
    assert "Broke a door" in shown(rita, f"/visitors/watch/matches/{WatchMatch.objects.get().pk}/")
    assert rita.get("/visitors/watch/").status_code == 403
    rita.post(f"/visitors/{visit.pk}/admit/")
    assert state(visit) == VisitState.ON_SITE


def test_an_entry_is_written_tried_and_removed(desk: Reception, alice: Client) -> None:
    form = {
        "name": "Viktor <Vandal>",
        "why": "Broke a door.",
        "told": [str(member("alice").pk)],
        "until": str(timezone.now().date() + dt.timedelta(days=30)),
    }
    assert alice.post("/visitors/watch/add/", form | {"told": []}).status_code == 422
    far = str(timezone.now().date() + dt.timedelta(days=500))
    assert "A year at most" in alice.post("/visitors/watch/add/", form | {"until": far}).content.decode()
    assert alice.post("/visitors/watch/add/", form).status_code == 302
    entry = WatchEntry.objects.get()
    desk.visit(name="Vandal Viktor")
    page = shown(alice, "/visitors/watch/")
    assert "Viktor &lt;Vandal&gt;" in page
    assert "1 to look at" in page
    assert "Viktor" in alice.post("/visitors/watch/try/", {"name": "Wiktor Vandal"}).content.decode()
    assert "nobody" in alice.post("/visitors/watch/try/", {"name": "Anna Meyer"}).content.decode()
    assert "Broke a door." in shown(alice, f"/visitors/watch/{entry.pk}/")
    alice.post(f"/visitors/watch/{entry.pk}/", form | {"why": "Security knows."})
    assert "Security knows." in shown(alice, f"/visitors/watch/{entry.pk}/")
    alice.post(f"/visitors/watch/{entry.pk}/remove/")
    assert "Nobody stands on it" in shown(alice, "/visitors/watch/")
    assert alice.get(f"/visitors/watch/{entry.pk}/").status_code == 404


def test_badges_of_a_type_are_shown(desk: Reception, alice: Client) -> None:
    page = shown(alice, f"/visitors/types/{desk.type.pk}/badge/")
    assert page.count("/badge/picture/?size=") == 2
    picture = alice.get(f"/visitors/types/{desk.type.pk}/badge/picture/?size=a6")
    assert b"Sample" in picture.content
    assert alice.get(f"/visitors/types/{desk.type.pk}/badge/picture/?size=none").status_code == 404
