"""Inviting: one guest, a group at one time, a guest at several times. Mails leave by the outbox."""

import datetime as dt
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from credentials.models import HolderKind, HolderState
from credentials.services.holders import email_index
from ledger import services as ledger
from operators.services.throttling import Limit, take
from vault.fields import ERASED
from visitors.models import OPEN_STATES, GroupKind, Visit, VisitGroup, VisitLink, VisitState
from visitors.models.visits import LinkPurpose
from visitors.refusals import Refused, not_now
from visitors.services.codes import forgive
from visitors.services.links import make_link
from visitors.services.moving import locked
from visitors.services.planning import Guest, Plan, plan_visit

MOST_AT_ONCE: Final = 100  # visits
MAIL_INVITED: Final = "visits.invited"
MAIL_SERIES: Final = "visits.series"
MAIL_HOST: Final = "visits.host_invited"
# A mail that is asked for again and again is no reminder any more.
RESENT: Final = Limit("visit_resent", 5, dt.timedelta(hours=1))

# Embeddings, overrides and isolates (UAX 9): a name may not turn round the line it stands in.
_TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

Time = tuple[dt.datetime, dt.datetime]


@transaction.atomic
def invite(
    *, guests: Sequence[Guest], plan: Plan, by: str, times: Sequence[Time] = (), name: str = ""
) -> list[Visit]:
    """Plan a visit for each guest at each time and let them know; several at once make a VisitGroup.

    Without `times` the plan's own counts. All of it happens or nothing; guests without a mail address are
    told nothing. Raises Refused: nobody_invited, too_many_at_once, guest_twice, already_invited, no_host, and
    what plan_visit raises; ValidationError for a mail address that is none.
    """
    moments = list(times) or [(plan.begins, plan.ends)]
    guests, plan = [tidy(guest) for guest in guests], replace(plan, subject=line(plan.subject))
    _check(guests, plan, len(moments))
    if len(guests) * len(moments) > 1 and plan.group is None:
        kind = GroupKind.SERIES if len(moments) > 1 else GroupKind.GROUP
        plan = replace(plan, group=_group(kind, plan, name, len(guests) * len(moments), by))
    made: list[Visit] = []
    for guest in guests:
        visits = [_plan(guest, replace(plan, begins=begins, ends=ends), by) for begins, ends in moments]
        _let_know(visits)
        made.extend(visits)
    return made


@transaction.atomic
def invite_for_host(
    *, guests: Sequence[Guest], plan: Plan, by: str, times: Sequence[Time] = (), name: str = ""
) -> list[Visit]:
    """The same in the name of a host, who has one mail of it. Raises as `invite`."""
    made = invite(guests=guests, plan=plan, by=by, times=times, name=name)
    if plan.host is not None:
        told = {"host": str(plan.host.pk), "visits": [str(visit.pk) for visit in made]}
        ledger.emit(MAIL_HOST, told)
    return made


def tidy(guest: Guest) -> Guest:
    """The guest with every text on one line. Raises ValidationError for a mail address that is none."""
    email = guest.email.strip()
    if email:
        validate_email(email)
    return replace(guest, name=line(guest.name), email=email, firm=line(guest.firm))


def line(text: str) -> str:
    """One line without control signs and without those that turn the direction of what stands around.

    What joins signs stays: names in Persian and emoji need it.
    """
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join(kept.translate(_TURNING).split())


def _check(guests: Sequence[Guest], plan: Plan, times: int) -> None:
    if not guests:
        raise Refused("nobody_invited", "Say who is invited.", status=422)
    if len(guests) * times > MOST_AT_ONCE:
        text = f"This would be {len(guests) * times} visits. {MOST_AT_ONCE} at once are possible."
        raise Refused("too_many_at_once", text, status=422)
    mails = [guest.email.strip().casefold() for guest in guests if guest.email.strip()]
    if len(set(mails)) < len(mails):
        raise Refused("guest_twice", "Somebody stands here twice with one mail address.", status=422)
    if plan.host is not None and plan.host.kind == HolderKind.VISITOR:
        raise Refused("no_host", "A visitor cannot be a host.", status=422)


