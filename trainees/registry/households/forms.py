from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User
from lms.places.queries import code_choices, townships
from trainees.registry.enums import Evidence
from trainees.registry.forms import PlaceField, place_choices
from trainees.registry.groups.forms import BLANK, DAY, STAYS, DocumentField, WithDocument
from trainees.registry.rules import LIFTED_TYPES, MOST_OTHER_CAUSES


class HouseholdSearchForm(forms.Form):
    number = forms.CharField(
        label=_("Household number"), max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("The whole number, as it stands in the poverty register."),
    )  # fmt: skip


class HouseholdFilterForm(forms.Form):
    township = forms.ChoiceField(label=_("Township"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        places = [(place.code, str(place)) for place in townships()]
        self.fields["township"].choices = [*BLANK, *places]  # type: ignore[attr-defined]


class HouseholdForm(forms.Form):
    number = forms.CharField(
        label=_("Household number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("4 to 30 digits or letters. It is stored encrypted."),
    )  # fmt: skip
    place = PlaceField(label=_("Township and village"))
    head_name = forms.CharField(
        label=_("Head of household"), max_length=50, required=False,
        help_text=_("Where the head has a file here, the member with that relation says it."),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User | AnonymousUser, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [*BLANK, *place_choices(user)]  # type: ignore[attr-defined]

    def facts(self) -> dict:
        facts = dict(self.cleaned_data)
        facts["township"], facts["village"] = facts.pop("place")
        return facts


class HouseholdEditForm(HouseholdForm):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=STAYS)

    def __init__(self, *args: Any, masked: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["number"].required = False
        self.fields["number"].help_text = _("Empty keeps %(masked)s.") % {"masked": masked}


class PeriodForm(WithDocument):
    poverty_type = forms.ChoiceField(label=_("Attribute"))
    valid_from = forms.DateField(
        label=_("From"), widget=DAY, help_text=_("The attribute before it ends on the day before.")
    )
    valid_to = forms.DateField(label=_("To"), widget=DAY, required=False, help_text=_("Empty while it goes on."))
    main_cause = forms.ChoiceField(label=_("Main cause"), required=False)
    other_causes = forms.MultipleChoiceField(
        label=_("Other causes"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("At most two.")
    )
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Evidence.choices, initial=Evidence.OFFICIAL_LIST)
    evidence_note = forms.CharField(label=_("Note on the evidence"), required=False, max_length=200)
    document = DocumentField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        causes = code_choices("poverty_cause")
        self.fields["poverty_type"].choices = [*BLANK, *code_choices("poverty_type")]  # type: ignore[attr-defined]
        self.fields["main_cause"].choices = [*BLANK, *causes]  # type: ignore[attr-defined]
        self.fields["other_causes"].choices = causes  # type: ignore[attr-defined]

    def clean_other_causes(self) -> list[str]:
        chosen = self.cleaned_data["other_causes"]
        if len(chosen) > MOST_OTHER_CAUSES:
            raise ValidationError(_("Choose at most two other causes."))
        return chosen


class LeaveForm(WithDocument):
    left_on = forms.DateField(
        label=_("Lifted since"), widget=DAY, help_text=_("Until the day before, its people count as poor.")
    )
    poverty_type = forms.ChoiceField(label=_("Attribute since then"))
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Evidence.choices, initial=Evidence.OFFICIAL_LIST)
    evidence_note = forms.CharField(label=_("Note on the evidence"), required=False, max_length=200)
    document = DocumentField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        lifted = [(code, name) for code, name in code_choices("poverty_type") if code in LIFTED_TYPES]
        self.fields["poverty_type"].choices = lifted  # type: ignore[attr-defined]


class PeriodVoidForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=STAYS)
    reopen = forms.BooleanField(
        label=_("The attribute before it goes on again"), required=False, initial=True,
        help_text=_("If it ended on the day before this one began."),
    )  # fmt: skip


class MemberForm(forms.Form):
    file_number = forms.CharField(
        label=_("File number"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of the person's file, for example 530927-000123."),
    )  # fmt: skip
    relation = forms.ChoiceField(label=_("Relation to the head"), required=False)
    valid_from = forms.DateField(
        label=_("Belongs to it since"), widget=DAY, help_text=_("Only from this day on the person counts as poor.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["relation"].choices = [*BLANK, *code_choices("relation")]  # type: ignore[attr-defined]
