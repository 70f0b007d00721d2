import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lms.records import FieldClass, Record

from .enums import TOWNSHIP_LEVELS, VILLAGE_LEVELS, DivisionLevel, HolidayKind, StationLevel

NOT_PERSONAL = {"*": FieldClass.PUBLIC}


def in_language(chinese: str, english: str) -> str:
    """Reference names carry both languages; Chinese stands where there is no English."""
    return english if english and (get_language() or "").startswith("en") else chinese


class DivisionQuerySet(models.QuerySet):
    def valid_on(self, day: datetime.date) -> "DivisionQuerySet":
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )

    def current(self):
        return self.filter(valid_to__isnull=True)

    def townships(self):
        return self.filter(level__in=TOWNSHIP_LEVELS)

    def villages(self):
        return self.filter(level__in=VILLAGE_LEVELS)


class Division(Record):
    """行政区划: a 12-digit code of the statistics bureau, province to village, with its dates."""

    field_classes = NOT_PERSONAL

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    level = models.CharField(_("level"), max_length=25, choices=DivisionLevel)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    aliases = models.JSONField(default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_to__isnull=True),
                name="one_current_division_per_code",
                violation_error_message=_("A current division already has this code."),
            )
        ]

    def __str__(self):
        return in_language(self.name, self.name_en)

    @property
    def prefix(self) -> str:
        """The digits every place inside this one begins with: 2, 4, 6, 9 or 12 of them."""
        for width in (2, 4, 6, 9):
            if set(self.code[width:]) == {"0"}:
                return self.code[:width]
        return self.code

    @property
    def short_name(self) -> str:
        """贺勐村民委员会 -> 贺勐: what people write."""
        for tail in ("社区居民委员会", "村民委员会", "居民委员会"):
            if self.name.endswith(tail):
                return self.name.removesuffix(tail)
        return self.name


class Station(Record):
    """服务站点: county centre, township station or village point; a venue with a capacity in people."""

    field_classes = NOT_PERSONAL

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=StationLevel)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="stations", verbose_name=_("place"))
    capacity = models.PositiveIntegerField(_("capacity"), help_text=_("People who can sit at once."))
    address = models.CharField(_("address"), max_length=200, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1),
                name="station_has_room",
                violation_error_message=_("The capacity must be at least 1."),
            )
        ]

    def __str__(self):
        return in_language(self.name, self.name_en)


class Holiday(Record):
    """A day on which offices close, or open although it is a weekend."""

    field_classes = NOT_PERSONAL

    day = models.DateField(_("day"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=15, choices=HolidayKind)
    source = models.CharField(_("source"), max_length=120)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["day", "kind"], name="one_holiday_per_day_and_kind"),
        ]

    def __str__(self):
        return f"{self.day} {in_language(self.name, self.name_en)}"


class CodeItem(Record):
    """One entry of a code list (sex, ethnic group, education ...), with the source it was copied from."""

    field_classes = NOT_PERSONAL

    list_key = models.CharField(max_length=30)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=200)
    version = models.CharField(max_length=20)

    class Meta:
        ordering = ["list_key", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["list_key", "code"], name="one_item_per_code")]

    def __str__(self):
        return in_language(self.name, self.name_en)
