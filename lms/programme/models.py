from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.places.models import in_language
from lms.records import FieldClass, Record

from .enums import CountedUnit

NOT_PERSONAL = {"*": FieldClass.PUBLIC}


class Programme(Record):
    """示范项目: one county's project, its period and what it promised."""

    field_classes = NOT_PERSONAL

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    county = models.ForeignKey("lms.Division", on_delete=models.PROTECT, related_name="programmes")
    starts_on = models.DateField(_("starts on"))
    deadline = models.DateField(_("deadline"))
    target_person_times = models.PositiveIntegerField(_("target (person-times)"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline__gt=F("starts_on")),
                name="programme_ends_after_it_starts",
                violation_error_message=_("The deadline must lie after the start."),
            )
        ]

    def __str__(self):
        return in_language(self.name, self.name_en)

    @property
    def name_here(self) -> str:
        return in_language(self.name, self.name_en)


class CountingPolicy(Record):
    """How person-times are counted; a new version per change, none once the first class has opened."""

    field_classes = NOT_PERSONAL

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    unit = models.CharField(_("unit"), max_length=15, choices=CountedUnit, default=CountedUnit.PER_CLASS)
    min_attendance_percent = models.PositiveIntegerField(_("least attendance (%)"), default=80)
    counts_remote = models.BooleanField(_("counts remote lessons"), default=False)
    minutes_per_hour = models.PositiveIntegerField(_("minutes in a training hour"), default=45)
    decided_on = models.DateField(_("decided on"))
    decided_by = models.CharField(_("decided by"), max_length=150)
    note = models.CharField(_("note"), max_length=300, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["programme", "version"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="one_policy_per_version"),
            models.CheckConstraint(
                condition=Q(min_attendance_percent__gte=1, min_attendance_percent__lte=100),
                name="attendance_is_a_percentage",
                violation_error_message=_("The least attendance is a percentage from 1 to 100."),
            ),
        ]

    def __str__(self):
        return f"{self.programme.code} v{self.version}"
