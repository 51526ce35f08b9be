"""How long the company keeps what: its rules, within the bounds of law, and what they come to tonight."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from compliance.models import CompliancePolicy, RetentionRule
from compliance.refusals import Refused
from compliance.retention_law import Bound, least, most
from compliance.selectors import compliance_policy
from compliance.services.locks import hold_policy
from compliance.sparing import spared
from ledger import services as ledger
from tenants import keeping
from tenants.keeping import Cutoffs, Kind, Proposer


@dataclass(frozen=True, slots=True)
class Period:
    """What holds for a kind of data. `days` None: nothing was chosen, and nothing goes."""

    kind: Kind
    days: int | None
    sites: Mapping[int, int]
    chosen: bool
    least: Bound
    most: Bound

    def cutoffs(self, now: datetime) -> Cutoffs:
        """Before when tonight's rows go."""
        other = now - timedelta(days=self.days) if self.days is not None else None
        return Cutoffs(other, {site: now - timedelta(days=days) for site, days in self.sites.items()})

    @property
    def proposes(self) -> bool:
        """Whether people are named for erasure, where other kinds delete rows."""
        return isinstance(self.kind.keeper, Proposer)


def periods() -> list[Period]:
    """Of every kind, by title. A rule that the law has overtaken counts as the law says."""
    policy = compliance_policy()
    rules: dict[str, dict[int | None, int]] = {}
    for rule in RetentionRule.objects.all():
        rules.setdefault(rule.kind, {})[rule.site] = rule.days
    found = [_period(kind, rules.get(kind.name, {}), policy) for kind in keeping.kinds.values()]
    return sorted(found, key=lambda one: one.kind.titles["en"].casefold())


def period_of(name: str) -> Period:
    """Of one kind. Raises KeyError for one that nobody knows."""
    kind = keeping.kinds[name]
    rules = dict(RetentionRule.objects.filter(kind=name).values_list("site", "days"))
    return _period(kind, rules, compliance_policy())


def _period(kind: Kind, rules: Mapping[int | None, int], policy: CompliancePolicy) -> Period:
    shortest, longest = bounds(kind, policy)
    if kind.fixed:
        return Period(kind, kind.days, {}, False, shortest, longest)

    def within(days: int) -> int:
        return min(max(days, shortest.least or 1), longest.most or days)

    days = rules.get(None, kind.days)
    sites = {site: within(days) for site, days in rules.items() if site is not None} if kind.per_site else {}
    return Period(kind, within(days) if days is not None else None, sites, None in rules, shortest, longest)


def bounds(kind: Kind, policy: CompliancePolicy) -> tuple[Bound, Bound]:
    """Least and most."""
    told = (kind.category, policy.profile)
    return least(*told, card_data=policy.card_data), most(*told, card_data=policy.card_data)


@transaction.atomic
def set_rule(*, kind: str, site: int | None, days: int | None, by: str) -> None:
    """Choose a period, or with None take the choice back. Raises Refused.

    Codes: retention_fixed, retention_not_by_site, retention_too_short, retention_too_long.
    """
    policy = hold_policy()
    found = keeping.kinds[kind]
    if found.fixed:
        raise Refused("retention_fixed", "This period is not the company's to choose.")
    if site is not None and (not found.per_site or site not in dict(keeping.all_sites())):
        raise Refused("retention_not_by_site", "This has no period of its own at a site.")
    if days is not None:
        _demand_bounds(days, *bounds(found, policy))
    rows = RetentionRule.objects.filter(kind=kind, site=site)
    before = rows.values_list("days", flat=True).first()
    if before == days:
        return
    if days is None:
        rows.delete()
    else:
        values = {"days": days, "by": by, "at": timezone.now()}
        RetentionRule.objects.update_or_create(kind=kind, site=site, defaults=values)
    data = {"kind": kind, "site": site, "days": days, "before": before}
    ledger.record(actor=by, verb="retention_rule_changed", subject_kind="retention", data=data)


@transaction.atomic
def set_card_data(*, under: bool, by: str) -> None:
    """Say whether the company falls under PCI DSS, which wants visitor logs of three months."""
    policy = hold_policy()
    if policy.card_data == under:
        return
    policy.card_data = under
    policy.save(update_fields=["card_data"])
    ledger.record(
        actor=by, verb="retention_card_data_changed", subject_kind="retention", data={"under": under}
    )


def _demand_bounds(days: int, shortest: Bound, longest: Bound) -> None:
    if days < (shortest.least or 1):
        text = f"At least {shortest.least} days: {shortest.cites}."
        raise Refused("retention_too_short", text)
    if longest.most and days > longest.most:
        raise Refused("retention_too_long", f"At most {longest.most} days: {longest.cites}.")


@dataclass(frozen=True, slots=True)
class Tonight:
    """How many of a kind would go now, and from before when."""

    period: Period
    cutoffs: Cutoffs
    count: int


def tonight(now: datetime) -> list[Tonight]:
    """A dry run: what a run would delete now. Of kinds that have a period."""
    left = keeping.spared(spared())
    found = []
    for period in periods():
        cutoffs = period.cutoffs(now)
        if cutoffs.latest is not None:
            found.append(Tonight(period, cutoffs, period.kind.keeper.count(cutoffs, left)))
    return found
