"""Shapes of what kiosks send and are told."""

from rest_framework import serializers

from readers.api.serializers import Base64Field
from visitors.models import BadgeSize, Photo, Way


class KioskPairRequest(serializers.Serializer[object]):
    """A typed code with proof of a key."""

    code = serializers.CharField(max_length=20)
    public_key = Base64Field(least=65, most=65)
    algorithm = serializers.CharField(max_length=40)
    nonce = Base64Field(least=16, most=64)
    proof = Base64Field(least=64, most=64)


class KioskPaired(serializers.Serializer[object]):
    """What a paired kiosk must remember."""

    kiosk = serializers.IntegerField(help_text="its handle")
    name = serializers.CharField()
    company_id = serializers.IntegerField()
    company_uid = serializers.CharField(help_text="32 hexadecimal digits")
    company_name = serializers.CharField()
    seal_key = Base64Field(least=65, most=65)
    server_now = serializers.IntegerField(help_text="unix seconds")


class KioskStateRequest(serializers.Serializer[object]):
    """How the kiosk stands."""

    waiting = serializers.IntegerField(
        min_value=0, max_value=100_000, help_text="sealed sign-ins that it still holds"
    )


class KioskText(serializers.Serializer[object]):
    """One language of a document."""

    version = serializers.UUIDField()
    title = serializers.CharField()
    body = serializers.CharField()


class KioskDocument(serializers.Serializer[object]):
    """A document that a visit of the type reads or signs, in its newest version."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    signed = serializers.BooleanField(help_text="signed by hand; otherwise only read")
    texts = serializers.DictField(child=KioskText(), help_text="by language")


class KioskType(serializers.Serializer[object]):
    """A type of visit, as far as a kiosk must know it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    walk_in = serializers.BooleanField()
    photo = serializers.ChoiceField(Photo.values)
    face = serializers.BooleanField()
    ways = serializers.ListField(child=serializers.ChoiceField(Way.values))
    escort = serializers.BooleanField()
    badge = serializers.ChoiceField(BadgeSize.values)
    documents = KioskDocument(many=True)


class KioskStateAnswer(serializers.Serializer[object]):
    """All that a kiosk shows before anybody has touched it. Nothing of any visitor."""

    name = serializers.CharField()
    site = serializers.CharField()
    company = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="en, de, fr, es")
    printer = serializers.BooleanField()
    faces_open = serializers.BooleanField(help_text="whether the company may enrol faces by now")
    seal_key = Base64Field(least=65, most=65)
    types = KioskType(many=True)
    server_now = serializers.IntegerField(help_text="unix seconds")


# Twenty documents of 3,000 points each, as the page writes them: 1.1 MB, a third more as base64.
LONGEST_SEALED = 1_500_000


class SealedItem(serializers.Serializer[object]):
    """A sign-in that was taken without network."""

    id = serializers.UUIDField(help_text="chosen by the kiosk: handed in twice is handed in once")
    taken_at = serializers.IntegerField(
        min_value=0, max_value=2**40, help_text="unix seconds by the kiosk's clock"
    )
    sealed = serializers.CharField(
        max_length=LONGEST_SEALED, help_text="base64: encapsulated key (65 bytes), ciphertext (RFC 9180)"
    )


class SealedRequest(serializers.Serializer[object]):
    """Some of what the kiosk holds; 1.6 MB at most."""

    items = SealedItem(many=True, min_length=1, max_length=50)  # type: ignore[call-arg]


class BrokenItem(serializers.Serializer[object]):
    """One that became no visit, or lost a document. It was taken: reception sees it."""

    id = serializers.UUIDField()
    code = serializers.CharField()


class SealedAnswer(serializers.Serializer[object]):
    """What the kiosk need not hold any more."""

    taken = serializers.ListField(child=serializers.UUIDField())
    broken = BrokenItem(many=True)
    server_now = serializers.IntegerField(help_text="unix seconds")


class KioskExitRequest(serializers.Serializer[object]):
    """The code by which staff leave full screen."""

    code = serializers.CharField(max_length=12)


class KioskRefusal(serializers.Serializer[object]):
    """A refusal: stable code, text, whether to try again."""

    code = serializers.CharField()
    text = serializers.CharField()
    retry = serializers.BooleanField()
    wait = serializers.IntegerField(required=False, help_text="seconds")
    server_now = serializers.IntegerField(required=False, help_text="unix seconds; with clock_skew")
