"""What was there before groups had proof and households had members is carried forward."""

import importlib

import pytest
from django.apps import apps
from django.utils import timezone

from tests.cast import TODAY
from trainees.registry.models import GroupMembership, HouseholdMember, Trainee

pytestmark = pytest.mark.django_db

migration = importlib.import_module("trainees.migrations.0002_groups")


def test_who_had_a_household_belongs_to_it_since_the_day_of_the_file(cast):
    trainee, _other = cast.person(household_number="5309270000000042"), cast.person()
    HouseholdMember.objects.all().delete()
    migration.enter_members(apps, None)
    row = HouseholdMember.objects.get()
    assert (row.trainee, row.household, row.valid_from, row.valid_to) == (trainee, trainee.household, TODAY, None)
    assert row.recorded_by == Trainee.objects.get(pk=trainee.pk).created_by


def test_entries_that_shared_days_become_one(cast):
    """Ended and added again on one day: that was possible."""
    trainee, other = cast.person(), cast.person()

    def entry(person, group, first, last):
        return GroupMembership.objects.create(
            trainee=person, group=group, valid_from=first, valid_to=last, evidence="roster", recorded_by="x"
        )

    def day(n):
        return timezone.datetime(2018, 3, n).date()

    entry(trainee, "veteran", day(1), day(10))
    again = entry(trainee, "veteran", day(10), None)
    entry(trainee, "coop_member", day(1), day(9))
    entry(trainee, "coop_member", day(10), None)
    entry(other, "veteran", day(2), day(20))
    inside = entry(other, "veteran", day(3), day(5))
    migration.part_overlaps(apps, None)
    live = GroupMembership.objects.live().order_by("trainee", "group", "valid_from")
    assert list(live.values_list("trainee", "group", "valid_from", "valid_to")) == [
        (trainee.pk, "coop_member", day(1), day(9)),
        (trainee.pk, "coop_member", day(10), None),
        (trainee.pk, "veteran", day(1), None),
        (other.pk, "veteran", day(2), day(20)),
    ]
    assert set(GroupMembership.objects.exclude(voided_at=None)) == {again, inside}
