import datetime
import uuid
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User
from lms.places.enums import TOWNSHIP_LEVELS
from lms.places.models import Division
from lms.places.queries import code_choices, townships
from lms.privacy import masking

from .enums import IdKind, IdState, Sex
from .models import Trainee, place_name
from .queries import places_of
from .rules import says_birth

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
BLANK = [("", "—")]
REMOVE = "-"
SEXES = [choice for choice in Sex.choices if choice[0] in (Sex.MALE, Sex.FEMALE)]


def not_in_the_future(day: datetime.date | None) -> datetime.date | None:
    if day and day > timezone.localdate():
        raise ValidationError(_("This day lies in the future. Compare it with the document."))
    return day


# A search while somebody types: a quarter of a second after the last key, and a later answer overtakes an earlier one.
TYPED = {"hx-trigger": "input changed delay:250ms", "hx-sync": "this:replace"}


def place_choices(user: User | AnonymousUser) -> list:
    """Villages under their townships: one choice says both, and works without scripts."""
    return [
        (
            str(township),
            [
                (township.code, gettext("%(township)s, village not known") % {"township": township}),
                *((village.code, place_name(township, village)) for village in villages),
            ],
        )
        for township, villages in places_of(user)
    ]


class PlaceField(forms.ChoiceField):
    """Cleans to (township, village or None)."""

    def clean(self, value: str) -> tuple[Division, Division | None]:
        code = super().clean(value)
        place = Division.objects.current().select_related("parent").get(code=code)
        if place.level in TOWNSHIP_LEVELS or place.parent is None:
            return place, None
        return place.parent, place


