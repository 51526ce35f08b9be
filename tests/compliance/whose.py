"""Which models can refer to a person, and how the person's rows are found in each.

A model that is in neither list fails tests/compliance/test_everything.py.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from access import models as access
from biometrics import models as faces
from compliance import models as compliance
from compliance.models import Case, ConsentRecord, LegalHold, Restriction
from credentials import models as credentials
from credentials.lost_links import LostLink
from credentials.models import Credential, Device, Holder
from credentials.paper import DayPass
from ledger import models as ledger
from operators import models as operators
from operators.models import Operator
from readers import models as readers
from readers.models import Reader
from tests.access.build import Building
from vault import models as vault
from vault.services import hash_token
from visitors import models as visits

OPERATOR_EMAIL: Final = "perpetua@secretmail.example"


@dataclass(frozen=True)
class Everything:
    """The person as a holder and as an operator, and what was built around them."""

    holder: Holder
    operator: Operator
    device: Device
    credential: Credential
    reader: Reader
    event: access.AccessEvent
    case: Case
    place: Building
    link: LostLink

    @property
    def subjects(self) -> list[uuid.UUID]:
        """Under which ids rooms know the person."""
        return [self.holder.subject_id, self.operator.subject_id]

    @property
    def actors(self) -> list[str]:
        """As the ledger names the person where they act."""
        return [f"holder:{self.holder.handle}", self.operator.actor]


Find = Callable[[Everything], "QuerySet[Any]"]

OF_PERSON: Final[dict[str, Find]] = {
    "vault.Subject": lambda of: vault.Subject.objects.filter(pk__in=of.subjects),
    "credentials.Holder": lambda of: Holder.objects.filter(pk=of.holder.pk),
    "credentials.Credential": lambda of: Credential.objects.filter(holder=of.holder),
    "credentials.Device": lambda of: Device.objects.filter(holder=of.holder),
    "credentials.DeviceUse": lambda of: credentials.DeviceUse.objects.filter(device=of.device.handle),
    "credentials.Passkey": lambda of: credentials.Passkey.objects.filter(device=of.device),
    "credentials.UnlockTicket": lambda of: credentials.UnlockTicket.objects.filter(device=of.device),
    "credentials.Invitation": lambda of: credentials.Invitation.objects.filter(holder=of.holder),
    "credentials.DayPass": lambda of: DayPass.objects.filter(holder=of.holder),
    "credentials.LostLink": lambda of: LostLink.objects.filter(pk=of.link.pk),
    "biometrics.FaceTemplate": lambda of: faces.FaceTemplate.objects.filter(subject__in=of.subjects),
    "biometrics.FaceSession": lambda of: faces.FaceSession.objects.filter(subject__in=of.subjects),
    "biometrics.FaceTries": lambda of: faces.FaceTries.objects.filter(
        who__in=[f"holder:{of.holder.handle}", f"device:{of.device.handle}"]
    ),
    "access.AccessEvent": lambda of: access.AccessEvent.objects.filter(credential=of.credential.handle),
    "access.AccessGrant": lambda of: access.AccessGrant.objects.filter(holder=of.holder),
    "access.Alarm": lambda of: access.Alarm.objects.filter(holder=of.holder),
    "access.AlarmNote": lambda of: access.AlarmNote.objects.filter(alarm__holder=of.holder),
    "access.Presence": lambda of: access.Presence.objects.filter(holder=of.holder),
    "access.SecondEntry": lambda of: access.SecondEntry.objects.filter(holder=of.holder),
    "ledger.LedgerEntry": lambda of: ledger.LedgerEntry.objects.filter(subject__in=of.subjects),
    "ledger.PolicyChange": lambda of: ledger.PolicyChange.objects.filter(
        kind="holder", handle=of.holder.handle
    ),
    "ledger.Outbox": lambda of: ledger.Outbox.objects.filter(data__link=str(of.link.pk)),
    "ledger.Verification": lambda of: ledger.Verification.objects.filter(actor__in=of.actors),
    "readers.Pairing": lambda of: readers.Pairing.objects.filter(created_by__in=of.actors),
    "readers.DoorReport": lambda of: readers.DoorReport.objects.filter(
        reader=of.event.reader, counter=of.event.counter
    ),
    "readers.DoorEvent": lambda of: readers.DoorEvent.objects.filter(
        reader=of.event.reader, counter=of.event.counter
    ),
    "readers.UsedCode": lambda of: readers.UsedCode.objects.filter(device=of.device.handle),
    "readers.JournalQuarantine": lambda of: readers.JournalQuarantine.objects.filter(
        entry__contains=f'"device":{of.device.handle}'
    ),
    "operators.Operator": lambda of: Operator.objects.filter(pk=of.operator.pk),
    "operators.TotpDevice": lambda of: operators.TotpDevice.objects.filter(user=of.operator),
    "operators.RecoveryDevice": lambda of: operators.RecoveryDevice.objects.filter(user=of.operator),
    "operators.RecoveryCode": lambda of: operators.RecoveryCode.objects.filter(device__user=of.operator),
    "operators.PasswordLink": lambda of: operators.PasswordLink.objects.filter(operator=of.operator),
    "operators.Attempts": lambda of: operators.Attempts.objects.filter(
        kind="reset_account", key=hash_token("operators.attempts/reset_account", OPERATOR_EMAIL)
    ),
    "compliance.NoticeVersion": lambda of: compliance.NoticeVersion.objects.filter(
        published_by__in=of.actors
    ),
    "compliance.ConsentRecord": lambda of: ConsentRecord.objects.filter(subject__in=of.subjects),
    "compliance.Case": lambda of: Case.objects.filter(persons__subject__in=of.subjects),
    "compliance.CasePerson": lambda of: compliance.CasePerson.objects.filter(subject__in=of.subjects),
    "compliance.CaseSection": lambda of: compliance.CaseSection.objects.filter(
        person__subject__in=of.subjects
    ),
    "compliance.CaseDelivery": lambda of: compliance.CaseDelivery.objects.filter(
        case__persons__subject__in=of.subjects
    ),
    "compliance.CaseStep": lambda of: compliance.CaseStep.objects.filter(case=of.case),
    "compliance.Erasure": lambda of: compliance.Erasure.objects.filter(
        case__persons__subject__in=of.subjects
    ),
    "compliance.ErasureStep": lambda of: compliance.ErasureStep.objects.filter(subject__in=of.subjects),
    "compliance.LegalHold": lambda of: LegalHold.objects.filter(subject__in=of.subjects),
    "visitors.Visit": lambda of: visits.Visit.objects.filter(holder=of.holder),
    "visitors.SignedDocument": lambda of: visits.SignedDocument.objects.filter(visit__holder=of.holder),
    "visitors.VisitLink": lambda of: visits.VisitLink.objects.filter(visit__holder=of.holder),
    "visitors.VisitGrant": lambda of: visits.VisitGrant.objects.filter(visit__holder=of.holder),
    "visitors.VisitPhoto": lambda of: visits.VisitPhoto.objects.filter(visit__holder=of.holder),
    "visitors.Arrival": lambda of: visits.Arrival.objects.filter(device=of.device),
    "visitors.SealedSignIn": lambda of: visits.SealedSignIn.objects.filter(visit__holder=of.holder),
    "visitors.VisitGroup": lambda of: visits.VisitGroup.objects.filter(host=of.holder),
    "visitors.GroupRow": lambda of: visits.GroupRow.objects.filter(group__host=of.holder),
    "visitors.HostChoice": lambda of: visits.HostChoice.objects.filter(holder=of.holder),
    "visitors.PushSubscription": lambda of: visits.PushSubscription.objects.filter(device=of.device),
    "visitors.KioskPairing": lambda of: visits.KioskPairing.objects.filter(created_by__in=of.actors),
    "visitors.DocumentVersion": lambda of: visits.DocumentVersion.objects.filter(published_by__in=of.actors),
    "visitors.WatchEntry": lambda of: visits.WatchEntry.objects.filter(subject__in=of.subjects),
    "visitors.WatchMatch": lambda of: visits.WatchMatch.objects.filter(visit__holder=of.holder),
    "compliance.Restriction": lambda of: Restriction.objects.filter(subject__in=of.subjects),
}
NOT_OF_PERSON: Final[dict[str, str]] = {
    "vault.TenantKey": "the company's key",
    "vault.KeySet": "keys of codes",
    "vault.SigningKey": "keys of signatures",
    "vault.SecretKey": "the company's secret",
    "credentials.WrongCodes": "counts by keyed hash of a network address",
    "credentials.CodePolicy": "the company's choice",
    "credentials.Branding": "the company's choice",
    "credentials.CodeLife": "the company's choice",
    "access.AccessLevel": "rights, before anybody has them",
    "access.AccessPoint": "the building",
    "access.AccessRule": "rights, before anybody has them",
    "access.AlarmWatch": "how far events were looked through",
    "access.Area": "the building",
    "access.Door": "the building",
    "access.Profile": "a set of levels",
    "access.Schedule": "hours",
    "access.Site": "the building",
    "access.SiteTravel": "the building",
    "access.SpecialDay": "the calendar of a site",
    "ledger.PolicyCounter": "a number",
    "ledger.HandleCounter": "a number",
    "ledger.PendingBatch": "hashes of batches",
    "ledger.Checkpoint": "hashes of batches",
    "ledger.SealedBatch": "hashes of batches",
    "readers.Reader": "a device at a door",
    "readers.ReaderHealth": "a device at a door",
    "readers.FormerKey": "a key of a device at a door",
    "readers.ReaderAck": "a device at a door",
    "readers.CheckpointWitness": "a device at a door",
    "compliance.NoticeDraft": "the company's words",
    "compliance.CompliancePolicy": "the company's choices; a role, no name",
    "compliance.Certificate": "numbers and counts only",
    "compliance.RetentionRule": "the company's choice",
    "compliance.RetentionRun": "numbers and counts only",
    "compliance.Breach": "the company's file; who was concerned is asked of the rooms, not kept",
    "compliance.BreachStep": "the company's file",
    "compliance.Particulars": "the company's words about itself",
    "compliance.SubProcessor": "a firm",
    "compliance.SubProcessorList": "firms",
    "visitors.VisitType": "the company's choice",
    "visitors.Document": "the company's words",
    "visitors.Kiosk": "a device at reception",
    "visitors.NoticePolicy": "the company's choice",
    "ledger.PrunedLeaf": "hashes of batches",
    "ledger.Stream": "a place that the record is sent to",
}
# A column or relation so named refers to a person: a model with one belongs in OF_PERSON.
TELLTALE: Final = frozenset({"subject", "holder", "person", "device", "credential", "applicant", "user"})
