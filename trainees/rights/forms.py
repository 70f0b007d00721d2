from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.places.queries import code_choices, townships
from trainees.registry.enums import IdState
from trainees.registry.forms import BLANK, DAY

from .columns import COLUMNS
from .enums import Asked, CopyFormat, Outcome, Purpose, RequestKind
from .models import RightsRequest
from .rules import EXPORTING


class OwnRequestForm(forms.Form):
    """What a person asks on the own page."""

    kind = forms.ChoiceField(label=_("What I ask for"), choices=[k for k in RequestKind.choices if k[0] != "access"])
    text = forms.CharField(
        label=_("In my words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a correction: what is wrong, and what is right."),
    )
    copy_format = forms.ChoiceField(label=_("Form of the copy"), choices=CopyFormat.choices, required=False)

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("kind") == RequestKind.CORRECTION and not data.get("text"):
            self.add_error("text", _("Write what is wrong, and what is right."))
        return data


class RequestForm(OwnRequestForm):
    """What a clerk writes down of somebody who stands at the counter, telephones or writes."""

    field_order = ["kind", "asked", "received_on", "text", "copy_format"]
    asked = forms.ChoiceField(label=_("How it was asked"), choices=[a for a in Asked.choices if a[0] != "own_page"])
    received_on = forms.DateField(label=_("Received on"), widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"initial": {"received_on": timezone.localdate()}, **kwargs})
        self.fields["kind"].choices = RequestKind.choices  # type: ignore[attr-defined]
        # Whoever hands it over protects it with a password, which a file for another system cannot have.
        forms_of_copy = [c for c in CopyFormat.choices if c[0] != CopyFormat.JSON]
        self.fields["copy_format"].choices = forms_of_copy  # type: ignore[attr-defined]
        self.fields["kind"].label = _("What the person asks for")
        self.fields["text"].label = _("In the person's words")


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Result"), choices=Outcome.choices)
    text = forms.CharField(
        label=_("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The person reads this, so say what was done, or why not and where one can complain."),
    )

    def __init__(self, *args: Any, request: RightsRequest, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if request.kind != RequestKind.DELETION:
            outcome = self.fields["outcome"]
            outcome.choices = [c for c in Outcome.choices if c[0] != Outcome.RESTRICTED]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class HandOverForm(ReasonForm):
    """Staff take a copy out of the house: why, and the password it opens with. The password is kept nowhere."""

    password = forms.CharField(
        label=_("Password of the copy"),
        min_length=8,
        max_length=64,
        help_text=_("At least 8 characters. Choose it with the person; it is kept nowhere."),
    )


class ExportForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=60)
    township = forms.ChoiceField(label=_("Township"), required=False)
    group = forms.ChoiceField(label=_("Group"), required=False)
    id_state = forms.ChoiceField(label=_("Identity"), choices=[*BLANK, *IdState.choices], required=False)
    purpose = forms.ChoiceField(
        label=_("What for"),
        choices=Purpose.choices,
        help_text=_("Whoever withdrew the consent is not in a list for contacting people."),
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"), choices=[(c.key, c.label) for c in COLUMNS], widget=forms.CheckboxSelectMultiple
    )
    clear = forms.BooleanField(
        label=_("Full names and numbers"),
        required=False,
        help_text=_("Otherwise they are masked. The workbook opens with a password that is shown once."),
    )
    sensitive = forms.BooleanField(
        label=_("Disability, poverty and household number"),
        required=False,
        help_text=_("Only where the work needs them. People who took their consent back are left blank."),
    )
    reason = forms.CharField(
        label=_("Why it is needed"),
        required=False,
        max_length=200,
        help_text=_("Stands in the workbook and in the log, for full numbers and sensitive columns."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        scope = scope_of(user)
        mine = [place for place in townships() if scope.covers(place.code, *EXPORTING)]
        self.fields["township"].choices = [  # type: ignore[attr-defined]
            *BLANK,
            *((place.code, str(place)) for place in mine),
        ]
        self.fields["group"].choices = [*BLANK, *code_choices("trainee_group")]  # type: ignore[attr-defined]

    def filters(self) -> dict:
        return {key: self.cleaned_data[key] for key in ("q", "township", "group", "id_state")}


class RuleForm(forms.Form):
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=1200)
    source = forms.CharField(label=_("Source of the rule"), max_length=200)


class KeepForm(forms.Form):
    until = forms.DateField(label=_("Keep until"), required=False, widget=DAY)
    reason = forms.CharField(label=_("Reason for keeping"), required=False, max_length=200)
