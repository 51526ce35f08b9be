"""Shapes of what a phone sends and is told."""

from rest_framework import serializers

MARK = "opaque: a pass made under another mark may be refused, and a new one should be fetched"


class EnrolRequest(serializers.Serializer[None]):
    code = serializers.CharField(max_length=32, help_text="the short code as it was typed")
    public_key = serializers.CharField(
        min_length=87, max_length=87, help_text="P-256 point, uncompressed, base64url without padding"
    )
    label = serializers.CharField(  # type: ignore[assignment]  # a field of this name, over DRF's attribute
        max_length=60, allow_blank=True, default="", help_text="what its holder would call the phone"
    )


class OtherPhone(serializers.Serializer[None]):
    """A phone that was enrolled in the same person's name."""

    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    at = serializers.IntegerField(help_text="unix seconds")


class UnlockAnswer(serializers.Serializer[None]):
    """What the company asks of a phone before it shows a code."""

    required = serializers.BooleanField(help_text="whether every code needs an unlock")  # type: ignore[assignment]
    minutes = serializers.IntegerField(help_text="how long an unlock lasts")
    until = serializers.IntegerField(help_text="unix seconds at which the unlock in force ends; 0: none")


class WaitingPhone(serializers.Serializer[None]):
    """A new phone of the same person that this one may confirm or refuse."""

    handle = serializers.IntegerField()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    enrolled_at = serializers.IntegerField(help_text="unix seconds")


class WalletAnswer(serializers.Serializer[None]):
    """How the phone stands."""

    company = serializers.CharField()
    moved_to = serializers.CharField(
        allow_null=True,
        help_text="the host to open and enrol at anew, where this one is the company's former address",
    )
    first_name = serializers.CharField()
    language = serializers.ChoiceField(["en", "de", "fr", "es"])
    device = serializers.CharField(help_text="keyid of this phone")
    device_state = serializers.ChoiceField(["AWAITING", "ACTIVE"])
    holder_state = serializers.ChoiceField(["ACTIVE", "SUSPENDED", "OFFBOARDED"])
    ready = serializers.BooleanField(help_text="whether a code may be asked for")
    life = serializers.IntegerField(help_text="seconds a code lives")
    valid_until = serializers.IntegerField(allow_null=True, help_text="unix seconds")
    other_phone = OtherPhone(
        allow_null=True, help_text="the newest other phone of the last days: its holder should know of it"
    )
    passkeys = serializers.IntegerField(help_text="how many this phone has registered")
    unlock = UnlockAnswer()
    pass_hours = serializers.IntegerField(help_text="how long a pass lasts at most")
    pass_mark = serializers.CharField(
        allow_null=True, help_text=f"{MARK}; null where a pass cannot be made now"
    )
    waiting_phone = WaitingPhone(
        allow_null=True, help_text="told to a confirmed phone: it may confirm or refuse that one"
    )
    may_ask_phone = serializers.BooleanField(
        help_text="told to a waiting phone: whether another phone of its holder can confirm it"
    )
    notices_asked = serializers.IntegerField(
        help_text="how many privacy notices await an answer; 0 for a waiting phone"
    )
    server_now = serializers.IntegerField(help_text="unix seconds")


class CodeAnswer(serializers.Serializer[None]):
    """A live code. It is shown as a QR of its digits: numeric mode, level M, version 6."""

    code = serializers.RegexField(r"^[0-9]{252}$")
    kind = serializers.ChoiceField(["live"])
    issued = serializers.IntegerField(help_text="unix seconds")
    life = serializers.IntegerField(help_text="seconds")
    expires = serializers.IntegerField(help_text="unix seconds; never past the next change of rights")
    unlocked_until = serializers.IntegerField(help_text="unix seconds; 0: the phone is not unlocked")
    pass_mark = serializers.CharField(help_text=MARK)
    server_now = serializers.IntegerField(help_text="unix seconds")


class PassAnswer(serializers.Serializer[None]):
    """A pass, over which the phone makes proofs by itself."""

    # `pass` cannot be written as a name.
    locals()["pass"] = serializers.CharField(help_text="140 sealed bytes, base64url without padding")
    company = serializers.CharField(help_text="16 bytes for which a proof is made, base64url")
    issued = serializers.IntegerField(help_text="unix seconds")
    expires = serializers.IntegerField(help_text="unix seconds; never past the next change of rights")
    unlocked_until = serializers.IntegerField(
        help_text="unix seconds; proofs later than this count as those of a locked phone; 0: not unlocked"
    )
    pass_mark = serializers.CharField(help_text="the mark it was made under")
    server_now = serializers.IntegerField(help_text="unix seconds")


class OptionsAnswer(serializers.Serializer[None]):
    """What the phone's authenticator is asked."""

    options = serializers.DictField(
        help_text="PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON"
    )
    ticket = serializers.UUIDField(help_text="for one answer within two minutes")


class PasskeyRequest(serializers.Serializer[None]):
    ticket = serializers.UUIDField()
    credential = serializers.DictField(help_text="RegistrationResponseJSON of WebAuthn")


class PasskeysAnswer(serializers.Serializer[None]):
    passkeys = serializers.IntegerField(help_text="how many this phone has registered")


class UnlockRequest(serializers.Serializer[None]):
    ticket = serializers.UUIDField()
    assertion = serializers.DictField(help_text="AuthenticationResponseJSON of WebAuthn")


class UnlockedAnswer(serializers.Serializer[None]):
    """Until when the phone counts as unlocked."""

    unlocked_until = serializers.IntegerField(help_text="unix seconds; 0: locked")
    server_now = serializers.IntegerField(help_text="unix seconds")


class WalletRefusal(serializers.Serializer[None]):
    """Why not. `code` is stable."""

    code = serializers.CharField()
    text = serializers.CharField()
    retry = serializers.BooleanField(help_text="whether the same may be tried again")
    wait = serializers.IntegerField(required=False, help_text="seconds to wait before trying again")
    server_now = serializers.IntegerField(required=False, help_text="our clock, with clock_skew")
