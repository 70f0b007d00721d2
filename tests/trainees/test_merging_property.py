"""Merge then unmerge is the identity, for any history of two people we could think of."""

import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.lessons.models import LessonPage
from courses.schedule.models import TrainingClass
from lms.accounts.models import User
from tests.cast import TODAY, Cast, synthetic_id
from tests.trainees.merged import DAY, dump, ledger_is_clean
from trainees.attendance import actions as attendance
from trainees.attendance.actions import Mark
from trainees.learning.models import LessonProgress, QuizAttempt
from trainees.merging.actions import find_all, look_at, merge_files, preview_merge, undo_merge
from trainees.merging.models import DuplicatePair
from trainees.merging.rules import FACTS
from trainees.practice.actions import ResultEntry, record_results
from trainees.progress.actions import close_and_count, refuse_and_count
from trainees.progress.models import PersonTime
from trainees.registry import actions as registry
from trainees.registry.models import Trainee

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHO = st.integers(0, 2)  # two files of one person and a bystander
DAYS = st.integers(0, 40)
OUTCOMES = st.sampled_from(["passed", "failed", "repeat"])
EVENTS = st.one_of(
    st.tuples(st.just("enrol"), WHO, st.integers(0, 2)),
    st.tuples(st.just("cancel"), WHO, st.integers(0, 2)),
    st.tuples(
        st.just("mark"), WHO, st.integers(0, 2), st.integers(0, 1), st.sampled_from(["sign_in", "sign_out", "absent"]),
        st.sampled_from(["grid", "card", "paper"]), st.integers(0, 180),
    ),
    st.tuples(st.just("result"), WHO, st.integers(0, 2), OUTCOMES, st.integers(0, 3)),
    st.tuples(st.just("group"), WHO, st.sampled_from(["disabled", "poor_household"]), DAYS,
              st.sampled_from(["roster", "declared", "document", "official_list"])),
    st.tuples(st.just("lesson"), WHO, st.integers(0, 8), st.integers(0, 100), st.booleans()),
    st.tuples(st.just("close"), st.integers(0, 2), st.sampled_from([False, False, True])),
)  # fmt: skip
# How each of the three starts in each class: not at all, or enrolled and present at so many of its two sessions.
START = st.lists(st.sampled_from([None, 0, 1, 2, 2]), min_size=9, max_size=9)
PERSON = st.fixed_dictionaries({
    "name": st.sampled_from(["岩嘎", "艾嘎", "田强"]),
    "papers": st.sampled_from(["valid", "reviewed", "reviewed", "review"]),
    "phone": st.sampled_from(["", "13900010001", "13900010002"]),
    "education": st.sampled_from(["", "70"]),
    "village": st.booleans(),
    "household": st.sampled_from(["", "530927001"]),
    "account": st.booleans(),
})  # fmt: skip


