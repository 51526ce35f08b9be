"""Shapes of the hand-in of a journal."""

from typing import Any

from rest_framework import serializers

from readers.api.serializers import Base64Field, WholeField
from readers.handin.told import LONGEST_FACTS, Fault, Result, Told
from readers.scanning.envelope import MOST_CHALLENGE, MOST_CHALLENGES, MOST_CODE, MOST_MS
from sallyport.offline import MOST_HANDED_IN
from sallyport.reader_protocol import LARGEST_EPOCH


class BoundedField(WholeField):
    """A whole number within bounds."""

    def __init__(self, *, least: int = 0, most: int = 2**53 - 1) -> None:
        super().__init__()
        self.least, self.most = least, most

    def to_internal_value(self, data: Any) -> int:
        """The number itself."""
        value = super().to_internal_value(data)
        if not self.least <= value <= self.most:
            raise serializers.ValidationError("This number is out of bounds.", code="out_of_bounds")
        return value


class VerbatimField(serializers.CharField):
    """A text as it came, whatever a camera has read: nothing is stripped, no character is refused.

    A whole hand-in that were refused for one strange code would come again for ever.
    """

    def __init__(self, *, most: int) -> None:
        super().__init__(max_length=most, allow_blank=True, trim_whitespace=False)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The text itself."""
        if not isinstance(data, str):
            raise serializers.ValidationError("This is not a text.", code="not_a_text")
        if self.max_length is not None and len(data) > self.max_length:
            raise serializers.ValidationError("This text is too long.", code="too_long")
        return data


class FlagField(serializers.BooleanField):
    """True or false, no other spelling."""

    def to_internal_value(self, data: Any) -> bool:
        """The flag itself."""
        if type(data) is not bool:
            raise serializers.ValidationError("This is neither true nor false.", code="not_a_flag")
        return data


class EntrySerializer(serializers.Serializer[object]):
    """One entry of a journal, with the reader's signature."""

    position = BoundedField(least=1)
    counter = BoundedField(least=1)
    at_ms = BoundedField(most=MOST_MS)
    code = VerbatimField(most=MOST_CODE)
    challenges = serializers.ListField(
        child=BoundedField(least=1, most=MOST_CHALLENGE), max_length=MOST_CHALLENGES
    )
    granted = FlagField()
    reason = VerbatimField(most=40)
    facts = VerbatimField(most=LONGEST_FACTS)
    epoch = BoundedField(most=LARGEST_EPOCH)
    seq = WholeField()
    previous = Base64Field(least=32, most=32)
    sig = Base64Field(least=64, most=64)


class HandInSerializer(serializers.Serializer[object]):
    """Entries by rising position; `after` says that behind this position the reader has no others before the
    last of these.
    """

    entries = serializers.ListField(child=EntrySerializer(), min_length=1, max_length=MOST_HANDED_IN)
    after = WholeField(required=False)


class HeadSerializer(serializers.Serializer[object]):
    """The last entry that the server has."""

    position = serializers.IntegerField()
    hash = Base64Field(least=32, most=32)


class JournalGapSerializer(HeadSerializer):
    """Nothing was taken: entries after this one come first."""

    code = serializers.CharField()
    text = serializers.CharField()
    retry = serializers.BooleanField()


class OutcomeOfEntrySerializer(serializers.Serializer[object]):
    """What became of one entry; `code` says why it was quarantined and is empty otherwise."""

    position = serializers.IntegerField()
    result = serializers.ChoiceField(choices=[one.value for one in Result])
    code = serializers.ChoiceField(choices=[one.value for one in Fault], allow_blank=True)


class HandedInSerializer(serializers.Serializer[object]):
    """A result for each entry, in the order in which they came, and where the journal stands now."""

    results = OutcomeOfEntrySerializer(many=True)
    position = serializers.IntegerField()
    hash = Base64Field(least=32, most=32)


def told_of(given: dict[str, Any]) -> Told:
    """The entry of a checked shape."""
    return Told(**given | {"challenges": tuple(given["challenges"])})
