"""A roster file on its way in: taken or thrown away. Reading and entering are jobs, see imports.py."""

import datetime
import hashlib
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.jobs.actions import start
from lms.places.models import Division
from lms.refusals import Refused
from trainees.registry.quotes import quoted

from ..enums import READ_JOB, ImportState
from ..models import RosterImport


@transaction.atomic
def start_import(
    *,
    by: User | Agent,
    data: bytes,
    file_name: str,
    place: Division,
    report_day: datetime.date,
    training_class: TrainingClass | None = None,
) -> RosterImport:
    """Keep the file, sealed, and have it read. Sending the same form twice gives the same import."""
    sha256 = hashlib.sha256(data).hexdigest()
    person = by if isinstance(by, User) else None
    waiting = RosterImport.objects.filter(
        sha256=sha256, started_by=person, state__in=[ImportState.READING, ImportState.PREVIEW],
        training_class=training_class, report_day=report_day, place=place,
    )  # fmt: skip
    if person and (found := waiting.first()):
        return found
    roster = RosterImport(
        file_name=quoted(PurePath(file_name).name)[-200:], sha256=sha256, started_by=person, place=place,
        report_day=report_day, training_class=training_class, notes=_same_file(sha256, place),
    )  # fmt: skip
    roster.file.save(f"{sha256[:12]}.roster", ContentFile(data), save=False)
    roster.save()
    record_event(by=by, event="roster.uploaded", record=roster, label=sha256[:12], place=place.code)
    if person:
        start(by=person, kind=READ_JOB, subject=roster.pk)
    return roster


def _same_file(sha256: str, place: Division) -> list[dict]:
    entered = (
        RosterImport.objects.filter(sha256=sha256, state=ImportState.COMMITTED, place__code__startswith=place.prefix)
        .order_by("-committed_at")
        .first()
    )
    if entered is None or entered.committed_at is None:
        return []
    day = str(timezone.localdate(entered.committed_at))
    return [{"code": "same_file", "facts": {"day": day, "number": entered.pk}}]


@transaction.atomic
def discard_import(*, by: User | Agent, roster: RosterImport) -> RosterImport:
    """Throw the roster away: its rows, its file and what was noted go, that it was there stays."""
    locked = RosterImport.objects.select_for_update().get(pk=roster.pk)
    if locked.state == ImportState.DISCARDED:
        return locked
    if locked.state in (ImportState.COMMITTING, ImportState.COMMITTED, ImportState.UNDOING):
        raise Refused("roster_entered", _("This roster has been entered already and cannot be thrown away."))
    locked.state = ImportState.DISCARDED
    locked.rows.all().delete()
    stored, storage = locked.file.name or "", locked.file.storage
    locked.file, locked.notes, locked.columns = "", [], {}
    locked.save(update_fields=["state", "file", "notes", "columns"])
    record_event(by=by, event="roster.discarded", record=locked, label=locked.sha256[:12], place=locked.place.code)
    transaction.on_commit(lambda: storage.delete(stored))
    return locked
