"""Operators, their second factors, their recovery codes, links to a new password, counted attempts."""

import time
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils.crypto import salted_hmac
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from tenants.models import TenantModel
from tenants.querysets import TenantManager
from vault.envelope import CannotOpen
from vault.fields import EncryptedText
from vault.models import Subject
from vault.services import hash_token, open_company, seal_company

TOTP_STEP = 30
TOTP_DIGITS = 6
TOTP_TOLERANCE = 1
EMAIL_COLUMN = "operators.operator.email"


class Role(models.TextChoices):
    """What an operator is there for. PLATFORM exists in the platform's own company only."""

    OWNER = "OWNER", "Owner"
    SECURITY = "SECURITY", "Security"
    RECEPTION = "RECEPTION", "Reception"
    COMPLIANCE = "COMPLIANCE", "Compliance"
    READ_ONLY = "READ_ONLY", "Read only"
    PLATFORM = "PLATFORM", "Platform"


class OperatorManager(TenantManager["Operator"]):
    """Finds an operator by the blind index of the mail address."""

    def get_by_natural_key(self, email_index: bytes) -> "Operator":
        """What Django's authentication asks for."""
        return self.get_queryset().get(email_index=email_index)


class Operator(TenantModel, AbstractBaseUser):
    """A person who signs in to the console."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="operator")
    email_index = models.BinaryField(unique=True, max_length=16)
    email = EncryptedText()
    name = EncryptedText()
    role = models.CharField(max_length=12, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    # Raised where everything signed in so far must end: another role, a reset factor, deactivation.
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[OperatorManager] = OperatorManager()

    class Meta(TenantModel.Meta):
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def actor(self) -> str:
        """This operator as the ledger names one who acts."""
        return f"operator:{self.pk}"

    def get_session_auth_hash(self) -> str:
        """Bound to password and epoch: changing either ends every session."""
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("operators.session", value, algorithm="sha256").hexdigest()


class DeviceManager(TenantManager[Any]):
    """What django-otp asks of a device's manager, within the company."""

    def devices_for_user(self, user: Operator, confirmed: bool | None = None) -> models.QuerySet[Any]:
        """The operator's devices of this kind."""
        found = self.get_queryset().filter(user=user)
        return found if confirmed is None else found.filter(confirmed=bool(confirmed))


class SecondFactor(TenantModel, TimestampMixin, ThrottlingMixin, Device):
    """What every second factor shares. After each failure the wait doubles (django-otp)."""

    objects: ClassVar[DeviceManager] = DeviceManager()

    class Meta(TenantModel.Meta):
        abstract = True

    def get_throttle_factor(self) -> float:
        """Seconds after the first failure."""
        return 1

    def _passed(self, verified: bool) -> bool:
        if verified:
            self.throttle_reset(commit=False)
            self.set_last_used_timestamp(commit=False)
            self.save()
        else:
            self.throttle_increment(commit=True)
        return verified


class TotpDevice(SecondFactor):
    """An authenticator app (RFC 6238). Its secret is sealed under the company's key."""

    secret_sealed = models.BinaryField()
    drift = models.SmallIntegerField(default=0)
    last_t = models.BigIntegerField(default=-1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "confirmed"], name="operators_one_totp_of_each_state")
        ]

    @property
    def place(self) -> str:
        """Where the secret belongs: it opens for this operator only."""
        return f"operators.totp/{self.user_id}"

    @property
    def secret(self) -> bytes:
        """The opened secret. Raises CannotOpen for one that was moved or altered."""
        return open_company(bytes(self.secret_sealed), context=self.place)

    @secret.setter
    def secret(self, value: bytes) -> None:
        self.secret_sealed = seal_company(value, context=self.place)

    def code(self, *, now: float) -> str:
        """The code of this moment, as the app shows it."""
        totp = TOTP(self.secret, TOTP_STEP, 0, TOTP_DIGITS, self.drift)
        totp.time = now
        return f"{totp.token():0{TOTP_DIGITS}d}"

    def verify_token(self, token: str) -> bool:
        """Whether the code is right; each time step passes once. Must run under select_for_update."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        return self._passed(self._matches(token))

    def _matches(self, token: str) -> bool:
        if not (len(token) == TOTP_DIGITS and token.isascii() and token.isdigit()):
            return False
        try:
            totp = TOTP(self.secret, TOTP_STEP, 0, TOTP_DIGITS, self.drift)
        except CannotOpen:
            return False
        totp.time = time.time()
        if not totp.verify(int(token), TOTP_TOLERANCE, self.last_t + 1):
            return False
        self.last_t = totp.t()
        self.drift = totp.drift
        return True


class RecoveryDevice(SecondFactor):
    """The sheet of recovery codes: it stands in for the authenticator app, each code once."""

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["user"], name="operators_one_recovery_sheet")]

    def hash_of(self, code: str) -> bytes:
        """How a code of this sheet is stored."""
        return hash_token(f"operators.recovery/{self.user_id}", code)

    def verify_token(self, token: str) -> bool:
        """Whether the code stands on the sheet and was not used. Must run under select_for_update."""
        allowed, _ = self.verify_is_allowed()
        if not allowed:
            return False
        used = self.codes.filter(code_hash=self.hash_of(normal_recovery_code(token)))
        return self._passed(used.delete()[0] == 1)


class RecoveryCode(TenantModel):
    """One code that was not used yet."""

    device = models.ForeignKey(RecoveryDevice, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.BinaryField(unique=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.pk)


class PasswordLink(TenantModel):
    """A link to a new password, sent by mail: after an invitation, or when the old one was forgotten.

    Written for unknown addresses too (operator is null), so that asking tells nothing.
    """

    class Purpose(models.TextChoices):
        INVITE = "INVITE"
        RESET = "RESET"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, null=True, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.pk)


class Attempts(TenantModel):
    """How often something was tried by one key within the running window. In PostgreSQL: no cache to lose."""

    kind = models.CharField(max_length=20)
    key = models.BinaryField(max_length=32)
    count = models.PositiveIntegerField()
    until = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="operators_attempts_key")]

    def __str__(self) -> str:
        return self.kind


def normal_recovery_code(text: str) -> str:
    """A recovery code as it is hashed, however it was typed."""
    return "".join(sign for sign in text.upper() if sign.isalnum())
