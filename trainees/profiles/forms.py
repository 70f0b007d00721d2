from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import Tier
from lms.places.models import Division
from lms.places.queries import code_choices, townships
from lms.privacy import masking
from trainees.registry.models import place_name

from .enums import Device, Language, Need
from .models import Profile
from .rules import needs_guardian

BLANK = [("", "—")]
REMOVE = "-"
YES_NO = [("", "—"), ("yes", _("Yes")), ("no", _("No"))]
KEPT = ("wechat", "guardian_phone")


def several(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple)


def short(label: Any, length: int, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=length, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )  # fmt: skip


class ProfileForm(forms.Form):
    """The second half of the register form; a person at the desk leaves out what nobody said."""

    languages = several(_("Follows a lesson in"), Language.choices)
    needs = several(_("Needs to take part"), Need.choices)
    devices = several(_("Has"), Device.choices)
    wechat = short(_("WeChat"), 60)
    residence_place = forms.ChoiceField(
        label=_("Lives now in"), required=False, help_text=_("Only if it is not the place of registration.")
    )
    residence = short(_("Where exactly"), 120)
    employment = forms.ChoiceField(label=_("Occupation"), required=False)
    unit = short(_("Works at"), 80)
    post = short(_("Post"), 60)
    political = forms.ChoiceField(label=_("Political status"), required=False)
    business = short(_("Grows, makes or sells"), 120)
    has_sold_online = forms.ChoiceField(label=_("Has sold online before"), required=False, choices=YES_NO)
    shop = short(_("Shop and platform"), 120)
    wishes = several(_("Wants to learn with"), Tier.choices)
    wishes_note = short(_("What the person wants to learn"), 200)
    guardian_name = short(_("Guardian"), 50)
    guardian_relation = forms.ChoiceField(label=_("Guardian is"), required=False)
    guardian_phone = short(_("Guardian's phone"), 40, type="tel")

    def __init__(self, *args: Any, profile: Profile, asks_political: bool, **kwargs: Any):
        super().__init__(*args, **{**kwargs, "initial": _initial(profile)})
        self.fields["residence_place"].choices = _places()  # type: ignore[attr-defined]
        for field, key in (("employment", "employment"), ("political", "political"), ("guardian_relation", "relation")):
            self.fields[field].choices = [*BLANK, *code_choices(key)]  # type: ignore[attr-defined]
        if not asks_political and not profile.political:
            del self.fields["political"]
        if not needs_guardian(profile.trainee.birth_date, timezone.localdate()) and not profile.guardian_name:
            for key in ("guardian_name", "guardian_relation", "guardian_phone"):
                del self.fields[key]
        for key in KEPT:
            if key in self.fields and getattr(profile, key):
                facts = {"masked": masking.phone(getattr(profile, key))}
                self.fields[key].help_text = _("Empty keeps %(masked)s; a single - removes it.") % facts

    def changes(self) -> dict:
        facts = dict(self.cleaned_data)
        for key in KEPT:
            written = facts.pop(key, "").strip()
            if written:
                facts[key] = "" if written == REMOVE else written
        facts["has_sold_online"] = {"yes": True, "no": False}.get(facts["has_sold_online"])
        code = facts["residence_place"]
        facts["residence_place"] = Division.objects.current().get(code=code) if code else None
        return facts


def _initial(profile: Profile) -> dict:
    """What is encrypted is not put into the page again."""
    facts = {field.name: getattr(profile, field.name) for field in Profile._meta.fields if field.name not in KEPT}
    facts["residence_place"] = profile.residence_place.code if profile.residence_place else ""
    facts["has_sold_online"] = {True: "yes", False: "no", None: ""}[profile.has_sold_online]
    return facts


def _places() -> list:
    """The whole county: people move between townships."""
    villages = Division.objects.current().villages().order_by("code")
    whole = townships().prefetch_related(Prefetch("children", queryset=villages, to_attr="current_villages"))
    return [
        *BLANK,
        *(
            (
                str(township),
                [
                    (township.code, str(township)),
                    *((village.code, place_name(township, village)) for village in township.current_villages),
                ],
            )
            for township in whole
        ),
    ]


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        error_messages={"required": _("Choose a photo."), "empty": _("This file is empty. Choose another one.")},
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if too_large:
            # The upload was dropped on its way in, so the field is empty for a reason.
            most = filesizeformat(settings.UPLOAD_MAX_BYTES)
            text = _("This file is too large; at most %(most)s. Save it smaller and choose it again.")
            self.fields["photo"].error_messages["required"] = text % {"most": most}

    def clean_photo(self) -> Any:
        upload = self.cleaned_data["photo"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                _("This file is too large; at most %(most)s. Save it smaller and choose it again."),
                params={"most": filesizeformat(settings.UPLOAD_MAX_BYTES)},
            )
        return upload
