from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ..numbers import read_number
from .rules import BYTES


class MakeForm(forms.Form):
    with_name = forms.BooleanField(
        label=_("Put my name into the badge"),
        required=False,
        help_text=_(
            "Whoever gets the badge then reads your full name. Without it, the badge says only what was learned."
        ),
    )


class BadgeFileForm(forms.Form):
    asks = True  # nothing is saved
    file = forms.FileField(
        label=_("The badge: a JSON, SVG or PNG file"),
        help_text=_("As it was sent to you. A screenshot has lost what is inside."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.svg,.png"}),
        allow_empty_file=False,
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty. Choose another."),
        },
    )
    number = forms.CharField(
        label=_("Certificate number, if you were told it"),
        required=False,
        max_length=60,
        help_text=_("Then the answer says whether the badge belongs to that certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > BYTES:
            raise forms.ValidationError(
                _("This file is too large. A badge is much smaller: send it as you received it.")
            )
        return file

    def clean_number(self) -> str:
        text = self.cleaned_data["number"]
        number = read_number(text)
        if text and not number:
            raise forms.ValidationError(
                _("This is not a certificate number: a character is missing or mistyped. Compare it with the paper.")
            )
        return number
