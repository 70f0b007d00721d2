from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.places.enums import DivisionLevel
from lms.places.models import Division
from lms.refusals import Refused

from .enums import CountedUnit
from .models import CountingPolicy

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FIELD_OF_REFUSAL = {"programme_known": "code", "not_a_county": "county", "deadline_before_start": "deadline"}


class ProgrammeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Short and for ever: it stands in lists and logs, like CY2018.")
    )
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As in the document that founds it."))
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    county = forms.ModelChoiceField(label=_("County"), queryset=Division.objects.none())
    starts_on = forms.DateField(label=_("Starts on"), widget=DAY)
    deadline = forms.DateField(label=_("Deadline"), widget=DAY, help_text=_("The last day that counts."))
    target_person_times = forms.IntegerField(
        label=_("Target (person-times)"), min_value=1, max_value=10_000_000, help_text=_("What the county promised.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("The document and its number, for evaluators.")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["county"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Division.objects.current().filter(level=DivisionLevel.COUNTY)
        counties = list(field.queryset[:2])
        if len(counties) == 1:
            field.initial = counties[0].pk

    def add_refusal(self, refusal: Refused) -> None:
        self.add_error(FIELD_OF_REFUSAL.get(refusal.code), str(refusal.message))


class PolicyForm(forms.Form):
    unit = forms.ChoiceField(label=_("What is one person-time"), choices=CountedUnit.choices, widget=forms.RadioSelect)
    min_attendance_percent = forms.IntegerField(
        label=_("Least attendance (%)"),
        min_value=1,
        max_value=100,
        help_text=_("Share of all planned sessions of a class that a person must have attended."),
    )
    counts_remote = forms.BooleanField(label=_("Completed remote lessons count as well"), required=False)
    minutes_per_hour = forms.IntegerField(label=_("Minutes in a training hour"), min_value=1, max_value=60)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("Who asked for it, or on which paper it rests.")
    )

    @classmethod
    def of(cls, policy: CountingPolicy) -> "PolicyForm":
        return cls(initial={name: getattr(policy, name) for name in cls.base_fields})
