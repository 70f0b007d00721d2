from django.db import models
from django.utils.translation import gettext_lazy as _


class Loss(models.TextChoices):
    """Why a unit in the ledger is not countable; blank means it counts."""

    ENROLMENT_NOT_CONFIRMED = "enrolment_not_confirmed", _("The enrolment was not confirmed")
    NEVER_SIGNED = "never_signed", _("Never signed in")
    ATTENDANCE_TOO_LOW = "attendance_too_low", _("Attended less than the policy asks")
    IDENTITY_OPEN = "identity_open", _("The identity is not settled")
    CLASS_REFUSED = "class_refused", _("The class was not accepted")
    REMOTE_NOT_COUNTED = "remote_not_counted", _("The policy does not count remote lessons")
