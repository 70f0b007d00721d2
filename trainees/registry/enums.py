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
    VILLAGE_PROOF = "village_proof", _("Certificate of the village")
    DISABILITY = "disability_cert", _("Disability certificate")
    DIPLOMA = "diploma", _("Diploma and household registration")
    WORK_PROOF = "work_proof", _("Proof of work elsewhere")
    VETERAN_CARD = "veteran_card", _("Discharge or veteran's card")
    POST = "post", _("Appointment or proof of post")
    EMPLOYER = "employer", _("Employer or shop")
    STATION = "station", _("Station code")
    ENTERPRISE = "enterprise_code", _("Unified social credit code")
    SELECTION = "selection", _("Record of the selection")


class CertificateKind(models.TextChoices):
    """Who is disabled holds one of two: of the federation, or of a soldier (which has grades of its own)."""

    RESIDENT = "resident", _("Disability certificate")
    SOLDIER = "soldier", _("Disabled soldier's certificate")


class Doubt(models.TextChoices):
    """Why an entry of a group needs somebody to look at it, beyond that nobody has yet."""

    ISSUE_DATE = "issue_date", _("The issue date of the certificate is missing")
    BEFORE_CERTIFICATE = "before_certificate", _("Begins before the certificate was issued")
    OTHER_ID = "other_id", _("The certificate carries another ID number than the file")
    NOT_POOR = "not_poor", _("The household was not poor at that time")
    SAME_NUMBER = "same_number", _("Another person's entry has the same evidence number")
    NO_WOMAN = "no_woman", _("A group of women, and the person is a man")
    CADRE = "cadre", _("Leading cadre and poor at the same time")


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
