from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentKind(models.TextChoices):
    """What is asked apart may be refused apart (PIPL art. 14, 25, 29)."""

    ORDINARY = "ordinary", _("Ordinary consent")
    SENSITIVE = "sensitive", _("Separate consent: sensitive data")
    PUBLICATION = "publication", _("Separate consent: publication")


class Channel(models.TextChoices):
    SCREEN = "screen", _("By the person on the screen")
    PAPER = "paper", _("Signed on paper")
    WITNESS = "witness", _("Read aloud before a witness")


class StandingState(models.TextChoices):
    GIVEN = "given", _("Given")
    OLDER = "older", _("Given to an earlier text")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MISSING = "missing", _("Not recorded")
