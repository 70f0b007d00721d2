from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")
    UNREADABLE = "unreadable", _("Could not be read")
    PREVIEW = "preview", _("Waiting for your decision")
    COMMITTING = "committing", _("Being entered")
    COMMITTED = "committed", _("Entered")
    UNDOING = "undoing", _("Being taken back")
    DISCARDED = "discarded", _("Discarded")


# Rows are mended, decided and chosen while nobody enters or takes back.
OPEN_STATES = (ImportState.PREVIEW, ImportState.COMMITTED)


class Verdict(models.TextChoices):
    NEW = "new", _("New person")
    CHANGED = "changed", _("Known person, something new")
    MATCHED = "matched", _("Known person")
    REPEAT = "repeat", _("Repeats an earlier row")
    UNDECIDED = "undecided", _("You decide who this is")
    REFUSED = "refused", _("Refused")


ACCEPTED_VERDICTS = (Verdict.NEW, Verdict.CHANGED, Verdict.MATCHED, Verdict.REPEAT)
# What waits for a person: the rows that go back to whoever sent the list.
LEFT_VERDICTS = (Verdict.REFUSED, Verdict.UNDECIDED)


class Tab(models.TextChoices):
    """The tabs of the preview: what waits by its verdict, and what does not wait. A row is in one of them."""

    REFUSED = "refused", _("Refused")
    UNDECIDED = "undecided", _("To decide")
    NEW = "new", _("Added")
    CHANGED = "changed", _("Changed")
    MATCHED = "matched", _("Known")
    REPEAT = "repeat", _("Repeats")
    SKIPPED = "skipped", _("Left out")
    ENTERED = "entered", _("Entered")


class Decision(models.TextChoices):
    """What a clerk said of a row that may be somebody we know."""

    NONE = "", "—"
    SAME = "same", _("This person")
    OTHER = "other", _("Not this person")
    ALIAS = "alias", _("This person, under another name")
    WRONG = "wrong", _("Wrong person")


# Kinds of background work, see lms.jobs.registry.
READ_JOB, COMMIT_JOB, UNDO_JOB = "roster_read", "roster_commit", "roster_undo"
