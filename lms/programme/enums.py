from django.db import models
from django.utils.translation import gettext_lazy as _


class CountedUnit(models.TextChoices):
    """What one person-time (人次) is. The plan does not say; the programme must."""

    PER_CLASS = "per_class", _("one person completing one class counts once")
    PER_DAY = "per_day", _("one person counts once for each training day attended")
    PER_SESSION = "per_session", _("one person counts once for each session attended")
