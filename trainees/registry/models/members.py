from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.records import FieldClass

from .dated import Dated, DatedQuerySet, ends_after_it_starts
from .households import Household
from .people import OFFICE, Trainee


class HouseholdMemberQuerySet(DatedQuerySet):
    def visible_to(self, user):
        return self.filter(scope_of(user).within("trainee__township__code", *OFFICE))


class HouseholdMember(Dated):
    """Who belonged to which household, from when to when. Trainee.household is the one of today."""

    field_classes = {**Dated.field_classes, "relation": FieldClass.PERSONAL}

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="member_entries")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="household_entries")
    # To the head: a code of the list "relation" (GB/T 4761).
    relation = models.CharField(_("relation to the head"), max_length=2, blank=True)

    objects = HouseholdMemberQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="one_household_at_a_time",
                violation_error_message=_("This person belongs to a household already."),
            ),
            models.UniqueConstraint(
                fields=["trainee", "valid_from"],
                condition=Q(voided_at__isnull=True),
                name="one_household_per_first_day",
                violation_error_message=_("This person belongs to a household already."),
            ),
            ends_after_it_starts("member_ends_after_it_starts"),
        ]

    def __str__(self):
        return f"{self.trainee.file_number} {self.household}"
