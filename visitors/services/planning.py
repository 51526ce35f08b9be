"""A visit is planned: the visitor as a Holder, a window with its grace, a code; nothing opens yet."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.models import Site
from credentials.models import Holder, HolderKind, HolderState, Language
from credentials.services import add_holder, demand_unlock, edit_holder, set_validity
from credentials.services.holders import Validity, email_index
from ledger import services as ledger
from ledger.models import LedgerEntry
from visitors.models import OPEN_STATES, Visit, VisitGroup, VisitState, VisitType
from visitors.models.types import LONGEST_MINUTES
from visitors.refusals import Refused
from visitors.services.codes import set_code
from visitors.signals import visit_planned
from visitors.states import VERBS

LONGEST_NAME: Final = 200
FURTHEST: Final = dt.timedelta(days=2 * 366)  # of what is planned ahead


@dataclass(frozen=True, slots=True)
class Guest:
    """Who comes. `email` may be empty; `firm` is where they come from."""

    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    firm: str = field(default="", repr=False)
    language: str = Language.ENGLISH


@dataclass(frozen=True, slots=True)
class Plan:
    """To whom, where, when and what for."""

    type: VisitType
    site: Site
    begins: dt.datetime
    ends: dt.datetime
    host: Holder | None = None
    subject: str = field(default="", repr=False)
    group: VisitGroup | None = None
    walk_in: bool = False


@transaction.atomic
def plan_visit(*, guest: Guest, plan: Plan, by: str) -> Visit:
    """Plan a visit. One with a mail address is INVITED, one without EXPECTED.

    Raises Refused: name_missing, name_too_long, type_archived, window_too_far, window_empty, window_over,
    window_too_long, host_left, is_staff; ValidationError for a mail address that is none.
    """
    _check(guest, plan)
    opens = plan.begins - dt.timedelta(minutes=plan.type.grace_before)
    closes = plan.ends + dt.timedelta(minutes=plan.type.grace_after)
    holder = _visitor(guest, Validity(opens, closes), by)
    state = VisitState.INVITED if guest.email and not plan.walk_in else VisitState.EXPECTED
    visit = Visit(
        id=uuid.uuid4(),
        handle=ledger.next_handle("visit"),
        holder=holder,
        host=plan.host,
        type=plan.type,
        site=plan.site,
        group=plan.group,
        state=state,
        walk_in=plan.walk_in,
        begins=plan.begins,
        ends=plan.ends,
        opens=opens,
        closes=closes,
        language=guest.language,
        firm=guest.firm.strip(),
        subject=plan.subject.strip(),
        created_at=timezone.now(),
        created_by=by,
    )
    set_code(visit)
    visit.full_clean(exclude=["holder", "host", "type", "site", "group", "day_pass", "device", "kiosk"])
    visit.save(force_insert=True)
    fit_credential(holder=holder, by=by)
    told = {"state": state.value, "type": str(plan.type.pk), "site": plan.site.pk, "holder": holder.handle}
    told |= {"from": int(plan.begins.timestamp()), "until": int(plan.ends.timestamp())}
    told |= {"host": plan.host.handle} if plan.host else {}
    ledger.record(
        actor=by, verb=VERBS[VisitState.INVITED], subject_kind="visit", handle=visit.handle, data=told
    )
    visit_planned.send(sender=Visit, visit=visit, by=by)
    return visit


def check_begins(begins: dt.datetime) -> None:
    """Refuse a moment more than two years away before anything is reckoned with it: calendars have an end.

    For a clock time, too: which zone it is in does not matter for years. Raises Refused: window_too_far,
    window_over.
    """
    ahead = begins.replace(tzinfo=dt.UTC) - timezone.now()
    if ahead > FURTHEST:
        raise Refused("window_too_far", "A visit begins within two years from now.", status=422)
    if -ahead > FURTHEST:
        raise Refused("window_over", "This time is over.", status=422)


def _check(guest: Guest, plan: Plan) -> None:
    name = guest.name.strip()
    if not any(sign.isalnum() for sign in name):
        raise Refused("name_missing", "Give a name.", status=422)
    if len(name) > LONGEST_NAME:
        raise Refused("name_too_long", f"A name has {LONGEST_NAME} characters at most.", status=422)
    if plan.type.archived_at is not None:
        raise Refused("type_archived", "This type of visit is not offered any more.", status=422)
    check_begins(plan.begins)
    if plan.ends <= plan.begins:
        raise Refused("window_empty", "The end must be after the beginning.", status=422)
    if plan.ends <= timezone.now():
        raise Refused("window_over", "This time is over.", status=422)
    if plan.ends - plan.begins > dt.timedelta(minutes=LONGEST_MINUTES):
        raise Refused("window_too_long", "A visit lasts 31 days at most.", status=422)
    if plan.host is not None and plan.host.state != HolderState.ACTIVE:
        raise Refused("host_left", "This person is not here any more.", status=422)


def _visitor(guest: Guest, validity: Validity, by: str) -> Holder:
    """The visitor of this mail address who is still present, or a new one. Staff are no visitors.

    An address that its visitor gave themselves proves nothing: they keep their visit and lose the address to
    whoever is invited by it now, so that neither reads or opens what is the other's.
    """
    present = Holder.objects.exclude(state=HolderState.OFFBOARDED)
    known = None
    if guest.email.strip():
        known = (
            present.select_for_update(of=("self",))
            .filter(email_index=email_index(guest.email.strip()))
            .first()
        )
    if known is not None and known.kind != HolderKind.VISITOR:
        raise Refused("is_staff", "This mail address is a cardholder's: they need no invitation.", status=422)
    if known is not None and _invited_by(known):
        return edit_holder(holder=known, by=by, name=guest.name, language=guest.language)
    if known is not None:
        edit_holder(holder=known, by=by, email="")
    return add_holder(
        name=guest.name,
        email=guest.email,
        kind=HolderKind.VISITOR,
        language=guest.language,
        validity=validity,
        by=by,
    )


def _invited_by(holder: Holder) -> bool:
    """Whether a visitor's address came from somebody who invited them, or from whoever corrected it since."""
    told = LedgerEntry.objects.filter(subject_kind="holder", handle=holder.handle)
    given = told.filter(Q(verb="holder_added") | Q(verb="holder_edited", data__fields__contains=["email"]))
    last = given.order_by("-at").first()
    if last is None or last.actor.startswith("kiosk:"):
        return False
    return last.verb == "holder_edited" or Visit.objects.filter(holder=holder, walk_in=False).exists()


def fit_credential(*, holder: Holder, by: str) -> None:
    """Let the visitor's credential last from the first of their open visits to the last one, and their phone
    need its unlock for a code where one of these asks for it.
    """
    found = Visit.objects.filter(holder=holder, state__in=OPEN_STATES)
    visits = list(found.values_list("opens", "closes", "type__unlock"))
    if not visits:
        return
    opens, closes, unlocks = zip(*visits, strict=True)
    set_validity(holder=holder, valid_from=min(opens), valid_until=max(closes), by=by)
    demand_unlock(holder=holder, demanded=any(unlocks), by=by)
