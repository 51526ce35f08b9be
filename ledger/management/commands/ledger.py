"""`manage.py ledger verify|export|acknowledge|seal|raise-epoch|outbox`: the record and what is beside it."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from ledger.export import NothingSealed, head_at
from ledger.exports import export_to
from ledger.gaps import GapRefused, acknowledge_gap
from ledger.outbox import deliver, retry_parked
from ledger.sealing import seal
from ledger.selectors import parked
from ledger.services import raise_epoch, record
from ledger.sweep import every_company
from ledger.verify import Gap, Report, verify
from tenants import context
from tenants.models import Company

ACTOR = "system"


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)


class Command(BaseCommand):
    """Verify a record, seal what is pending, raise the epoch after a restore, look into the outbox."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb, then which company."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        for name, text in (
            ("verify", "recompute the record from its rows; fails on the first bad entry"),
            ("export", "write an excerpt for auditors, with a verifier that stands alone"),
            ("acknowledge", "put on record that a gap in a reader's events is known, and why"),
            ("seal", "seal what is pending now"),
            ("raise-epoch", "after a restore: make every cache and reader start over"),
            ("outbox", "deliver what is due and show what was given up on"),
        ):
            verb = verbs.add_parser(name, help=text)
            if name == "acknowledge":
                verb.add_argument("--company", help="subdomain", required=True)
                verb.add_argument("--reader", type=int, required=True)
                verb.add_argument(
                    "--first", type=int, required=True, help="number of the first missing event"
                )
                verb.add_argument("--last", type=int, required=True, help="number of the last missing event")
                verb.add_argument("--reason", required=True, help="kept for ever: name no person in it")
                continue
            if name == "export":
                verb.add_argument("--company", help="subdomain", required=True)
                verb.add_argument("--from", dest="first", type=_day, required=True, help="YYYY-MM-DD, UTC")
                verb.add_argument(
                    "--to", dest="last", type=_day, required=True, help="the last day, included"
                )
                verb.add_argument("--out", type=Path, required=True, help="the ZIP to be written")
                continue
            verb.add_argument("--company", help="subdomain; all companies when left out")
            if name == "verify":
                verb.add_argument("--all", action="store_true", help="go on to 100 findings")
            if name == "outbox":
                verb.add_argument("--retry", action="store_true", help="take parked messages up again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb for each company asked for."""
        companies = self._companies(options["company"])
        run = getattr(self, "_" + options["verb"].replace("-", "_"))
        bad = [company.subdomain for company in companies if run(company, options) is False]
        if bad:
            raise CommandError(f"The record does not hold: {', '.join(bad)}.")

    def _companies(self, subdomain: str | None) -> list[context.CompanyRef]:
        if subdomain is None:
            return every_company()
        company = Company.objects.filter(subdomain=subdomain).first()
        if company is None:
            raise CommandError(f"There is no company {subdomain!r}.")
        return [company.ref()]

    def _verify(self, company: context.CompanyRef, options: dict[str, Any]) -> bool:
        report = verify(company, most=100 if options["all"] else 1)
        self.stdout.write(verdict(report))
        return report.ok

    def _export(self, company: context.CompanyRef, options: dict[str, Any]) -> None:
        begin, end = options["first"], options["last"] + timedelta(days=1)
        try:
            with context.enter(company):
                anchor, told = export_to(options["out"], begin, end, by=ACTOR)
                head = head_at(told.last)
        except NothingSealed:
            raise CommandError("Nothing is sealed in this period.") from None
        except FileExistsError:
            raise CommandError(f"{options['out']} is there already.") from None
        self.stdout.write(
            f"{company.subdomain}: {told.entries} entries under checkpoints {told.first} to {told.last}\n"
            f"  tell the auditor, another way than with the file: --head {head} --anchor {anchor}"
        )

    def _acknowledge(self, company: context.CompanyRef, options: dict[str, Any]) -> None:
        gap = Gap("reader", options["reader"], options["first"], options["last"])
        try:
            with context.enter(company):
                acknowledge_gap(gap=gap, reason=options["reason"], by=ACTOR)
        except GapRefused as refused:
            raise CommandError(f"{refused.text} ({refused.code})") from None
        self.stdout.write(
            f"{company.subdomain}: on record that events {gap.first} to {gap.last} of reader {gap.handle}"
            " are missing"
        )

    def _seal(self, company: context.CompanyRef, options: dict[str, Any]) -> None:
        numbers = seal(company)
        said = f"checkpoints {numbers[0]} to {numbers[-1]}" if numbers else "nothing to seal"
        self.stdout.write(f"{company.subdomain}: {said}")

    def _raise_epoch(self, company: context.CompanyRef, options: dict[str, Any]) -> None:
        with context.enter(company):
            epoch, seq = raise_epoch(actor=ACTOR)
        self.stdout.write(f"{company.subdomain}: epoch {epoch}, number {seq}")

    def _outbox(self, company: context.CompanyRef, options: dict[str, Any]) -> None:
        with context.enter(company):
            if options["retry"]:
                with transaction.atomic():
                    count = retry_parked()
                    record(actor=ACTOR, verb="outbox_retried", data={"count": count})
            result = deliver(company)
            self.stdout.write(f"{company.subdomain}: {result.done} delivered, {result.failed} failed")
            for message in parked():
                self.stdout.write(
                    f"  parked {message.parked:%Y-%m-%d %H:%M} {message.topic}: {message.error}"
                )


def verdict(report: Report) -> str:
    """A report as lines for people."""
    rows = ", ".join(f"{count} {kind} rows" for kind, count in sorted(report.rows.items()))
    head = "holds" if report.ok else "DOES NOT HOLD"
    lines = [
        f"{report.company}: the record {head}.",
        f"  {report.checkpoints} checkpoints over {report.sealed} batches, {report.pending} not sealed yet,"
        f" {rows}, {report.witnessed} countersigned",
        *(
            [f"  of {report.pruned} rows the leaf alone stands: retention deleted them"]
            if report.pruned
            else []
        ),
        *(f"  ✗ {found.where}: {found.text} ({found.code})" for found in report.findings),
        *(
            f"  ! {one.where}: {one.text}, acknowledged {one.at} by {one.actor}: {one.reason}"
            for one in report.acknowledged
        ),
    ]
    return "\n".join(lines)
