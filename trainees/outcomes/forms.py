from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from .enums import OutcomeKind
from .rules import PROOF_TYPES


class OutcomeForm(forms.Form):
    kind = forms.ChoiceField(label=_("What happened"), choices=[("", "—"), *OutcomeKind.choices])
    happened_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    amount_yuan = forms.DecimalField(
        label=_("Amount in yuan"), required=False, max_digits=12, decimal_places=2, min_value=0,
        help_text=_("For sales only."),
    )  # fmt: skip
    proof_text = forms.CharField(
        label=_("Proof in words"), required=False, max_length=300,
        help_text=_("What was seen and where: the shop's name, the licence's code, the employer."),
    )  # fmt: skip
    proof_link = forms.CharField(
        label=_("Link"), required=False, max_length=300, widget=forms.TextInput(attrs={"inputmode": "url"})
    )
    document = forms.FileField(
        label=_("Document"), required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in PROOF_TYPES)}),
    )  # fmt: skip

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    def clean(self) -> dict:
        data = super().clean() or {}
        upload = data.get("document")
        if self.too_large or (upload and upload.size > settings.UPLOAD_MAX_BYTES):
            most = {"most": filesizeformat(settings.UPLOAD_MAX_BYTES)}
            self.add_error(
                "document", _("This file is too large; at most %(most)s. Save it smaller and choose it again.") % most
            )
        return data

    def facts(self) -> dict:
        """As the action takes them."""
        facts = dict(self.cleaned_data)
        upload = facts.pop("document")
        return facts | ({"document": upload.read(), "document_name": upload.name} if upload else {})


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)
