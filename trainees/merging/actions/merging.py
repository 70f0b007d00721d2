"""Two files of one person become one; everything that changes is written down, so that it can be put back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.privacy.crypto import lookup_hash
from lms.refusals import Refused
from trainees.attendance.models import Enrolment, Scan
from trainees.merging.enums import PairState
from trainees.merging.journal import plain_row
from trainees.merging.models import Merge
from trainees.merging.rules import FACTS, aliases_of, by_default, differing, limits_of, says_birth
from trainees.merging.tables import TABLES, Moving
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee
from trainees.registry.names import search_text

from .deciding import lock_people, locked_pair, settle, tell_of

# Fact -> the file number whose value stays.
Choices = Mapping[str, str]
TRIES = 3


@dataclass(frozen=True)
class Units:
    """The ledger of one person before and after: "counted" are (class, unit), however many files hold them."""

    before: int
    after: int
    twice: int
    # Codes of classes whose unit would no longer count.
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What the merge would do, found out by doing it and taking it back."""

    survivor: Trainee
    tables: list[tuple[str, int, int]]
    units: Units
    # Of both files as they were looked at: the merge is refused when they have changed meanwhile.
    seen: str


class _TakenBack(Exception):
    pass


def preview_merge(*, by: User | Agent, survivor: Trainee, loser: Trainee, choices: Choices | None = None) -> Preview:
    """Nothing stays of it."""
    preview: Preview | None = None
    try:
        with transaction.atomic():
            moving, seen = _begin(survivor, loser, by=by)
            units = _run(moving, by=by, choices=choices or {})
            preview = Preview(moving.survivor, _tables(moving), units, seen)
            raise _TakenBack
    except _TakenBack:
        assert preview is not None  # noqa: S101 - set just before
        return preview


@transaction.atomic
def merge_files(
    *,
    by: User | Agent,
    survivor: Trainee,
    loser: Trainee,
    choices: Choices | None = None,
    reason: str = "",
    accept_losses: bool = False,
    seen: str = "",
) -> Merge:
    """`survivor` goes on with what both files hold; `loser` stays as a voided file that leads there.

    Merging the same two again gives the merge there is. Refused with would_lose_units when a person-time that counts
    now would not count afterwards, unless that is accepted; with changed_meanwhile when `seen`, from the preview, no
    longer tells what is there.
    """
    if known := _standing(survivor, loser):
        return known
    try:
        moving, now = _begin(survivor, loser, by=by)
    except Refused:
        # Whoever pressed the button at the same moment may have been first.
        if known := _standing(survivor, loser):
            return known
        raise
    if seen and seen != now:
        raise _changed_meanwhile()
    pks = known_rows(moving)
    before = {"survivor": plain_row(moving.survivor), "loser": plain_row(moving.loser)}
    try:
        with transaction.atomic():
            units = _run(moving, by=by, choices=choices or {})
            if units.lost and not accept_losses:
                raise _would_lose(units)
            merge = Merge.objects.create(
                survivor=moving.survivor, loser=moving.loser, merged_by=by.label, counts=_tables(moving),
                reason=masking.digits(reason.strip())[:200],
                snapshot={
                    **moving.journal.stored(), "files": before, "known": pks,
                    "sessions": sorted(moving.sessions), "classes": sorted(moving.classes),
                    "brought": sorted(moving.brought),
                },
            )  # fmt: skip
    except IntegrityError as error:
        raise _changed_meanwhile() from error
    settle(locked_pair(moving.survivor, moving.loser), PairState.SAME, by=by, reason=reason)
    tell_of(moving.survivor, moving.loser)
    _record(by, moving, units, reason)
    return merge


def _standing(survivor: Trainee, loser: Trainee) -> Merge | None:
    return Merge.objects.standing().filter(survivor=survivor, loser=loser).first()


def _begin(survivor: Trainee, loser: Trainee, *, by: User | Agent) -> tuple[Moving, str]:
    """Locks in the order of the rest of the house: classes, then people, each by primary key."""
    if survivor.pk == loser.pk:
        raise Refused("same_file", _("These are one and the same file. Enter the number of the other one."))
    people = _hold({survivor.pk, loser.pk})
    for trainee in people.values():
        if trainee.voided_at:
            text = _("The file %(number)s is no longer in use. Merge the file that it went on in.")
            raise Refused("file_voided", text % {"number": trainee.file_number})
    moving = Moving(people[survivor.pk], people[loser.pk], by)
    return moving, _seen(moving)


def _hold(pks: set[int]) -> dict[int, Trainee]:
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                held = _hold_classes(pks)
                people = lock_people(pks)
                # Nobody is enrolled any more while the files are held; who came in between is seen here.
                if classes_of(pks) - held:
                    raise _TakenBack
                return people
        except _TakenBack:  # lets go of all locks: the class that came in has to be held before the people
            continue
    raise _changed_meanwhile()


