"""What is asked of the register, and how labels and envelopes are cut."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from certificates.enums import CertificateKind, ListForm, Standing
from lms.accounts.models import User

from . import queries
from .enums import EnvelopeSize, LabelLayout
from .rules import GRIDS

ALL = [("", _("All"))]


class RegisterForm(forms.Form):
    """The filters of the register. Whatever is no choice is left out: an address is typed, mended, passed on."""

    q = forms.CharField(label=_("Certificate number"), required=False, max_length=60)
    year = forms.TypedChoiceField(label=_("Year of issue"), required=False, coerce=int, empty_value=None)
    series = forms.ChoiceField(label=_("Series"), required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    kind = forms.ChoiceField(label=_("Kind of certificate"), choices=[*ALL, *CertificateKind.choices], required=False)
    state = forms.ChoiceField(label=_("State"), choices=[*ALL, *Standing.choices], required=False)
    class_code = forms.CharField(label=_("Class"), required=False, max_length=30)
    handed = forms.ChoiceField(
        label=_("Hand-over"), choices=[*ALL, ("yes", _("Handed over")), ("no", _("Still here"))], required=False
    )

    def __init__(self, *args: Any, user: User | AnonymousUser, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[object, str]]] = {
            "year": [(year, str(year)) for year in queries.years_of(user)],
            "series": [(key, key) for key in queries.series_of(user)],
            "programme": [(one.code, str(one)) for one in queries.programmes()],
        }
        for name, known in choices.items():
            self.fields[name].choices = [*ALL, *known]  # type: ignore[attr-defined]
        if len(choices["programme"]) < 2:
            del self.fields["programme"]

    def filters(self) -> dict:
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}

    def in_words(self) -> str:
        """The choices as they are called, not their codes."""
        known = {name: dict(getattr(self.fields[name], "choices", ())) for name in self.filters()}
        return " ".join(str(known[name].get(value, value)) for name, value in self.filters().items())


class RegisterFileForm(forms.Form):
    form = forms.ChoiceField(label=_("As"), choices=ListForm, initial=ListForm.XLSX)
    clear = forms.BooleanField(
        label=_("Full names and ID numbers"), required=False,
        help_text=_(
            "Otherwise names are masked and the numbers left out. "
            "The file opens with a password that is shown once."
        ),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why it is needed"), required=False, max_length=200,
        help_text=_("Stands in the list and in the log, for full names and numbers."),
    )  # fmt: skip

    def options(self) -> dict:
        return {
            "form": self.cleaned_data["form"],
            "clear": self.cleaned_data["clear"],
            "reason": self.cleaned_data["reason"],
        }


class _PaperForm(forms.Form):
    waiting = forms.BooleanField(label=_("Only certificates that are not handed over yet"), required=False)


class LabelForm(_PaperForm):
    layout = forms.ChoiceField(label=_("Sheet of labels"), choices=LabelLayout, initial=LabelLayout.L24)
    start = forms.IntegerField(
        label=_("First free label"), min_value=1, max_value=24, initial=1,
        help_text=_("1 is at the top left; count row by row. A half used sheet is used up this way."),
    )  # fmt: skip
    field_order = ("layout", "start", "waiting")

    def clean(self) -> dict:
        data = super().clean() or {}
        if "layout" in data and data.get("start", 1) > (most := GRIDS[LabelLayout(data["layout"])].per_sheet):
            self.add_error("start", _("This sheet has only %(n)d labels.") % {"n": most})
        return data

    def options(self) -> dict:
        return {"form": ListForm.PDF, "options": self.cleaned_data}


class EnvelopeForm(_PaperForm):
    size = forms.ChoiceField(label=_("Envelope"), choices=EnvelopeSize, initial=EnvelopeSize.DL)
    field_order = ("size", "waiting")

    def options(self) -> dict:
        return {"form": ListForm.PDF, "options": self.cleaned_data}