def _group(kind: GroupKind, plan: Plan, name: str, count: int, by: str) -> VisitGroup:
    now = timezone.now()
    group = VisitGroup.objects.create(
        kind=kind,
        name=name.strip()[:120],
        host=plan.host,
        created_at=now,
        created_by=by,
        rows=count,
        done=count,
        finished_at=now,
    )
    told = {"group": str(group.pk), "kind": kind.value, "visits": count}
    ledger.record(actor=by, verb="visit_group_made", data=told)
    return group


def _plan(guest: Guest, plan: Plan, by: str) -> Visit:
    if guest.email.strip():
        # Two presses of one button, or one person on two lists: one visit.
        twice = Visit.objects.filter(
            holder__email_index=email_index(guest.email.strip()),
            holder__state=HolderState.ACTIVE,
            holder__kind=HolderKind.VISITOR,
            state__in=OPEN_STATES,
            site=plan.site,
            begins=plan.begins,
        )
        if twice.exists():
            raise Refused("already_invited", f"{guest.name.strip()} is invited for this time.", status=409)
    try:
        return plan_visit(guest=guest, plan=plan, by=by)
    except Refused as refused:
        if refused.code not in {"is_staff", "name_too_long"}:
            raise
        who = guest.name.strip()[:60]
        raise Refused(refused.code, f"{who}: {refused.text}", status=refused.status) from None


def _let_know(visits: Sequence[Visit]) -> None:
    """One mail for all visits of one guest: nobody wants a hundred of them."""
    if visits[0].state != VisitState.INVITED:
        return
    for visit in visits:
        make_link(visit=visit, purpose=LinkPurpose.PREPARE)
    if len(visits) == 1:
        ledger.emit(MAIL_INVITED, {"visit": str(visits[0].pk)})
    else:
        ledger.emit(MAIL_SERIES, {"group": str(visits[0].group_id), "holder": str(visits[0].holder_id)})


@transaction.atomic
def resend(*, visit: Visit, by: str) -> Visit:
    """Send the invitation once more. Raises Refused: visit_not_open, no_mail_address, resent_too_often."""
    row = locked(visit)
    if row.state not in {VisitState.INVITED, VisitState.EXPECTED} or row.closes <= timezone.now():
        raise not_now(row.get_state_display().lower())
    if not row.holder.email:
        raise Refused("no_mail_address", "There is no mail address to send it to.")
    if not take(RESENT, f"visit {row.pk}"):
        raise Refused("resent_too_often", "It was sent five times in an hour. Wait a while.", status=429)
    if not VisitLink.objects.filter(visit=row, purpose=LinkPurpose.PREPARE).exists():
        make_link(visit=row, purpose=LinkPurpose.PREPARE)
    forgive(row)
    ledger.emit(MAIL_INVITED, {"visit": str(row.pk), "again": uuid.uuid4().hex})
    ledger.record(actor=by, verb="visit_resent", subject_kind="visit", handle=row.handle)
    return row


@transaction.atomic
def invite_again(*, visit: Visit, by: str) -> Visit:
    """Invite the guest of a cancelled, refused or expired visit anew, with the same plan.

    Raises Refused: still_open, guest_erased, and what `invite` raises.
    """
    if visit.is_open or visit.state == VisitState.SIGNED_OUT:
        raise Refused("still_open", "Only a visit that did not take place is invited anew.")
    guest = guest_of(visit)
    plan = Plan(
        type=visit.type,
        site=visit.site,
        begins=visit.begins,
        ends=visit.ends,
        host=visit.host,
        subject=visit.subject,
    )
    return invite(guests=[guest], plan=plan, by=by)[0]


def guest_of(visit: Visit) -> Guest:
    """Who came with a visit. Raises Refused("guest_erased")."""
    if visit.holder.subject.destroyed_at is not None or ERASED in {visit.holder.name, visit.holder.email}:
        raise Refused("guest_erased", "This person was erased.")
    return Guest(visit.holder.name, visit.holder.email, visit.firm, visit.language)
