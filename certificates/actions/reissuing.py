"""A newer paper takes the place of an older one: after a misprint, a change of name, a loss, or for a further term."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from lms.accounts.models import Agent, User
from lms.privacy import masking
from lms.privacy.locked import opened
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted

from .. import rules
from ..enums import CHOSEN_REASONS, FROM_THE_FILE, ReissueReason, Standing
from ..models import Certificate
from ..queries import scheme_of
from .writing import Issuing, give_way, hold, number_and_write, person_facts, refuse_ended

# What every paper of a chain says alike: what was taught or won, and who says so.
COMMON = (
    "kind", "training_class", "entry", "course_title", "course_title_en", "class_code", "class_title",
    "class_title_en", "hours", "first_day", "last_day", "assessed", "contest_title", "contest_title_en",
    "project_title", "award", "award_en", "issuer", "issuer_en",
)  # fmt: skip


@transaction.atomic
def reissue(
    *,
    by: User | Agent,
    certificate: Certificate,
    reason: str,
    note: str = "",
    issued_on: datetime.date | None = None,
) -> Certificate:
    """The next number for the same person and the same facts; the older one is replaced from today on.

    Name and ID number are taken from the file of today after a misprint or a change of name; otherwise the new paper
    says what the lost or damaged one said.
    """
    if reason not in CHOSEN_REASONS:
        raise Refused("reason_missing", _("Say why it is issued again; nothing was changed."))
    locked = _current(certificate)
    if locked.standing == Standing.EXPIRED:
        raise Refused(
            "expired", _("%(number)s has expired. Renew it instead of issuing it again.") % {"number": locked.number}
        )
    day = issued_on or timezone.localdate()
    return _replace(by, locked, Succession(ReissueReason(reason), note, day, locked.valid_until))


@transaction.atomic
def renew(
    *, by: User | Agent, certificate: Certificate, note: str = "", issued_on: datetime.date | None = None
) -> Certificate:
    """A further term: from the end of the old one, or from the new day of issue when that had passed."""
    locked = _current(certificate)
    rules.check_renewal(locked, today=timezone.localdate())
    day = begins = issued_on or timezone.localdate()
    if locked.valid_until and locked.valid_until >= begins:
        begins = locked.valid_until + datetime.timedelta(days=1)
    months = scheme_of(locked.programme, locked.kind).valid_months
    return _replace(by, locked, Succession(ReissueReason.RENEWAL, note, day, rules.holds_until(begins, months)))


def _current(certificate: Certificate) -> Certificate:
    """Held, with its class first, as everybody does who issues; refused when it is over."""
    if certificate.training_class_id:
        lock_class(certificate.training_class_id)
    locked = hold(certificate)
    refuse_ended(locked)
    refuse_restricted(locked.trainee)
    return locked


@dataclass(frozen=True)
class Succession:
    """Why a newer paper comes, dated when, and how long it holds."""

    reason: ReissueReason
    note: str
    issued_on: datetime.date
    valid_until: datetime.date | None


def _replace(by: User | Agent, old: Certificate, new: Succession) -> Certificate:
    rules.check_issue_day(new.issued_on, last_day=old.last_day, today=timezone.localdate())
    rules.check_not_older(new.issued_on, old)
    note = masking.digits(new.note.strip())
    paper = Certificate(
        **{name: getattr(old, name) for name in COMMON},
        **(person_facts(old.trainee) if new.reason in FROM_THE_FILE else _printed_facts(old)),
        valid_until=new.valid_until, replaces=old, reissue_reason=new.reason, reissue_note=note,
    )  # fmt: skip
    give_way(by=by, certificate=old, reason=new.reason, note=note)
    scheme = scheme_of(old.programme, old.kind)
    issuing = Issuing(by=by, scheme=scheme, issued_on=new.issued_on, class_code=old.number_code)
    return number_and_write(issuing, [paper], reason=note)[0]


def _printed_facts(old: Certificate) -> dict:
    return {
        "trainee": old.trainee, "name": old.name, "id_kind": old.id_kind, "id_number": opened(old.id_number),
        "design": old.design,
    }  # fmt: skip
