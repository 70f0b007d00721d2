"""Which certificates are printed, and which of them were on paper before."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Subquery

from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from trainees.attendance.models import Enrolment

from .enums import CertificateState, PrintKind, PrintState
from .models import Certificate, PrintItem

PRINTERS = (Role.MANAGER, Role.CLERK)


def of_numbers(user: User | AnonymousUser, numbers: Sequence[str]) -> list[Certificate]:
    """The valid ones among them within the places the person prints for, class by class in the order of each roster."""
    own = Certificate.objects.visible_to(user).filter(scope_of(user).within("trainee__township__code", *PRINTERS))
    place = Enrolment.objects.filter(training_class=OuterRef("training_class"), trainee=OuterRef("trainee"))
    found = own.filter(number__in=numbers, state=CertificateState.VALID)
    return list(
        found.annotate(place=Subquery(place.values("id")[:1])).order_by("class_code", "place", "series", "serial")
    )


def printed_before(certificates: Iterable[Certificate]) -> dict[int, int]:
    """Primary key -> how often it came out on paper; a file that is sent is no paper."""
    sheets = PrintItem.objects.filter(
        certificate__in=[each.pk for each in certificates], state=PrintState.PRINTED, run__kind=PrintKind.SHEETS
    )
    return dict(sheets.order_by().values_list("certificate").annotate(n=Count("pk")))


def printings_of(certificate: Certificate) -> list[PrintItem]:
    """When one certificate came out, the latest first, with the reason of every time but the first."""
    printed = certificate.printings.filter(state=PrintState.PRINTED, run__kind=PrintKind.SHEETS)
    return list(printed.select_related("run").order_by("-run_id"))