class History:
    """What the house lets happen happens; what it refuses does not."""

    def __init__(self, cast: Cast, people: list[dict], start: list[int | None], events: list[tuple]):
        self.cast = cast
        self.people = [self._person(place, facts) for place, facts in enumerate(people)]
        self.classes = [cast.training_class(start=TODAY - 5 * DAY, capacity=2) for _ in range(3)]
        self.page = LessonPage(title="拍照", slug="photo", minutes=10)
        cast.course().add_child(instance=self.page)
        for place, present in enumerate(start):
            if present is not None:
                self.enrol(place % 3, place // 3)
                for session in range(2):
                    self.mark(place % 3, place // 3, session, "sign_in" if session < present else "absent", "grid", 30)
        for name, *facts in events:
            getattr(self, name)(*facts)

    def _person(self, place: int, facts: dict) -> Trainee:
        with_id = facts["papers"] == "valid"
        trainee = self.cast.person(
            name=facts["name"], phone=facts["phone"], education=facts["education"],
            household_number=facts["household"],
            village=self.cast.village("勐省镇", "回珠") if facts["village"] else None,
            **({"id_number": synthetic_id(6000 + 2 * place)} if with_id else {"id_kind": "none", "id_number": ""}),
        )  # fmt: skip
        if facts["papers"] == "reviewed":
            trainee = registry.accept_identity(by=self.cast.clerk, trainee=trainee, reason="seen")
        if facts["account"]:
            user = User.objects.create(username=f"person{place}")
            trainee = registry.link_account(by=self.cast.clerk, trainee=trainee, user=user)
        return trainee

    def _try(self, work: Any, **facts: Any) -> None:
        try:
            with transaction.atomic():
                work(by=self.cast.clerk, **facts)
        except Exception as refusal:
            if type(refusal).__name__ != "Refused":
                raise

    def enrol(self, who: int, at: int) -> None:
        self._try(attendance.enrol, training_class=self.classes[at], trainees=[self.people[who]])

    def cancel(self, who: int, at: int) -> None:
        row = self.classes[at].enrolments.filter(trainee=self.people[who]).first()
        if row:
            self._try(attendance.cancel_enrolment, enrolment=row, reason="moved")

    def mark(self, who: int, at: int, place: int, kind: str, source: str, minute: int) -> None:
        session = self.classes[at].sessions.all()[place]
        mark = Mark(
            self.people[who].pk, kind, occurred_at=session.start + datetime.timedelta(minutes=minute), reason="seen"
        )
        self._try(attendance.record_marks, session=session, marks=[mark], source=source)

    def result(self, who: int, at: int, outcome: str, days: int) -> None:
        entry = ResultEntry(self.classes[at].tasks.get(), self.people[who], outcome)
        self._try(record_results, training_class=self.classes[at], results=[entry], assessed_on=TODAY - days * DAY)

    def group(self, who: int, group: str, days: int, evidence: str) -> None:
        self._try(
            registry.add_membership, trainee=self.people[who], group=group, valid_from=TODAY - days * DAY,
            evidence=evidence,
        )  # fmt: skip

    def lesson(self, who: int, reached: int, percent: int, completed: bool) -> None:
        done = datetime.datetime(2018, 6, 1 + reached, tzinfo=datetime.UTC) if completed else None
        LessonProgress.objects.update_or_create(
            trainee=self.people[who], lesson=self.page,
            defaults={"furthest_block": reached, "blocks_total": 8, "quiz_percent": percent, "completed_at": done},
        )  # fmt: skip
        QuizAttempt.objects.append(
            trainee=self.people[who], lesson=self.page, answers={"q": reached}, correct=percent // 20, questions=5
        )

    def close(self, at: int, refuse: bool) -> None:
        self._try(close_and_count, training_class=self.classes[at])
        if refuse:
            self._try(
                refuse_and_count, training_class=TrainingClass.objects.get(pk=self.classes[at].pk), reason="photos"
            )


def counted(*people: Trainee) -> set[tuple]:
    units = PersonTime.objects.filter(trainee__in=people, counted=True)
    return set(units.values_list("training_class", "unit_key"))


@settings(
    max_examples=40, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    people=st.lists(PERSON, min_size=3, max_size=3),
    start=START,
    events=st.lists(EVENTS, min_size=6, max_size=24),
    chosen=st.sets(st.sampled_from(sorted(FACTS))),
)
def test_merge_then_unmerge_is_the_identity(cast, people, start, events, chosen):
    with transaction.atomic():
        history = History(cast, people, start, events)
        one, other, _bystander = history.people
        list(find_all())
        before, units = dump(), counted(one, other)
        choices = dict.fromkeys(chosen, other.file_number)
        preview = preview_merge(by=cast.clerk, survivor=one, loser=other, choices=choices)
        assert dump() == before
        done = merge_files(
            by=cast.clerk, survivor=one, loser=other, choices=choices, accept_losses=True, seen=preview.seen
        )
        look_at([one.pk, other.pk])
        now = counted(one)
        # No class and unit is lost but those the preview named; nothing counts in the losing file.
        lost = {pk for pk, _unit in units - now}
        assert tuple(sorted(one.code for one in history.classes if one.pk in lost)) == preview.units.lost
        if Trainee.objects.get(pk=one.pk).id_state != "review":
            assert preview.units.lost == ()
        assert PersonTime.objects.filter(trainee=other).count() == 0
        assert ledger_is_clean(cast)
        assert merge_files(by=cast.clerk, survivor=one, loser=other).pk == done.pk
        undo_merge(by=cast.clerk, merge=done, reason="two people")
        look_at([one.pk, other.pk])
        assert dump() == before
        assert DuplicatePair.objects.get(first=one, second=other).state == "different"
        assert ledger_is_clean(cast)
        transaction.set_rollback(True)
