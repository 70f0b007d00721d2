"""Which certificates are printed."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Subquery
from django.utils.translation import ngettext

from lms.access.scope import scope_of
from lms.accounts.models import User
from trainees.attendance.models import Enrolment

from .enums import CertificateState
from .models import Certificate
from .rules import OFFICE


def of_numbers(user: User | AnonymousUser, numbers: Sequence[str]) -> list[Certificate]:
    """The valid ones among them within the places the person prints for, class by class in the order of each roster."""
    own = Certificate.objects.visible_to(user).filter(scope_of(user).within("trainee__township__code", *OFFICE))
    place = Enrolment.objects.filter(training_class=OuterRef("training_class"), trainee=OuterRef("trainee"))
    found = own.filter(number__in=numbers, state=CertificateState.VALID)
    return list(
        found.annotate(place=Subquery(place.values("id")[:1])).order_by("class_code", "place", "series", "serial")
    )


def left_out(n: int) -> str:
    """What of a choice does not come to the printer is told, never dropped in silence."""
    text = ngettext(
        "%(n)d of those chosen is not printed: it is not valid any more, or it is not of your places.",
        "%(n)d of those chosen are not printed: they are not valid any more, or they are not of your places.",
        n,
    )
    return text % {"n": n}
