from django import forms
from django.utils.translation import gettext_lazy as _

from . import numbers
from .actions import Paper
from .enums import CHOSEN_REASONS, CertificateKind, PrintBack, PrintKind, PrintLayout, ReprintReason


class IssueForm(forms.Form):
    """The day on the paper, and which paper; who is meant, when not all are, is ticked beside the people."""

    issued_on = forms.DateField(
        label=_("Date on the certificates"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(choices=CertificateKind, required=False, widget=forms.HiddenInput)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or CertificateKind.COMPLETION


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


class ReissueForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it issued again?"),
        choices=[(reason.value, reason.label) for reason in CHOSEN_REASONS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is issued again; nothing was changed.")},
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("What was wrong, or where the loss was announced. It stays in the register and is not printed."),
    )
    issued_on = forms.DateField(
        label=_("Date on the new certificate"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Left empty: today."),
    )


class RenewForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("On what the further term rests, if on anything.")
    )


class AwardForm(forms.Form):
    award = forms.CharField(
        label=_("Award"), max_length=60, help_text=_("In Chinese, as it shall stand on the paper: 一等奖.")
    )
    award_en = forms.CharField(
        label=_("Award in English"), max_length=80, required=False, help_text=_("For example First prize.")
    )
    issued_on = forms.DateField(
        label=_("Date on the certificate"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Left empty: today. Never before the final."),
    )


class SchemeForm(forms.Form):
    pattern = forms.CharField(
        label=_("Scheme"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Parts in braces, between them capital letters, digits, hyphens and dots."),
    )
    valid_months = forms.IntegerField(
        label=_("Holds for (months)"), min_value=1, max_value=120, required=False, help_text=_("24 are two years.")
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Who asked for it, or on which paper it rests.")
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Say why: the reason stays with the class.")},
    )
    revoke_all = forms.BooleanField(label=_("Revoke all valid certificates of this class"), required=False)


class VerifyForm(forms.Form):
    asks = True  # nothing is saved, and an error does not say so
    number = forms.CharField(
        label=_("Certificate number"),
        max_length=80,
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
        number = numbers.read_number(self.cleaned_data["number"])
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
    # Which papers of a class are meant where nobody is ticked.
    certificate_kind = forms.ChoiceField(choices=CertificateKind, required=False, widget=forms.HiddenInput)
    issue = forms.BooleanField(required=False, widget=forms.HiddenInput)
    issue_dated = forms.DateField(required=False, widget=forms.HiddenInput)

    def clean_certificate_kind(self) -> CertificateKind:
        return CertificateKind(self.cleaned_data["certificate_kind"] or CertificateKind.COMPLETION)

    def paper(self) -> Paper:
        data = self.cleaned_data
        return Paper(
            layout=PrintLayout(data["layout"] or PrintLayout.PLAIN), back=PrintBack(data["back"] or PrintBack.NONE),
            reprint_reason=data["reprint_reason"], reprint_note=data["reprint_note"],
        )  # fmt: skip


class YearForm(PrintForm):
    year = forms.IntegerField(label=_("Year of issue"), min_value=2000, max_value=2100)
    certificate_kind = None  # type: ignore[assignment]
    issue = None  # type: ignore[assignment]
    issue_dated = None  # type: ignore[assignment]
    field_order = ("year",)


class FileForm(forms.Form):
    asks = True
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
