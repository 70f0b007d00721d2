from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    """GB/T 2261.1-2003."""

    UNKNOWN = "0", _("Unknown")
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")
    NOT_STATED = "9", _("Not stated")


class IdKind(models.TextChoices):
    RESIDENT = "resident_id", _("Resident ID")
    HKMO_PERMIT = "hkmo_permit", _("Hong Kong/Macau travel permit")
    TW_PERMIT = "tw_permit", _("Taiwan travel permit")
    HMT_RESIDENCE = "hmt_residence", _("Hong Kong/Macau/Taiwan residence permit")
    FOREIGN_PR = "foreign_pr", _("Foreign permanent resident ID")
    NONE = "none", _("No valid document")


class IdState(models.TextChoices):
    """Only a valid identity counts; everything else waits for a person's decision."""

    VALID = "valid", _("Valid")
    REVIEW = "review", _("To be reviewed")
    REVIEWED = "reviewed", _("Reviewed and accepted")


COUNTABLE_ID_STATES = (IdState.VALID, IdState.REVIEWED)


class Evidence(models.TextChoices):
    ROSTER = "roster", _("Reported on a roster")
    DECLARED = "declared", _("Declared by the person")
    DOCUMENT = "document", _("Document seen")
    OFFICIAL_LIST = "official_list", _("Official list")


class KeyKind(models.IntegerChoices):
    """By what a person is found; a lower number is a better find. A part lies `PART` behind its whole."""

    NAME = 10, _("Name")
    FILE = 11, _("File number")
    ID_TAIL = 12, _("End of the ID number")
    PHONE_TAIL = 13, _("End of the phone number")
    ALIAS = 20, _("Other name")
    PINYIN = 30, _("Pinyin")
    INITIALS = 31, _("First letters")
    ALIAS_PINYIN = 40, _("Pinyin of another name")
    ALIAS_INITIALS = 41, _("First letters of another name")
    NAME_PART = 60, _("Part of the name")
    ALIAS_PART = 70, _("Part of another name")
    PINYIN_PART = 80, _("Pinyin of a part")
    INITIALS_PART = 81, _("First letters of a part")
    ALIAS_PINYIN_PART = 90, _("Pinyin of a part of another name")
    ALIAS_INITIALS_PART = 91, _("First letters of a part of another name")

    @property
    def part(self) -> "KeyKind":
        return KeyKind(self + PART)


PART = 50
WHOLE_NAMES = (KeyKind.NAME, KeyKind.ALIAS, KeyKind.PINYIN, KeyKind.INITIALS)
