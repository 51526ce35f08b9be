"""Who a case is about: asked of the rooms that know people, by mail address, by name, by person."""

from uuid import UUID

from compliance.models import Case, CasePerson
from vault.holdings import Known, finders
from vault.names import fold
from vault.services import normalise


def with_mail(email: str) -> list[Known]:
    """All whom any room knows by this address; a person in two roles is two."""
    if not email.strip():
        return []
    return [one for room in finders.values() for one in room.by_mail(email)]


def with_name(term: str) -> list[Known]:
    """All whose name begins so, or nearly."""
    return [one for room in finders.values() for one in room.by_name(term)]


def known(source: str, subject: UUID) -> Known | None:
    """Who this is, if the room still knows them."""
    room = finders.get(source)
    return room.of(subject) if room else None


def on(case: Case) -> list[tuple[CasePerson, Known | None]]:
    """The persons of a case, with what their rooms say of them now."""
    rows = case.persons.select_related("subject").order_by("pk")
    return [(row, known(row.source, row.subject_id)) for row in rows]


def suggested(case: Case) -> list[Known]:
    """Others with a mail address of the case or of its persons: the same person in another role, perhaps."""
    there = on(case)
    taken = {row.subject_id for row, _ in there}
    mails = {normalise(one.email): one.email for _, one in there if one and one.email}
    if case.email:
        mails.setdefault(normalise(case.email), case.email)
    found: dict[UUID, Known] = {}
    for mail in mails.values():
        found |= {one.subject: one for one in with_mail(mail) if one.subject not in taken}
    return list(found.values())


def same_mail(one: str, other: str) -> bool:
    """Whether two addresses are one mailbox: the same but for outer spaces and the case of ASCII letters.

    Stricter than what finds them: there faß.example is found as fass.example, which is somebody else's. None
    is the same as none.
    """
    first, second = one.strip(), other.strip()
    if first.isascii() and second.isascii():
        first, second = first.lower(), second.lower()
    return bool(first) and first == second


def one_name(people: list[Known]) -> bool:
    """Whether all of them bear the same name: then they are one person in several roles."""
    return len({fold(one.name) for one in people}) == 1
