"""Every route that takes an id, asked at Acme for a row that is really there, at Globex."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from access.models import AccessGrant, Alarm
from access.models.alarms import AlarmKind
from access.services import add_special_day
from compliance.models import Case, CaseKind, CertificateKind, Erasure, Via
from compliance.services import answers, deliveries
from compliance.services.breaches import open_breach
from compliance.services.cases import Told
from compliance.services.certificates import issue_certificate
from compliance.services.holds import place_hold
from compliance.services.identity import ask_publicly
from compliance.services.identity import token_of as request_token
from compliance.services.retaining import begin_night
from compliance.services.subprocessors import save_subprocessor
from credentials.lost_links import LostLink
from credentials.services import Window, issue_day_pass, lost, revoke_device
from ledger.models import LedgerEntry, Stream, StreamKind, Verification
from ledger.sealing import seal
from ledger.services import record
from ledger.streams.target import Target
from ledger.streams.target import seal as seal_target
from operators.models import Operator, PasswordLink, Role
from operators.services import create_operator
from operators.services.passwords import send_link, token_of
from readers.models import ReaderKind
from readers.services import start_pairing
from tenants import context
from tenants.refs import CompanyRef
from tests import permission_table
from tests.compliance.build import agree, publish, ready
from tests.compliance.everything import case_of
from tests.fixtures.console import sign_in_as
from tests.operators.test_permission_table import Row, rows
from tests.pages.scene import Scene, furnish, happen
from tests.visitors.kiosk import Tablet
from tests.visitors.kiosk import ticket as kiosk_ticket
from tests.visitors.lobby import jpeg
from vault import caches
from visitors.models import (
    GroupKind,
    Kiosk,
    SealedSignIn,
    Visit,
    VisitGroup,
    VisitPhoto,
    VisitType,
    WatchEntry,
)
from visitors.models.visits import LinkPurpose
from visitors.photos import seal_photo
from visitors.services import Guest, Plan, admit, arrive, links, plan_visit
from visitors.services.documents import add_document, publish_version
from visitors.services.inviting import invite
from visitors.services.links import token_of as visit_token
from visitors.services.signing import keep_signed
from visitors.services.types import add_type
from visitors.services.watching import Watched, add_entry

BY = "operator:1"
PARAMETER = re.compile(r"<[^>]+>")
# What a phone or a kiosk signs is no operator's to ask: test_second_phones.py and test_arrivals_isolated.py
# try it with others' keys.
ROWS = [
    row
    for row in rows(permission_table.COMPANY)
    if "<" in row.route and not row.route.startswith(("/api/v1/wallet/", "/api/v1/kiosk/"))
]


def special_day(scene: Scene) -> object:
    return add_special_day(site=scene.site, date=date(2031, 12, 24), name="Eve", by=BY).pk


def pairing(scene: Scene) -> object:
    point = scene.doors[0].access_points.get()
    return start_pairing(name="New", access_point=point, kind=ReaderKind.PROGRAM, by=BY).pairing.pk


def operator(scene: Scene) -> object:
    return create_operator(name="Gil", email="gil@globex.example", role=Role.SECURITY, by=BY).pk


def lost_phone(scene: Scene) -> object:
    """Revoked: only such a one has progress to show."""
    revoke_device(device=scene.phones[0], reason="lost", by=BY)
    return scene.phones[0].pk


def reset_link(scene: Scene) -> object:
    gil = create_operator(name="Gil", email="gil@globex.example", role=Role.SECURITY, by=BY)
    return token_of(send_link(gil, PasswordLink.Purpose.RESET))


def access_request(scene: Scene) -> object:
    return case_of(scene.holders[0]).pk


def answer_link(scene: Scene) -> object:
    """Of an answer that was made."""
    case = case_of(scene.holders[0])
    answers.collect(case=case.pk, version=None, by=BY)
    for section in case.sections.all():
        answers.collect_section(section.pk)
    answers.look_through(case=case.pk, version=None, by=BY)
    row = deliveries.deliver(case=case.pk, version=None, by=BY)
    deliveries.build(row.pk)
    return deliveries.token_of(row)


def day_pass(scene: Scene) -> object:
    window = Window(timezone.now(), timezone.now() + timedelta(hours=8), "Europe/Berlin")
    return issue_day_pass(holder=scene.holders[0], window=window, by=BY).day_pass.handle


def alarm(scene: Scene) -> object:
    events = [happen(scene.readers[number], scene.holders[0]) for number in (0, 1)]
    return Alarm.objects.create(
        kind=AlarmKind.TOO_FAR_APART,
        at=events[1].at,
        found_at=timezone.now(),
        holder=scene.holders[0],
        device=scene.phones[0].handle,
        first_event=events[0].pk,
        second_event=events[1].pk,
    ).pk


def consent(scene: Scene) -> object:
    ready()
    return agree(scene.holders[0], publish()[0]).pk


def erasure(scene: Scene) -> object:
    case = case_of(scene.holders[0], kind=CaseKind.ERASURE)
    Erasure.objects.create(case=case, begun_at=timezone.now(), begun_by=BY)
    return case.pk


def hold(scene: Scene) -> object:
    return place_hold(subject=scene.holders[0].subject_id, reason="A claim", by=BY).pk


def retention_run(scene: Scene) -> object:
    return begin_night(timezone.now()).pk


@transaction.atomic
def certificate(scene: Scene) -> object:
    return issue_certificate(
        kind=CertificateKind.ERASURE, told={"persons": [], "places": [], "final_on": ""}, by=BY
    ).pk


def request_link(scene: Scene) -> object:
    told = Told("Gil", "gil@globex.example")
    ask_publicly(kind=CaseKind.ACCESS, told=told, place="192.0.2.8")
    return request_token(Case.objects.get(via=Via.FORM))


def breach(scene: Scene) -> object:
    return open_breach(what="A laptop is gone.", aware_at=timezone.now(), by=BY).pk


def subprocessor(scene: Scene) -> object:
    told = {"name": "Hosting", "does": "servers", "data": "all", "country": "Germany", "safeguard": ""}
    return save_subprocessor(pk=None, values=told).pk


def lost_link(scene: Scene) -> object:
    lost.ask_for_link(email=scene.holders[0].email, place="192.0.2.7")
    return lost.token_of(LostLink.objects.get(holder=scene.holders[0]))


def checkpoint(scene: Scene) -> object:
    """Numbers begin with 1 in each company: what is held of other tests' goes first."""
    caches.drop()
    record(actor=BY, verb="door_opened")
    return seal(context.current())[-1]


