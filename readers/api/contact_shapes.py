"""Shapes of the contact, the wipe and the door's events."""

from typing import Any, Final

from rest_framework import serializers

from readers.api.serializers import Base64Field, WholeField
from readers.models import DoorEventKind

MOST_DOOR_EVENTS: Final = 500


class MaybeWholeField(WholeField):
    """A whole number, or null for "not so"."""

    def __init__(self) -> None:
        super().__init__()
        self.allow_null, self.required, self.default = True, False, None


class WordField(serializers.RegexField):
    """A short word of the reader's own about one of its parts; empty says nothing."""

    def __init__(self) -> None:
        super().__init__(r"\A[a-z_]*\Z", max_length=24, allow_blank=True, default="")


class TokenField(serializers.CharField):
    """The token of the last answer, empty the first time; opaque to readers."""

    def __init__(self) -> None:
        super().__init__(max_length=48)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The framework would let an empty text through as text."""
        return b"" if data == "" else super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        """Its 24 bytes."""
        text = super().to_internal_value(data)
        try:
            value = bytes.fromhex(text)
        except ValueError:
            raise serializers.ValidationError("This is no token.", code="not_a_token") from None
        if len(value) != 24:
            raise serializers.ValidationError("This is no token.", code="not_a_token")
        return value

    def to_representation(self, value: Any) -> str:
        """The text that the reader keeps and shows."""
        return bytes(value).hex()


class ContactSerializer(serializers.Serializer[object]):
    """How a reader is, and by which token it is the one."""

    token = TokenField()
    nonce = Base64Field(least=16, most=16)
    at_ms = WholeField()
    version = serializers.CharField(max_length=40, allow_blank=True, default="")
    program = serializers.CharField(max_length=40, allow_blank=True, default="")
    queue = WholeField()
    list_at_ms = MaybeWholeField()
    offline_since_ms = MaybeWholeField()
    camera = WordField()
    door = WordField()
    decoder = WordField()


class NoticeSerializer(serializers.Serializer[object]):
    """A newer program."""

    version = serializers.CharField()
    url = serializers.CharField()
    sig = serializers.CharField()


class ContactedSerializer(serializers.Serializer[object]):
    """The next token, our time, where the journal stands, and what the reader must do."""

    token = TokenField()
    now_ms = serializers.IntegerField()
    position = serializers.IntegerField(help_text="of the last entry of its journal on record")
    hash = Base64Field(least=32, most=32)
    wipe = serializers.BooleanField(help_text="destroy key and store, after POST /readers/wiped")
    notice = NoticeSerializer(allow_null=True)
    bundle = serializers.IntegerField(help_text="number of the newest bundle made for it")
    renew = serializers.BooleanField(help_text="renew the key: POST /readers/key")
    face = serializers.CharField(
        allow_null=True,
        help_text="where its area asks for a face: the way in without one",
    )


class DoorEventSerializer(serializers.Serializer[object]):
    """One thing that the door did; `counter` with `opened` and `not_opened` only."""

    number = WholeField()
    kind = serializers.ChoiceField(choices=DoorEventKind.choices)
    at_ms = WholeField()
    counter = MaybeWholeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What follows a grant names it, nothing else does; numbers begin at 1."""
        follows = attrs["kind"] in {DoorEventKind.OPENED, DoorEventKind.NOT_OPENED}
        if attrs["number"] < 1 or (attrs.get("counter") is not None) != follows:
            raise serializers.ValidationError("The event is not as it must be.", code="malformed")
        return attrs


class DoorEventsSerializer(serializers.Serializer[object]):
    """Events, ascending by number; none to ask how far they are known."""

    events = DoorEventSerializer(many=True)

    def validate_events(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Not too many, each number above the one before."""
        if len(value) > MOST_DOOR_EVENTS:
            raise serializers.ValidationError("These are too many.", code="too_many")
        numbers = [event["number"] for event in value]
        if numbers != sorted(set(numbers)):
            raise serializers.ValidationError("The numbers do not ascend.", code="not_ascending")
        return value


class DoorKnownSerializer(serializers.Serializer[object]):
    """The last number on record."""

    number = serializers.IntegerField()
