from django.db import models
from django.utils.translation import gettext_lazy as _


class OutcomeKind(models.TextChoices):
    """创业就业成效: what an evaluator can check."""

    SHOP_OPENED = "shop_opened", _("Opened an online shop")
    FIRST_SALE = "first_sale", _("First online sale")
    BUSINESS_REGISTERED = "business_registered", _("Registered a business")
    JOB = "job", _("Found a job")
    STATION_STAFF = "station_staff", _("Became station staff")
    SALES_GROWTH = "sales_growth", _("Sales grew")


# An amount in yuan belongs to these alone; wages are nobody's business here.
WITH_AMOUNT = frozenset({OutcomeKind.FIRST_SALE, OutcomeKind.SALES_GROWTH})
