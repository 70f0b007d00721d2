"""Certificates are issued to a class and revoked here. What their papers have in common is in writing.py."""

import datetime
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.db.models import Max, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.privacy.actions import record_view
from lms.programme.queries import policy_of
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted
from trainees.registry.enums import Limit
from trainees.registry.models import Trainee

from .. import rules
from ..enums import CertificateKind, CertificateState, ReissueReason
from ..models import Certificate
from ..queries import Due, due, issuer_of, scheme_of
from .writing import Issuing, give_way, hold, number_and_write, person_facts, refuse_ended


@transaction.atomic
def issue(
    *,
    by: User | Agent,
    training_class: TrainingClass,
    trainees: Iterable[Trainee] | None = None,
    issued_on: datetime.date | None = None,
    kind: str = CertificateKind.COMPLETION,
) -> list[Certificate]:
    """Give everyone who is due (or each of `trainees`) one certificate, dated today unless said otherwise.

    Returns the new certificates in roster order; a second call, or a second clerk at the same moment, gets none.
    Naming a person whose earlier certificate was revoked issues another; naming one who is not due is refused.
    Who attended, got a certificate of that and passed since, has it replaced by the one of completion.
    """
    # Two clerks wait for each other here; the second then sees what the first has issued.
    locked = lock_class(training_class.pk)
    chosen = _hold_givers(_chosen(locked, kind, trainees))
    if not chosen:
        return []
    facts, issued_on = _class_facts(locked, kind), issued_on or timezone.localdate()
    rules.check_issue_day(issued_on, last_day=facts["last_day"], today=timezone.localdate())
    scheme = scheme_of(locked.programme, kind)
    issuing = Issuing(by=by, scheme=scheme, issued_on=issued_on, class_code=locked.code)
    papers = [
        Certificate(**facts, **person_facts(entry.trainee), **_follows(entry, by=by, issued_on=issued_on), kind=kind)
        for entry in chosen
    ]
    for paper in papers:
        paper.valid_until = rules.holds_until(issued_on, scheme.valid_months)
    return number_and_write(issuing, papers)


def _chosen(training_class: TrainingClass, kind: str, trainees: Iterable[Trainee] | None) -> list[Due]:
    entries = due(training_class, kind)
    return _all_due(entries) if trainees is None else _named(entries, trainees)


def _hold_givers(entries: list[Due]) -> list[Due]:
    """The papers that give way, held and read again: one revoked at this moment keeps its end and is replaced by
    nothing. All at once and in one order, as at the desk where papers are handed over."""
    pks = [entry.gives_way.pk for entry in entries if entry.gives_way]
    rows = Certificate.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk") if pks else []
    held = {row.pk: row for row in rows if row.state == CertificateState.VALID}
    return [replace(entry, gives_way=held.get(entry.gives_way.pk) if entry.gives_way else None) for entry in entries]


def _follows(entry: Due, *, by: User | Agent, issued_on: datetime.date) -> dict:
    """The certificate of attendance gives way, and the new one says whose place it takes."""
    if entry.gives_way is None:
        return {}
    rules.check_not_older(issued_on, entry.gives_way)
    give_way(by=by, certificate=entry.gives_way, reason=ReissueReason.PASSED)
    return {"replaces": entry.gives_way, "reissue_reason": ReissueReason.PASSED}


def _all_due(entries: list[Due]) -> list[Due]:
    """Without those whose file is restricted: it is kept and nothing else, and holds up nobody of the class."""
    return [entry for entry in entries if entry.is_due and entry.trainee.stopped != Limit.RESTRICTED]


def _named(entries: list[Due], trainees: Iterable[Trainee]) -> list[Due]:
    wanted = {trainee.pk: trainee for trainee in trainees}
    of_class = {entry.trainee.pk: entry for entry in entries}
    for pk, trainee in wanted.items():
        entry = of_class.get(pk)
        if entry is None or not (entry.certificate or entry.is_due or entry.may_be_issued_again):
            raise Refused(
                "not_due",
                _("%(file)s gets no certificate of this class: %(reasons)s.")
                % {
                    "file": trainee.file_number,
                    "reasons": "; ".join(str(reason.label) for reason in entry.reasons)
                    if entry
                    else _("not confirmed in it"),
                },
                reasons=entry.reasons if entry else (),
            )
    chosen = [entry for entry in entries if entry.trainee.pk in wanted and entry.certificate is None]
    for entry in chosen:
        refuse_restricted(entry.trainee)
    return chosen


def _hours_held(training_class: TrainingClass, minutes: int) -> int:
    """The course's hours, or fewer where the sessions were shorter: paper claims no hour that was not held (R11)."""
    return min(training_class.hours, minutes // policy_of(training_class.programme).minutes_per_hour)


def _class_facts(training_class: TrainingClass, kind: str) -> dict:
    """What the paper says of the class, copied: later corrections of the class never change a certificate."""
    days = training_class.sessions.aggregate(first=Min("day"), last=Max("day"), minutes=Sum("minutes"))
    issuer = issuer_of(training_class.programme)
    rules.refuse_forbidden_words(
        issuer=issuer.name, course=training_class.course_title, title=training_class.title,
        issuer_en=issuer.name_en, course_en=training_class.course_title_en, title_en=training_class.title_en,
    )  # fmt: skip
    return {
        "training_class": training_class,
        "class_code": training_class.code,
        "class_title": training_class.title,
        "class_title_en": training_class.title_en,
        "course_title": training_class.course_title,
        "course_title_en": training_class.course_title_en,
        "hours": _hours_held(training_class, days["minutes"]),
        "first_day": days["first"],
        "last_day": days["last"],
        # Attendance is for those who have not passed what the class asks: its paper never says 经考核合格.
        "assessed": kind != CertificateKind.ATTENDANCE and training_class.tasks.filter(required=True).exists(),
        "issuer": issuer.name,
        "issuer_en": issuer.name_en,
    }


@transaction.atomic
def revoke(*, by: User | Agent, certificate: Certificate, reason: str) -> Certificate:
    """The certificate stays on record and its check says revoked from today on."""
    reason = masking.digits(reason.strip())
    if not reason:
        raise Refused("reason_missing", _("Say why the certificate is revoked; nothing was changed."))
    locked = hold(certificate)
    refuse_ended(locked)
    locked.state, locked.revoked_on, locked.revoke_reason = CertificateState.REVOKED, timezone.localdate(), reason
    locked.save(update_fields=["state", "revoked_on", "revoke_reason"])
    record_event(
        by=by, event="certificate.revoked", record=locked, label=locked.number,
        place=locked.place_code, reason=reason,
        changes={"state": [CertificateState.VALID.value, CertificateState.REVOKED.value]},
    )  # fmt: skip
    return locked


@transaction.atomic
def record_printing(*, by: User | Agent, certificates: Iterable[Certificate]) -> None:
    """The paper shows the whole ID number, so printing is a look into each file."""
    for certificate in certificates:
        record_event(by=by, event="certificate.printed", record=certificate, label=certificate.number)
        if certificate.trainee.user_id is None or certificate.trainee.user_id != by.pk:
            record_view(
                by=by, file_number=certificate.trainee.file_number, unmasked="id_number", reason=certificate.number
            )
