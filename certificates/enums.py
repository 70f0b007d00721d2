from django.db import models
from django.utils.translation import gettext_lazy as _


class CertificateKind(models.TextChoices):
    """What the centre hands out."""

    COMPLETION = "completion", _("Certificate of completion")
    # For who attended and did not pass what the class asked for.
    ATTENDANCE = "attendance", _("Certificate of attendance")
    # The centre's own word on who may teach for it; never a vocational qualification.
    TRAINER = "trainer", _("Trainer qualification of the centre")
    AWARD = "award", _("Contest award")


class ReissueReason(models.TextChoices):
    """Why a newer paper took the place of an older one."""

    MISPRINT = "misprint", _("Correction of a misprint")
    NAME_CHANGE = "name_change", _("Change of name")
    LOST = "lost", _("Loss")
    DAMAGED = "damaged", _("Damage")
    RENEWAL = "renewal", _("Renewal")
    # A certificate of attendance gives way to one of completion.
    PASSED = "passed", _("Passed after all")


# What the office may choose; the others follow from what happened.
CHOSEN_REASONS = (ReissueReason.MISPRINT, ReissueReason.NAME_CHANGE, ReissueReason.LOST, ReissueReason.DAMAGED)
# Only these look into the file again: the other papers say what the first one said.
FROM_THE_FILE = (ReissueReason.MISPRINT, ReissueReason.NAME_CHANGE, ReissueReason.RENEWAL)


class CertificateState(models.TextChoices):
    VALID = "valid", _("Valid")
    REPLACED = "replaced", _("Replaced by a newer one")
    REVOKED = "revoked", _("Revoked")


class Standing(models.TextChoices):
    """What a certificate is worth today: its state, and whether its time is over."""

    VALID = "valid", _("Valid")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced by a newer one")
    REVOKED = "revoked", _("Revoked")


class NotDue(models.TextChoices):
    """Why somebody of the class gets no certificate yet."""

    NOT_COUNTED = "not_counted", _("Did not complete the class")
    TASK_OPEN = "task_open", _("A required practical task is not passed")
    # Of an attendance certificate: everything is passed, or nothing was asked.
    PASSED = "passed", _("Passed, so the certificate of completion is theirs")
    # Never issued again with the others: somebody decides about this person.
    REVOKED = "revoked", _("An earlier certificate was revoked")


class PrintKind(models.TextChoices):
    SHEETS = "sheets", _("One PDF for the printer")
    FILES = "files", _("A zip with a signed file for each person")


class PrintState(models.TextChoices):
    """What became of one certificate of a print run."""

    WAITING = "waiting", _("Waiting")
    PRINTED = "printed", _("Printed")
    STOPPED = "stopped", _("Not printed")


class Stopped(models.TextChoices):
    """Why a certificate was left out of a print run."""

    MISSING_GLYPH = "missing_glyph", _("The fonts lack a character")
    REVOKED = "revoked", _("It was revoked")
    REPLACED = "replaced", _("A newer one took its place")


class FileState(models.TextChoices):
    """What an uploaded file or photograph is worth."""

    GENUINE = "genuine", _("This file is genuine and unaltered.")
    EXPIRED = "expired", _("This file is genuine, but the certificate has expired.")
    REPLACED = "replaced", _("This file is genuine, but a newer certificate has taken its place.")
    REVOKED = "revoked", _("This file is genuine, but the certificate was revoked.")
    ALTERED = "altered", _("This file was altered after it was signed.")
    FOREIGN = "foreign", _("This file does not carry the centre's signature.")
    UNLISTED = "unlisted", _("This file is signed by the centre, but the register does not hold its certificate.")
    DIFFERS = "differs", _("This file is signed by the centre, but the register says something else.")
    NO_CODE = "no_code", _("No certificate code was found in this picture.")
    OTHER_CODE = "other_code", _("The code in this picture is not one of the centre's certificates.")
    UNREADABLE = "unreadable", _("This is neither a PDF file nor a picture that can be read.")
