"""Forms of sign-in, second factor, passwords and operators."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from operators.models import Role

MOST_NAME = 100
MOST_PASSWORD = 256  # more costs time and protects nobody


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


class SignInForm(forms.Form):
    """Address and password."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Password", max_length=MOST_PASSWORD, strip=False, widget=_password("current-password")
    )


class CodeForm(forms.Form):
    """Six digits of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "class": "code",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }
        ),
    )


class RecoveryCodeForm(forms.Form):
    """One code of the sheet."""

    code = forms.CharField(
        label="Recovery code",
        max_length=20,
        help_text="One of the ten you were shown. Each works once.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autofocus": True,
                "class": "code",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }
        ),
    )


class ForgottenForm(forms.Form):
    """The address that a link is sent to."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed once and shown on demand by the browser."""

    password = forms.CharField(
        label="New password",
        max_length=MOST_PASSWORD,
        strip=False,
        widget=_password("new-password"),
        help_text="At least 12 characters. A few words in a row are easy to remember and hard to guess.",
    )

    def clean_password(self) -> str:
        """Hold it to the rules of the house."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password


class ChangePasswordForm(NewPasswordForm):
    """A new password for one who is signed in."""

    current = forms.CharField(
        label="Current password", max_length=MOST_PASSWORD, strip=False, widget=_password("current-password")
    )
    field_order = ("current", "password")


class OperatorForm(forms.Form):
    """Who signs in, and as what."""

    name = forms.CharField(label="Name", max_length=MOST_NAME)
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="A link to set a password is sent there. It works for three days.",
    )
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)

    ROLES = (
        (Role.OWNER, "Owner: everything, operators and keys included"),
        (Role.SECURITY, "Security: people, phones, doors, readers, events, alarms"),
        (Role.RECEPTION, "Reception: sees people, doors and events, answers alarms"),
        (Role.COMPLIANCE, "Compliance: sees all of it, and the ledger"),
        (Role.READ_ONLY, "Read only: sees people, doors, readers, events, and the ledger"),
    )

    def __init__(self, *args: Any, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["role"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(str(role.value), text) for role, text in self.ROLES]
        if editing:
            del self.fields["email"]
