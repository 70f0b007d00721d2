from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy import masking
from lms.privacy.crypto import lookup_hash
from lms.privacy.fields import EncryptedTextField
from lms.records import FieldClass, Record
from trainees.registry.rules import POOR_TYPES

from .dated import Dated, DatedQuerySet, Proved, ends_after_it_starts
from .homes import place_name

READERS = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR)


class HouseholdQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope_of(user).within("township__code", *READERS))

    def by_number(self, number: str) -> "HouseholdQuerySet":
        return self.filter(number_hash=Household.hash_number(number)).exclude(number_hash="")


class Household(Record):
    """建档立卡户: found by its number. Since when it is poor say its periods, who belongs to it its members."""

    field_classes = {
        "number": FieldClass.SENSITIVE,
        "number_hash": FieldClass.SENSITIVE,
        "head_name": FieldClass.PERSONAL,
        "created_at": FieldClass.INTERNAL,
        "created_by": FieldClass.INTERNAL,
    }

    number = EncryptedTextField(_("household number"))
    number_hash = models.CharField(max_length=64, unique=True, editable=False)
    township = models.ForeignKey("lms.Division", on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey("lms.Division", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Where the head has no file here; a member whose relation is "head" says it better.
    head_name = models.CharField(_("head of household"), max_length=50, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return masking.household_number(self.number)

    @property
    def lives_in(self) -> str:
        return place_name(self.township, self.village)

    @staticmethod
    def hash_number(number: str) -> str:
        return lookup_hash("household.number", number)


class HouseholdPeriodQuerySet(DatedQuerySet):
    def visible_to(self, user):
        return self.filter(household__in=Household.objects.visible_to(user))

    def poor(self):
        return self.filter(poverty_type__in=POOR_TYPES)


class HouseholdPeriod(Proved, Dated):
    """户属性 from a day on: poor of which kind and why, or lifted out of poverty. Live periods never share a day."""

    field_classes = {
        **Proved.field_classes,
        **Dated.field_classes,
        "poverty_type": FieldClass.SENSITIVE,
        "main_cause": FieldClass.SENSITIVE,
        "other_causes": FieldClass.SENSITIVE,
    }

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="periods")
    # A code of the list "poverty_type"; causes are of "poverty_cause".
    poverty_type = models.CharField(_("attribute"), max_length=30)
    main_cause = models.CharField(_("main cause"), max_length=2, blank=True)
    other_causes = models.JSONField(_("other causes"), default=list, blank=True)

    objects = HouseholdPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(valid_to__isnull=True, voided_at__isnull=True),
                name="one_open_period_per_household",
                violation_error_message=_("This household has a period without an end already."),
            ),
            models.UniqueConstraint(
                fields=["household", "valid_from"],
                condition=Q(voided_at__isnull=True),
                name="one_period_per_household_and_day",
                violation_error_message=_("This household has a period from this day on already."),
            ),
            ends_after_it_starts("period_ends_after_it_starts"),
        ]

    def __str__(self):
        return f"{self.household} {self.poverty_type}"

    @property
    def poor(self) -> bool:
        return self.poverty_type in POOR_TYPES
