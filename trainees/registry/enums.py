from django.db import models
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    """GB/T 2261.1-2003."""

    UNKNOWN = "0", _("Unknown")
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")
    NOT_STATED = "9", _("Not stated")


class IdKind(models.TextChoices):
    """The codes of the list "id_kind" that a person can be told by."""

    RESIDENT = "resident_id", _("Resident ID")
    HOUSEHOLD_ONLY = "household_only", _("Household booklet only")
    RESIDENT_15 = "resident_id_15", _("Old resident ID, 15 digits")
    HMT_RESIDENCE = "hmt_residence", _("Hong Kong/Macau/Taiwan residence permit")
    HKMO_PERMIT = "hkmo_permit", _("Hong Kong/Macau travel permit")
    TW_PERMIT = "tw_permit", _("Taiwan travel permit")
    FOREIGN_PR = "foreign_pr", _("Foreign permanent resident ID")
    FOREIGN_PR_OLD = "foreign_pr_old", _("Foreign permanent resident ID, before 2023")
    PASSPORT = "passport", _("Passport")
    NONE = "none", _("Border pass or no valid document")


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
