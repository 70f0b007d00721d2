from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EnrolmentState(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    WAITLISTED = "waitlisted", _("On the waiting list")
    CANCELLED = "cancelled", _("Cancelled")


class ScanKind(models.TextChoices):
    SIGN_IN = "sign_in", pgettext_lazy("attendance", "Signed in")
    SIGN_OUT = "sign_out", _("Signed out")
    ABSENT = "absent", _("Marked absent")


class ScanSource(models.TextChoices):
    GRID = "grid", _("Marked by the trainer")
    TRAINEE_QR = "trainee_qr", _("Trainee's code")
    SESSION_QR = "session_qr", _("Session's code")
    CARD = "card", _("Card")
    PAPER = "paper", _("Paper sheet")
    IMPORT = "import", _("Imported")
    REMOTE = "remote", _("Remote")


class ScanRefusal(models.TextChoices):
    """Why a scan was not accepted; it is kept all the same."""

    UNKNOWN_PERSON = "unknown_person", _("Nobody is known by this code")
    NOT_ENROLLED = "not_enrolled", _("Not enrolled in this class")
    CLASS_NOT_RUNNING = "class_not_running", _("The class is not running")
    OTHER_FILE = "other_file", _("The person's other file says more")
