"""A draft of the data protection impact assessment (GDPR Art. 35(7)), from what is configured now."""

from typing import Final

from django.utils import timezone

from compliance.law import PURPOSES, Purpose
from compliance.models import CompliancePolicy, Particulars
from compliance.papers.paper import Grid, Paper, Section
from compliance.papers.processing import measures, particulars
from compliance.purpose_texts import ACTS, BASES, NEEDS
from compliance.purpose_texts import PURPOSES as NAMES
from compliance.selectors import answers_to, compliance_policy, needs_of, versions
from tenants.context import current
from vault.facts import Topic, facts

# What can happen to people, what stands against it, and what remains (measured or said in docs/ and DESIGN).
RISKS: Final = (
    (
        "Somebody's face data are taken",
        "Others could look for the person elsewhere; a face cannot be changed",
        "No picture is kept; templates are transformed, encrypted per person and destroyed with the key",
        "Who holds the server, its root key and the keys' database can compute with templates",
    ),
    (
        "Somebody is refused by mistake",
        "Late for work, exposed before others",
        "An equal way without a face at each such door; measured rates; a desk that helps",
        "Errors differ between groups of people; the measured set is small",
    ),
    (
        "Somebody passes as another",
        "Deeds are put down to the wrong person",
        "A comparison 1:1 with liveness, a code from the person's own phone, alarms after failed tries",
        "No claim is made against masks, deepfakes or a camera that is not trusted",
    ),
    (
        "Consent is not free",
        "People agree because they fear for their work",
        "The equal way costs nothing; withdrawing takes two taps and destroys the template at once",
        "An employer's power remains: managers must not ask who uses which way",
    ),
    (
        "The door record becomes a watch over work",
        "Working hours and contacts are read from it",
        "Periods of retention; roles; each look at a download is on record; no list of hours is offered",
        "Operators who may see events can still look at one person",
    ),
    (
        "The record outlives its purpose",
        "Old movements are used later",
        "Retention by kind of data; erasure leaves a pseudonym that leads to nobody",
        "Times and doors of an erased person remain without a name",
    ),
    (
        "A phone is lost or lent",
        "Somebody else opens doors in the person's name",
        "Codes live seconds; revocation reaches every reader and is shown; unlock by the phone's owner",
        "A willing holder can lend a phone; a code shown first within its life is a relay",
    ),
)


def impact() -> Paper:
    """The draft, made now. It is the company's to finish, to be advised on and to approve."""
    policy, told = compliance_policy(), particulars()
    return Paper(
        key="impact",
        title="Data protection impact assessment: draft",
        company=current().name,
        made_at=timezone.now(),
        lead="A draft from the configuration of now. What only you can say is marked as missing.",
        sections=(
            _why(),
            *_described(),
            _necessity(told),
            Section(
                "Risks to people",
                "Art. 35(7)(c)",
                (),
                Grid(("What can happen", "To people", "Against it", "What remains"), RISKS),
            ),
            _open(policy),
            measures(told),
            _said("Views of those concerned", "Art. 35(9)", told.views, "Ask them, or say why not."),
            _said("Advice of the data protection officer", "Art. 35(2)", told.advice, "Ask the officer."),
            _approval(policy),
        ),
    )


def _why() -> Section:
    words = (
        "Faces are biometric data by which people are recognised: special categories (Art. 9(1)).",
        "Doors are watched systematically, and employees depend on who watches (WP 248 rev.01, III.B.a).",
    )
    return Section("Why an assessment is due", "Art. 35(1), 35(3)(b), (c)", words)


def _described() -> list[Section]:
    parts = (
        (Topic.PEOPLE, "Whom it concerns"),
        (Topic.PLACES, "Where"),
        (Topic.FACES, "How faces are used"),
    )
    found = []
    for topic, title in parts:
        rows = [(fact.title, fact.value) for fact in facts(topic)]
        found.append(Section(f"Description: {title.lower()}", "Art. 35(7)(a)", (), Grid(("", ""), rows)))
    flow = (
        "A phone shows a code that changes; a reader sends it; the server decides who, where and when.",
        "At a door that asks for a face, frames follow the code, are compared 1:1 in memory, and dropped.",
        "Each decision is written as handles, time, door and reason, and sealed in the record.",
    )
    return [*found, Section("Description: what happens to data", "Art. 35(7)(a)", flow)]


def _necessity(told: Particulars) -> Section:
    profile = compliance_policy().profile
    rows = []
    for purpose in Purpose:
        basics = PURPOSES[purpose]
        newest = versions(purpose, profile).first()
        said = f"{answers_to(purpose, profile).count()} {ACTS[basics.act]}"
        number = f"notice version {newest.number}" if newest else "no notice"
        rows.append((NAMES[purpose], f"{BASES[basics.basis]} ({basics.cites})", f"{number}; {said}"))
    missing = "" if told.necessity else "Say why a code or card alone is not enough at each door with a face."
    words = [told.necessity] if told.necessity else []
    grid = Grid(("Purpose", "Rests on", "Now"), rows)
    return Section("Necessity and proportionality", "Art. 35(7)(b)", words, grid, missing)


def _open(policy: CompliancePolicy) -> Section:
    has_notice = versions(Purpose.FACE, policy.profile).exists()
    lines = needs_of(policy, Purpose.FACE, has_notice=has_notice)
    rows = [(NEEDS[line.ground.need], line.ground.cites, "met" if line.met else "missing") for line in lines]
    grid = Grid(("Before a face is asked for", "Stands in", "Now"), rows)
    if not rows:
        return Section("What is open", "", (), None, "Choose a jurisdiction in the policy.")
    return Section("What is open", "Art. 35(7)(d)", (), grid)


def _said(title: str, cites: str, words: str, missing: str) -> Section:
    return Section(title, cites, [words] if words else [], None, "" if words else missing)


def _approval(policy: CompliancePolicy) -> Section:
    words = [
        "It is looked through again when the risk changes (Art. 35(11)): another way of comparing faces,"
        " another use of the record, other recipients.",
        "Where a high risk remains in spite of the measures, the authority is asked first (Art. 36(1)).",
    ]
    if not (policy.dpia_by and policy.dpia_on):
        return Section("Approval", "Art. 35(1)", words, None, "Enter role and day of approval in the policy.")
    return Section("Approval", "Art. 35(1)", [f"By {policy.dpia_by} on {policy.dpia_on}.", *words])
