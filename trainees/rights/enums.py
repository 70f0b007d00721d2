from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

EXPORT_JOB, COPY_JOB, WIPE_JOB = "trainee_export", "trainee_copy", "trainee_wipe"


class RequestKind(models.TextChoices):
    """What a person may ask for (PIPL art. 44-50)."""

    ACCESS = "access", _("See the data")
    CORRECTION = "correction", _("Correct the data")
    COPY = "copy", _("A copy of the data")
    DELETION = "deletion", _("Delete the data")


class Asked(models.TextChoices):
    OWN_PAGE = "own_page", _("On the own page")
    COUNTER = "counter", _("At the counter")
    PHONE = "phone", _("By telephone")
    LETTER = "letter", _("By letter")


class Outcome(models.TextChoices):
    DONE = "done", _("Done as asked")
    RESTRICTED = "restricted", _("Kept, but restricted")
    REFUSED = "refused", _("Not possible")


class CopyFormat(models.TextChoices):
    PDF = "pdf", _("PDF, to read")
    XLSX = "xlsx", _("Excel workbook")
    JSON = "json", _("JSON, for another system")


class Purpose(models.TextChoices):
    REPORTING = "reporting", _("Reporting and audit")
    OUTREACH = "outreach", _("Contacting people")


class RetentionKind(models.TextChoices):
    TRAINEE_FILE = "trainee_file", _("File of a trainee")
    CANCELLED_ENROLMENT = "cancelled_enrolment", _("Enrolment that was cancelled")
    CONSENT_PROOF = "consent_proof", _("Proof of a consent, after the file")
    REQUEST = "request", _("Deletion a person asked for")
    ROSTER = "roster", _("Rows of a roster that became nobody")
    SATISFACTION = "satisfaction", _("Raw answers about satisfaction")
    IMPACT_REPORT = "impact_report", _("Report of the privacy assessment")


class DueState(models.TextChoices):
    DUE = "due", pgettext_lazy("retention", "Due")
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    DONE = "done", _("Done")
    KEPT = "kept", _("Kept longer")
