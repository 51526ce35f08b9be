"""Pages of a company's host that show several rooms."""

from django.urls import path

from pages.views import (
    address,
    alarms,
    branding,
    day_passes,
    events,
    keys,
    overview,
    person,
    record,
    search,
    settings,
)

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("console/feed/", overview.feed, name="feed"),
    path("console/today/", overview.today, name="today"),
    path("console/readers/", overview.readers_health, name="readers-health"),
    path("alarms/", alarms.alarm_list, name="alarms"),
    path("alarms/bell/", alarms.alarm_bell, name="alarm-bell"),
    path("alarms/<uuid:pk>/acknowledge/", alarms.alarm_acknowledge, name="alarm-acknowledge"),
    path("alarms/<uuid:pk>/close/", alarms.alarm_close, name="alarm-close"),
    path("events/", events.event_list, name="events"),
    path("events/<int:pk>/", events.event_detail, name="event"),
    path("people/<uuid:pk>/", person.person, name="person"),
    path("people/<uuid:pk>/day-pass/", day_passes.day_pass_add, name="day-pass-add"),
    path("day-passes/", day_passes.day_pass_list, name="day-passes"),
    path("day-passes/<int:handle>/pdf/", day_passes.day_pass_sheet, name="day-pass-sheet"),
    path("day-passes/<int:handle>/revoke/", day_passes.day_pass_revoke, name="day-pass-revoke"),
    path("phones/<uuid:pk>/progress/", person.phone_progress, name="phone-progress"),
    path("record/", record.record, name="record"),
    path("record/checkpoints/", record.checkpoints, name="checkpoints"),
    path("record/verify/", record.verify, name="record-verify"),
    path("record/verify/<uuid:pk>/", record.verification, name="verification"),
    path("search/", search.search, name="search"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/rotate/", keys.rotate, name="keys-rotate"),
    path("settings/keys/refuse/", keys.refuse, name="keys-refuse"),
    path("settings/", settings.settings, name="settings"),
    path("settings/address/", address.address_page, name="address"),
    path("settings/address/check/", address.address_check, name="address-check"),
    path("settings/branding/", branding.branding, name="branding"),
]
