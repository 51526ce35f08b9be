"""Shapes of what a host's wallet sends and is told about visits. Times in unix seconds."""

from typing import Any

from rest_framework import serializers

from credentials.models import Language
from visitors.models import VisitState
from visitors.models.types import LONGEST_MINUTES
from visitors.services.host_inviting import REPEATS
from visitors.services.inviting import MOST_AT_ONCE


class MayOfHost(serializers.Serializer[None]):
    """What the host may do with the visit now."""

    admit = serializers.BooleanField()
    decline = serializers.BooleanField()
    cancel = serializers.BooleanField()


class HostVisit(serializers.Serializer[None]):
    """One visit of the phone's holder."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    firm = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(VisitState.values)
    waits = serializers.BooleanField(help_text="stands at reception and has to be admitted")
    walk_in = serializers.BooleanField()
    arrived_at = serializers.IntegerField(allow_null=True)
    begins = serializers.IntegerField()
    ends = serializers.IntegerField()
    site = serializers.CharField()
    time_zone = serializers.CharField(help_text="of the site")
    type = serializers.CharField()
    may = MayOfHost()


class HostSite(serializers.Serializer[None]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    time_zone = serializers.CharField()


class HostVisitType(serializers.Serializer[None]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    minutes = serializers.IntegerField(help_text="how long one lasts unless it is said")


class HostNotices(serializers.Serializer[None]):
    """By what the holder is told. What the company has switched off is off whatever the holder wants."""

    mail = serializers.BooleanField()
    push = serializers.BooleanField()
    company_mail = serializers.BooleanField()
    company_push = serializers.BooleanField()
    subscribed = serializers.BooleanField(help_text="whether this phone takes pushes")
    vapid_key = serializers.CharField(help_text="applicationServerKey: a P-256 point, base64url")


class HostVisitsAnswer(serializers.Serializer[None]):
    """Who waits first, then by their beginning; 50 at most."""

    visits = HostVisit(many=True)
    sites = HostSite(many=True)
    types = HostVisitType(many=True)
    notices = HostNotices()
    server_now = serializers.IntegerField(help_text="unix seconds")


class HostVisitAnswer(serializers.Serializer[None]):
    visit = HostVisit()
    server_now = serializers.IntegerField(help_text="unix seconds")


class HostNoticesAnswer(serializers.Serializer[None]):
    notices = HostNotices()
    server_now = serializers.IntegerField(help_text="unix seconds")


class HostInvited(serializers.Serializer[None]):
    """The first visit, and how many were planned."""

    visit = HostVisit()
    invited = serializers.IntegerField()
    server_now = serializers.IntegerField(help_text="unix seconds")


class HostGuest(serializers.Serializer[None]):
    """One more guest for the same time."""

    name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254, allow_blank=True, default="")
    firm = serializers.CharField(max_length=200, allow_blank=True, default="")


class HostInvitation(serializers.Serializer[None]):
    """One guest or several, once or until a day. Sent again, nobody is invited twice."""

    name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254, allow_blank=True, default="")
    firm = serializers.CharField(max_length=200, allow_blank=True, default="")
    language = serializers.ChoiceField(Language.values)
    type = serializers.UUIDField()
    site = serializers.IntegerField()
    begins = serializers.RegexField(
        r"^\d{4}-\d\d-\d\dT\d\d:\d\d$", help_text="by the site's clock: 2031-12-24T09:30"
    )
    minutes = serializers.IntegerField(min_value=5, max_value=LONGEST_MINUTES)
    subject = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="told to the guest"
    )
    more = serializers.ListField(child=HostGuest(), max_length=MOST_AT_ONCE - 1, default=list)
    repeat = serializers.ChoiceField(REPEATS, allow_blank=True, default="", help_text="empty: once")
    until = serializers.DateField(allow_null=True, default=None, help_text="the last day of a series")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["repeat"] and attrs["until"] is None:
            raise serializers.ValidationError("a series needs its last day")
        return attrs


class HostFileWish(serializers.Serializer[None]):
    """What a calendar leaves open."""

    type = serializers.UUIDField()
    site = serializers.IntegerField()
    language = serializers.ChoiceField(Language.values)


class HostFileGuest(serializers.Serializer[None]):
    """One guest at one time, as the file says."""

    name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    subject = serializers.CharField(allow_blank=True)
    begins = serializers.IntegerField()
    ends = serializers.IntegerField()
    skipped = serializers.CharField(
        allow_blank=True, help_text="why not invited, e.g. is_staff, twice, window_over; empty for who is"
    )


class HostFileAnswer(serializers.Serializer[None]):
    file = serializers.UUIDField(help_text="by which it is begun")
    guests = HostFileGuest(many=True)
    server_now = serializers.IntegerField(help_text="unix seconds")


class HostFileBegun(serializers.Serializer[None]):
    invited = serializers.IntegerField()
    server_now = serializers.IntegerField(help_text="unix seconds")


class HostChoices(serializers.Serializer[None]):
    mail = serializers.BooleanField()
    push = serializers.BooleanField()


class PushSubscriptionGiven(serializers.Serializer[None]):
    """PushSubscriptionJSON of the Push API, its keys beside the address."""

    endpoint = serializers.CharField(max_length=1000)
    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=40)
