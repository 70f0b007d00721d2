from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules
from .actions import Paper
from .enums import PrintBack, PrintKind, PrintLayout, ReprintReason


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
    layout = forms.ChoiceField(
        label=_("On the paper"), choices=PrintLayout, required=False, initial=PrintLayout.PLAIN,
        help_text=_("Two on a sheet: larger pages are made smaller. Cut once, put the lower pile under the upper one."),
    )  # fmt: skip
    back = forms.ChoiceField(label=_("Back of the sheet"), choices=PrintBack, required=False, initial=PrintBack.NONE)
    reprint_reason = forms.ChoiceField(
        label=_("Why it is printed again"), choices=[("", "—"), *ReprintReason.choices], required=False,
        help_text=_(
            "Only where something of it was printed before. The number stays; "
            "for a lost or wrong certificate issue a new one."
        ),
    )  # fmt: skip
    reprint_note = forms.CharField(label=_("The reason in a few words"), max_length=200, required=False)
    issue = forms.BooleanField(required=False, widget=forms.HiddenInput)
    issue_dated = forms.DateField(required=False, widget=forms.HiddenInput)

    def paper(self) -> Paper:
        data = self.cleaned_data
        return Paper(
            layout=PrintLayout(data["layout"] or PrintLayout.PLAIN), back=PrintBack(data["back"] or PrintBack.NONE),
            reprint_reason=data["reprint_reason"], reprint_note=data["reprint_note"],
        )  # fmt: skip


class YearForm(PrintForm):
    year = forms.IntegerField(label=_("Year of issue"), min_value=2000, max_value=2100)
    issue = None  # type: ignore[assignment]
    issue_dated = None  # type: ignore[assignment]
    field_order = ("year",)


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
