"""What a company and a host have chosen to be told by. Reads alone."""

from dataclasses import dataclass

from credentials.models import Holder
from visitors.models import HostChoice, NoticePolicy


@dataclass(frozen=True, slots=True)
class Ways:
    """By what a host is told."""

    mail: bool
    push: bool
    webhook: bool


def policy() -> NoticePolicy:
    """The company's choices, the defaults where it has made none."""
    return NoticePolicy.objects.filter(pk=1).first() or NoticePolicy()


def choice_of(holder: Holder) -> HostChoice:
    """The host's choices, everything where they have made none."""
    return HostChoice.objects.filter(pk=holder.pk).first() or HostChoice(holder=holder)


def ways_of(host: Holder | None) -> Ways:
    """What both have chosen; a host without a mail address gets no mail."""
    company = policy()
    if host is None:
        return Ways(False, False, bool(company.webhook))
    own = choice_of(host)
    return Ways(
        mail=company.mail and own.mail and bool(host.email),
        push=company.push and own.push,
        webhook=bool(company.webhook),
    )
