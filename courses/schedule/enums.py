from django.db import models
from django.utils.translation import gettext_lazy as _


class ClassState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Running")
    CLOSED = "closed", _("Closed")
    REFUSED = "refused", _("Not accepted")
    CANCELLED = "cancelled", _("Cancelled")


class Half(models.TextChoices):
    """A session is one half-day."""

    MORNING = "am", _("Morning")
    AFTERNOON = "pm", _("Afternoon")
    EVENING = "ev", _("Evening")


# Usual hours of a half-day: start, length in minutes.
HALF_HOURS = {Half.MORNING: ("09:00", 180), Half.AFTERNOON: ("14:30", 180), Half.EVENING: ("19:00", 90)}
