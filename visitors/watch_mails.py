"""Mails about the watch list, to those named and nobody else: that there is something to look at, not what.

A mail lies in other systems' boxes: it holds no name and no ground. Sent by the outbox's worker.
"""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from operators.addresses import page_address
from operators.models import Operator
from tenants.context import current
from vault.fields import ERASED
from visitors.models import Verdict, WatchEntry, WatchMatch


def send_match(match_id: str, *, here: bool, again: int = 0) -> None:
    """A visit resembles an entry. Nothing for a match that has gone or was judged to be another.

    `again` is 0, or the second in which it was found anew.
    """
    match = WatchMatch.objects.select_related("entry", "visit__site").filter(pk=match_id).first()
    if match is None or match.verdict == Verdict.OTHER or not match.visit.is_open:
        return
    facts = {
        "visit": match.visit,
        "here": here,
        "address": page_address(f"/visitors/watch/matches/{match.pk}/"),
    }
    title = "Somebody waits at reception: please look" if here else "A visit to look at"
    name = f"watch-{match.pk}-{'here' if here else 'found'}{f'-{again}' if again else ''}"
    _send(_named(match.entry), "watch_match", title, facts, name)


def send_ends(entry_id: str, until: str) -> None:
    """An entry ends: it is removed unless somebody looks at it again."""
    entry = WatchEntry.objects.filter(pk=entry_id, removed_at=None).first()
    if entry is None or entry.until.isoformat() != until:
        return
    facts = {"until": entry.until, "address": page_address(f"/visitors/watch/{entry.pk}/")}
    name = f"watch-ends-{entry.pk}-{until}"
    _send(_named(entry), "watch_ends", "An entry of the watch list ends", facts, name)


def _named(entry: WatchEntry) -> Sequence[Operator]:
    return list(entry.told.filter(is_active=True))


def _send(
    operators: Sequence[Operator], template: str, title: str, facts: dict[str, object], name: str
) -> None:
    company = current()
    for operator in operators:
        if operator.email == ERASED:
            continue
        body = render_to_string(
            f"visitors/mail/{template}.txt", {**facts, "name": operator.name, "company": company.name}
        )
        EmailMessage(
            # A header cannot hold a line break; a company's name comes from a form.
            " ".join(f"{title}, {company.name}".split()),
            body,
            to=[operator.email],
            headers={
                "Message-ID": f"<{name}-{operator.pk}@{company.host}>",
                "Auto-Submitted": "auto-generated",
            },
        ).send()