def classes_of(trainees: Collection[int]) -> set[int]:
    enrolled = Enrolment.objects.filter(trainee__in=trainees).values_list("training_class", flat=True)
    marked = Scan.objects.filter(trainee__in=trainees).values_list("session__training_class", flat=True)
    return {*enrolled, *marked}


def _hold_classes(trainees: Collection[int]) -> set[int]:
    classes = classes_of(trainees)
    for pk in sorted(classes):
        lock_class(pk)
    return classes


def _run(moving: Moving, *, by: User | Agent, choices: Choices) -> Units:
    counted = [_counted(trainee) for trainee in (moving.survivor, moving.loser)]
    _join_files(moving, by=by, choices=choices)
    for table in sorted(TABLES.values(), key=lambda table: table.derived):
        table.rule(moving)
    before, after = set().union(*counted), _counted(moving.survivor)
    lost = sorted({code for code, unit in before - after})
    return Units(len(before), len(after), sum(map(len, counted)) - len(before), tuple(lost))


def _counted(trainee: Trainee) -> set[tuple[str, str]]:
    units = PersonTime.objects.filter(trainee=trainee, counted=True)
    return set(units.values_list("training_class__code", "unit_key"))


def _join_files(moving: Moving, *, by: User | Agent, choices: Choices) -> None:
    """The losing file leaves first: its ID number and its account are unique among files in use."""
    survivor, loser = moving.survivor, moving.loser
    columns = _chosen(survivor, loser, choices)
    reason = _("Went on in the file %(number)s.") % {"number": survivor.file_number}
    moving.journal.change(
        loser, voided_at=timezone.now(), voided_by=by.label, void_reason=reason, merged_into_id=survivor.pk,
        user_id=None,
    )  # fmt: skip
    moving.journal.change(survivor, **columns)


def _chosen(survivor: Trainee, loser: Trainee, choices: Choices) -> dict:
    """Column -> value for the surviving file."""
    files = {survivor.file_number: survivor, loser.file_number: loser}
    unknown = choices.keys() - FACTS.keys() or set(choices.values()) - files.keys()
    if unknown:
        raise TypeError(f"No choice of a merge: {', '.join(sorted(unknown))}")
    columns: dict[str, Any] = {}
    for name in differing(survivor, loser):
        source = files[choices[name]] if name in choices else by_default(name, survivor, loser)
        columns |= {column: getattr(source, column) for column in FACTS[name].columns}
        if name == "identity":
            identity = source
    if "id_hash" in columns and says_birth(identity):
        columns |= {"sex": identity.sex, "birth_date": identity.birth_date}
    name = columns.get("name", survivor.name)
    aliases = aliases_of(name, survivor, loser)
    limits = limits_of(survivor, loser)
    return {**columns, **limits, "aliases": aliases, "name_pinyin": search_text([name, *aliases])}


def _seen(moving: Moving) -> str:
    """One person's data, so keyed."""
    rows = [sorted(plain_row(trainee).items()) for trainee in (moving.survivor, moving.loser)]
    return lookup_hash("merging.seen", repr([rows, sorted(known_rows(moving).items())]))


def known_rows(moving: Moving) -> dict[str, list[int]]:
    """Which rows both files had: whatever else they hold later came after the merge."""
    people = (moving.survivor.pk, moving.loser.pk)
    return {
        f"{table.model}.{table.column}": sorted(
            apps.get_model(table.model)
            ._base_manager.filter(**{f"{table.column}__in": people})
            .values_list("pk", flat=True)
        )
        for table in TABLES.values()
        if not table.derived
    }


def _tables(moving: Moving) -> list[tuple[str, int, int]]:
    tallies = [(label, tally.moved, tally.joined) for label, tally in moving.tallies.items()]
    return [(label, moved, joined) for label, moved, joined in tallies if moved or joined]


def _record(by: User | Agent, moving: Moving, units: Units, reason: str) -> None:
    survivor, loser = moving.survivor, moving.loser
    changes: dict = {label: [0, moved + joined] for label, moved, joined in _tables(moving)}
    changes["person_times"] = [units.before + units.twice, units.after]
    record_event(
        by=by, event="trainee.merged", record=survivor, label=survivor.file_number, place=survivor.township.code,
        reason=reason, changes={"file": [loser.file_number, survivor.file_number], **changes},
    )  # fmt: skip
    record_event(
        by=by, event="trainee.merged_away", record=loser, label=loser.file_number, place=loser.township.code,
        reason=reason, changes={"file": [loser.file_number, survivor.file_number]},
    )  # fmt: skip


def _changed_meanwhile() -> Refused:
    text = _("One of the two files has changed since you looked. Nothing was merged; look at both again.")
    return Refused("changed_meanwhile", text)


def _would_lose(units: Units) -> Refused:
    text = _(
        "Person-times that count now would no longer count, in: %(classes)s. Choose the settled identity, or say that "
        "you accept it."
    )
    return Refused("would_lose_units", text % {"classes": ", ".join(units.lost)}, classes=units.lost)