class WalkInForm(forms.Form):
    """A person at the door: ten seconds."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    id_number = forms.CharField(
        label=_("ID number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        help_text=_("As on the document. A person without one is registered too, and counts after review."),
    )
    id_kind = forms.ChoiceField(label=_("Kind of document"), choices=IdKind.choices, initial=IdKind.RESIDENT)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    place = PlaceField(label=_("Township and village"))
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[*BLANK, *SEXES])
    birth_date = forms.DateField(label=_("Born on"), required=False, widget=DAY)
    # Of this page as it was given out: the same page sent twice registers once.
    sent = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User | AnonymousUser, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [*BLANK, *place_choices(user)]  # type: ignore[attr-defined]

    @property
    def seldom(self) -> list:
        """Fields for those whose document says neither: folded away, so that the common case stays short."""
        return [self[key] for key in ("sex", "birth_date")]

    @property
    def always(self) -> list:
        return [field for field in self.visible_fields() if field.name not in ("sex", "birth_date")]

    @property
    def seldom_used(self) -> bool:
        return any(field.value() or field.errors for field in self.seldom)

    def clean_birth_date(self) -> datetime.date | None:
        return not_in_the_future(self.cleaned_data["birth_date"])

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("id_kind") != IdKind.NONE and not data.get("id_number") and "id_number" not in self.errors:
            self.add_error(
                "id_number",
                _("Enter the number, or choose “Border pass or no valid document” as the kind of document."),
            )
        return data


class EditForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    aliases = forms.CharField(
        label=_("Other names"),
        required=False,
        max_length=200,
        help_text=_("Separated by 、 — a former name, or the name after the birth of a child."),
    )
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    place = PlaceField(label=_("Township and village"))
    village_group = forms.CharField(label=_("Village group"), required=False, max_length=60)
    ethnic = forms.ChoiceField(label=_("Ethnic group"), required=False)
    education = forms.ChoiceField(label=_("Education"), required=False)
    household_number = forms.CharField(label=_("Household number"), required=False, max_length=30)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=Sex.choices)
    birth_date = forms.DateField(label=_("Born on"), required=False, widget=DAY)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, help_text=_("Stays in the log, with who and when.")
    )

    def __init__(self, *args: Any, trainee: Trainee, user: User | AnonymousUser, **kwargs: Any):
        household = trainee.household.number if trainee.household else ""
        initial = {
            "name": trainee.name,
            "aliases": "、".join(trainee.aliases),
            "place": (trainee.village or trainee.township).code,
            "village_group": trainee.village_group,
            "ethnic": trainee.ethnic,
            "education": trainee.education,
            "sex": trainee.sex,
            "birth_date": trainee.birth_date,
        }
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.fields["place"].choices = place_choices(user)  # type: ignore[attr-defined]
        for key in ("ethnic", "education"):
            self.fields[key].choices = [*BLANK, *code_choices(key)]  # type: ignore[attr-defined]
        self._keep("phone", masking.phone(trainee.phone))
        self._keep("household_number", masking.household_number(household))
        if says_birth(trainee.id_kind, trainee.id_number):
            self._follow_the_number(trainee)

    def _follow_the_number(self, trainee: Trainee) -> None:
        """What another paper says may be typed to compare it; the number in the file decides."""
        facts = {"sex": trainee.get_sex_display(), "birth_date": trainee.birth_date and trainee.birth_date.year}
        self.fields["sex"].choices = [*BLANK, *SEXES]  # type: ignore[attr-defined]
        for key, read in facts.items():
            self.initial[key] = ""
            self.fields[key].help_text = _("The ID number says %(read)s, and it decides.") % {"read": read}

    def clean_birth_date(self) -> datetime.date | None:
        return not_in_the_future(self.cleaned_data["birth_date"])

    def _keep(self, key: str, masked: str) -> None:
        """What is encrypted is not put into the page again: empty keeps it."""
        if masked:
            self.fields[key].help_text = _("Empty keeps %(masked)s; a single - removes it.") % {"masked": masked}

    def changes(self) -> dict:
        facts = {key: value for key, value in self.cleaned_data.items() if key not in ("place", "reason")}
        for key in ("phone", "household_number"):
            written = facts.pop(key).strip()
            if written:
                facts[key] = "" if written == REMOVE else written
        facts["township"], facts["village"] = self.cleaned_data["place"]
        facts["aliases"] = facts["aliases"].replace("，", "、").replace(",", "、")
        return facts


class ReviewForm(forms.Form):
    township = forms.ChoiceField(label=_("Township"), required=False)
    id_kind = forms.ChoiceField(label=_("Kind of document"), choices=[*BLANK, *IdKind.choices], required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["township"].choices = [  # type: ignore[attr-defined]
            *BLANK,
            *((place.code, str(place)) for place in townships()),
        ]


class IdentityForm(forms.Form):
    id_kind = forms.ChoiceField(label=_("Kind of document"), choices=IdKind.choices)
    id_number = forms.CharField(
        label=_("ID number"), required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class AcceptForm(forms.Form):
    reason = forms.CharField(label=_("Which papers were seen"), max_length=200)


class UnmaskForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the full numbers?"),
        max_length=200,
        help_text=_("Stays in the log, with who and when."),
    )


class ListForm(forms.Form):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "type": "search", "autocomplete": "off", "aria-controls": "people", **TYPED, "hx-target": "#people",
                "placeholder": _("Name, pinyin, village, file number, ID, phone"),
            }
        ),
    )  # fmt: skip
    township = forms.ChoiceField(label=_("Township"), required=False)
    group = forms.ChoiceField(label=_("Group"), required=False)
    id_state = forms.ChoiceField(label=_("Identity"), choices=[*BLANK, *IdState.choices], required=False)

    def __init__(self, *args: Any, sensitive: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["hx-post"] = reverse("trainee_list")
        self.fields["township"].choices = [  # type: ignore[attr-defined]
            *BLANK,
            *((place.code, str(place)) for place in townships()),
        ]
        self.fields["group"].choices = [*BLANK, *code_choices("trainee_group")]  # type: ignore[attr-defined]
        if not sensitive:
            del self.fields["group"]
