"""Lists that leave the house: asked for with a reason, made by a job, sealed, and gone after a week."""

import json
from collections.abc import Iterator, Sequence

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook

from lms.accounts.actions import initial_password
from lms.accounts.models import User
from lms.audit.actions import record_event
from lms.jobs.actions import start
from lms.privacy import masking
from lms.privacy.models import FileView
from lms.refusals import Refused
from trainees.registry.queries import sensitive_groups
from trainees.rights import queries, rules, workbook
from trainees.rights.columns import BY_KEY, Column, seen_of
from trainees.rights.enums import EXPORT_JOB
from trainees.rights.models import Export, RightsRequest

Progress = Iterator[tuple[int, int, int]]


@transaction.atomic
def ask_export(
    *, by: User, filters: dict, purpose: str, columns: Sequence[str], clear: bool, sensitive: bool, reason: str
) -> Export:
    """Masked unless asked otherwise; full numbers and whatever is sensitive need a reason."""
    reason = masking.digits(reason.strip())
    # A list of nobody but the poor or the disabled says it of each of them, whatever its columns.
    chosen_by = filters.get("group") in sensitive_groups()
    if (clear or sensitive or chosen_by) and not reason:
        text = _("Say why the full numbers, the sensitive columns or the list of such a group are needed.")
        raise Refused("reason_missing", text)
    chosen = [BY_KEY[key] for key in BY_KEY if key in columns]
    if not chosen:
        raise Refused("columns_missing", _("Choose at least one column."))
    _refuse_closed(chosen, clear=clear, sensitive=sensitive)
    export = Export.objects.create(
        filters=json.dumps({key: value for key, value in filters.items() if value}, ensure_ascii=False),
        purpose=purpose, columns=[column.key for column in chosen], clear=clear,
        sensitive=chosen_by or any(column.sensitive for column in chosen), reason=reason, started_by=by,
    )  # fmt: skip
    record_event(
        by=by, event="export.asked", record=export, label=str(export.public_id), reason=reason,
        changes={"columns": [[], export.columns], "clear": [False, clear]},
    )  # fmt: skip
    start(by=by, kind=EXPORT_JOB, subject=export.pk)
    return export


def _refuse_closed(chosen: list[Column], *, clear: bool, sensitive: bool) -> None:
    """A column that is wanted and not opened is said, never left out in silence."""
    closed = [str(column.label) for column in chosen if not column.is_open(clear=clear, sensitive=sensitive)]
    if closed:
        text = _("These columns need a tick of their own below, and a reason: %(columns)s.")
        raise Refused("columns_closed", text % {"columns": "、".join(closed)})


def make_export(export: Export) -> Progress:
    """The workbook in steps of people; a worker that died begins it anew, and the log has it once."""
    if export.made_at:
        return
    people, left_out = queries.people_for(export)
    columns = [BY_KEY[key] for key in export.columns]
    total, rows, numbers = people.count(), [], []
    for step in queries.persons(people):
        for person in step:
            rows.append([column.text(person, clear=export.clear) for column in columns])
            numbers.append(person.trainee.file_number)
        yield len(rows), 0, total
    data = _written(export, columns, rows)
    password = initial_password() if export.protected else ""
    if password:
        data = workbook.protected(data, password)
    _keep(export, data, password, numbers, left_out)
    yield len(rows), 0, len(rows)


def watermark(export: Export, people: int) -> str:
    facts = {
        "who": export.started_by.label,
        "when": date_format(timezone.localtime(), "Y-m-d H:i"),
        "why": export.reason or export.get_purpose_display(),
        "people": people,
    }
    return _("Confidential. %(people)d people. Taken by %(who)s on %(when)s for: %(why)s. Do not pass on.") % facts


def _written(export: Export, columns: list[Column], rows: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    workbook.sheet_of(book, _("Trainees"), watermark(export, len(rows)), [str(c.label) for c in columns], rows)
    return workbook.bytes_of(book)


@transaction.atomic
def _keep(export: Export, data: bytes, password: str, numbers: list[str], left_out: int) -> None:
    """The file, its log and a look for every person in it, together or not at all."""
    locked = Export.objects.select_for_update(of=("self",)).select_related("started_by").get(pk=export.pk)
    if locked.made_at:
        return
    locked.file.save(f"{locked.public_id}.xlsx", ContentFile(data), save=False)
    locked.password, locked.made_at = password, timezone.now()
    locked.expires_at = locked.made_at + rules.FILE_LIVES
    locked.people, locked.left_out = len(numbers), left_out
    locked.save()
    record_event(
        by=locked.started_by, event="export.made", record=locked, label=str(locked.public_id), reason=locked.reason,
        changes={"people": [0, len(numbers)], "columns": [[], locked.columns], "clear": [False, locked.clear]},
    )  # fmt: skip
    if locked.protected:
        by, columns = locked.started_by, [BY_KEY[key] for key in locked.columns]
        shown = ",".join(seen_of(columns, clear=locked.clear))
        FileView.objects.append_many(
            FileView(viewer=by.label, viewer_id=str(by.pk), file_number=number, unmasked=shown, reason=locked.reason)
            for number in numbers
        )


@transaction.atomic
def show_password(*, by: User, export: Export) -> str:
    """This once. Whoever loses it asks for another export."""
    locked = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if not locked.password:
        raise Refused(
            "password_shown", _("The password was shown already and is kept nowhere. Ask for another export.")
        )
    password, locked.password, locked.password_shown_at = locked.password, "", timezone.now()
    locked.save(update_fields=["password", "password_shown_at"])
    record_event(by=by, event="export.password_shown", record=locked, label=str(locked.public_id))
    return password


def drop_expired() -> int:
    """Exports after a week, and copies a week after they were made. Returns how many files went."""
    now, dropped = timezone.now(), 0
    for export in Export.objects.filter(expires_at__lte=now).exclude(file=""):
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="", password="")
        dropped += 1
    for request in RightsRequest.objects.filter(copy_made_at__lte=now - rules.FILE_LIVES).exclude(copy=""):
        request.copy.delete(save=False)
        RightsRequest.objects.filter(pk=request.pk).update(copy="")
        dropped += 1
    return dropped
