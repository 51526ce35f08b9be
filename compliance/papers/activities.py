"""What each use of data rests on, whom it concerns and who gets to see it: the lines of Art. 30(1).

The bases are what the product is built for; where a company's own differ, its particulars say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from compliance.law import Purpose
from tenants.data_map import Use


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing. `purpose` names the notice that opens it, where there is one."""

    use: Use
    basis: str
    people: str
    seen_by: str
    purpose: Purpose | None = None


_DOORS: Final = "Employees, contractors, visitors"
_ACCESS: Final = "Security, reception and compliance operators"
_ALL: Final = (
    Activity(
        Use.ACCESS,
        "Contract or legitimate interest in controlling who enters (GDPR Art. 6(1)(b), (f))",
        _DOORS,
        _ACCESS,
    ),
    Activity(
        Use.DOOR_RECORD,
        "Legitimate interest in knowing who entered (GDPR Art. 6(1)(f))",
        _DOORS,
        _ACCESS,
        Purpose.DOOR_RECORD,
    ),
    Activity(
        Use.FACE,
        "Explicit consent (GDPR Art. 6(1)(a), 9(2)(a)); an equal way in without a face",
        "Those who agreed to it",
        "Nobody: a template is compared, never shown; operators see that one is enrolled",
        Purpose.FACE,
    ),
    Activity(
        Use.SECURITY,
        "Legitimate interest in the safety of people and keys (GDPR Art. 6(1)(f), Recital 49)",
        f"{_DOORS}, operators; those on the watch list, by name",
        "Security and reception operators; of the watch list those alone who may keep it",
    ),
    Activity(
        Use.CONSENT,
        "Legal obligation to prove consent (GDPR Art. 6(1)(c), 7(1))",
        _DOORS,
        "Compliance, security and read-only operators",
    ),
    Activity(
        Use.REQUESTS,
        "Legal obligation (GDPR Art. 6(1)(c), 12, 15-21)",
        "Whoever asks, and those on the books whom it is about",
        "Compliance operators",
    ),
    Activity(
        Use.BREACHES,
        "Legal obligation (GDPR Art. 6(1)(c), 33, 34)",
        "Those whose data were exposed; operators",
        "Compliance operators; the supervisory authority",
    ),
    Activity(
        Use.OPERATORS,
        "Contract of employment, legitimate interest in accountability (GDPR Art. 6(1)(b), (f))",
        "Operators of the console",
        "Owners",
    ),
    Activity(
        Use.RECORD,
        "Legal obligation to be able to demonstrate, and security (GDPR Art. 5(2), 6(1)(c), (f), 32)",
        f"{_DOORS}, operators",
        "Security, compliance and read-only operators; auditors who are given an export",
    ),
    Activity(
        Use.READERS,
        "Legitimate interest in doors that work (GDPR Art. 6(1)(f))",
        "Nobody by itself; operators where they paired a reader",
        "Security operators",
    ),
    Activity(
        Use.VISITS,
        "Legitimate interest in knowing who is in the building and in telling the host (GDPR Art. 6(1)(f)); "
        "steps before a contract at an interview or with a contractor (Art. 6(1)(b)); a photo that may be "
        "declined: consent (Art. 6(1)(a))",
        "Visitors and the people they come to see",
        "Reception and security operators; the host",
        Purpose.PHOTO,
    ),
    Activity(
        Use.KEYS,
        "Security of processing (GDPR Art. 6(1)(c), 32(1)(a))",
        "All of the above: each has a key of their own",
        "Nobody",
    ),
    Activity(
        Use.SETTINGS,
        "Legitimate interest in running the service (GDPR Art. 6(1)(f))",
        "Contact persons of the company",
        "All operators",
    ),
)
ACTIVITIES: Final[Mapping[Use, Activity]] = MappingProxyType({one.use: one for one in _ALL})

# What the house does by itself, whatever a company sets (GDPR Art. 30(1)(g), 32(1)).
MEASURES: Final = (
    (
        "Encryption at rest",
        "Names, addresses and words under a key for each person, in a database apart.",
    ),
    ("Erasure", "A person's key is destroyed; its backups live seven days at most."),
    ("Faces", "No picture is kept. A template is transformed, encrypted and compared 1:1 only."),
    ("Separation", "A schema of its own for each company; without a company there is no query."),
    ("Integrity", "Every scan and deed in a signed, linked record; readers countersign it."),
    ("Availability", "Readers decide offline by the same rules and hand in what happened exactly once."),
    ("Access", "Two factors for operators, roles by what they need, every deed on record."),
    ("Transport", "TLS for people; readers and phones sign each request with a key that never leaves them."),
    ("Keys", "Codes' keys change by themselves daily and quarterly; lost phones are dead at every door."),
)
