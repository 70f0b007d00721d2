"""The entry form. Wrong answers keep what was typed; only the file must be chosen again, as browsers forget it."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone
from lms.places.queries import townships

from .enums import EntryKind
from .models import Entry
from .rules import PLAN_TYPES, is_plan


class EntryForm(forms.Form):
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(
        label=_("Who enters"), choices=EntryKind.choices, widget=forms.RadioSelect, initial=EntryKind.PERSON
    )
    leader_name = forms.CharField(
        label=_("Your name"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    team_name = forms.CharField(label=_("Team name"), max_length=80, required=False, help_text=_("Only for a team."))
    members = forms.CharField(
        label=_("Team members"),
        max_length=500,
        required=False,
        help_text=_("Only for a team: one name on each line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        help_text=_("We call you about the contest. It is stored encrypted and never published."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    township = forms.ModelChoiceField(label=_("Township"), queryset=Division.objects.none())
    project_title = forms.CharField(label=_("Project"), max_length=120)
    summary = forms.CharField(
        label=_("In a few words"),
        max_length=1000,
        help_text=_("What you sell or offer, to whom, and what is special about it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    plan_file = forms.FileField(
        label=_("Business plan"),
        help_text=_("A clear photo of a plan written on paper is fine."),
        error_messages={
            "required": _("Choose the file with your business plan."),
            "empty": _("This file is empty. Choose another one, or save it again first."),
        },
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in PLAN_TYPES)}),
    )
    # No person sees this field; a robot fills it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if too_large:
            # The upload was dropped on its way in, so the field is empty for a reason.
            most = filesizeformat(settings.UPLOAD_MAX_BYTES)
            text = _("This file is too large; at most %(most)s. Save it smaller and choose it again.")
            self.fields["plan_file"].error_messages["required"] = text % {"most": most}
        self.fields["township"].queryset = townships()  # type: ignore[attr-defined]

    def clean_leader_name(self) -> str:
        return self.cleaned_data["leader_name"].strip()

    def clean_phone(self) -> str:
        phone = clean_phone(self.cleaned_data["phone"])
        if not is_phone(phone):
            raise ValidationError(_("This is no phone number: eleven digits, or a landline with its area code."))
        return phone

    def clean_plan_file(self):
        upload = self.cleaned_data["plan_file"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            sizes = {"size": filesizeformat(upload.size), "most": filesizeformat(settings.UPLOAD_MAX_BYTES)}
            raise ValidationError(
                _("This file is too large (%(size)s; at most %(most)s). Save it smaller and choose it again."),
                params=sizes,
            )
        if not is_plan(upload.name, upload.read()):
            raise ValidationError(
                _(
                    "This is not a PDF, Word (docx), PowerPoint (pptx), JPG or PNG file. "
                    "Save your plan as PDF and choose it again."
                )
            )
        upload.seek(0)
        return upload

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave this field empty and send the form again."))
        return ""

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("kind") == EntryKind.TEAM and not data.get("team_name"):
            self.add_error("team_name", _("A team needs a name."))
        return data

    def already_sent(self) -> Entry | None:
        """The entry this very form made before: sent twice, it is shown its receipt again."""
        value = self.data.get("client_uuid", "")
        try:
            return Entry.objects.filter(client_uuid=uuid.UUID(value)).first()
        except ValueError:
            return None


class FileForm(forms.Form):
    """Whose entry it is: a file that looks like it, another by its number, or a new one."""

    file_number = forms.CharField(
        label=_("File number"), max_length=20, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    id_number = forms.CharField(
        label=_("ID number"),
        max_length=18,
        required=False,
        help_text=_("Left empty: the identity is looked at later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
