"""Shapes of what a phone sends and is told about its holder's face."""

from rest_framework import serializers

from biometrics.liveness.steps import COLOURS, Move
from biometrics.models import Use


class FaceAnswer(serializers.Serializer[None]):
    """How the phone's holder stands with faces."""

    open = serializers.BooleanField(help_text="whether the company may ask for faces")
    consented = serializers.BooleanField()
    enrolled = serializers.BooleanField()
    verified = serializers.BooleanField(help_text="whether an operator has confirmed it in person")
    enrolled_at = serializers.IntegerField(allow_null=True, help_text="unix seconds")
    reenrol_asked = serializers.BooleanField()
    outdated = serializers.BooleanField(help_text="made by a model that is no longer in use: enrol again")
    unlock = serializers.BooleanField(help_text="whether the face can unlock this phone")


class SessionRequest(serializers.Serializer[None]):
    use = serializers.ChoiceField([Use.ENROL.value, Use.UNLOCK.value])
    flash = serializers.BooleanField(
        default=True, help_text="false: one more turn instead of coloured light; needs no reason"
    )


class StepShape(serializers.Serializer[None]):
    """What the person is shown; left and right are their own."""

    move = serializers.ChoiceField([move.value for move in Move])
    colour = serializers.ChoiceField(["", *COLOURS], help_text="of a flash")


class FrameAnswer(serializers.Serializer[None]):
    """How the capture stands after a frame."""

    phase = serializers.ChoiceField(["running", "passed", "failed"])
    step = StepShape(allow_null=True)
    done = serializers.IntegerField(help_text="steps behind")
    of = serializers.IntegerField(help_text="steps in all")
    sequence = serializers.IntegerField(help_text="the next frame's")
    hint = serializers.CharField(allow_blank=True, help_text="why the frame did not count; a stable code")
    code = serializers.CharField(required=False, help_text="why it failed; a stable code")
    enrolled = serializers.BooleanField(required=False)
    verified = serializers.BooleanField(required=False)
    unlocked_until = serializers.IntegerField(required=False, help_text="unix seconds")
    server_now = serializers.IntegerField(required=False, help_text="unix seconds")


class BegunAnswer(FrameAnswer):
    """A capture that may begin."""

    session = serializers.UUIDField()
    nonce = serializers.CharField(help_text="16 bytes, base64url: stands in each frame")
    seconds = serializers.IntegerField(help_text="how long it lives")
