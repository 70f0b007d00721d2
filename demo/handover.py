"""Certificates of two classes handed over: most in person, one on behalf, one taken back, a few still here."""

import datetime

from django.utils import timezone

from certificates.enums import Collector
from certificates.handover import actions
from certificates.handover.actions import Collected
from certificates.models import Certificate, HandOver
from courses.schedule.models import TrainingClass
from lms.accounts.models import User

from .activities import a_page

STILL_HERE = 4


def hand_out(clerk: User) -> None:
    """Once: a county that has a hand-over has them all."""
    if HandOver.objects.exists():
        return
    classes = TrainingClass.objects.filter(certificates__isnull=False).distinct().order_by("-pk")[:2]
    for training_class in classes:
        ready = training_class.certificates.filter(state="valid", trainee__restricted_at__isnull=True)
        _hand_out_class(clerk, list(ready.order_by("serial")))


def _hand_out_class(clerk: User, certificates: list[Certificate]) -> None:
    day = min(certificates[0].issued_on + datetime.timedelta(days=2), timezone.localdate())
    ready = certificates[:-STILL_HERE]
    actions.hand_over(
        by=clerk, certificates=ready[1:], collected=Collected(on=day, handed_over_by="赵老师"), scan=a_page()
    )
    actions.hand_over(
        by=clerk, certificates=ready[:1],
        collected=Collected(on=day, collector=Collector.OTHER, receiver="岩保", relation="spouse", note="本人外出务工"),
    )  # fmt: skip
    actions.withdraw(by=clerk, certificate=ready[-1], reason="本人未到场，勾选有误")
