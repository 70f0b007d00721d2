"""Closed classes whose people have earned their certificates."""

import datetime
import uuid

from lms.accounts.models import Agent
from lms.places.models import Station
from tests.cast import TODAY, Cast
from trainees.contest import actions as contests
from trainees.contest.models import Contest
from trainees.practice import actions as practice
from trainees.progress.actions import close_and_count

ISSUER = "沧源佤族自治县农村电子商务公共服务中心"


def enter_centre(cast: Cast) -> Station:
    return Station.objects.create(
        code="S530927", name=ISSUER, name_en="Cangyuan County Rural E-commerce Centre", level="county",
        division=cast.programme.county, capacity=100,
    )  # fmt: skip


def finished_class(cast: Cast, people, *, passed=None, present=None, close=True, **facts):
    """People (a number, or the persons themselves) present at every session and through every required task."""
    training_class = cast.training_class(people=people, **facts)
    persons = [enrolment.trainee for enrolment in training_class.enrolments.order_by("id")]
    cast.mark(training_class, persons if present is None else present)
    results = [
        practice.ResultEntry(task=task, trainee=person, outcome="passed", score=90)
        for task in training_class.tasks.filter(required=True)
        for person in (persons if passed is None else passed)
    ]
    if results:
        practice.record_results(by=cast.clerk, training_class=training_class, results=results, assessed_on=TODAY)
    if close:
        close_and_count(by=cast.clerk, training_class=training_class)
    training_class.refresh_from_db()
    return training_class


def attended_class(cast: Cast, people, **facts):
    """People present at every session; nobody passed what the class asks."""
    return finished_class(cast, people, passed=[], **facts)


def pass_all(cast: Cast, training_class, people) -> None:
    """The required tasks, passed at another try."""
    results = [
        practice.ResultEntry(task=task, trainee=person, outcome="passed", score=90)
        for task in training_class.tasks.filter(required=True)
        for person in people
    ]
    practice.record_results(by=cast.clerk, training_class=training_class, results=results, assessed_on=TODAY)


def entry_of(cast: Cast, contest: Contest, *, trainee=None, **facts):
    """An entry as the public form sends it."""
    known = {
        "by": Agent("contest form"), "contest": contest, "client_uuid": uuid.uuid4(), "kind": "person",
        "leader_name": "艾嘎", "phone": "13800138000", "township": cast.township("勐省镇"),
        "project_title": "佤山核桃", "summary": "把核桃卖到昆明", "plan": b"%PDF-1.4\n1 0 obj\n",
        "plan_name": "计划书.pdf",
    }  # fmt: skip
    entry = contests.enter(**{**known, **facts})
    return contests.link_file(by=cast.clerk, entry=entry, trainee=trainee) if trainee else entry


def decided_contest(cast: Cast, code: str = "CS2018") -> Contest:
    """A contest whose final is today."""
    return contests.create_contest(
        by=cast.clerk, programme=cast.programme, code=code, title="沧源县农村电商创业大赛",
        title_en="Cangyuan rural e-commerce contest", final_on=TODAY,
        entries_open_on=TODAY - datetime.timedelta(days=40), entries_close_on=TODAY,
    )  # fmt: skip
