"""A class as the office types it: its facts, and half-days as rows."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.catalogue.models import CoursePage
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.places.models import Station
from lms.refusals import Refused

from .enums import Half
from .models import Session, Trainer, TrainingClass
from .rules import LONGEST_MINUTES, SHORTEST_MINUTES, SessionPlan

ROWS = 8

# Where a refusal belongs on the page; the rest stands above the form.
FIELD_OF_REFUSAL = {
    "title_missing": "title",
    "course_is_remote": "course",
    "trainer_inactive": "trainer",
    "no_places": "capacity",
    "capacity_above_venue": "capacity",
    "capacity_below_enrolled": "capacity",
    "class_in_the_past": "backfill_reason",
    "trainer_busy": "override_reason",
    "venue_busy": "override_reason",
    "code_taken": "code",
    "code_malformed": "code",
    "reason_missing": "reason",
}


class CourseChoice(forms.ModelChoiceField):
    def label_from_instance(self, course: CoursePage) -> str:
        return f"{course.code} {course.title_here}"


class VenueChoice(forms.ModelChoiceField):
    def label_from_instance(self, venue: Station) -> str:
        return str(_("%(venue)s, seats %(seats)s") % {"venue": venue, "seats": venue.capacity})


class ClassForm(forms.Form):
    """Trainer, venue and places: what may still change after the planning."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("As it stands on the sign-in sheet."))
    title_en = forms.CharField(label=_("Title in English"), max_length=160, required=False)
    trainer = forms.ModelChoiceField(label=_("Trainer"), queryset=Trainer.objects.none())
    venue = VenueChoice(label=_("Venue"), queryset=Station.objects.none())
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=2000)
    override_reason = forms.CharField(
        label=_("Reason for a double booking"),
        max_length=300,
        required=False,
        help_text=_("Only when the trainer or the venue is needed twice on a half-day and that is possible."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._choose_from("trainer", Trainer.objects.filter(active=True))
        self._choose_from("venue", venues_for(user))

    def _choose_from(self, name: str, queryset: QuerySet) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = queryset

    def has_choice(self, name: str) -> bool:
        """Whether anything is there to choose: on a centre's first day there is no trainer and no venue."""
        queryset = cast(forms.ModelChoiceField, self.fields[name]).queryset
        return queryset is not None and queryset.exists()

    def add_refusal(self, refusal: Refused) -> None:
        field = FIELD_OF_REFUSAL.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal.message))


class PlanForm(ClassForm):
    course = CourseChoice(label=_("Course"), queryset=CoursePage.objects.none())
    code = forms.CharField(
        label=_("Class number"),
        max_length=30,
        required=False,
        help_text=_("Leave it empty and it is made from year, course and a serial."),
    )
    backfill_reason = forms.CharField(
        label=_("Reason for a day in the past"),
        max_length=300,
        required=False,
        help_text=_("Only for a class that was really held and is entered late."),
    )

    field_order = (
        "course", "title", "title_en", "trainer", "venue", "capacity", "code", "backfill_reason", "override_reason",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, user=user, **kwargs)
        self._choose_from("course", CoursePage.objects.live().filter(offline=True).order_by("code"))


class EditForm(ClassForm):
    reason = forms.CharField(
        label=_("Why is the running class changed?"), max_length=300, required=False,
    )  # fmt: skip
    backfill_reason = PlanForm.base_fields["backfill_reason"]

    field_order = ("title", "title_en", "trainer", "venue", "capacity", "reason", "backfill_reason", "override_reason")

    def __init__(self, *args: Any, user: User, training_class: TrainingClass, **kwargs: Any):
        facts = ("title", "title_en", "trainer", "venue", "capacity")
        kwargs["initial"] = {name: getattr(training_class, name) for name in facts}
        super().__init__(*args, user=user, **kwargs)
        # A running class keeps its half-days, a planned one needs no reason.
        del self.fields["reason" if training_class.state == "planned" else "backfill_reason"]


def venues_for(user: User) -> QuerySet[Station]:
    """Stations inside the places of the office roles of this user."""
    within = scope_of(user).within("division__code", Role.MANAGER, Role.CLERK)
    return Station.objects.filter(within).select_related("division").order_by("code")


class SessionForm(forms.Form):
    """One half-day; a row without a day is an empty row."""

    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    half = forms.ChoiceField(label=_("Half-day"), choices=Half.choices, required=False)
    starts_at = forms.TimeField(
        label=_("Starts at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES
    )
    topic = forms.CharField(label=_("Topic"), max_length=120, required=False)

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        # A stored row whose day was emptied is a half-day less.
        forgotten = not cleaned.get("day") and "day" not in self.errors and not self.initial
        if forgotten and (cleaned.get("topic") or cleaned.get("starts_at")):
            self.add_error("day", _("This row has no day."))
        return cleaned

    def plan(self) -> SessionPlan | None:
        facts = self.cleaned_data
        if not facts.get("day"):
            return None
        return SessionPlan(
            facts["day"], facts["half"] or Half.MORNING, facts["starts_at"], facts["minutes"], facts["topic"]
        )


class BaseSessions(forms.BaseFormSet):
    def clean(self) -> None:
        if not any(self.errors) and not self.plans():
            raise ValidationError(_("A class has at least one session: fill in one row."), code="no_session")

    def plans(self) -> list[SessionPlan]:
        found = [form.plan() for form in self.forms if form.is_valid()]
        return [plan for plan in found if plan is not None]


SessionRows = cast(
    type[BaseSessions],
    forms.formset_factory(SessionForm, formset=BaseSessions, extra=ROWS, max_num=40, absolute_max=60),
)


def rows_of(sessions: list[Session]) -> list[dict]:
    """Initial rows; usual hours are shown too, so that nothing changes by itself."""
    return [
        {
            "day": session.day,
            "half": session.half,
            "starts_at": session.starts_at,
            "minutes": session.minutes,
            "topic": session.topic,
        }
        for session in sessions
    ]
