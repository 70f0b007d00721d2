"""Closed classes whose people have earned their certificates."""

from lms.places.models import Station
from tests.cast import TODAY, Cast
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
