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


class Limit(models.TextChoices):
    """What a person's will or the law has stopped; each is a column of the file with the moment it began."""

    USE = "use_withdrawn", _("Consent withdrawn")
    SENSITIVE = "sensitive_withdrawn", _("Consent to sensitive data withdrawn")
    RESTRICTED = "restricted", _("Processing restricted")


class Evidence(models.TextChoices):
    ROSTER = "roster", _("Reported on a roster")
    DECLARED = "declared", _("Declared by the person")
    DOCUMENT = "document", _("Document seen")
    OFFICIAL_LIST = "official_list", _("Official list")
