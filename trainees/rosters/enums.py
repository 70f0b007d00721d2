from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")
    UNREADABLE = "unreadable", _("Could not be read")
    PREVIEW = "preview", _("Waiting for your decision")
    COMMITTING = "committing", _("Being entered")
    COMMITTED = "committed", _("Entered")
    DISCARDED = "discarded", _("Discarded")


class Verdict(models.TextChoices):
    NEW = "new", _("New person")
    MATCHED = "matched", _("Known person")
    REPEAT = "repeat", _("Repeats an earlier row")
    REFUSED = "refused", _("Refused")


ACCEPTED_VERDICTS = (Verdict.NEW, Verdict.MATCHED, Verdict.REPEAT)

# Kinds of background work, see lms.jobs.registry.
READ_JOB, COMMIT_JOB = "roster_read", "roster_commit"
