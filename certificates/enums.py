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


class Paper(models.TextChoices):
    A4_LANDSCAPE = "a4l", _("A4, landscape")
    A4_PORTRAIT = "a4p", _("A4, portrait")
    A5_LANDSCAPE = "a5l", _("A5, landscape")
    A5_PORTRAIT = "a5p", _("A5, portrait")


class Motif(models.TextChoices):
    """The cloth around the page; certificates.motifs draws it."""

    EYES = "eyes", _("Eyes and mountains, on red")
    HORNS = "horns", _("Buffalo horns and drums, on black")
    GRAIN = "grain", _("Hill rice and terraces, on cream")


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
    RESTRICTED = "restricted", _("Processing of the person's file is restricted")


class PrintLayout(models.TextChoices):
    """How finished pages lie on the paper."""

    PLAIN = "plain", _("As designed, a page on a sheet")
    MARKS = "marks", _("On larger paper, with cut marks and 3 mm bleed")
    TWO_UP = "two_up", _("Two on a sheet of A4, to cut in the middle")


class PrintBack(models.TextChoices):
    NONE = "none", _("Front only")
    BLANK = "blank", _("Both sides, the back blank")
    EXPLAINED = "explained", _("Both sides, the back says how to check the certificate")


class ReprintReason(models.TextChoices):
    """Why paper that was printed before is printed again; the number stays the same."""

    BAD_PRINT = "bad_print", _("The print was bad or the paper jammed")
    SPOILT = "spoilt", _("The sheet was spoilt before it was handed over")
    MISSING = "missing", _("The sheet is missing from the pile")
    OTHER = "other", _("Another reason")


class HandOverState(models.TextChoices):
    COLLECTED = "collected", _("Handed over")
    WITHDRAWN = "withdrawn", _("Entered by mistake")


class Collector(models.TextChoices):
    SELF = "self", _("In person")
    OTHER = "other", _("Somebody for the person")


class Relation(models.TextChoices):
    """Of whoever collects for somebody else."""

    SPOUSE = "spouse", _("Husband or wife")
    PARENT = "parent", _("Father or mother")
    CHILD = "child", _("Son or daughter")
    RELATIVE = "relative", _("Another relative")
    VILLAGE = "village", _("Village committee")
    EMPLOYER = "employer", _("Employer or cooperative")
    OTHER = "other", _("Other")


class ListKind(models.TextChoices):
    """Paper beside the certificates."""

    REGISTER = "register", _("Number register")
    SHEET = "sheet", _("Hand-over sheet to sign")
    LABELS = "labels", _("Labels")
    ENVELOPES = "envelopes", _("Envelopes")


class ListForm(models.TextChoices):
    XLSX = "xlsx", _("Excel")
    PDF = "pdf", _("PDF")


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
