from django.db import models
from django.utils.translation import gettext_lazy as _


class DivisionLevel(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWN = "town", _("Town")
    TOWNSHIP = "township", _("Township")
    STREET = "street", _("Subdistrict")
    FARM = "enterprise", _("Farm")
    VILLAGE = "village_committee", _("Village")
    COMMUNITY = "neighborhood_committee", _("Community")


TOWNSHIP_LEVELS = (DivisionLevel.TOWN, DivisionLevel.TOWNSHIP, DivisionLevel.STREET, DivisionLevel.FARM)
VILLAGE_LEVELS = (DivisionLevel.VILLAGE, DivisionLevel.COMMUNITY)


class StationLevel(models.TextChoices):
    COUNTY = "county", _("County centre")
    TOWNSHIP = "township", _("Township station")
    VILLAGE = "village", _("Village service point")


class HolidayKind(models.TextChoices):
    STATUTORY = "statutory", _("Statutory holiday")
    MAKEUP_WORKDAY = "makeup_workday", _("Make-up working day")
    LOCAL = "local", _("Local holiday")
