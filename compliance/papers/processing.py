"""The record of processing activities (GDPR Art. 30(1)), from what is configured now."""

from collections.abc import Sequence

from django.utils import timezone

from compliance.models import CompliancePolicy, Particulars
from compliance.papers.activities import ACTIVITIES, MEASURES, Activity
from compliance.papers.fields import length, of_use
from compliance.papers.paper import Grid, Paper, Row, Section
from compliance.papers.subprocessors import in_force
from compliance.purpose_texts import PURPOSES
from compliance.selectors import compliance_policy, notices_in_force, profile_of, purpose_open
from compliance.services.retention import periods
from tenants.context import current
from tenants.data_map import Use
from vault.facts import Topic, facts


def particulars() -> Particulars:
    """What the company said for its papers, or nothing yet."""
    return Particulars.objects.filter(pk=1).first() or Particulars()


def processing() -> Paper:
    """The record, made now."""
    policy, told = compliance_policy(), particulars()
    profile = profile_of(policy)
    lead = f"Jurisdiction: {profile.name}." if profile else "No jurisdiction is chosen yet."
    return Paper(
        key="processing",
        title="Record of processing activities",
        company=current().name,
        made_at=timezone.now(),
        lead=lead,
        sections=(
            _responsible(policy, told),
            *(_activity(ACTIVITIES[use]) for use in Use if of_use(use)),
            _recipients(told),
            _transfers(),
            _periods(policy),
            measures(told),
        ),
    )


def _responsible(policy: CompliancePolicy, told: Particulars) -> Section:
    rows = [
        ("Responsible company", policy.controller),
        ("Where to write to", policy.contact),
        ("Data protection officer", told.officer),
        ("Representative (Art. 27)", told.representative),
        ("Joint controllers (Art. 26)", told.joint),
        ("Supervisory authority", told.authority),
    ]
    lacking = [name.lower() for name, value in rows[:2] if not value]
    missing = f"Say in the policy: {' and '.join(lacking)}." if lacking else ""
    told_rows = [(name, value or "none named") for name, value in rows]
    return Section("Who is responsible", "Art. 30(1)(a)", (), Grid(("", ""), told_rows), missing)


def _activity(activity: Activity) -> Section:
    held = of_use(activity.use)
    kinds: dict[str, set[str]] = {}
    for line in held:
        kinds.setdefault(line.category, set()).add(line.model)
    rows: list[Row] = [
        ("Rests on", activity.basis),
        ("Whom it concerns", activity.people),
        *((f"Data: {kind}", ", ".join(sorted(names))) for kind, names in sorted(kinds.items())),
        ("Who sees it", activity.seen_by),
        ("Kept", "; ".join(sorted({line.kept for line in held}))),
    ]
    if activity.purpose:
        state = "open" if purpose_open(activity.purpose) else "locked: nobody is asked, nothing captured"
        rows.append((f"Notice: {PURPOSES[activity.purpose]}", f"{_notice(activity)}; {state}"))
    return Section(activity.use.value, "Art. 30(1)(b), (c), (d), (f)", (), Grid(("", ""), rows))


def _notice(activity: Activity) -> str:
    policy = compliance_policy()
    texts = notices_in_force(policy.profile).get(activity.purpose, {}) if activity.purpose else {}
    newest = next(iter(texts.values()), None)
    return f"version {newest.number} in {', '.join(sorted(texts))}" if newest else "not published"


def _recipients(told: Particulars) -> Section:
    rows = [(one["name"], one["does"], one["data"], one["country"]) for one in in_force()]
    grid = Grid(("Name", "Does", "Data", "Country"), rows) if rows else None
    words = [told.recipients] if told.recipients else []
    missing = "" if rows else "Publish the list of sub-processors: without one nobody is named here."
    return Section("Who gets data", "Art. 30(1)(d)", words, grid, missing)


def _transfers() -> Section:
    outside: Sequence[Row] = [
        (one["name"], one["country"], one["safeguard"]) for one in in_force() if one["safeguard"]
    ]
    if not outside:
        return Section(
            "Transfers to third countries", "Art. 30(1)(e)", ("None is named in the list of sub-processors.",)
        )
    grid = Grid(("To", "Country", "Safeguard"), outside)
    return Section("Transfers to third countries", "Art. 30(1)(e)", (), grid)


def _periods(policy: CompliancePolicy) -> Section:
    missing = "" if policy.schedule else "Write the retention schedule in the policy."
    words = [part for part in (policy.schedule, policy.destruction) if part]
    rows = [(period.kind.titles["en"], length(period)) for period in periods()]
    return Section("How long data are kept", "Art. 30(1)(f)", words, Grid(("", ""), rows), missing)


def measures(told: Particulars) -> Section:
    """Technical and organisational measures: the house's own, what is so now, and the company's words."""
    rows = [*MEASURES, *((fact.title, fact.value) for fact in facts(Topic.MEASURES))]
    words = [told.measures] if told.measures else []
    missing = "" if told.measures else "Add your own measures: rooms, staff, backups, who is trained."
    return Section("Measures", "Art. 30(1)(g), 32(1)", words, Grid(("", ""), rows), missing)
