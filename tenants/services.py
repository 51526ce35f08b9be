"""Sign-up and the state of a company."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, OperationalError, transaction

from tenants import context, hosts, lifecycle, live, patience, subdomains
from tenants.models import Company, Domain
from tenants.refs import CompanyKind, CompanyState
from tenants.schemas import TemplateMissing, clone_from_template
from tenants.signals import company_state_changed

PLATFORM_SUBDOMAIN: Final = "platform"
MOST_NAME: Final = 100


class SignUpRefused(Exception):  # noqa: N818 - a refusal is an answer
    """Why a company was not made: stable `code`, the form's `field`, `text` for people, and `retry`."""

    def __init__(self, code: str, text: str, *, field: str = "", retry: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.field = field
        self.retry = retry


def check_subdomain(raw: str, *, own: int = 0) -> str:
    """The subdomain as it would be taken now. Raises SignUpRefused, also with taken and look_alike.

    `own` is the company that asks for another: what is its own, or was until lately, is not in its way.
    """
    try:
        name = subdomains.clean(raw)
    except subdomains.SubdomainRefused as refused:
        raise SignUpRefused(refused.code, refused.text, field="subdomain") from None
    alike = subdomains.skeleton(name)
    others = Company.objects.exclude(pk=own).filter(skeleton=alike).values_list("subdomain", flat=True)
    # Former addresses last: a company that moves meanwhile is then seen here or there, never in neither.
    for known in [*others, *_former(own)]:
        if subdomains.skeleton(known) == alike:
            raise _taken() if known == name else _look_alike()
    return name


def _former(own: int) -> Iterator[str]:
    """Subdomains that other companies have left and that are not free yet."""
    held = Domain.objects.exclude(tenant=own).filter(ends_at__isnull=False).values_list("domain", flat=True)
    for host in held:
        yield host.removesuffix(f".{settings.BASE_DOMAIN}")


def sign_up(
    *, name: str, subdomain: str, owner_name: str, owner_email: str, password: str, language: str = "en"
) -> Company:
    """Make a company and its first operator: all of it or nothing. Raises SignUpRefused.

    One transaction from the registry row to the owner: PostgreSQL rolls back schemas like rows, so a crash
    leaves nothing half made and the person simply tries again.
    """
    taken = check_subdomain(subdomain)
    facts = _check_people(name=name, owner_name=owner_name, owner_email=owner_email, password=password)
    return _make(taken, CompanyKind.COMPANY, {**facts, "language": language})


def create_platform(*, owner_name: str, owner_email: str, password: str) -> Company:
    """Make the platform's own company, whose operators see companies and never their people."""
    facts = _check_people(name="Sallyport", owner_name=owner_name, owner_email=owner_email, password=password)
    return _make(PLATFORM_SUBDOMAIN, CompanyKind.PLATFORM, {**facts, "language": "en"})


def set_state(*, company: Company, state: CompanyState) -> None:
    """Suspend, resume or close a company and run the steps of that event."""
    with context.leave(), transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        before = CompanyState(row.state)
        if before is state:
            return
        row.state = state
        row.save(update_fields=["state"])
        event = {CompanyState.ACTIVE: "resumed", CompanyState.SUSPENDED: "suspended"}.get(state, "closed")
        lifecycle.again(row, event)
        company_state_changed.send(Company, company=row.ref(), before=before, after=state)
    company.state = state
    hosts_changed()
    lifecycle.run(company, event)


def move(*, company: Company, host: str) -> bool:
    """Make `host` the company's main address, beside its subdomain; a former main address ends.

    False when it is so already. Processes without a line to us may still hold the former one for
    `hosts.HOLD_SECONDS`. Raises IntegrityError when another company has the host.
    """
    wanted = {f"{company.subdomain}.{settings.BASE_DOMAIN}": False, host: True}
    with context.leave(), transaction.atomic():
        # Two moves at once would each keep a main address of its own.
        row = Company.objects.select_for_update().get(pk=company.pk)
        if dict(row.domains.filter(ends_at=None).values_list("domain", "is_primary")) == wanted:
            return False
        # Former addresses end by themselves.
        row.domains.filter(ends_at=None).exclude(domain__in=wanted).delete()
        for domain, primary in wanted.items():
            row.domains.update_or_create(domain=domain, defaults={"is_primary": primary, "ends_at": None})
    hosts_changed()
    return True


def _check_people(*, name: str, owner_name: str, owner_email: str, password: str) -> dict[str, str]:
    facts = {"name": name.strip(), "owner_name": owner_name.strip(), "owner_email": owner_email.strip()}
    for field in ("name", "owner_name"):
        if not facts[field]:
            raise SignUpRefused("empty", "This is needed.", field=field)
        if len(facts[field]) > MOST_NAME or not facts[field].isprintable():
            raise SignUpRefused("malformed", f"Use at most {MOST_NAME} ordinary characters.", field=field)
    try:
        validate_email(facts["owner_email"])
    except ValidationError:
        raise SignUpRefused("bad_email", "This is not an e-mail address.", field="owner_email") from None
    try:
        validate_password(password)
    except ValidationError as weak:
        raise SignUpRefused("weak_password", " ".join(weak.messages), field="password") from None
    return {**facts, "password": password}


def _make(subdomain: str, kind: CompanyKind, facts: Mapping[str, Any]) -> Company:
    try:
        with context.leave(), transaction.atomic():
            company = _register(subdomain, kind, str(facts["name"]))
            clone_from_template(company.schema_name)
            lifecycle.run(company, "created", facts)
    except TemplateMissing:
        raise _not_ready() from None
    except OperationalError as error:
        if patience.is_locked(error):  # the template is being migrated
            raise _not_ready() from None
        raise
    hosts_changed()
    return company


def hosts_changed() -> None:
    """Drop what processes hold of hosts: ours at once, theirs when they are told."""
    hosts.forget()
    live.tell_everywhere(hosts.TOPIC, {})


def _register(subdomain: str, kind: CompanyKind, name: str) -> Company:
    company = Company(
        subdomain=subdomain,
        skeleton=subdomains.skeleton(subdomain),
        name=name,
        kind=kind,
        state=CompanyState.ACTIVE,
    )
    try:
        # Two sign-ups at once meet at the unique skeleton: the second waits for the first, then is refused.
        with transaction.atomic():
            company.save()
            Domain.objects.create(tenant=company, domain=f"{subdomain}.{settings.BASE_DOMAIN}")
    except IntegrityError:
        same = Company.objects.filter(subdomain=subdomain).exists()
        raise (_taken() if same else _look_alike()) from None
    return company


def _not_ready() -> SignUpRefused:
    return SignUpRefused("not_ready", "Sign-up opens in a moment. Try again.", retry=True)


def _taken() -> SignUpRefused:
    return SignUpRefused("taken", "Another company has this address. Choose another.", field="subdomain")


def _look_alike() -> SignUpRefused:
    return SignUpRefused(
        "look_alike", "This address looks too much like another company's. Choose another.", field="subdomain"
    )
