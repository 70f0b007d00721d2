from django.db import models
from django.utils.translation import gettext_lazy as _


class CertificateState(models.TextChoices):
    VALID = "valid", _("Valid")
    REVOKED = "revoked", _("Revoked")


class NotDue(models.TextChoices):
    """Why somebody of the class gets no certificate yet."""

    NOT_COUNTED = "not_counted", _("Did not complete the class")
    TASK_OPEN = "task_open", _("A required practical task is not passed")
    # Never issued again with the others: somebody decides about this person.
    REVOKED = "revoked", _("An earlier certificate was revoked")
