"""What the log says of the certificates of a person who becomes nobody."""

from django.db.models import Q

from lms.accounts.models import Agent, User
from lms.audit.models import AuditEvent
from trainees.registry.models import Trainee

from .models import Certificate, HandOver


def wipe_events(by: User | Agent, trainee: Trainee) -> int:
    """Reasons and values of changes go; who did what to which number, and when, stays."""
    certificates = Certificate.objects.filter(trainee=trainee)
    hand_overs = HandOver.objects.filter(certificate__in=certificates)
    about = Q()
    for rows in (certificates, hand_overs):
        keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
        about |= Q(record_type=rows.model._meta.label_lower, record_id__in=keys)
    return AuditEvent.objects.filter(about).wipe(changes={}, reason="")
