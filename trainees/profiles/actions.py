"""The one door to profiles. What is sensitive appears in the log as "changed", never with its value."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.catalogue.enums import Tier
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.models import Division
from lms.places.phones import clean_phone, is_phone
from lms.places.queries import code_names
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted
from trainees.registry.models import Trainee
from trainees.registry.quotes import masked

from .enums import Device, Language, Need
from .models import Profile
from .queries import asks_political
from .rules import small_photo

LISTS = {"languages": Language, "needs": Need, "devices": Device, "wishes": Tier}
CODES = {"political": "political", "employment": "employment", "guardian_relation": "relation"}
TEXTS = ("wechat", "residence", "unit", "post", "business", "shop", "wishes_note", "guardian_name", "guardian_phone")
FACTS = (*LISTS, *CODES, *TEXTS, "has_sold_online", "residence_place")
HIDDEN = "***"
# How a value of a field appears in the log; those not named here appear with their digits masked.
SAID = {
    "needs": lambda _value: HIDDEN,
    "political": lambda _value: HIDDEN,
    "wechat": lambda _value: HIDDEN,
    "residence": lambda _value: HIDDEN,
    "guardian_name": masking.name,
    "guardian_phone": masking.phone,
}


@transaction.atomic
def set_profile(*, by: User | Agent, trainee: Trainee, changes: dict[str, Any]) -> Profile:
    """Write these facts (see FACTS); what is not named stays. What did not change is neither written nor logged."""
    unknown = changes.keys() - set(FACTS)
    if unknown:
        raise TypeError(f"No fact of a profile: {', '.join(sorted(unknown))}")
    profile = _locked(trainee)
    wanted = {field: _checked(field, value) for field, value in changes.items()}
    if wanted.get("political") and wanted["political"] != profile.political and not asks_political(trainee):
        raise Refused("political_not_needed", _("The political status is asked of cadres only; leave it out."))
    differing = {field: value for field, value in wanted.items() if getattr(profile, field) != value}
    if not differing:
        return profile
    before = {field: getattr(profile, field) for field in differing}
    for field, value in differing.items():
        setattr(profile, field, value)
    profile.recorded_by = by.label
    profile.save()
    _record(by, trainee, {field: [_said(field, before[field]), _said(field, differing[field])] for field in differing})
    return profile


@transaction.atomic
def set_photo(*, by: User | Agent, trainee: Trainee, content: bytes) -> Profile:
    """A photograph for the file: made small and freed of what the camera wrote into it, then sealed."""
    picture = small_photo(content)
    if picture is None:
        raise Refused("photo_unread", _("This is not a picture. Take the photo again and save it as JPG or PNG."))
    profile = _locked(trainee)
    old = profile.photo.name
    profile.recorded_by = by.label
    profile.photo.save(f"{trainee.file_number}.jpg", ContentFile(picture), save=False)
    profile.save()
    _record(by, trainee, {"photo": [HIDDEN if old else None, HIDDEN]})
    _discard(profile, old)
    return profile


@transaction.atomic
def remove_photo(*, by: User | Agent, trainee: Trainee) -> Profile:
    profile = _locked(trainee)
    old = profile.photo.name
    if not old:
        return profile
    profile.photo, profile.recorded_by = "", by.label
    profile.save()
    _record(by, trainee, {"photo": [HIDDEN, None]})
    _discard(profile, old)
    return profile


def _locked(trainee: Trainee) -> Profile:
    """The person's row is the lock: two desks never make two profiles."""
    refuse_restricted(Trainee.objects.select_for_update().get(pk=trainee.pk))
    return Profile.objects.filter(trainee=trainee).first() or Profile(trainee=trainee)


def _discard(profile: Profile, old: str | None) -> None:
    """The old picture goes only when the new state is certain, and when no other file holds it: a merge lets the
    surviving file show the other one's picture, and an undo needs it there."""
    if old and not Profile.objects.filter(photo=old).exists():
        transaction.on_commit(lambda: profile.photo.storage.delete(old))


def _checked(field: str, value: Any) -> Any:
    if field in LISTS:
        return _chosen(LISTS[field].values, value)
    if field in CODES:
        return _chosen(code_names(CODES[field]), [value])[0] if value else ""
    if field == "guardian_phone":
        return _phone(value)
    return value.strip() if isinstance(value, str) else value


def _chosen(known: Any, values: list[str]) -> list[str]:
    if set(values) - set(known):
        raise Refused("choice_unknown", _("One of the choices is not in its list. Choose again."))
    return sorted(set(values))


def _phone(text: str) -> str:
    phone = clean_phone(text) if text else ""
    if phone and not is_phone(phone):
        raise Refused(
            "guardian_phone_invalid",
            _("This is not a telephone number: a mobile has 11 digits, a landline is written 0883-7121234."),
        )
    return phone


def _said(field: str, value: Any) -> str | None:
    if value in (None, "", []):
        return None
    if isinstance(value, Division):
        return value.code
    text = "、".join(value) if isinstance(value, list) else str(value)
    return SAID.get(field, masked)(text)


def _record(by: User | Agent, trainee: Trainee, changes: dict) -> None:
    record_event(
        by=by, event="trainee.profile_set", record=trainee, label=trainee.file_number, place=trainee.township.code,
        changes=changes,
    )  # fmt: skip
