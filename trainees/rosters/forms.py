import datetime
import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.schedule.enums import ClassState
from courses.schedule.models import TrainingClass
from lms.accounts.models import User
from lms.places.models import Division
from trainees.registry.forms import DAY
from trainees.registry.reasons import sentence

from .actions import EDITABLE
from .enums import ACCEPTED_VERDICTS, Decision
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


ROW_NUMBER = re.compile(r"[0-9]{1,7}")
# As the headers of a roster call them.
LABELS = {
    "name": _("Name"), "id_number": _("ID number"), "phone": _("Phone"), "township": _("Township"),
    "village": _("Village"), "group": _("Village group"), "groups": _("Groups"), "sex": _("Sex"), "birth": _("Born on"),
    "ethnic": _("Ethnic group"), "education": _("Education"), "household_no": _("Household number"),
    "is_poor": _("Registered poor household (yes or no)"), "is_disabled": _("Disabled (yes or no)"),
    "disability_no": _("Disability certificate number"),
}  # fmt: skip
LONGEST_CELL = 1_000
# What a clerk may choose from while typing; any other text is judged like a cell of the file.
LISTS = ("township", "village", "groups", "sex", "ethnic", "education", "is_poor", "is_disabled")


class RowForm(forms.Form):
    """The cells of one row as text: what is written is judged by the rules of reading."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, number: int, replaced: dict[str, str], focus: bool,
        initial: dict | None = None,
    ):  # fmt: skip
        """`replaced` is what stood in the file where something else was written since."""
        super().__init__(data, initial=initial, auto_id=f"r{number}-%s")
        for key in EDITABLE:
            attrs = {"autocomplete": "off"} | ({"list": f"list-{key}"} if key in LISTS else {})
            stood = gettext("In the file: %(text)s") % {"text": replaced[key] or "—"} if key in replaced else ""
            self.fields[key] = forms.CharField(
                label=LABELS[key], required=False, max_length=LONGEST_CELL, widget=forms.TextInput(attrs=attrs),
                help_text=escape(stood),
            )  # fmt: skip
        if focus:  # the link that was pressed is gone from the page
            self.fields["name"].widget.attrs["autofocus"] = True

    def texts(self) -> dict[str, str]:
        """Only fields that were sent: a form of one field leaves the others as they are."""
        return {key: self.cleaned_data[key] for key in EDITABLE if key in self.data}


class DecisionForm(forms.Form):
    version = forms.IntegerField(min_value=0)
    decision = forms.ChoiceField(choices=Decision.choices, required=False)
    file = forms.CharField(max_length=20, required=False)


class TakeForm(forms.Form):
    """Which of the offered values go into the file, and of which offers."""

    offers = forms.CharField(max_length=16)
    take = forms.TypedMultipleChoiceField(coerce=int, required=False, choices=[(n, n) for n in range(60)])


class ChosenForm(forms.Form):
    """Rows ticked on the page, and what to do with them."""

    which = forms.ChoiceField(choices=[("all", "all"), ("tab", "tab"), ("rows", "rows")], required=False)
    verdict = forms.ChoiceField(choices=[(str(v), str(v)) for v in ACCEPTED_VERDICTS], required=False)
    skip = forms.CharField(max_length=1, required=False)

    @property
    def numbers(self) -> list[int]:
        """Whether there are such rows is asked where they are looked up; what is no number is none."""
        return [int(text) for text in self.data.getlist("row") if ROW_NUMBER.fullmatch(text)]  # type: ignore[attr-defined]


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Stays in the log, with who and when."))
    rest = forms.BooleanField(required=False, label=_("Take back the other rows and leave these as they are"))

    def __init__(self, *args: Any, blocked: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not blocked:
            del self.fields["rest"]


def _first_day(training_class: TrainingClass | None) -> datetime.date | None:
    session = training_class.sessions.order_by("day").first() if training_class else None
    return session.day if session else None
