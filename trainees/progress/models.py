from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import Level, Mode, Tier
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.records import FieldClass, Mutability, Record
from trainees.registry.enums import Sex
from trainees.registry.models import Trainee

from .enums import Loss

LEDGER_READERS = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR)


class PersonTimeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """By the township copied on the day: somebody who moved away stays in the figures of the old place."""
        return self.filter(scope_of(user).within("township_code", *LEDGER_READERS))


class PersonTimeGroupQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(person_time__in=PersonTime.objects.visible_to(user))


class PersonTime(Record):
    """人次: one unit of the ledger, counted or refused with its reason, with the day's facts copied.

    Derived: `recount` rebuilds it from enrolments, presences and memberships and reports any difference.
    """

    mutability = Mutability.DERIVED
    field_classes = {
        "unit_key": FieldClass.INTERNAL,
        "policy_version": FieldClass.INTERNAL,
        "counted": FieldClass.INTERNAL,
        "loss": FieldClass.INTERNAL,
        "counted_on": FieldClass.INTERNAL,
        "minutes_present": FieldClass.PERSONAL,
        "minutes_planned": FieldClass.INTERNAL,
        "sessions_present": FieldClass.PERSONAL,
        "days_present": FieldClass.PERSONAL,
        "signed": FieldClass.PERSONAL,
        "attended": FieldClass.PERSONAL,
        "mode": FieldClass.INTERNAL,
        "tier": FieldClass.INTERNAL,
        "level": FieldClass.INTERNAL,
        "sex": FieldClass.PERSONAL,
        "township_code": FieldClass.PERSONAL,
        "village_code": FieldClass.PERSONAL,
    }

    programme = models.ForeignKey("lms.Programme", on_delete=models.PROTECT, related_name="person_times")
    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="person_times")
    training_class = models.ForeignKey("courses.TrainingClass", on_delete=models.PROTECT, related_name="person_times")
    # "class", "day:2018-05-03" or "session:17" within the class, as the policy's unit says.
    unit_key = models.CharField(max_length=40)
    policy_version = models.PositiveIntegerField()
    counted = models.BooleanField()
    loss = models.CharField(_("reason"), max_length=25, choices=Loss, blank=True)
    # The day of the class's last session (per class) or the day itself: what "as of" asks.
    counted_on = models.DateField()
    minutes_present = models.PositiveIntegerField()
    minutes_planned = models.PositiveIntegerField()
    sessions_present = models.PositiveIntegerField()
    days_present = models.PositiveIntegerField()
    signed = models.BooleanField()
    attended = models.BooleanField()
    mode = models.CharField(max_length=10, choices=Mode)
    tier = models.CharField(max_length=15, choices=Tier)
    level = models.CharField(max_length=12, choices=Level, blank=True)
    sex = models.CharField(max_length=1, choices=Sex)
    township_code = models.CharField(max_length=12)
    village_code = models.CharField(max_length=12, blank=True)

    objects = PersonTimeQuerySet.as_manager()

    class Meta:
        ordering = ["counted_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "trainee", "training_class", "unit_key"], name="one_person_time_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(counted=True, loss="") | Q(counted=False) & ~Q(loss=""),
                name="a_refused_unit_has_its_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "counted", "counted_on"], name="persontime_counted"),
            models.Index(fields=["training_class"], name="persontime_class"),
        ]

    def __str__(self):
        return f"{self.trainee_id} {self.training_class_id} {self.unit_key}"


class PersonTimeGroup(Record):
    """A group the person belonged to on the day, copied beside the unit."""

    mutability = Mutability.DERIVED
    field_classes = {"group": FieldClass.SENSITIVE}

    person_time = models.ForeignKey(PersonTime, on_delete=models.CASCADE, related_name="groups")
    group = models.CharField(max_length=30, db_index=True)

    objects = PersonTimeGroupQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_time", "group"], name="one_group_per_unit")]

    def __str__(self):
        return f"{self.person_time_id} {self.group}"
