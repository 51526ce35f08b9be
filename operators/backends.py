"""Password check against the company's own operators."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from operators.models import Operator
from operators.selectors import operator_by_email


class OperatorBackend(BaseBackend):
    """Mail address and password. An unknown address costs the same time as a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **credentials: object
    ) -> Operator | None:
        """The operator, or None."""
        operator = operator_by_email(email) if email else None
        if operator is None or not operator.has_usable_password():
            make_password(password)  # spend what the check would have cost
            return None
        if operator.check_password(password) and operator.is_active:
            return operator
        return None

    def get_user(self, user_id: UUID | str) -> Operator | None:
        """The operator of a session, gone at once when deactivated."""
        return Operator.objects.filter(pk=user_id, is_active=True).first()
