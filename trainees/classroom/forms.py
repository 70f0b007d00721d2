from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import Tier
from courses.schedule.enums import ClassState
from lms.places.models import Division

ALL = [("", _("All"))]


class ClassFilterForm(forms.Form):
    """The list of classes, narrowed; whatever is not understood narrows nothing."""

    q = forms.CharField(
        label=_("Number or title"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[*ALL, *ClassState.choices])
    tier = forms.ChoiceField(label=_("Tier"), required=False, choices=[*ALL, *Tier.choices])
    township = forms.ModelChoiceField(
        label=_("Township"), required=False, queryset=Division.objects.none(), empty_label=_("All")
    )

    def __init__(self, *args: Any, county_prefix: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        township = self.fields["township"]
        assert isinstance(township, forms.ModelChoiceField)  # noqa: S101
        township.queryset = Division.objects.current().townships().filter(code__startswith=county_prefix)

    def chosen(self) -> dict:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)
