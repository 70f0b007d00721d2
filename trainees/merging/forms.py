from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trainees.registry.models import Trainee

from .queries import shown
from .rules import FACTS, by_default, differing, stays_by_default

# Follow from the number where it says them: no choice of their own then.
FOLLOWS = ("sex", "birth_date")


class OtherFileForm(forms.Form):
    other = forms.CharField(
        label=_("Number of the other file"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "530927-000000"}),
    )


class DifferentForm(forms.Form):
    reason = forms.CharField(
        label=_("How do you know?"), required=False, max_length=200, help_text=_("For example: both were phoned.")
    )


class MergeForm(forms.Form):
    """Which file stays, and whose value of each fact that differs."""

    stays = forms.ChoiceField(
        label=_("The file that stays"),
        widget=forms.RadioSelect,
        help_text=_("The other one goes out of use; its number leads here."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("How do you know that it is one person?"), max_length=200, help_text=_("For example: ID card seen.")
    )
    # A tick that the preview offers where something would be lost.
    accept_losses = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, one: Trainee, other: Trainee, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.one, self.other = one, other
        stays = stays_by_default(one, other)
        away = other if stays is one else one
        files = [(trainee.file_number, f"{trainee.file_number} {trainee.name}") for trainee in (one, other)]
        self.fields["stays"].choices = files  # type: ignore[attr-defined]
        self.fields["stays"].initial = stays.file_number
        self.fields["accept_losses"].label = gettext("I accept that these person-times no longer count")
        self.facts = differing(one, other)
        for name in self.facts:
            self.fields[name] = forms.ChoiceField(
                label=str(FACTS[name].label),
                choices=[
                    (trainee.file_number, f"{shown(name, trainee)} — {trainee.file_number}") for trainee in (one, other)
                ],
                initial=by_default(name, stays, away).file_number,
                widget=forms.RadioSelect,
                help_text=_("Follows the ID number where that says it.") if name in FOLLOWS else "",
            )
        self.order_fields(["stays", *self.facts, "reason", "accept_losses", "seen"])

    @property
    def survivor(self) -> Trainee:
        return self.one if self.cleaned_data["stays"] == self.one.file_number else self.other

    @property
    def loser(self) -> Trainee:
        return self.other if self.survivor is self.one else self.one

    @property
    def choices(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.facts}


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("Why are these two people after all?"), max_length=200)
