"""What people say to notices, on their phone or at a desk. Compliance knows a phone by number and print."""

from dataclasses import dataclass
from uuid import UUID

from compliance import services as compliance
from compliance.law import PURPOSES, Act, Purpose
from compliance.models import ConsentRecord
from compliance.selectors import Person
from compliance.services import Said
from credentials.models import Device, DeviceState, Holder, HolderKind
from credentials.proofs import SignedHttp
from credentials.refusals import Refused
from sallyport.keys import b64url


@dataclass(frozen=True, slots=True)
class Answer:
    """What the wallet or the page at a desk sends: see compliance.services.Said."""

    record: UUID
    purpose: Purpose
    language: str
    sha256: str
    pressed: str
    signed_name: str


def person_of(holder: Holder) -> Person:
    """A holder, as compliance knows people."""
    return Person(holder.subject, holder.handle, visitor=holder.kind == HolderKind.VISITOR)


def check_confirmed(device: Device) -> None:
    """Only a confirmed phone speaks for its holder. Raises Refused("device_awaiting")."""
    if device.state != DeviceState.ACTIVE:
        raise Refused("device_awaiting", "This phone has yet to be confirmed.", status=403, retry=True)


def answer_notice(*, device: Device, answer: Answer, request: SignedHttp) -> ConsentRecord:
    """Give consent or acknowledge, whichever the purpose asks for.

    `request` is the signed request, verified: it is kept with the answer. Raises Refused of either room.
    """
    check_confirmed(device)
    said = Said(
        record=answer.record,
        purpose=answer.purpose,
        language=answer.language,
        sha256=answer.sha256,
        pressed=answer.pressed,
        signed_name=answer.signed_name,
        device=device.handle,
        key_print=device.thumbprint,
        proof={
            "method": request.method,
            "url": request.url,
            "body": request.body.decode(),
            "params": request.signed.params,
            "signature": b64url(request.signed.signature),
            "public_key": b64url(bytes(device.public_key)),
        },
    )
    person = person_of(device.holder)
    if PURPOSES[answer.purpose].act is Act.CONSENT:
        return compliance.give_consent(person=person, said=said)
    return compliance.acknowledge(person=person, said=said)


def agree_at_desk(*, holder: Holder, answer: Answer, by: str) -> ConsentRecord:
    """The person agreed on the company's screen while `by` attended. Raises Refused of compliance."""
    said = Said(
        record=answer.record,
        purpose=answer.purpose,
        language=answer.language,
        sha256=answer.sha256,
        pressed=answer.pressed,
        signed_name=answer.signed_name,
        attended_by=by,
    )
    return compliance.give_consent(person=person_of(holder), said=said)


def withdraw_consent(*, device: Device, record: UUID) -> ConsentRecord:
    """End a consent of this phone's holder. Raises Refused of either room."""
    check_confirmed(device)
    person = person_of(device.holder)
    return compliance.withdraw(person=person, record=record, by=person.actor)
