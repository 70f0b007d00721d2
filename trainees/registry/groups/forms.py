from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.places.queries import code_choices, townships
from trainees.registry.documents import TYPES
from trainees.registry.enums import CertificateKind, Evidence
from trainees.registry.rules import DERIVED_GROUPS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
BLANK = [("", "—")]
STAYS = _("Stays in the log, with who and when.")


class AsOfForm(forms.Form):
    on = forms.DateField(label=_("As of"), widget=DAY)

    @classmethod
    def day_of(cls, request: HttpRequest) -> Any:
        """The day in the address, or today."""
        form = cls(request.GET)
        return form.cleaned_data["on"] if form.is_valid() else timezone.localdate()


class DocumentField(forms.FileField):
    def __init__(self, **kwargs: Any):
        super().__init__(
            **{
                "label": _("Document"),
                "required": False,
                "help_text": _("A scan or a clear photo. It is stored encrypted."),
                "widget": forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in TYPES)}),
                **kwargs,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        upload = super().clean(data, initial)
        return upload.read() if upload else None


class WithDocument(forms.Form):
    """A form that says so when its file was dropped on the way in because it was too large."""

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    def clean(self) -> dict:
        if self.too_large:
            most = filesizeformat(settings.UPLOAD_MAX_BYTES)
            text = _("This file is too large; at most %(most)s. Save it smaller and choose it again.")
            self.add_error("document", text % {"most": most})
        return super().clean() or {}


class GroupForm(WithDocument):
    group = forms.ChoiceField(label=_("Group"))
    valid_from = forms.DateField(label=_("From"), widget=DAY)
    valid_to = forms.DateField(
        label=_("To"), widget=DAY, required=False, help_text=_("Empty while it goes on; this last day belongs to it.")
    )
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Evidence.choices, initial=Evidence.DOCUMENT)
    evidence_number = forms.CharField(
        label=_("Number of the evidence"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of the list, the diploma, the card. It is stored encrypted and shown masked."),
    )  # fmt: skip
    evidence_note = forms.CharField(label=_("Note on the evidence"), required=False, max_length=200)
    document = DocumentField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [  # type: ignore[attr-defined]
            *BLANK,
            *((code, name) for code, name in code_choices("trainee_group") if code not in DERIVED_GROUPS),
        ]


class GroupEndForm(forms.Form):
    valid_to = forms.DateField(label=_("Last day"), widget=DAY)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=STAYS)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=STAYS)


class GroupCorrectForm(forms.Form):
    valid_from = forms.DateField(label=_("From"), widget=DAY)
    valid_to = forms.DateField(label=_("To"), widget=DAY, required=False)
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Evidence.choices)
    evidence_note = forms.CharField(label=_("Note on the evidence"), required=False, max_length=200)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=STAYS)


class VerifyForm(forms.Form):
    evidence = forms.ChoiceField(label=_("Compared with"), required=False)
    evidence_note = forms.CharField(
        label=_("Which list or document"), required=False, max_length=200,
        help_text=_("For example: list of the poverty office, March 2018."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["evidence"].choices = [("", _("The evidence named in the entry")), *Evidence.choices]  # type: ignore[attr-defined]


class AttachForm(WithDocument):
    document = DocumentField(required=True)


class DisabilityForm(WithDocument):
    kind = forms.ChoiceField(label=_("Kind"), choices=CertificateKind.choices, initial=CertificateKind.RESIDENT)
    number = forms.CharField(
        label=_("Number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("20 or 22 characters, beginning with the ID number; of a soldier's certificate as it is written."),
    )  # fmt: skip
    category = forms.ChoiceField(label=_("Category"), required=False)
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    issued_on = forms.DateField(
        label=_("Issued on"), widget=DAY, required=False,
        help_text=_("From this day on the person counts as disabled. Empty if it is not known yet."),
    )  # fmt: skip
    valid_to = forms.DateField(label=_("Valid to"), widget=DAY, required=False)
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Evidence.choices, initial=Evidence.DOCUMENT)
    evidence_note = forms.CharField(label=_("Note on the evidence"), required=False, max_length=200)
    document = DocumentField()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for key in ("category", "grade"):
            choices = [("", _("As the number says")), *code_choices(f"disability_{key}")]
            self.fields[key].choices = choices  # type: ignore[attr-defined]


class DisabilityDatesForm(forms.Form):
    issued_on = forms.DateField(label=_("Issued on"), widget=DAY, required=False)
    valid_to = forms.DateField(label=_("Valid to"), widget=DAY, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=STAYS)


class ToVerifyForm(forms.Form):
    """Filters of the list; nothing in it names a person."""

    group = forms.ChoiceField(label=_("Group"), required=False)
    township = forms.ChoiceField(label=_("Township"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        groups = [(code, name) for code, name in code_choices("trainee_group") if code not in DERIVED_GROUPS]
        self.fields["group"].choices = [*BLANK, *groups]  # type: ignore[attr-defined]
        places = [(place.code, str(place)) for place in townships()]
        self.fields["township"].choices = [*BLANK, *places]  # type: ignore[attr-defined]
