from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    """培训类别: the plan's four, and the two audiences more that its part 3.3 names."""

    CADRE = "cadre", _("Cadres and general public")
    ENTREPRENEUR = "entrepreneur", _("Entrepreneurs")
    PRACTITIONER = "practitioner", _("Practitioners")
    ENTERPRISE = "enterprise", _("Enterprises")
    LEADER = "leader", _("Rural leaders")
    LOCAL_TRAINER = "local_trainer", _("Local trainers")


class Level(models.TextChoices):
    FOUNDATION = "foundation", _("Foundation")
    ADVANCED = "advanced", _("Advanced")
    ELITE = "elite", _("Elite")


class Mode(models.TextChoices):
    OFFLINE = "offline", _("In the classroom")
    REMOTE = "remote", _("Remote")
