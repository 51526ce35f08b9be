"""What each field of this room's models holds, what for, and until when."""

from compliance.models import (
    Breach,
    BreachStep,
    Certificate,
    Erasure,
    ErasureStep,
    Particulars,
    RetentionRule,
    RetentionRun,
    SubProcessor,
    SubProcessorList,
)
from tenants.data_map import Category, Keep, Use, describe, sealed

describe(
    Breach,
    Use.BREACHES,
    Keep.BREACH,
    {
        "id": Category.NONE,
        "number": Category.NONE,
        "state": Category.NONE,
        "profile": Category.NONE,
        "version": Category.NONE,
        "aware_at": Category.NONE,
        "opened_at": Category.NONE,
        "opened_by": Category.DEED,
        "sealed": sealed(Category.WORDS),
        "persons": Category.NONE,
        "records": Category.NONE,
        "risk": Category.NONE,
        "authority_told_at": Category.NONE,
        "ground": Category.NONE,
        "persons_told_at": Category.NONE,
        "closed_at": Category.NONE,
    },
)
describe(
    BreachStep,
    Use.BREACHES,
    Keep.BREACH,
    {
        "id": Category.NONE,
        "breach": Category.NONE,
        "at": Category.NONE,
        "by": Category.DEED,
        "verb": Category.DEED,
        "facts": Category.DEED,
        "sealed": sealed(Category.WORDS),
    },
)
describe(
    Certificate,
    Use.REQUESTS,
    Keep.TOLD,
    {
        "id": Category.NONE,
        "number": Category.NONE,
        "kind": Category.NONE,
        "issued_at": Category.NONE,
        "body": Category.HANDLE,
        "signature": Category.KEY,
        "signer": Category.NONE,
    },
)
describe(
    Erasure,
    Use.REQUESTS,
    Keep.CASE,
    {
        "id": Category.NONE,
        "case": Category.NONE,
        "state": Category.NONE,
        "plan": Category.NONE,
        "begun_at": Category.NONE,
        "begun_by": Category.DEED,
        "stopped": Category.NONE,
        "done_here_at": Category.NONE,
        "epoch": Category.NONE,
        "seq": Category.NONE,
        "places": Category.NONE,
        "confirmed_at": Category.NONE,
        "final_on": Category.NONE,
        "certificate": Category.NONE,
        "sent_at": Category.NONE,
    },
)
describe(
    ErasureStep,
    Use.REQUESTS,
    Keep.CASE,
    {
        "id": Category.NONE,
        "erasure": Category.NONE,
        "position": Category.NONE,
        "subject": Category.HANDLE,
        "room": Category.NONE,
        "title": Category.NONE,
        "items": Category.NONE,
        "done_at": Category.NONE,
    },
)
describe(
    RetentionRule,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "kind": Category.NONE,
        "site": Category.NONE,
        "days": Category.NONE,
        "by": Category.DEED,
        "at": Category.NONE,
    },
)
describe(
    RetentionRun,
    Use.REQUESTS,
    Keep.TOLD,
    {
        "id": Category.NONE,
        "night": Category.NONE,
        "begun_at": Category.NONE,
        "ended_at": Category.NONE,
        "plan": Category.NONE,
        "done": Category.NONE,
        "spared": Category.NONE,
        "certificate": Category.NONE,
    },
)
describe(
    Particulars,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "officer": Category.CONTACT,
        "representative": Category.CONTACT,
        "joint": Category.NONE,
        "authority": Category.NONE,
        "recipients": Category.NONE,
        "measures": Category.NONE,
        "necessity": Category.NONE,
        "views": Category.NONE,
        "advice": Category.NONE,
    },
)
describe(
    SubProcessor,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "name": Category.NONE,
        "does": Category.NONE,
        "data": Category.NONE,
        "country": Category.NONE,
        "safeguard": Category.NONE,
    },
)
describe(
    SubProcessorList,
    Use.SETTINGS,
    Keep.TOLD,
    {
        "id": Category.NONE,
        "number": Category.NONE,
        "entries": Category.NONE,
        "added": Category.NONE,
        "removed": Category.NONE,
        "changed": Category.NONE,
        "effective_on": Category.NONE,
        "published_at": Category.NONE,
        "published_by": Category.DEED,
    },
)
