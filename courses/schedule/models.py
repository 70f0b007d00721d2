import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import Level, Tier
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.places.models import in_language
from lms.records import FieldClass, Record

from .enums import ClassState, Half

OFFICE = (Role.MANAGER, Role.CLERK, Role.AUDITOR)


class Trainer(Record):
    """讲师: who teaches; an account is needed only to mark attendance on a phone."""

    field_classes = {
        "name": FieldClass.PUBLIC,  # trainers are announced with their classes
        "organisation": FieldClass.PUBLIC,
        "qualification": FieldClass.PUBLIC,
        "active": FieldClass.INTERNAL,
    }

    name = models.CharField(_("name"), max_length=50)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    qualification = models.CharField(_("qualification"), max_length=200, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="trainer",
        verbose_name=_("account"),
    )  # fmt: skip
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("trainer")
        verbose_name_plural = _("trainers")
        ordering = ["name", "id"]

    def __str__(self):
        return self.name


class TrainingClassQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The office sees all of its places, a township the classes held in it, a trainer the own ones."""
        scope = scope_of(user)
        visible = scope.within("venue__division__code", *OFFICE, Role.TOWNSHIP_OPERATOR)
        if scope.has(Role.TRAINER):
            visible = visible | Q(trainer__user=user) if visible else visible
        return self.filter(visible)


class TrainingClass(Record):
    """培训班(期): one run of a course. What is proved later is copied from the course when the class opens."""

    field_classes = {
        "code": FieldClass.PUBLIC,
        "title": FieldClass.PUBLIC,
        "title_en": FieldClass.PUBLIC,
        "capacity": FieldClass.PUBLIC,
        "state": FieldClass.PUBLIC,
        "state_reason": FieldClass.INTERNAL,
        "course_code": FieldClass.PUBLIC,
        "course_title": FieldClass.PUBLIC,
        "course_title_en": FieldClass.PUBLIC,
        "tier": FieldClass.PUBLIC,
        "level": FieldClass.PUBLIC,
        "hours": FieldClass.PUBLIC,
        "opened_at": FieldClass.INTERNAL,
        "opened_by": FieldClass.INTERNAL,
        "closed_at": FieldClass.INTERNAL,
        "closed_by": FieldClass.INTERNAL,
        "created_at": FieldClass.INTERNAL,
    }

    code = models.CharField(_("class number"), max_length=30, unique=True)
    programme = models.ForeignKey("lms.Programme", on_delete=models.PROTECT, related_name="classes")
    course = models.ForeignKey(
        "courses.CoursePage", on_delete=models.PROTECT, related_name="classes", verbose_name=_("course")
    )
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    trainer = models.ForeignKey(Trainer, on_delete=models.PROTECT, related_name="classes", verbose_name=_("trainer"))
    venue = models.ForeignKey("lms.Station", on_delete=models.PROTECT, related_name="classes", verbose_name=_("venue"))
    capacity = models.PositiveIntegerField(_("capacity"))
    state = models.CharField(_("state"), max_length=10, choices=ClassState, default=ClassState.PLANNED)
    state_reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Copied when the class opens; until then they follow the course.
    course_code = models.CharField(max_length=10)
    course_title = models.CharField(max_length=255)
    course_title_en = models.CharField(max_length=160, blank=True)
    tier = models.CharField(_("tier"), max_length=15, choices=Tier)
    level = models.CharField(_("level"), max_length=12, choices=Level, blank=True)
    hours = models.PositiveIntegerField(_("hours"))
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TrainingClassQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1),
                name="class_has_room",
                violation_error_message=_("A class has room for at least one person."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title_here}"

    @property
    def title_here(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def course_title_here(self) -> str:
        return in_language(self.course_title, self.course_title_en)


class ClassTask(Record):
    """A practical task as it stood when the class opened."""

    field_classes = {"*": FieldClass.PUBLIC}

    training_class = models.ForeignKey(TrainingClass, on_delete=models.CASCADE, related_name="tasks")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["training_class", "position"], name="one_task_per_position"),
        ]

    def __str__(self):
        return in_language(self.title, self.title_en)


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(training_class__in=TrainingClass.objects.visible_to(user))


class Session(Record):
    """课次: one half-day of a class."""

    field_classes = {"*": FieldClass.PUBLIC}

    training_class = models.ForeignKey(TrainingClass, on_delete=models.CASCADE, related_name="sessions")
    day = models.DateField(_("day"))
    half = models.CharField(_("half-day"), max_length=2, choices=Half)
    starts_at = models.TimeField(_("starts at"))
    minutes = models.PositiveIntegerField(_("minutes"))
    topic = models.CharField(_("topic"), max_length=120, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["day", "starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "day", "half"],
                name="one_session_per_half_day",
                violation_error_message=_("This class already has a session on that half-day."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=30, minutes__lte=360),
                name="session_is_a_half_day",
                violation_error_message=_("A session lasts from 30 to 360 minutes."),
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.get_half_display()}"

    @property
    def start(self) -> datetime.datetime:
        """The moment it begins, in the county's time."""
        return timezone.make_aware(datetime.datetime.combine(self.day, self.starts_at))
