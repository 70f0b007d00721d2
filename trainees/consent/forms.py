from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.schedule.models import TrainingClass
from lms.access.scope import scope_of
from lms.accounts.models import User
from lms.places.queries import townships
from trainees.registry.forms import BLANK, DAY, place_choices
from trainees.registry.models import OFFICE

from .enums import Channel, ConsentKind
from .models import ConsentText
from .samples import SAMPLES

SCAN = forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"})


def scan_of(form: forms.Form, field: str, too_large: bool) -> UploadedFile | None:
    if too_large:
        raise forms.ValidationError(_("The scan is too large. Save it with fewer pixels, or one page alone."))
    return form.cleaned_data.get(field)


class TextForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    body = forms.CharField(label=_("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 14}))
    title_en = forms.CharField(label=_("Title in English"), max_length=160, required=False)
    body_en = forms.CharField(
        label=_("Text in English"), max_length=12000, required=False, widget=forms.Textarea(attrs={"rows": 14})
    )

    @classmethod
    def starting_from(cls, kind: ConsentKind, text: ConsentText | None) -> "TextForm":
        """The draft, the text in force, or the sample: nobody starts from an empty page."""
        source = text or SAMPLES[kind]
        return cls(initial={field: getattr(source, field) for field in ("title", "title_en", "body", "body_en")})


class PolicyForm(forms.Form):
    required = forms.BooleanField(
        label=_("Consent comes before enrolment"),
        required=False,
        help_text=_(
            "Without the tick consent is recorded and the list shows who is missing; nobody is kept out of a class."
        ),
    )
    basis = forms.CharField(
        label=_("Legal basis"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the statutory duty of the county and its document number."),
    )


class ConsentForm(forms.Form):
    """One person's yes, written down by the office."""

    kinds = forms.MultipleChoiceField(
        label=_("Agreed to"), choices=ConsentKind.choices, widget=forms.CheckboxSelectMultiple
    )
    channel = forms.ChoiceField(label=_("How"), choices=[c for c in Channel.choices if c[0] != Channel.SCREEN])
    given_on = forms.DateField(label=_("Given on"), widget=DAY)
    witness = forms.CharField(
        label=_("Witness"),
        required=False,
        max_length=50,
        help_text=_("For somebody who cannot read: who was there when the text was read aloud."),
    )
    guardian = forms.CharField(
        label=_("Guardian"), required=False, max_length=50, help_text=_("For somebody under 14.")
    )
    scan = forms.FileField(label=_("Scan of the signed paper"), required=False, widget=SCAN)

    def __init__(self, *args: Any, texts: dict, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **{"initial": {"given_on": timezone.localdate(), "channel": Channel.PAPER}, **kwargs})
        self.too_large = too_large
        self.fields["kinds"].choices = [(kind.value, kind.label) for kind in texts]  # type: ignore[attr-defined]

    def clean_scan(self) -> UploadedFile | None:
        return scan_of(self, "scan", self.too_large)


class WithdrawForm(forms.Form):
    kind = forms.ChoiceField(label=_("Withdrawn"), choices=ConsentKind.choices)
    reason = forms.CharField(
        label=_("How the person said so"), max_length=200, help_text=_("For example: by telephone, or by a letter.")
    )


class GiveForm(forms.Form):
    """On the person's own page. The version agreed to is the one that was on the screen."""

    text = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(label=_("I have read this, or it was read to me, and I agree"))


class ListForm(forms.Form):
    kind = forms.ChoiceField(label=_("Consent"), choices=ConsentKind.choices, required=False)
    township = forms.ChoiceField(label=_("Township"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        scope = scope_of(user)
        mine = [place for place in townships() if scope.covers(place.code, *OFFICE)]
        self.fields["township"].choices = [  # type: ignore[attr-defined]
            *BLANK,
            *((place.code, str(place)) for place in mine),
        ]


class PaperForm(forms.Form):
    """A blank form for a village, or one for a class with its names."""

    training_class = forms.ModelChoiceField(
        label=_("Class"), queryset=TrainingClass.objects.none(), required=False, empty_label="—",
        to_field_name="code", help_text=_("The names of the class are printed on the list."),
    )  # fmt: skip
    place = forms.ChoiceField(label=_("Township and village"), required=False)
    rows = forms.IntegerField(label=_("Empty lines"), min_value=1, max_value=200, initial=20, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        classes = TrainingClass.objects.visible_to(user).filter(state__in=["planned", "open"])
        self.fields["training_class"].queryset = classes  # type: ignore[attr-defined]
        self.fields["place"].choices = [*BLANK, *place_choices(user)]  # type: ignore[attr-defined]

    def clean(self) -> dict:
        data = super().clean() or {}
        if not self.errors and bool(data.get("training_class")) == bool(data.get("place")):
            raise forms.ValidationError(_("Choose a class or a village, one of the two."))
        return data


class SheetForm(forms.Form):
    """Above the tick list of a class."""

    given_on = forms.DateField(label=_("Signed on"), widget=DAY)
    scan = forms.FileField(label=_("Scan of the signed list"), required=False, widget=SCAN)

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **{"initial": {"given_on": timezone.localdate()}, **kwargs})
        self.too_large = too_large

    def clean_scan(self) -> UploadedFile | None:
        return scan_of(self, "scan", self.too_large)
