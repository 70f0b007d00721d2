from django import forms
from django.utils.translation import gettext_lazy as _


class PaperForm(forms.Form):
    reason = forms.CharField(
        label=_("What the printed file is for"),
        max_length=200,
        help_text=_("Stands at the foot of every page, and in the log with who and when."),
    )
