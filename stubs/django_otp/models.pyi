from typing import Any, ClassVar

from django.db import models

class Device(models.Model):
    objects: ClassVar[Any]
    user: Any
    user_id: Any
    name: Any
    confirmed: Any

    class Meta:
        abstract = True

    @property
    def persistent_id(self) -> str: ...
    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]: ...
    def verify_token(self, token: str) -> bool: ...

class ThrottlingMixin(models.Model):
    throttling_failure_timestamp: Any
    throttling_failure_count: Any

    class Meta:
        abstract = True

    def throttle_reset(self, commit: bool = True) -> None: ...
    def throttle_increment(self, commit: bool = True) -> None: ...

class TimestampMixin(models.Model):
    created_at: Any
    last_used_at: Any

    class Meta:
        abstract = True

    def set_last_used_timestamp(self, commit: bool = True) -> None: ...
