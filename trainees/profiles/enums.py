from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """In which language somebody follows a lesson."""

    CHINESE = "zh", _("Chinese")
    WA = "wa", _("Wa")
    DAI = "dai", _("Dai")
    LAHU = "lahu", _("Lahu")
    YI = "yi", _("Yi")
    OTHER = "other", _("Another language")


class Device(models.TextChoices):
    SMARTPHONE = "smartphone", _("Smartphone")
    COMPUTER = "computer", _("Computer")
    BROADBAND = "broadband", _("Broadband at home")


class Need(models.TextChoices):
    """What somebody needs to take part; not what they have."""

    WHEELCHAIR = "wheelchair", _("Ground-floor room, step-free way")
    SIGN_LANGUAGE = "sign_language", _("Sign language or captions")
    LARGE_PRINT = "large_print", _("Large print or reading aloud")
    READING = "reading", _("Help with reading and writing")
    COMPANION = "companion", _("Comes with a companion")
    CHILD_CARE = "child_care", _("Brings a small child")


# Who is asked for the political status: their classes are for cadres.
CADRE_GROUPS = frozenset({"cadre_leader", "village_three_committees", "village_official_graduate"})
