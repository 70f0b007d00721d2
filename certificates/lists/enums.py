from django.db import models
from django.utils.translation import gettext_lazy as _


class LabelLayout(models.TextChoices):
    """Sheets of labels as they are sold: columns x rows on A4."""

    L24 = "3x8", _("24 on a sheet: 3 × 8, 70 × 37 mm")
    L14 = "2x7", _("14 on a sheet: 2 × 7, 99.1 × 38.1 mm")


class EnvelopeSize(models.TextChoices):
    DL = "dl", _("DL, 220 × 110 mm")
    ZL = "zl", _("ZL, 230 × 120 mm")
    C5 = "c5", _("C5, 229 × 162 mm")
