import re

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import Tier

from .enums import Loss
from .queries import STAGE_FILTERS


class AsOfForm(forms.Form):
    as_of = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class UnitFilterForm(AsOfForm):
    """What a figure's link carries. Nonsense in the address shows everything and says nothing false."""

    stage = forms.ChoiceField(choices=[(key, key) for key in STAGE_FILTERS], required=False)
    loss = forms.ChoiceField(choices=Loss, required=False)
    tier = forms.ChoiceField(choices=Tier, required=False)
    township = forms.RegexField(r"^\d{12}$", required=False)
    group = forms.RegexField(r"^[a-z_]{1,30}$", required=False)
    month = forms.RegexField(re.compile(r"^[12]\d{3}-(0[1-9]|1[0-2])$"), required=False)
