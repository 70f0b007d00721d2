"""A contest and its entries."""

import datetime
import uuid

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.models import Division
from lms.privacy import masking
from lms.programme.models import Programme
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted, register
from trainees.registry.enums import IdKind
from trainees.registry.models import Trainee

from .enums import EntryKind
from .models import Contest, Entry
from .rules import extension, is_plan, plain_file_name, window


@transaction.atomic
def create_contest(
    *,
    by: User | Agent,
    programme: Programme,
    code: str,
    title: str,
    entries_open_on: datetime.date,
    entries_close_on: datetime.date,
    title_en: str = "",
    final_on: datetime.date | None = None,
) -> Contest:
    if Contest.objects.filter(code=code).exists():
        raise Refused("contest_known", _("A contest with this code exists. Choose another code."))
    if entries_close_on < entries_open_on:
        raise Refused("contest_dates", _("Entries close before they open. Correct one of the dates."))
    contest = Contest.objects.create(
        code=code,
        programme=programme,
        title=title,
        title_en=title_en,
        entries_open_on=entries_open_on,
        entries_close_on=entries_close_on,
        final_on=final_on,
    )
    record_event(by=by, event="contest.created", record=contest, label=code)
    return contest


@transaction.atomic
def enter(
    *,
    by: User | Agent,
    contest: Contest,
    client_uuid: uuid.UUID,
    kind: str,
    leader_name: str,
    phone: str,
    township: Division,
    project_title: str,
    summary: str,
    plan: bytes,
    plan_name: str,
    team_name: str = "",
    members: str = "",
    trainee: Trainee | None = None,
) -> Entry:
    """An entry with the next receipt number. The same client_uuid again is the same entry.

    `by` is the signed-in person, or an Agent for a visitor of the public page.
    """
    # The contest's row is the lock: numbers have no gap and none is given twice.
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    known = Entry.objects.filter(client_uuid=client_uuid).first()
    if known is not None:
        return known
    _refuse_outside_window(contest)
    if trainee is not None:
        refuse_restricted(Trainee.objects.select_for_update(of=("self",), no_key=True).get(pk=trainee.pk))
    if kind == EntryKind.TEAM and not team_name:
        raise Refused("team_without_name", _("A team needs a name. Write it into the form."))
    if not is_plan(plan_name, plan):
        raise Refused("plan_type", _("The business plan must be a PDF, Word, PowerPoint, JPG or PNG file."))
    entry = Entry.objects.create(
        client_uuid=client_uuid,
        receipt_number=_next_number(contest),
        contest=contest,
        kind=kind,
        leader_name=leader_name,
        team_name=team_name if kind == EntryKind.TEAM else "",
        members=members if kind == EntryKind.TEAM else "",
        phone=phone,
        township=township,
        project_title=project_title,
        summary=summary,
        # People's own file names stay out of the storage: two may be called plan.pdf.
        plan_file=ContentFile(plan, name=f"{client_uuid}.{extension(plan_name)}"),
        plan_file_name=masking.digits(plain_file_name(plan_name)),
        trainee=trainee,
        entered_by=by if by.pk else None,
    )
    record_event(
        by=by,
        event="contest.entered",
        record=entry,
        label=entry.receipt_number,
        place=township.code,
        changes={"kind": [None, kind], "phone": [None, masking.phone(phone)]},
    )
    return entry


@transaction.atomic
def link_file(*, by: User | Agent, entry: Entry, trainee: Trainee) -> Entry:
    """Say whose entry it is: the winner's award is kept in that file. Corrected until something was awarded."""
    locked = Entry.objects.select_for_update(of=("self",)).select_related("trainee").get(pk=entry.pk)
    person = Trainee.objects.select_for_update(of=("self",), no_key=True).get(pk=trainee.pk)
    if person.voided_at:
        raise Refused("file_not_in_use", _("This file is no longer in use. Choose the one that took its place."))
    refuse_restricted(person)
    if locked.trainee_id == person.pk:
        return locked
    # By the reverse name: certificates stand above the trainees.
    award = locked.certificates.filter(state="valid").first()
    if award is not None:
        raise Refused(
            "entry_awarded",
            _("%(number)s was given for this entry. Revoke it first, then say whose entry it is.")
            % {"number": award.number},
        )
    before = locked.trainee.file_number if locked.trainee else None
    locked.trainee = person
    locked.save(update_fields=["trainee"])
    record_event(
        by=by, event="contest.linked", record=locked, label=locked.receipt_number, place=locked.township.code,
        changes={"trainee": [before, person.file_number]},
    )  # fmt: skip
    return locked


@transaction.atomic
def open_file(*, by: User | Agent, entry: Entry, id_number: str = "") -> Trainee:
    """A new file of what the entry says of its leader, and the link. Without an ID number the identity stays open."""
    trainee = register(
        by=by, name=entry.leader_name, phone=entry.phone, township=entry.township, source="contest",
        id_kind=IdKind.RESIDENT if id_number else IdKind.NONE, id_number=id_number,
    )  # fmt: skip
    link_file(by=by, entry=entry, trainee=trainee)
    return trainee


def _refuse_outside_window(contest: Contest) -> None:
    state = window(contest, timezone.localdate())
    if state == "early":
        day = date_format(contest.entries_open_on, "DATE_FORMAT")
        raise Refused("contest_early", _("Entries open on %(day)s. Come back then.") % {"day": day})
    if state == "closed":
        day = date_format(contest.entries_close_on, "DATE_FORMAT")
        raise Refused("contest_closed", _("Entries closed on %(day)s.") % {"day": day})


def _next_number(contest: Contest) -> str:
    last = Entry.objects.filter(contest=contest).order_by("-id").values_list("receipt_number", flat=True).first()
    number = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    return f"{contest.code}-{number:04d}"
