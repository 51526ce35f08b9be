"""Shapes of notices, consents and receipts."""

from rest_framework import serializers

from compliance.law import Act, Basis, Change, Form, Purpose
from compliance.models import PROFILE_CHOICES, Ended, Language

_HASH = "SHA-256 of title, empty line, text in UTF-8; 64 hexadecimal digits"
_PURPOSES = [one.value for one in Purpose]
_ACTS = [one.value for one in Act]


class ConsentRequest(serializers.Serializer[None]):
    id = serializers.UUIDField(help_text="new for each answer; the same when one is sent again")
    purpose = serializers.ChoiceField(_PURPOSES)
    language = serializers.ChoiceField(Language.values)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text=f"of what was shown: {_HASH}")
    pressed = serializers.CharField(max_length=80, help_text="the words on the button")
    signed_name = serializers.CharField(
        max_length=120, allow_blank=True, default="", help_text="as typed, where `form` is signature"
    )


class ConsentRecord(serializers.Serializer[None]):
    """An answer. It is in force while `ended_at` is null."""

    id = serializers.UUIDField()
    purpose = serializers.ChoiceField(_PURPOSES)
    act = serializers.ChoiceField(_ACTS)
    version = serializers.IntegerField(help_text="number of the notice")
    sha256 = serializers.CharField()
    given_at = serializers.IntegerField(help_text="unix seconds")
    ended_at = serializers.IntegerField(allow_null=True, help_text="unix seconds")
    ended_how = serializers.ChoiceField(Ended.values, allow_blank=True)
    at_desk = serializers.BooleanField(
        help_text="said at a desk, while an operator attended; no phone signed it"
    )


class RecordAnswer(serializers.Serializer[None]):
    record = ConsentRecord()
    server_now = serializers.IntegerField(help_text="unix seconds")


class WalletNotice(serializers.Serializer[None]):
    """A purpose that concerns the holder, its notice in force, and the newest answer to it."""

    purpose = serializers.ChoiceField(_PURPOSES)
    basis = serializers.ChoiceField([one.value for one in Basis])
    act = serializers.ChoiceField(_ACTS)
    form = serializers.ChoiceField([one.value for one in Form], help_text="how consent is given")
    version = serializers.IntegerField()
    language = serializers.ChoiceField(Language.values)
    languages = serializers.ListField(child=serializers.CharField(), help_text="in which it is published")
    title = serializers.CharField()
    text = serializers.CharField()
    sha256 = serializers.CharField(help_text=_HASH)
    changed = serializers.ListField(child=serializers.ChoiceField([one.value for one in Change]))
    published_at = serializers.IntegerField(help_text="unix seconds")
    open = serializers.BooleanField(help_text="whether the company may ask for it by now")
    asked = serializers.BooleanField(help_text="whether an answer is due")
    record = ConsentRecord(allow_null=True)


class NoticesAnswer(serializers.Serializer[None]):
    notices = WalletNotice(many=True)
    server_now = serializers.IntegerField(help_text="unix seconds")


class Receipt(ConsentRecord):
    """An answer with all that it was an answer to."""

    profile = serializers.ChoiceField(PROFILE_CHOICES)
    language = serializers.ChoiceField(Language.values)
    title = serializers.CharField()
    text = serializers.CharField()
    pressed = serializers.CharField(allow_blank=True)
    signed_name = serializers.CharField(allow_blank=True)
    device = serializers.IntegerField(allow_null=True, help_text="handle of the phone; null: at a desk")
    key_print = serializers.CharField(allow_blank=True, help_text="of the key that signed it")


class ReceiptsAnswer(serializers.Serializer[None]):
    receipts = Receipt(many=True)
    server_now = serializers.IntegerField(help_text="unix seconds")