def stream(scene: Scene) -> object:
    made = Stream(kind=StreamKind.WEBHOOK, host="https://away.invalid:443", actor=BY)
    made.sealed = seal_target(made.pk, Target("https://away.invalid/", "secret"))
    made.save(force_insert=True)
    return made.pk


def admit_link(scene: Scene) -> object:
    """Of a visitor who waits for the scene's first holder."""
    kind = VisitType.objects.create(name="Meeting")
    begins = timezone.now()
    plan = Plan(
        type=kind, site=scene.site, begins=begins, ends=begins + timedelta(hours=1), host=scene.holders[0]
    )
    visit = arrive(visit=plan_visit(guest=Guest("Gil"), plan=plan, by=BY), by=BY)
    return links.token_of(links.make_link(visit=visit, purpose=LinkPurpose.ADMIT))


def invited(scene: Scene) -> Visit:
    begins = timezone.now() + timedelta(days=1)
    type_ = VisitType.objects.create(name="Meeting")
    plan = Plan(type=type_, site=scene.site, begins=begins, ends=begins + timedelta(hours=1))
    return invite(guests=[Guest("Gina", "gina@guest.example")], plan=plan, by=BY)[0]


def visit_link(scene: Scene) -> object:
    return visit_token(invited(scene).links.get())


def sealed_sign_in(scene: Scene) -> object:
    """A sign-in that a kiosk took without network."""
    now = timezone.now()
    return SealedSignIn.objects.create(
        id=uuid4(), kiosk=Tablet.paired(scene.site).kiosk, taken_at=now, handed_in_at=now
    ).pk


def visit_group(scene: Scene) -> object:
    return VisitGroup.objects.create(
        kind=GroupKind.FILE, created_at=timezone.now(), created_by=BY, rows=1, finished_at=timezone.now()
    ).pk


def visit(scene: Scene) -> Visit:
    """Of somebody who is in, with a photo: only such a one has a badge."""
    begins = timezone.now()
    plan = Plan(add_type(name="Talk", by=BY), scene.site, begins, begins + timedelta(hours=1))
    row = admit(visit=plan_visit(guest=Guest("Gil Guest"), plan=plan, by=BY), by=BY)
    VisitPhoto.objects.create(visit=row, sealed=seal_photo(row, jpeg()), taken_at=begins)
    return row


def watched() -> WatchEntry:
    told = Operator.objects.filter(role=Role.OWNER)
    until = timezone.now().date() + timedelta(days=30)
    return add_entry(watched=Watched("Gil Guest", "Look.", until, told=list(told)), by=BY)


def signed_document(scene: Scene) -> object:
    house = add_document(name="House rules", by=BY)
    (version,) = publish_version(document=house, texts={"en": ("House rules", "Walk slowly.")}, by=BY)
    signature = [[[0.1, 0.1, 0.0], [90.0, 40.0, 200.0]]]
    kiosk = Kiosk(handle=1, name="Front")
    return keep_signed(visit=visit(scene), version=version, name="Gil", strokes=signature, kiosk=kiosk).pk


def watch_match(scene: Scene) -> object:
    visit(scene)
    return watched().matches.get().pk


