from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.accounts.enums import Role

# Who lists the entries, each within the own places.
OFFICE = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR, Role.AUDITOR)


class EntryKind(models.TextChoices):
    PERSON = "person", _("One person")
    TEAM = "team", _("Team")


class EntryState(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
