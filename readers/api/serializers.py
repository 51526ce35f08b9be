"""Shapes of what readers send and get."""

import binascii
from typing import Any

from rest_framework import serializers

from readers.models import Algorithm
from sallyport.reader_protocol import LARGEST_EPOCH


class Base64Field(serializers.CharField):
    """Bytes as standard base64 with padding."""

    def __init__(self, *, least: int, most: int, **more: Any) -> None:
        super().__init__(max_length=(most + 2) // 3 * 4, **more)
        self.least, self.most = least, most

    def to_internal_value(self, data: Any) -> Any:
        """The bytes, within the allowed length."""
        text = super().to_internal_value(data)
        try:
            value = binascii.a2b_base64(text, strict_mode=True)
        except ValueError:
            raise serializers.ValidationError("This is not base64.", code="not_base64") from None
        if not self.least <= len(value) <= self.most:
            raise serializers.ValidationError("These bytes have the wrong length.", code="wrong_length")
        return value

    def to_representation(self, value: Any) -> str:
        """The text of the bytes."""
        return binascii.b2a_base64(value, newline=False).decode()


class WholeField(serializers.IntegerField):
    """A whole number that a browser holds exactly; neither text nor true."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(min_value=0, max_value=2**53 - 1, required=required)

    def to_internal_value(self, data: Any) -> int:
        """The number itself."""
        if type(data) is not int:
            raise serializers.ValidationError("This is not a whole number.", code="not_whole")
        return super().to_internal_value(data)


class CompanySerializer(serializers.Serializer[object]):
    """The company of a host, as readers sign for it."""

    company_id = serializers.IntegerField()
    company_uid = serializers.CharField()
    name = serializers.CharField()


class PairSerializer(serializers.Serializer[object]):
    """A typed code with proof of a key."""

    code = serializers.CharField(max_length=20)
    public_key = Base64Field(least=32, most=65)
    algorithm = serializers.ChoiceField(choices=Algorithm.choices)
    nonce = Base64Field(least=16, most=64)
    proof = Base64Field(least=64, most=64)


class NewKeySerializer(serializers.Serializer[object]):
    """A key to take the place of the one that signs the request, of the same algorithm, and its proof."""

    public_key = Base64Field(least=32, most=65)
    proof = Base64Field(least=64, most=64)


class RenewedSerializer(serializers.Serializer[object]):
    """The new key is taken; the answer key's signature over that."""

    until_ms = serializers.IntegerField(help_text="the old key ends then, or when the new one is first used")
    sig = Base64Field(least=64, most=64)


class PairedSerializer(serializers.Serializer[object]):
    """What a paired reader must remember."""

    reader = serializers.IntegerField()
    company_id = serializers.IntegerField()
    company_uid = serializers.CharField()
    company_name = serializers.CharField()
    access_point = serializers.IntegerField()
    name = serializers.CharField()
    answer_key = Base64Field(least=32, most=32)
    checkpoint_key = Base64Field(least=32, most=32)
    epoch = serializers.IntegerField()
    seq = serializers.IntegerField()
    counter = serializers.IntegerField()
    language = serializers.CharField()


class OutcomeSerializer(serializers.Serializer[object]):
    """What the door did after a grant."""

    counter = WholeField()
    opened = serializers.BooleanField()


class AckSerializer(serializers.Serializer[object]):
    """An acknowledgement of a reader that has no socket."""

    epoch = serializers.IntegerField(min_value=0, max_value=LARGEST_EPOCH)
    seq = WholeField()
    at_ms = WholeField()
    sig = Base64Field(least=64, most=64)


class PointQuerySerializer(serializers.Serializer[object]):
    """Where the reader stands."""

    epoch = serializers.IntegerField(min_value=0, max_value=LARGEST_EPOCH)
    seq = serializers.IntegerField(min_value=0, max_value=2**53 - 1)


class PolicySerializer(serializers.Serializer[object]):
    """Changes after a point, as (seq, kind, handle)."""

    epoch = serializers.IntegerField()
    seq = serializers.IntegerField()
    changes = serializers.ListField(child=serializers.ListField())
    complete = serializers.BooleanField(help_text="false: there is more, ask again from `epoch`, `seq`")
    challenge = serializers.BooleanField(help_text="whether the door shows a number that phones sign")
    bytes = Base64Field(
        least=1, most=2**20, required=False, help_text="the changes, signed; without them: fetch the bundle"
    )
    sig = Base64Field(least=64, most=64, required=False)


class BundleSerializer(serializers.Serializer[object]):
    """The signed bundle, the key under it, and the answer key's word for that key."""

    bundle = Base64Field(least=1, most=2**24)
    sig = Base64Field(least=64, most=64)
    bundle_key = Base64Field(least=32, most=32)
    bundle_sig = Base64Field(least=64, most=64)


class KeysSerializer(serializers.Serializer[object]):
    """The signed list of keys for codes, the key under it, and the answer key's word for that key."""

    keys = Base64Field(least=1, most=2**23)
    sig = Base64Field(least=64, most=64)
    bundle_key = Base64Field(least=32, most=32)
    bundle_sig = Base64Field(least=64, most=64)


class KeysHeldSerializer(serializers.Serializer[object]):
    """The newest key set that the reader holds."""

    newest = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class NextSerializer(serializers.Serializer[object]):
    """The last event counter on record; the next event takes the one after it."""

    counter = serializers.IntegerField()
    challenge = serializers.BooleanField(help_text="whether the door shows a number that phones sign")
    sig = Base64Field(least=64, most=64)


class RefusalSerializer(serializers.Serializer[object]):
    """A refusal: stable code, text, whether to try again."""

    code = serializers.CharField()
    text = serializers.CharField()
    retry = serializers.BooleanField()
