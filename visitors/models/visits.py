"""Visits, their links, photographs and grants; groups, series and files that made them."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from access.models import AccessGrant, Site
from credentials.models import Device, Holder, Language
from credentials.paper import DayPass, DayPassState
from tenants.models import TenantModel
from vault.fields import EncryptedText
from visitors.models.types import VisitType, Way


class VisitState(models.TextChoices):
    """Where a visit stands; `visitors.states` says which way it may go from there."""

    INVITED = "invited", "Invited"
    EXPECTED = "expected", "Expected"
    ON_SITE = "on_site", "On site"
    SIGNED_OUT = "signed_out", "Signed out"
    EXPIRED = "expired", "Expired"
    REFUSED = "refused", "Refused"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATES = (VisitState.INVITED, VisitState.EXPECTED, VisitState.ON_SITE)


class GroupKind(models.TextChoices):
    GROUP = "group", "Group"
    SERIES = "series", "Series"
    FILE = "file", "File"


class VisitGroup(TenantModel):
    """Visits that were asked for at once: a group, a series of one person, or a file with many."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=GroupKind)
    name = models.CharField(max_length=120, blank=True, default="")
    host = models.ForeignKey(Holder, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class RowState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DONE = "done", "Invited"
    FAILED = "failed", "Not invited"


class GroupRow(TenantModel):
    """One line of a file, sealed under the company's key until it became a visit; then it says nothing."""

    group = models.ForeignKey(VisitGroup, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(help_text="line in the file")
    told = models.BinaryField(blank=True, default=b"", help_text="JSON, sealed; empty once done")
    state = models.CharField(max_length=8, choices=RowState, default=RowState.WAITING)
    code = models.CharField(max_length=40, blank=True, default="", help_text="why it failed")

    class Meta(TenantModel.Meta):
        ordering = ["group", "number"]
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="group_row_once")]
        indexes = [models.Index(fields=["group"], condition=Q(state="waiting"), name="group_rows_waiting")]

    def __str__(self) -> str:
        return f"line {self.number} of {self.group_id}"


class Visit(TenantModel):
    """One person, one time, one host. The person is a Holder of kind VISITOR.

    Nothing opens before it is ON_SITE: grants are made when it is admitted, and taken away at its end.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.PositiveIntegerField(unique=True, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="visits")
    host = models.ForeignKey(Holder, null=True, on_delete=models.PROTECT, related_name="hosted")
    type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="visits")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="visits")
    group = models.ForeignKey(VisitGroup, null=True, on_delete=models.SET_NULL, related_name="visits")
    state = models.CharField(max_length=12, choices=VisitState, default=VisitState.INVITED)
    walk_in = models.BooleanField(default=False)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    opens = models.DateTimeField(help_text="begins less the grace before")
    closes = models.DateTimeField(help_text="ends with the grace after: nothing opens past it")
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    firm = EncryptedText(subject_source="holder.subject_id", blank=True, default="")
    subject = EncryptedText(subject_source="holder.subject_id", blank=True, default="", help_text="why")
    way = models.CharField(max_length=8, choices=Way, blank=True, default="")
    day_pass = models.ForeignKey(DayPass, null=True, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")
    code_locator = models.CharField(max_length=3, blank=True, default="")
    code_hash = models.BinaryField(max_length=32, null=True, help_text="of the code in the mail")
    code_attempts = models.PositiveSmallIntegerField(default=0)
    arrived_at = models.DateTimeField(null=True, blank=True, help_text="waits to be admitted since")
    kiosk = models.PositiveIntegerField(null=True, help_text="handle of the kiosk it arrived at")
    admitted_at = models.DateTimeField(null=True, blank=True)
    admitted_by = models.CharField(max_length=64, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it came to its last state")
    ended_by = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta(TenantModel.Meta):
        ordering = ["begins", "handle"]
        indexes = [
            models.Index(fields=["begins"], name="visit_begins"),
            models.Index(fields=["closes"], condition=Q(state__in=OPEN_STATES), name="visit_open_closes"),
            models.Index(fields=["code_locator"], condition=Q(state__in=OPEN_STATES), name="visit_code"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(begins__lt=models.F("ends")), name="visit_begins_before_end"),
            models.CheckConstraint(
                condition=Q(opens__lte=models.F("begins"), closes__gte=models.F("ends")),
                name="visit_grace_is_around_it",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, ended_at=None)
                | (~Q(state__in=OPEN_STATES) & Q(ended_at__isnull=False)),
                name="visit_ended_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.handle}"

    @property
    def is_open(self) -> bool:
        """Whether it has not come to an end."""
        return self.state in OPEN_STATES

    @property
    def waits(self) -> bool:
        """Whether the visitor stands at reception and nobody has admitted them yet."""
        return self.state in {VisitState.INVITED, VisitState.EXPECTED} and self.arrived_at is not None

    @property
    def wants_pass(self) -> bool:
        """Whether reception has to give a day pass anew: none is good any more, or it ends before the visit.

        One that ends later than a day from now may not have been longer: see `desk.give_day_pass`.
        """
        if self.state != VisitState.ON_SITE or self.way != Way.DAY_PASS:
            return False
        if self.day_pass is None or self.day_pass.state != DayPassState.ACTIVE:
            return True
        return self.day_pass.ends < min(self.closes, timezone.now() + dt.timedelta(days=1))


class LinkPurpose(models.TextChoices):
    """What a mailed link can do, and nothing else."""

    PREPARE = "prepare", "The visitor prepares at home and binds a phone"
    ADMIT = "admit", "The host admits or declines"


class VisitLink(TenantModel):
    """A mailed link: 128 bits derived from its id under the company's key, stored as a hash.

    Looking at it uses nothing up; a PREPARE link binds one phone, on POST, once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8, choices=LinkPurpose)
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "purpose"], condition=Q(used_at=None), name="one_open_link_per_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link of {self.visit_id}"


class VisitGrant(TenantModel):
    """Which grants a visit made, so that its end takes these away and no others."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="grants")
    grant = models.OneToOneField(AccessGrant, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"grant {self.grant_id} of visit {self.visit_id}"


class VisitPhoto(TenantModel):
    """The photograph for the badge, sealed under the visitor's key; gone when the visit ends."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, primary_key=True, related_name="photo")
    sealed = models.BinaryField(help_text="JPEG, at most 480 px a side")
    taken_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"photo of visit {self.visit_id}"
