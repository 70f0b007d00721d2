"""Who won in a contest gets it on paper."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import Agent, User
from lms.refusals import Refused
from trainees.contest.enums import EntryState
from trainees.contest.models import Entry
from trainees.registry.actions import refuse_restricted

from .. import rules
from ..enums import CertificateKind, CertificateState
from ..models import Certificate
from ..queries import issuer_of, scheme_of
from .writing import Issuing, number_and_write, person_facts


@transaction.atomic
def give_award(
    *, by: User | Agent, entry: Entry, award: str, award_en: str = "", issued_on: datetime.date | None = None
) -> Certificate:
    """The award in words ("一等奖"), dated today unless said otherwise, and never before the final.

    A second call, or a second clerk at the same moment, is refused with the number that was given.
    """
    locked = Entry.objects.select_for_update(of=("self",)).select_related("contest__programme__county", "trainee")
    entry = locked.get(pk=entry.pk)
    _refuse_entry(entry)
    assert entry.trainee  # noqa: S101 - refused above
    refuse_restricted(entry.trainee)
    contest, award, day = entry.contest, award.strip(), issued_on or timezone.localdate()
    if not award:
        raise Refused("award_missing", _("Say in words what was won, as it shall stand on the paper: 一等奖."))
    final = contest.final_on or contest.entries_close_on
    rules.check_award_day(day, final=final, today=timezone.localdate())
    scheme, issuer = scheme_of(contest.programme, CertificateKind.AWARD), issuer_of(contest.programme)
    rules.refuse_forbidden_words(
        issuer=issuer.name, contest=contest.title, contest_en=contest.title_en, project=entry.project_title,
        award=award, award_en=award_en,
    )  # fmt: skip
    paper = Certificate(
        **person_facts(entry.trainee), kind=CertificateKind.AWARD, entry=entry,
        contest_title=contest.title, contest_title_en=contest.title_en, project_title=entry.project_title,
        award=award, award_en=award_en.strip(), first_day=final, last_day=final, assessed=False,
        issuer=issuer.name, issuer_en=issuer.name_en, valid_until=rules.holds_until(day, scheme.valid_months),
    )  # fmt: skip
    return number_and_write(Issuing(by=by, scheme=scheme, issued_on=day, class_code=contest.code), [paper])[0]


def _refuse_entry(entry: Entry) -> None:
    if entry.state != EntryState.SUBMITTED:
        raise Refused(
            "entry_withdrawn",
            _("%(entry)s was withdrawn: it wins nothing.") % {"entry": entry.receipt_number},
        )
    if entry.trainee is None:
        raise Refused(
            "entry_without_file",
            _("%(entry)s belongs to no file yet. Say first whose it is: an award is kept in the winner's file.")
            % {"entry": entry.receipt_number},
        )
    held = entry.certificates.filter(trainee=entry.trainee, state=CertificateState.VALID).first()
    if held:
        raise Refused(
            "award_known",
            _("%(entry)s has its award already: %(number)s.") % {"entry": entry.receipt_number, "number": held.number},
            number=held.number,
        )
