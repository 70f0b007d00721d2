"""What is typed at the desk where certificates are handed over."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import Collector, Relation

from .actions import Collected

BLANK = [("", "—")]
SCAN = forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"})


class ScanForm(forms.Form):
    """The signed sheet."""

    scan = forms.FileField(
        label=_("Scan or photograph of the signed sheet"),
        widget=SCAN,
        allow_empty_file=False,
        help_text=_("It is kept sealed."),
        error_messages={"required": _("Choose a file first."), "empty": _("This file is empty. Choose another.")},
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    def clean(self) -> dict:
        if self.too_large:
            self.errors.pop("scan", None)
            self.add_error("scan", _("This file is too large. Scan it in grey at 200 dpi."))
        return super().clean() or {}


class DayForm(ScanForm):
    """Above the ticks of a class: the day, who handed over, and the sheet if it is signed already."""

    collected_on = forms.DateField(
        label=_("Collected on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    handed_over_by = forms.CharField(
        label=_("Handed over by"), max_length=60, required=False, help_text=_("Left empty: you.")
    )
    field_order: tuple[str, ...] = ("collected_on", "handed_over_by", "scan")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"initial": {"collected_on": timezone.localdate()}, **kwargs})
        self.fields["scan"].required = False
        self.fields["scan"].help_text = _("Only if it is signed already. It can be added below on any later day.")

    def collected(self) -> Collected:
        data = self.cleaned_data
        return Collected(on=data["collected_on"], handed_over_by=data["handed_over_by"])


class PersonForm(DayForm):
    """One certificate: in person or on behalf of the person."""

    collector = forms.ChoiceField(
        label=_("Collected by"), choices=Collector, initial=Collector.SELF, widget=forms.RadioSelect
    )
    receiver = forms.CharField(
        label=_("Name of who collected"), max_length=50, required=False,
        help_text=_("Only when somebody collected it for the person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    relation = forms.ChoiceField(label=_("Relation to the person"), choices=[*BLANK, *Relation.choices], required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    field_order = ("collected_on", "collector", "receiver", "relation", "handed_over_by", "note", "scan")

    def collected(self) -> Collected:
        data = self.cleaned_data
        return Collected(
            on=data["collected_on"], collector=Collector(data["collector"]), receiver=data["receiver"],
            relation=data["relation"], handed_over_by=data["handed_over_by"], note=data["note"],
        )  # fmt: skip


class CorrectionForm(PersonForm):
    """Whatever was wrong, written anew, and why."""

    reason = forms.CharField(
        label=_("What was wrong with the record"), max_length=200,
        error_messages={"required": _("Say what was wrong with the record; nothing was changed.")},
    )  # fmt: skip
    field_order = (*PersonForm.field_order[:-1], "reason")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["scan"]


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why it was not handed over"), max_length=200)
