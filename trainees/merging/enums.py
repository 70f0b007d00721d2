from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """Why two files may be one person's, the strongest first."""

    ID = "id", _("Same ID number")
    PHONE_NAME = "phone_name", _("Same phone and name")
    NAME_BIRTH = "name_birth", _("Same name, birth date and village")


class PairState(models.TextChoices):
    OPEN = "open", _("To be decided")
    DIFFERENT = "different", _("Two people")
    SAME = "same", _("Merged")
