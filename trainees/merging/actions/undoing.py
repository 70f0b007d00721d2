"""It was not the same person after all: both files as they were, as long as nothing built later stands in the way."""

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.refusals import Refused
from trainees.merging.enums import PairState
from trainees.merging.journal import columns_of, last_values, plain, put_back, steps_of
from trainees.merging.models import Merge
from trainees.merging.queries import table_label
from trainees.merging.tables import TABLES, Moving
from trainees.merging.tables.attendance import derive_again
from trainees.merging.tables.ledger import count_again
from trainees.merging.tables.records import find_again
from trainees.registry.models import Trainee

from .deciding import lock_people, locked_pair, settle, tell_of
from .merging import classes_of


@transaction.atomic
def undo_merge(*, by: User | Agent, merge: Merge, reason: str) -> Merge:
    """Both files are in use again, each with its own rows. What was recorded since stays with the surviving file.

    Refused with undo_blocked, facts["why"] a list of sentences, when undoing would lose what came later.
    """
    if not reason.strip():
        raise Refused("reason_missing", _("Say why these are two people after all; the reason stays in the log."))
    snapshot = merge.snapshot or {"classes": []}
    people = (merge.survivor_id, merge.loser_id)
    for pk in sorted({*snapshot["classes"], *classes_of(people)}):
        lock_class(pk)
    files = lock_people(people)
    locked = Merge.objects.select_for_update().get(pk=merge.pk)
    if locked.undone_at is not None:
        return locked
    moving = _moving(locked, files, by)
    blocked = in_the_way(locked, moving)
    if blocked:
        raise _blocked(blocked)
    try:
        with transaction.atomic():
            put_back(steps_of(locked.snapshot))
    except IntegrityError as error:
        raise _blocked([_("A number, an account or a place in a class is used by another file by now.")]) from error
    derive_again(moving)
    find_again(moving)
    moving.classes |= classes_of(people)
    count_again(moving)
    locked.undone_at, locked.undone_by = timezone.now(), by.label
    locked.undo_reason = masking.digits(reason.strip())[:200]
    locked.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    tell_of(*files.values())
    settle(locked_pair(*files.values()), PairState.DIFFERENT, by=by, reason=reason)
    for trainee, twin in ((moving.survivor, moving.loser), (moving.loser, moving.survivor)):
        record_event(
            by=by, event="trainee.unmerged", record=trainee, label=trainee.file_number, reason=reason,
            place=trainee.township.code, changes={"file": [moving.survivor.file_number, twin.file_number]},
        )  # fmt: skip
    return locked


def _moving(merge: Merge, files: dict[int, Trainee], by: User | Agent) -> Moving:
    snapshot = merge.snapshot or {}
    return Moving(
        survivor=files[merge.survivor_id], loser=files[merge.loser_id], by=by,
        sessions=set(snapshot.get("sessions", ())), classes=set(snapshot.get("classes", ())),
        brought=set(snapshot.get("brought", ())),
    )  # fmt: skip


def in_the_way(merge: Merge, moving: Moving | None = None) -> list[str]:
    """Sentences; none means that the merge can be undone."""
    if merge.snapshot is None:
        return [_("The data that an undo needs was erased when one of the files was.")]
    moving = moving or _moving(merge, Trainee.objects.in_bulk([merge.survivor_id, merge.loser_id]), Agent("look"))
    if moving.survivor.voided_at:
        return [_("The surviving file is itself out of use by now. Undo that first.")]
    later = Merge.objects.standing().filter(survivor=merge.survivor_id, pk__gt=merge.pk).select_related("loser")
    found = [
        _("The file %(number)s was merged into the same file later. Undo that merge first.")
        % {"number": one.loser.file_number}
        for one in later
    ]
    return found or [*_changed_since(merge.snapshot), *_built_since(merge.snapshot, moving)]


def _changed_since(snapshot: dict) -> list[str]:
    """A column that the merge wrote and somebody wrote again: putting it back would lose the later value."""
    found: dict[str, None] = {}
    wanted = last_values(steps_of(snapshot))
    for label in dict.fromkeys(label for label, _pk in wanted):
        model = apps.get_model(label)
        values = {pk: columns for (of, pk), columns in wanted.items() if of == label}
        rows = model._base_manager.in_bulk(list(values))
        for pk, columns in values.items():
            if pk not in rows or any(plain(getattr(rows[pk], name)) != value for name, value in columns.items()):
                found[_said(model, columns, rows.get(pk))] = None
    return list(found)


def _said(model: type[models.Model], columns: dict, row: models.Model | None) -> str:
    if row is None:
        return _("A row of “%(table)s” was removed later.") % {"table": table_label(model._meta.label)}
    fields = columns_of(model)
    changed = [fields[name] for name, value in columns.items() if plain(getattr(row, name)) != value]
    facts = ", ".join(str(field.verbose_name) for field in changed)
    return _("“%(table)s” was changed later: %(facts)s.") % {"table": table_label(model._meta.label), "facts": facts}


def _built_since(snapshot: dict, moving: Moving) -> list[str]:
    return [
        sentence
        for table in TABLES.values()
        if table.in_the_way is not None
        for sentence in table.in_the_way(moving, set(snapshot["known"].get(f"{table.model}.{table.column}", ())))
    ]


def _blocked(why: list[str]) -> Refused:
    text = _("This merge can no longer be undone: %(why)s Nothing was changed.")
    return Refused("undo_blocked", text % {"why": " ".join(why)}, why=why)


@transaction.atomic
def forget_snapshots(*, by: User | Agent, trainee: Trainee) -> int:
    """For the erasure of a file: the snapshots of its merges hold what it held. Those can no longer be undone."""
    merges = Merge.objects.filter(models.Q(survivor=trainee) | models.Q(loser=trainee))
    kept = [merge for merge in merges.select_for_update() if merge.snapshot is not None]
    for merge in kept:
        merge.snapshot = None
        merge.save(update_fields=["snapshot"])
    if kept:
        record_event(
            by=by, event="trainee.merge_snapshots_erased", record=trainee, label=trainee.file_number,
            place=trainee.township.code, changes={"snapshots": [len(kept), 0]},
        )  # fmt: skip
    return len(kept)
