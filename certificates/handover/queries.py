"""What of a class was handed over, to whom, and what proves it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.enums import CertificateState
from certificates.models import Certificate, HandOver, HandOverProof, HandOverScan
from certificates.queries import theirs
from courses.schedule.models import TrainingClass
from lms.accounts.models import User
from trainees.attendance.models import Enrolment


@dataclass(frozen=True)
class Line:
    """One valid certificate, and its standing hand-over with the scans that prove it."""

    certificate: Certificate
    standing: HandOver | None
    scans: tuple[HandOverScan, ...] = ()


def classes_of(user: User | AnonymousUser) -> QuerySet[TrainingClass]:
    """The classes within the person's sight, and those held elsewhere that villagers of the own places came home
    from with a paper: it is handed over at home."""
    brought = theirs(user).filter(training_class__isnull=False).values("training_class")
    own = TrainingClass.objects.visible_to(user).order_by().values("pk")
    return TrainingClass.objects.filter(Q(pk__in=own) | Q(pk__in=brought))


def of_class(user: User | AnonymousUser, training_class: TrainingClass) -> list[Certificate]:
    """The valid certificates of a class within the person's sight, in the order of the roster."""
    own = Certificate.objects.visible_to(user).filter(training_class=training_class, state=CertificateState.VALID)
    place = Enrolment.objects.filter(training_class=OuterRef("training_class"), trainee=OuterRef("trainee"))
    return list(
        own.annotate(place=place.values("id")[:1]).select_related("trainee__township").order_by("place", "serial")
    )


def posted(user: User | AnonymousUser, training_class: TrainingClass, numbers: Iterable[str]) -> list[Certificate]:
    """What was ticked, whatever became of it since the page was opened: the action says what cannot be."""
    own = Certificate.objects.visible_to(user).filter(training_class=training_class, number__in=numbers)
    return list(own.select_related("trainee__township"))


def lines_of(user: User | AnonymousUser, certificates: Iterable[Certificate]) -> list[Line]:
    """Three queries, however many certificates."""
    certificates = list(certificates)
    standing = standing_of(certificates)
    scans = scans_of(user, standing.values())
    return [_line(each, standing.get(each.pk), scans) for each in certificates]


def _line(certificate: Certificate, found: HandOver | None, scans: dict[int, tuple[HandOverScan, ...]]) -> Line:
    return Line(certificate, found, scans.get(found.pk, ()) if found else ())


def standing_of(certificates: Iterable[Certificate]) -> dict[int, HandOver]:
    """Primary key of the certificate -> what counts today; `signed` says whether a scan proves it, seen or not."""
    signed = HandOverProof.objects.filter(hand_over=OuterRef("pk"))
    rows = HandOver.objects.standing().filter(certificate__in=[each.pk for each in certificates])
    rows = rows.annotate(signed=Exists(signed))
    return {row.certificate_id: row for row in rows}


def scans_of(user: User | AnonymousUser, hand_overs: Iterable[HandOver]) -> dict[int, tuple[HandOverScan, ...]]:
    """Primary key of the hand-over -> its scans. Those that show somebody of another place too are not among them."""
    proofs = HandOverProof.objects.filter(
        hand_over__in=[row.pk for row in hand_overs], scan__in=HandOverScan.objects.visible_to(user)
    ).select_related("scan")
    found: dict[int, tuple[HandOverScan, ...]] = {}
    for proof in proofs:
        found[proof.hand_over_id] = (*found.get(proof.hand_over_id, ()), proof.scan)
    return found


def history_of(certificate: Certificate) -> list[HandOver]:
    """Every record, the latest first; `signed` says whether a scan proves it."""
    signed = HandOverProof.objects.filter(hand_over=OuterRef("pk"))
    return list(certificate.hand_overs.annotate(signed=Exists(signed)).order_by("-turn"))


def last_of(certificate: Certificate) -> HandOver | None:
    return certificate.hand_overs.order_by("-turn").first()
