from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules
from .enums import PrintKind


class IssueForm(forms.Form):
    """The day on the paper, and one person's file number when only that person is meant."""

    issued_on = forms.DateField(
        label=_("Date on the certificates"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    file_number = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Say why the certificate is revoked; nothing was changed.")},
    )


class SampleForm(forms.Form):
    """A name to look at a design with; it is kept nowhere."""

    name = forms.CharField(
        label=_("Try a name"),
        max_length=50,
        help_text=_("Such as the longest of a roster, or one with a rare character."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class VerifyForm(forms.Form):
    number = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("As printed at the bottom left, for example CY530927-2018-00001-K."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Full name"),
        max_length=50,
        help_text=_("As printed on the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = rules.read_number(self.cleaned_data["number"])
        if not number:
            # The check character tells a slip of the hand from an unknown number, and nothing else.
            raise forms.ValidationError(
                _("This is not a certificate number: a character is missing or mistyped. Compare it with the paper.")
            )
        return number


class PrintForm(forms.Form):
    kind = forms.ChoiceField(label=_("As"), choices=PrintKind, initial=PrintKind.SHEETS)
    issue = forms.BooleanField(required=False, widget=forms.HiddenInput)
    issue_dated = forms.DateField(required=False, widget=forms.HiddenInput)


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("Year of issue"), min_value=2000, max_value=2100)
    kind = forms.ChoiceField(label=_("As"), choices=PrintKind, initial=PrintKind.SHEETS)


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The PDF file, or a photograph of the paper"),
        help_text=_("In a photograph the square code must be sharp and whole."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        allow_empty_file=False,
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty. Choose another."),
        },
    )
