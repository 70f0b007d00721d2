"""A class is run again: its certificates rest on what was closed, so they end first or it stays closed."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.schedule.actions import lock_class
from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from lms.refusals import Refused
from trainees.progress.actions import reopen_and_count

from ..enums import CertificateState
from ..models import Certificate
from .certificates import revoke


def certificates_in_the_way(training_class: TrainingClass) -> str:
    """What the schedule answers to whoever reopens a class by another door; "" when nothing stands against it."""
    held = Certificate.objects.filter(training_class=training_class, state=CertificateState.VALID).count()
    if not held:
        return ""
    text = ngettext(
        "%(n)d valid certificate rests on this class as it was closed. Reopen it from its page of certificates, "
        "where it is revoked in the same step.",
        "%(n)d valid certificates rest on this class as it was closed. Reopen it from its page of certificates, "
        "where they are revoked in the same step.",
        held,
    )
    return text % {"n": held}


@transaction.atomic
def reopen_class(
    *, by: User | Agent, training_class: TrainingClass, reason: str, revoke_all: bool = False
) -> list[Certificate]:
    """Run the class again; with `revoke_all` its valid certificates are revoked in the same step, for the same
    reason. Returns those. All or nothing."""
    locked = lock_class(training_class.pk)
    if not reason.strip():
        raise Refused("reason_missing", _("Say why: the reason stays with the class."))
    valid = list(Certificate.objects.filter(training_class=locked, state=CertificateState.VALID).order_by("pk"))
    if valid and not revoke_all:
        raise Refused("class_has_certificates", certificates_in_the_way(locked), count=len(valid))
    revoked = [revoke(by=by, certificate=each, reason=reason) for each in valid]
    reopen_and_count(by=by, training_class=training_class, reason=reason)
    return revoked
