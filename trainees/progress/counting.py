"""From enrolments, presences and memberships to the units a class should have in the ledger. Reads only."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from courses.catalogue.enums import Mode
from courses.schedule.enums import ClassState
from courses.schedule.models import Session, TrainingClass
from lms.programme.models import CountingPolicy
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment, Presence
from trainees.registry.enums import Sex
from trainees.registry.groups.queries import WOMEN
from trainees.registry.models import GroupMembership, Trainee

from . import rules
from .models import PersonTime
from .rules import Attended, Unit


@dataclass(frozen=True)
class ClassFacts:
    """What is the same for everybody of the class."""

    training_class: TrainingClass
    policy: CountingPolicy
    sessions: list[Session]

    @property
    def minutes(self) -> int:
        return sum(session.minutes for session in self.sessions)

    @property
    def first_day(self) -> datetime.date:
        return min(session.day for session in self.sessions)

    @property
    def last_day(self) -> datetime.date:
        return max(session.day for session in self.sessions)


def expected_units(training_class: TrainingClass, policy: CountingPolicy) -> list[Unit]:
    """The units of a closed or refused class, in the order of enrolment; any other class has none."""
    sessions = list(training_class.sessions.all())
    if training_class.state not in (ClassState.CLOSED, ClassState.REFUSED) or not sessions:
        return []
    facts = ClassFacts(training_class, policy, sessions)
    enrolments = (
        Enrolment.objects.filter(training_class=training_class, trainee__voided_at__isnull=True)
        .exclude(state=EnrolmentState.CANCELLED)
        .select_related("trainee__township", "trainee__village")
        .order_by("id")
    )
    presences: dict[int, dict[int, Presence]] = defaultdict(dict)
    for presence in Presence.objects.filter(session__in=sessions):
        presences[presence.trainee_id][presence.session_id] = presence
    memberships = _memberships(training_class)
    return [
        unit
        for enrolment in enrolments
        for unit in _units_of(facts, enrolment, presences[enrolment.trainee_id], memberships[enrolment.trainee_id])
    ]


def _memberships(training_class: TrainingClass) -> dict[int, list[GroupMembership]]:
    """Everybody's dated groups; as-of is asked in Python, for each unit's own day.

    By their keys: a join of three tables, before the database has counted them, may read all of each for every row.
    """
    found = defaultdict(list)
    people = list(training_class.enrolments.values_list("trainee_id", flat=True))
    for membership in GroupMembership.objects.live().filter(trainee__in=people):
        found[membership.trainee_id].append(membership)
    return found


def _units_of(
    facts: ClassFacts,
    enrolment: Enrolment,
    presences: dict[int, Presence],
    memberships: list[GroupMembership],
) -> list[Unit]:
    trainee, policy = enrolment.trainee, facts.policy
    attended = _attended(facts, presences)
    signed = any(presence.present for presence in presences.values())
    enough = rules.is_class_attended(
        attended=len(attended), planned=len(facts.sessions), percent=policy.min_attendance_percent
    )
    loss = rules.loss_of(
        enrolment=enrolment.state,
        class_refused=facts.training_class.state == ClassState.REFUSED,
        signed=signed,
        attended=enough,
        id_state=trainee.id_state,
        remote=False,
        counts_remote=policy.counts_remote,
    )
    units = {rules.WHOLE_CLASS: attended} if loss else rules.split_into_units(policy.unit, attended)
    return [
        _unit(facts, trainee, key, part, signed=signed, attended=enough, loss=loss, memberships=memberships)
        for key, part in units.items()
    ]


def _attended(facts: ClassFacts, presences: dict[int, Presence]) -> list[Attended]:
    attended: list[Attended] = []
    for session in facts.sessions:
        presence = presences.get(session.pk)
        if presence and rules.is_session_attended(
            present=presence.present,
            minutes_present=presence.minutes_present,
            minutes=session.minutes,
            percent=facts.policy.min_attendance_percent,
        ):
            opens_day = session.day not in {earlier.day for earlier in attended}
            attended.append(Attended(session.pk, session.day, presence.minutes_present, opens_day))
    return attended


def _unit(
    facts: ClassFacts,
    trainee: Trainee,
    key: str,
    sessions: list[Attended],
    *,
    signed: bool,
    attended: bool,
    loss: str,
    memberships: list[GroupMembership],
) -> Unit:
    whole = key == rules.WHOLE_CLASS
    # A class counts on its last day, its groups are asked for its first: nobody joins a group halfway.
    day = facts.last_day if whole else sessions[0].day
    return Unit(
        trainee_id=trainee.pk,
        unit_key=key,
        policy_version=facts.policy.version,
        counted=not loss,
        loss=loss,
        counted_on=day,
        minutes_present=sum(session.minutes for session in sessions),
        minutes_planned=facts.minutes,
        sessions_present=len(sessions),
        days_present=sum(session.opens_day for session in sessions),
        signed=signed,
        attended=attended,
        mode=Mode.OFFLINE,
        tier=facts.training_class.tier,
        level=facts.training_class.level,
        sex=trainee.sex,
        township_code=trainee.township.code,
        village_code=trainee.village.code if trainee.village else "",
        groups=groups_on(facts.first_day if whole else day, trainee, memberships),
    )


def groups_on(day: datetime.date, trainee: Trainee, memberships: list[GroupMembership]) -> tuple[str, ...]:
    """The groups that hold on that day; women follow from the sex and need no paper."""
    groups = {m.group for m in memberships if m.valid_from <= day and (m.valid_to is None or m.valid_to >= day)}
    if trainee.sex == Sex.FEMALE:
        groups.add(WOMEN)
    return tuple(sorted(groups))


def stored_units(training_class: TrainingClass) -> list[Unit]:
    """What the ledger holds for the class now, in the same form."""
    rows = PersonTime.objects.filter(training_class=training_class).prefetch_related("groups").order_by("id")
    fields = [name for name in Unit.__dataclass_fields__ if name != "groups"]
    return [
        Unit(
            **{name: getattr(row, name) for name in fields},
            groups=tuple(sorted(g.group for g in row.groups.all())),
        )
        for row in rows
    ]
