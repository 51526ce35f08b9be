"""Shapes of what a kiosk says for somebody who has come, and of what it is told."""

from rest_framework import serializers

from biometrics.api.shapes import BegunAnswer, FrameAnswer
from compliance.law import Act, Form, Purpose
from credentials.models import Language
from visitors.arrival_steps import Stage, Step
from visitors.models import Flow, Photo, Way

__all__ = ["BegunAnswer", "FrameAnswer"]
STEPS = [one.value for one in Step]
STAGES = [one.value for one in Stage]
WORDS = 1000  # longer ones are refused before anybody looks at them; services say what is too long


class Words(serializers.CharField):
    """A line that a person typed."""

    def __init__(self, **more: object) -> None:
        given = {"max_length": WORDS, "allow_blank": True, "default": ""} | more
        super().__init__(**given)  # type: ignore[arg-type]  # passed on as they are


class BeginRequest(serializers.Serializer[object]):
    """`expected` with a code, or with name and date; `walk_in` with what somebody says of themselves."""

    flow = serializers.ChoiceField([Flow.EXPECTED.value, Flow.WALK_IN.value])
    language = serializers.ChoiceField(Language.values)
    code = serializers.CharField(max_length=40, required=False)
    date = serializers.DateField(required=False, help_text="day of the visit, at the kiosk's site")
    type = serializers.UUIDField(required=False)
    host = serializers.UUIDField(required=False)
    name = Words()
    email = Words()
    firm = Words()


class DetailsRequest(serializers.Serializer[object]):
    """Empty leaves a thing as it is."""

    name = Words()
    email = Words()
    firm = Words()


class DocumentRequest(serializers.Serializer[object]):
    version = serializers.UUIDField()
    name = Words(help_text="as the visitor types it; empty: as they were announced")
    strokes = serializers.JSONField(
        required=False,
        help_text="[[[x, y, t], …], …]: pixels, y downwards, milliseconds; 3000 points at most",
    )


class KioskConsentRequest(serializers.Serializer[object]):
    """An answer to a notice; with `declined` nothing else is needed."""

    purpose = serializers.ChoiceField([one.value for one in Purpose])
    declined = serializers.BooleanField(default=False)
    record = serializers.UUIDField(required=False, help_text="new for each answer; the same for a repetition")
    language = serializers.ChoiceField(Language.values, required=False)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)
    pressed = serializers.CharField(max_length=80, required=False)
    signed_name = serializers.CharField(max_length=120, allow_blank=True, default="")


class SkipRequest(serializers.Serializer[object]):
    skip = serializers.BooleanField()


class FaceSessionRequest(serializers.Serializer[object]):
    flash = serializers.BooleanField(default=True, help_text="false: one more turn instead of coloured light")


class WayRequest(serializers.Serializer[object]):
    way = serializers.ChoiceField(Way.values)


class PhoneOffer(serializers.Serializer[object]):
    address = serializers.CharField(help_text="with the token in its fragment, which no server sees")
    seconds = serializers.IntegerField()


class SameRequest(serializers.Serializer[object]):
    same = serializers.BooleanField(help_text="whether both screens show the same digits")


class HostsRequest(serializers.Serializer[object]):
    term = serializers.CharField(max_length=WORDS, help_text="three letters at least")


class DeliveryRequest(serializers.Serializer[object]):
    host = serializers.UUIDField()
    language = serializers.ChoiceField(Language.values)


class LeavingRequest(serializers.Serializer[object]):
    """One of the three."""

    code = serializers.CharField(max_length=40, required=False)
    name = serializers.CharField(max_length=WORDS, required=False)
    language = serializers.ChoiceField(Language.values, default=Language.ENGLISH)

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """`pass` is no name that Python takes."""
        digits = serializers.CharField(max_length=400, required=False, help_text="the code of a day pass")
        return {**super().get_fields(), "pass": digits}


class OpenText(serializers.Serializer[object]):
    """A text still to be read, or to be signed."""

    version = serializers.UUIDField()
    title = serializers.CharField()
    body = serializers.CharField()
    signed = serializers.BooleanField(help_text="signed by hand; otherwise read")
    language = serializers.ChoiceField(Language.values)


class OpenNotice(serializers.Serializer[object]):
    """A notice that is answered now."""

    purpose = serializers.ChoiceField([one.value for one in Purpose])
    act = serializers.ChoiceField([one.value for one in Act])
    title = serializers.CharField()
    text = serializers.CharField()
    sha256 = serializers.CharField()
    language = serializers.ChoiceField(Language.values)
    form = serializers.ChoiceField([one.value for one in Form])


class PhoneShown(serializers.Serializer[object]):
    """A phone that scanned the kiosk's code."""

    digits = serializers.CharField(help_text="two, shown on both screens")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """A field has a label of its own."""
        return {**super().get_fields(), "label": serializers.CharField(allow_blank=True)}


class PassShown(serializers.Serializer[object]):
    """A day pass that was made now. Told once."""

    pin = serializers.CharField()
    begins = serializers.IntegerField(help_text="unix seconds")
    ends = serializers.IntegerField(help_text="unix seconds")


class ArrivalView(serializers.Serializer[object]):
    """How it stands. Name, host and time are null until a code was given or somebody let them in."""

    id = serializers.UUIDField()
    flow = serializers.ChoiceField([Flow.EXPECTED.value, Flow.WALK_IN.value])
    state = serializers.ChoiceField(STAGES)
    step = serializers.ChoiceField(STEPS, allow_null=True)
    steps = serializers.ListField(child=serializers.ChoiceField(STEPS))
    name = serializers.CharField(allow_null=True)
    host = serializers.CharField(allow_null=True)
    until = serializers.IntegerField(allow_null=True, help_text="unix seconds")
    documents = OpenText(many=True)
    consent = OpenNotice(allow_null=True)
    photo = serializers.ChoiceField(Photo.values)
    face = serializers.BooleanField()
    ways = serializers.ListField(child=serializers.ChoiceField(Way.values))
    phone = PhoneShown(allow_null=True)
    badge = serializers.BooleanField(help_text="whether one is printed here")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """`pass` is no name that Python takes."""
        return {**super().get_fields(), "pass": PassShown(allow_null=True)}


class HostFound(serializers.Serializer[object]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class HostsAnswer(serializers.Serializer[object]):
    hosts = HostFound(many=True)


class LeavingAnswer(serializers.Serializer[object]):
    outcome = serializers.ChoiceField(["signed_out", "told"])
