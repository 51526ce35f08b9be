"""Holder, Credential, Device, Invitation and the company's choices about codes."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from credentials import paper  # noqa: F401  (models of this app, too)
from credentials.lives import CodeLife  # noqa: F401  (models of this app, too)
from credentials.lost_links import LostLink  # noqa: F401  (Django finds it here)
from tenants.models import TenantModel
from vault.fields import EncryptedText
from vault.models import Subject


class HolderKind(models.TextChoices):
    EMPLOYEE = "EMPLOYEE", "Employee"
    CONTRACTOR = "CONTRACTOR", "Contractor"
    VISITOR = "VISITOR", "Visitor"


class HolderState(models.TextChoices):
    ACTIVE = "ACTIVE", "Active"
    SUSPENDED = "SUSPENDED", "Suspended"
    OFFBOARDED = "OFFBOARDED", "Off-boarded"


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    FRENCH = "fr", "Français"
    SPANISH = "es", "Español"


class Holder(TenantModel):
    """A person who may pass doors. Shown as "cardholder"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.PositiveIntegerField(unique=True, editable=False)
    subject = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=HolderKind, default=HolderKind.EMPLOYEE)
    state = models.CharField(max_length=12, choices=HolderState, default=HolderState.ACTIVE)
    name = EncryptedText()
    email = EncryptedText(blank=True, default="")
    email_index = models.BinaryField(max_length=16, null=True, editable=False)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)
    unlock_required = models.BooleanField(
        default=False, help_text="whether every code needs a phone unlock, whatever the company asks"
    )

    class Meta(TenantModel.Meta):
        ordering = ["handle"]
        constraints = [
            models.UniqueConstraint(
                fields=["email_index"],
                condition=Q(email_index__isnull=False) & ~Q(state=HolderState.OFFBOARDED),
                name="holder_email_once_among_the_present",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=~Q(state="ACTIVE"), name="holder_opens_nothing")]

    def __str__(self) -> str:
        return f"holder {self.handle}"

    @property
    def is_active(self) -> bool:
        return self.state == HolderState.ACTIVE


class CredentialState(models.TextChoices):
    ISSUED = "ISSUED", "Issued"
    ACTIVE = "ACTIVE", "Active"
    SUSPENDED = "SUSPENDED", "Suspended"
    REVOKED = "REVOKED", "Revoked"
    LOST = "LOST", "Lost"
    EXPIRED = "EXPIRED", "Expired"


LIVE_CREDENTIAL_STATES = (CredentialState.ISSUED, CredentialState.ACTIVE, CredentialState.SUSPENDED)


class Credential(TenantModel):
    """What a code stands for at a door. A reduction of rights replaces it by one with a new handle."""

    handle = models.PositiveIntegerField(primary_key=True, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="credentials")
    state = models.CharField(max_length=12, choices=CredentialState, default=CredentialState.ACTIVE)
    profile = models.PositiveIntegerField(default=0, help_text="written by access; 0 opens nothing")
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    fresh_until = models.DateTimeField(
        null=True,
        blank=True,
        db_index=True,
        help_text="next change of the holder's levels; no code outlives it",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when it was revoked; no code outlives that by a day"
    )

    class Meta(TenantModel.Meta):
        ordering = ["-handle"]
        indexes = [
            models.Index(fields=["ended_at"], condition=~Q(state="ACTIVE"), name="credential_opens_nothing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(state__in=LIVE_CREDENTIAL_STATES),
                name="one_live_credential_per_holder",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lt=models.F("valid_until")),
                name="credential_begins_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"credential {self.handle}"


class DeviceState(models.TextChoices):
    AWAITING = "AWAITING", "Awaiting confirmation"
    ACTIVE = "ACTIVE", "Active"
    REVOKED = "REVOKED", "Revoked"


class Device(TenantModel):
    """A phone: its public key is all that identifies it. It mints for its holder's live credential."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.PositiveIntegerField(unique=True, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="devices")
    public_key = models.BinaryField(max_length=65, help_text="P-256 point, uncompressed")
    thumbprint = models.CharField(max_length=43, unique=True, help_text="SHA-256 of the point, base64url")
    label = EncryptedText(subject_source="holder.subject_id", blank=True, default="")
    state = models.CharField(max_length=12, choices=DeviceState, default=DeviceState.AWAITING)
    enrolled_at = models.DateTimeField()
    vouched_at = models.DateTimeField(null=True, blank=True)
    vouched_by = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=64, blank=True)
    revoked_reason = models.CharField(max_length=32, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-handle"]
        indexes = [
            models.Index(fields=["holder", "state"], name="device_holder_state"),
            models.Index(fields=["revoked_at"], condition=~Q(state="ACTIVE"), name="device_opens_nothing"),
        ]

    def __str__(self) -> str:
        return f"device {self.handle}"


class DeviceUse(TenantModel):
    """What a phone asked lately.

    Apart from Device so that asking for a code moves no policy and waits for no deed.
    """

    device = models.PositiveIntegerField(primary_key=True, help_text="the device's handle")
    seen_at = models.BigIntegerField(help_text="unix milliseconds of the last request")
    requests = models.JSONField(default=dict, help_text="nonces of the replay window: {nonce: created}")
    minted_ms = models.BigIntegerField(default=0)
    minted_nonce = models.CharField(max_length=64, blank=True)
    passed_ms = models.BigIntegerField(db_default=0, help_text="when the phone was last given a pass")
    passed_nonce = models.CharField(max_length=64, blank=True, db_default="")
    unlocked_ms = models.BigIntegerField(db_default=0, help_text="when it was last unlocked; 0: locked")
    unlocked_by = models.CharField(max_length=12, blank=True, db_default="", help_text="passkey or face")
    passkey_until_ms = models.BigIntegerField(
        db_default=0, help_text="until when an operator lets it make its first passkey"
    )

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"use of device {self.device}"


class Passkey(TenantModel):
    """A key in a phone's keeping that signs only after the phone has checked its holder's finger or face.

    Bound to the phone it was made on and to the host it was made at.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048, help_text="COSE_Key")
    sign_count = models.BigIntegerField(default=0)
    rp_id = models.CharField(max_length=253)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"passkey of {self.device_id}"


