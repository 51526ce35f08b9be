"""Profiles: what a code carries follows the holder's levels, and a reduction kills what is already out."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone
from freezegun import freeze_time

from access import services
from access.models import Profile
from access.services import profiles
from credentials.models import Credential, CredentialState, Holder
from credentials.signals import profile_found_stale
from tenants.context import CompanyRef
from tests.access.build import BY, Building, building, henri

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def house(in_acme: CompanyRef) -> Building:
    return building()


@pytest.fixture
def holder(house: Building) -> Holder:
    return henri()


def live(holder: Holder) -> Credential:
    return holder.credentials.get(state=CredentialState.ACTIVE)


def levels(holder: Holder) -> list[int]:
    return list(Profile.objects.get(number=live(holder).profile).levels)


def test_a_grant_shows_in_the_profile(house: Building, holder: Holder) -> None:
    before = live(holder).handle
    services.grant_level(holder=holder, level=house.staff, by=BY)
    assert levels(holder) == [house.staff.pk]
    assert live(holder).handle == before, "more rights need no new handle"


def test_two_people_with_the_same_levels_share_a_profile(house: Building, holder: Holder) -> None:
    other = henri("other@acme.example")
    for person in (holder, other):
        services.grant_level(holder=person, level=house.staff, by=BY)
    assert live(holder).profile == live(other).profile


def test_a_reduction_issues_a_new_handle_and_revokes_the_old(house: Building, holder: Holder) -> None:
    grant = services.grant_level(holder=holder, level=house.staff, by=BY)
    before = live(holder)
    services.withdraw_grant(grant=grant, by=BY)
    assert live(holder).handle != before.handle
    assert Credential.objects.get(handle=before.handle).state == CredentialState.REVOKED
    assert levels(holder) == []


def test_no_code_outlives_the_next_change(house: Building, holder: Holder) -> None:
    begin, end = timezone.now() + dt.timedelta(hours=1), timezone.now() + dt.timedelta(hours=2)
    services.grant_level(holder=holder, level=house.staff, valid_from=begin, valid_until=end, by=BY)
    assert live(holder).fresh_until == begin
    assert levels(holder) == []


def test_the_clock_brings_and_takes_a_level_without_a_new_handle(house: Building, holder: Holder) -> None:
    now = timezone.now()
    begin, end = now + dt.timedelta(hours=1), now + dt.timedelta(hours=2)
    services.grant_level(holder=holder, level=house.staff, valid_from=begin, valid_until=end, by=BY)
    handle = live(holder).handle
    assert services.refresh_due_profiles(now=now) == 0
    assert services.refresh_due_profiles(now=begin) == 1
    assert (levels(holder), live(holder).fresh_until) == ([house.staff.pk], end)
    assert services.refresh_due_profiles(now=end) == 1
    assert (levels(holder), live(holder).fresh_until) == ([], None)
    assert live(holder).handle == handle


def test_a_withdrawal_after_the_end_was_due_still_counts_as_the_clock(
    house: Building, holder: Holder
) -> None:
    now = timezone.now()
    later = now + dt.timedelta(hours=1)
    services.grant_level(holder=holder, level=house.staff, valid_until=later, by=BY)
    services.refresh_profile(holder=holder, now=later + dt.timedelta(minutes=1), by=BY)
    assert levels(holder) == []


def test_a_phone_that_finds_its_profile_stale_has_it_refreshed(house: Building, holder: Holder) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    services.grant_level(holder=holder, level=house.staff, valid_from=later, by=BY)
    with freeze_time(later):
        profile_found_stale.send(Holder, holder=holder)
    assert (levels(holder), live(holder).fresh_until) == ([house.staff.pk], None)


def test_one_persons_trouble_keeps_nobody_else_out(
    house: Building, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    other = henri("other@acme.example")
    for person in (holder, other):
        services.grant_level(holder=person, level=house.staff, valid_from=later, by=BY)
    real = profiles.refresh_profile

    def troubled(*, holder: Holder, now: dt.datetime, by: str) -> None:
        if holder.handle != other.handle:
            raise OperationalError("locked")
        real(holder=holder, now=now, by=by)

    monkeypatch.setattr(profiles, "refresh_profile", troubled)
    assert services.refresh_due_profiles(now=later) == 1
    assert levels(other) == [house.staff.pk]
