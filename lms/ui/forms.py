"""The gallery's own form: one field of every kind the product uses. It stores nothing."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Words of Django 6.1 that its own Chinese catalogue lacks; named here so that ours has them.
WORDS_OF_DJANGO = (_("- Select an option -"),)


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=50)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        help_text=_("Eleven digits. Leave it empty if the person has none."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    township = forms.ChoiceField(label=_("Township"), choices=[("", "—"), ("103", "勐省镇"), ("102", "岩帅镇")])
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    people = forms.IntegerField(label=_("Seats"), min_value=1, max_value=200, required=False)
    half = forms.ChoiceField(
        label=_("Half-day"),
        choices=[("am", _("Morning")), ("pm", _("Afternoon")), ("eve", _("Evening"))],
        widget=forms.RadioSelect,
    )
    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        required=False,
        help_text=_("Choose every one that is proved by a document."),
        choices=[("poor", "建档立卡"), ("woman", "妇女"), ("disabled", "残疾人"), ("returned", "返乡青年")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    roster = forms.FileField(
        label=_("Roster file"), required=False, widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"})
    )
    agreed = forms.BooleanField(
        label=_("The person has read, or was read, what we keep and why"),
        help_text=_("Without it only the name and the village are kept."),
    )

    def clean(self) -> dict:
        data = super().clean() or {}
        if self.errors:
            raise ValidationError(_("This form is a sample: it always has something to mend."))
        return data