class TicketPurpose(models.TextChoices):
    REGISTER = "register", "Register a passkey"
    UNLOCK = "unlock", "Unlock"


class UnlockTicket(TenantModel):
    """A challenge for one answer of one phone's passkey."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=TicketPurpose)
    challenge = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["expires_at"]

    def __str__(self) -> str:
        return f"{self.purpose} ticket of {self.device_id}"


class InvitationState(models.TextChoices):
    OPEN = "OPEN", "Open"
    USED = "USED", "Used"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    EXHAUSTED = "EXHAUSTED", "Too many wrong codes"
    EXPIRED = "EXPIRED", "Expired"


class Invitation(TenantModel):
    """A short code that may bind one phone.

    `locator` (its first characters) finds the row, so that guesses count against it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="invitations")
    locator = models.CharField(max_length=3)
    code_hash = models.BinaryField(max_length=32)
    state = models.CharField(max_length=12, choices=InvitationState, default=InvitationState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["locator"], condition=Q(state=InvitationState.OPEN), name="open_locator_once"
            ),
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(state=InvitationState.OPEN),
                name="one_open_invitation_per_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation for {self.holder_id}"


class WrongCodes(TenantModel):
    """How many codes that name no invitation came from one source in one window: guessing locators is
    bounded too.
    """

    source = models.BinaryField(max_length=32, help_text="keyed hash of the address")
    window = models.BigIntegerField(help_text="unix seconds / length of the window")
    count = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["source", "window"], name="wrong_codes_window")]

    def __str__(self) -> str:
        return f"{self.count} wrong codes"


class Vouching(models.TextChoices):
    OPERATOR = "OPERATOR", "An operator confirms each new phone"
    FIRST_USE = "FIRST_USE", "The phone's first use confirms it"


class CodePolicy(TenantModel):
    """The company's choices about phones and codes: one row, and the defaults where there is none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    vouching = models.CharField(max_length=12, choices=Vouching, default=Vouching.OPERATOR)
    code_life = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(15), MaxValueValidator(60)], help_text="seconds"
    )
    mint_interval = models.PositiveSmallIntegerField(
        default=5, validators=[MaxValueValidator(60)], help_text="seconds between two new codes of one phone"
    )
    max_phones = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    unlock_required = models.BooleanField(default=False, help_text="whether every code needs a phone unlock")
    unlock_minutes = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="how long a phone unlock lasts",
    )
    pass_hours = models.PositiveSmallIntegerField(
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text="how long a phone can show codes without signal",
    )
    passkeys_until = models.DateTimeField(
        null=True, editable=False, help_text="until when every confirmed phone may make its first passkey"
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_code_policy"),
            models.CheckConstraint(
                condition=Q(code_life__gte=15, code_life__lte=60), name="code_life_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(unlock_minutes__gte=1, unlock_minutes__lte=120), name="unlock_minutes_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(pass_hours__gte=1, pass_hours__lte=24), name="pass_hours_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return "code policy"