# Up to its parameter each route names one kind of row; whoever adds a kind adds how one comes to be.
SAMPLES: dict[str, Callable[[Scene], object]] = {
    "/.well-known/sallyport/checkpoints/<int:number>": checkpoint,
    "/admit/<str:token>": admit_link,
    "/alarms/<uuid:pk>": alarm,
    "/compliance/cases/<uuid:pk>": erasure,
    "/compliance/cases/<uuid:pk>/answer/": access_request,
    "/compliance/certificates/<uuid:pk>": certificate,
    "/compliance/holds/<uuid:pk>": hold,
    "/compliance/retention/runs/<uuid:pk>": retention_run,
    "/compliance/breaches/<uuid:pk>": breach,
    "/compliance/consents/<uuid:pk>": consent,
    "/compliance/papers/sub-processors/<uuid:pk>": subprocessor,
    "/day-passes/<int:handle>": day_pass,
    "/doors/<int:pk>": lambda scene: scene.doors[0].pk,
    "/doors/areas/<int:pk>": lambda scene: scene.doors[0].area_id,
    "/doors/levels/<int:pk>": lambda scene: AccessGrant.objects.all()[0].level_id,
    "/doors/schedules/<int:pk>": lambda scene: AccessGrant.objects.all()[0].level.rules.all()[0].schedule_id,
    "/doors/sites/<int:pk>": lambda scene: scene.site.pk,
    "/doors/special-days/<int:pk>": special_day,
    "/events/<int:pk>": lambda scene: happen(scene.readers[0], scene.holders[0]).pk,
    "/grants/<int:pk>": lambda scene: AccessGrant.objects.all()[0].pk,
    "/lost/<str:token>": lost_link,
    "/password/reset/<str:token>": reset_link,
    "/privacy/answers/<str:token>": answer_link,
    "/people/<uuid:holder>": lambda scene: scene.holders[0].pk,
    "/people/<uuid:pk>": lambda scene: scene.holders[0].pk,
    "/phones/<uuid:pk>": lost_phone,
    "/privacy/request/<str:token>": request_link,
    "/readers/<int:handle>": lambda scene: scene.readers[0].handle,
    "/readers/pair/<uuid:pk>": pairing,
    "/record/streams/<uuid:pk>": stream,
    "/record/verify/<uuid:pk>": lambda scene: Verification.objects.create(actor=BY).pk,
    "/settings/operators/<uuid:pk>": operator,
    "/visitors/<uuid:pk>": lambda scene: visit(scene).pk,
    "/visitors/signed/<uuid:pk>": signed_document,
    "/visitors/watch/<uuid:pk>": lambda _: watched().pk,
    "/visitors/watch/matches/<uuid:pk>": watch_match,
    "/visitors/documents/<uuid:pk>": lambda _: add_document(name="House rules", by=BY).pk,
    "/visitors/types/<uuid:pk>": lambda _: add_type(name="Meeting", by=BY).pk,
    "/visit/<str:token>": visit_link,
    "/visitors/groups/<uuid:pk>": visit_group,
    "/visitors/kiosks/<int:handle>": lambda scene: Tablet.paired(scene.site).handle,
    "/visitors/kiosks/pair/<uuid:pk>": lambda scene: kiosk_ticket(scene.site).pairing.pk,
    "/visitors/kiosks/sign-ins/<uuid:pk>": sealed_sign_in,
}
# A link from a mail is void, whoever's it is.
NOTHING = {
    "/admit/<str:token>": 410,
    "/lost/<str:token>": 410,
    "/password/reset/<str:token>": 410,
    "/privacy/answers/<str:token>": 410,
    "/privacy/request/<str:token>": 410,
    "/visit/<str:token>": 410,
}
# What a row at home answers to an empty body: no faces are open there, and that is no frame.
REFUSALS = {"/people/<uuid:pk>/face/sessions/": 409, "/people/<uuid:pk>/face/frames/": 400}


def kind(row: Row) -> str:
    """The route up to the end of its parameter, or further where a sample is of such a route alone."""
    assert len(PARAMETER.findall(row.route)) == 1, f"{row.route}: say here which of its ids is foreign"
    least = row.route[: row.route.index(">") + 1]
    return max((known for known in SAMPLES if row.route.startswith(known)), key=len, default=least)


def test_every_kind_of_id_has_its_sample() -> None:
    assert {kind(row) for row in ROWS} == set(SAMPLES)


@pytest.fixture
def scene(in_globex: CompanyRef) -> Scene:
    return furnish()


def entries(company: CompanyRef) -> int:
    with context.enter(company):
        return LedgerEntry.objects.count()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_of_another_company_is_not_there(
    row: Row, acme: CompanyRef, globex: CompanyRef, scene: Scene
) -> None:
    nothing = NOTHING.get(kind(row), 404)
    with transaction.atomic():
        path = PARAMETER.sub(str(SAMPLES[kind(row)](scene)), row.route)
    with context.leave():
        before = entries(acme), entries(globex)
        assert ask("olga", row.method, path) == nothing
        assert (entries(acme), entries(globex)) == before
        # The same address leads somewhere at home: it was a real one.
        home = {200, 302, 422, REFUSALS.get(row.route, 200)} - {nothing}
        assert ask("charlie", row.method, path) in home


def ask(name: str, method: str, path: str) -> int:
    client: Client = sign_in_as(name)
    client.raise_request_exception = False
    return client.generic(method, path).status_code
