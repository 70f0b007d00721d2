from django.db import models

from lms.records import FieldClass, Record


class NumberSeries(Record):
    """The last serial given out in a series (a year and a county); gapless, taken under a row lock."""

    field_classes = {"*": FieldClass.PUBLIC}

    key = models.CharField(max_length=60, unique=True)
    last_serial = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.key}: {self.last_serial}"
