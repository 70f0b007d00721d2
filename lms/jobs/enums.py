from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)

# What the message of a failed job holds: this word, the kind of an error, or a sentence behind this sign.
ATTEMPTS = "attempts"
SAID = "»"
