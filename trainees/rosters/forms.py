import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.schedule.enums import ClassState
from courses.schedule.models import TrainingClass
from lms.accounts.models import User
from lms.places.models import Division
from trainees.registry.forms import DAY
from trainees.registry.reasons import sentence

from .queries import import_places


class RosterForm(forms.Form):
    file = forms.FileField(
        label=_("Roster file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "required": True}),
    )
    training_class = forms.ModelChoiceField(
        label=_("Class"),
        queryset=TrainingClass.objects.none(),
        required=False,
        empty_label=_("No class: only register the people"),
        help_text=_("The people of the roster are enrolled in this class."),
    )
    report_day = forms.DateField(
        label=_("Roster of"),
        required=False,
        widget=DAY,
        help_text=_("Groups named on the roster hold from this day. Empty: the class's first day, or today."),
    )
    place = forms.ModelChoiceField(label=_("Place"), queryset=Division.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: User | AnonymousUser, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.too_large = too_large
        classes = TrainingClass.objects.visible_to(user).filter(state__in=[ClassState.PLANNED, ClassState.OPEN])
        self.fields["training_class"].queryset = classes  # type: ignore[attr-defined]
        places = import_places(user)
        self.fields["place"].queryset = Division.objects.filter(  # type: ignore[attr-defined]
            pk__in=[place.pk for place in places]
        )
        if len(places) == 1:
            self.only_place = places[0]
            del self.fields["place"]

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data.get("file")
        limit = settings.UPLOAD_MAX_BYTES
        if self.too_large or (file and file.size > limit):
            raise forms.ValidationError(sentence("too_large", limit=limit // (1024 * 1024)), code="too_large")
        if not file:
            raise forms.ValidationError(_("Choose a file."), code="required")
        return file

    def clean(self) -> dict:
        data = super().clean() or {}
        data.setdefault("place", getattr(self, "only_place", None))
        if not data.get("report_day"):
            data["report_day"] = _first_day(data.get("training_class")) or timezone.localdate()
        return data


def _first_day(training_class: TrainingClass | None) -> datetime.date | None:
    session = training_class.sessions.order_by("day").first() if training_class else None
    return session.day if session else None
