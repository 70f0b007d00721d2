import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.schedule import actions as schedule
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, client_of
from trainees.attendance import actions as attendance
from trainees.practice.actions import ResultEntry, record_results
from trainees.practice.models import PracticalResult
from trainees.practice.queries import latest_results


@pytest.fixture
def room(cast):
    training_class = cast.training_class(people=3)
    people = [row.trainee for row in training_class.enrolments.order_by("id")]
    return training_class, training_class.tasks.get(), people


def refusal(**call) -> Refused:
    with pytest.raises(Refused) as caught:
        record_results(**call)
    return caught.value


def attempts() -> list[tuple]:
    rows = PracticalResult.objects.order_by("id")
    return list(rows.values_list("trainee", "attempt", "outcome", "score"))


def test_attempts_are_appended_and_the_latest_is_the_result(cast, room):
    training_class, task, (a, b, _) = room
    call = {"by": cast.trainer, "training_class": training_class, "assessed_on": TODAY}
    record_results(**call, results=[ResultEntry(task, a, "failed", 40), ResultEntry(task, b, "passed", 88.5)])
    record_results(**call, results=[ResultEntry(task, a, "passed", Decimal("75"))])
    assert attempts() == [
        (a.pk, 1, "failed", Decimal(40)), (b.pk, 1, "passed", Decimal("88.5")), (a.pk, 2, "passed", Decimal(75)),
    ]  # fmt: skip
    latest = latest_results(training_class)
    assert {key: row.outcome for key, row in latest.items()} == {
        (task.pk, a.pk): "passed", (task.pk, b.pk): "passed",
    }  # fmt: skip
    events = AuditEvent.objects.filter(event="results.recorded").order_by("id")
    assert [event.changes for event in events] == [{"passed": [0, 1], "failed": [0, 1]}, {"passed": [0, 1]}]


def test_the_same_result_twice_adds_nothing(cast, room):
    training_class, task, (a, *_) = room
    call = {"by": cast.trainer, "training_class": training_class, "assessed_on": TODAY}
    for score in (80, Decimal("80.0"), 80.04, "80"):
        record_results(**call, results=[ResultEntry(task, a, "passed", score)])
    assert attempts() == [(a.pk, 1, "passed", Decimal(80))]
    record_results(**call, results=[ResultEntry(task, a, "passed")])
    assert attempts()[1:] == [(a.pk, 2, "passed", None)]


def test_what_is_refused_writes_nothing(cast, room):
    training_class, task, (a, b, _) = room
    other = cast.training_class()
    good = ResultEntry(task, b, "passed")
    call = {"by": cast.trainer, "training_class": training_class, "assessed_on": TODAY}
    assert refusal(**call, results=[good, ResultEntry(other.tasks.get(), a, "passed")]).code == "task_of_another_class"
    stranger = cast.person()
    no = refusal(**call, results=[good, ResultEntry(task, stranger, "passed")])
    assert (no.code, no.facts["trainee_ids"]) == ("not_enrolled", [stranger.pk])
    assert refusal(**call, results=[good, ResultEntry(task, a, "passed", 100.1)]).code == "score_out_of_range"
    assert refusal(**call, results=[good, ResultEntry(task, a, "excellent")]).code == "outcome_unknown"
    tomorrow = TODAY + datetime.timedelta(days=1)
    assert refusal(**{**call, "assessed_on": tomorrow}, results=[good]).code == "assessed_in_future"
    assert attempts() == []


def test_results_are_taken_while_running_and_after_closing_only(cast, room):
    training_class, task, (a, b, _) = room
    call = {"by": cast.trainer, "training_class": training_class, "assessed_on": TODAY}
    schedule.close_class(by=cast.clerk, training_class=training_class)
    record_results(**call, results=[ResultEntry(task, a, "passed")])
    schedule.refuse_class(by=cast.manager, training_class=training_class, reason="x")
    assert refusal(**call, results=[ResultEntry(task, b, "passed")]).code == "class_not_running"
    assert attempts() == [(a.pk, 1, "passed", None)]


def test_results_cost_the_same_for_few_and_many(cast):
    costs = []
    for size in (1, 12):
        training_class = cast.training_class(people=size)
        task = training_class.tasks.get()
        entries = [ResultEntry(task, row.trainee, "passed", 80) for row in training_class.enrolments.all()]
        with CaptureQueriesContext(connection) as queries:
            record_results(by=cast.trainer, training_class=training_class, results=entries, assessed_on=TODAY)
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- The page -------------------------------------------------------------------------------------------------
def address(training_class) -> str:
    return reverse("teach_results", args=[training_class.code])


def sent(page, **typed) -> dict:
    was = re.search(r'name="was" value="([^"]*)"', page.content.decode())[1]
    return {"was": was, "assessed_on": TODAY.isoformat(), **typed}


def test_all_results_in_one_post(cast, room):
    training_class, task, (a, b, _) = room
    client = client_of(cast.trainer)
    page = client.get(address(training_class))
    typed = {
        f"o{task.pk}-{a.pk}": "passed", f"s{task.pk}-{a.pk}": "88,5",
        f"o{task.pk}-{b.pk}": "repeat", f"s{task.pk}-{b.pk}": "",
    }  # fmt: skip
    for _again in range(2):
        response = client.post(address(training_class), sent(page, **typed))
        assert (response.status_code, response.headers["Location"]) == (302, address(training_class))
    assert sorted(attempts()) == [(a.pk, 1, "passed", Decimal("88.5")), (b.pk, 1, "repeat", None)]


def test_a_page_opened_earlier_undoes_nobodys_result(cast, room):
    training_class, task, (a, b, _) = room
    client = client_of(cast.trainer)
    stale = client.get(address(training_class))
    record_results(
        by=cast.clerk, training_class=training_class, results=[ResultEntry(task, a, "passed", 90)], assessed_on=TODAY
    )
    client.post(address(training_class), sent(stale, **{f"o{task.pk}-{b.pk}": "failed"}))
    assert attempts() == [(a.pk, 1, "passed", Decimal(90)), (b.pk, 1, "failed", None)]


@pytest.mark.parametrize(("outcome", "score"), [("passed", "101"), ("passed", "acht"), ("", "80"), ("passed", "NaN")])
def test_a_wrong_score_keeps_everything_typed(cast, room, outcome, score):
    training_class, task, (a, b, _) = room
    client = client_of(cast.trainer)
    typed = {
        f"o{task.pk}-{a.pk}": outcome, f"s{task.pk}-{a.pk}": score,
        f"o{task.pk}-{b.pk}": "passed", f"s{task.pk}-{b.pk}": "70",
    }  # fmt: skip
    page = client.post(address(training_class), sent(client.get(address(training_class)), **typed))
    assert page.status_code == 422
    cells = {cell.trainee.pk: cell for person in page.context["people"] for cell in person.cells}
    assert (cells[a.pk].outcome, cells[a.pk].score, cells[a.pk].wrong) == (outcome, score, True)
    assert (cells[b.pk].outcome, cells[b.pk].score, cells[b.pk].wrong) == ("passed", "70", False)
    assert attempts() == []
    mended = sent(page, **{**typed, f"o{task.pk}-{a.pk}": "passed", f"s{task.pk}-{a.pk}": "80"})
    assert client.post(address(training_class), mended).status_code == 302
    assert len(attempts()) == 2


@pytest.mark.parametrize("day", ["31-12-2018", "2018-02-30", "2018-06-16"])
def test_a_wrong_day_is_told(cast, room, day):
    training_class, task, (a, *_) = room
    client = client_of(cast.trainer)
    form = sent(client.get(address(training_class)), **{f"o{task.pk}-{a.pk}": "passed", "assessed_on": day})
    assert client.post(address(training_class), form).status_code == 422
    assert attempts() == []


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainer", 200), ("clerk", 200), ("manager", 200), ("other_trainer", 404), ("operator", 403),
        ("auditor", 403), ("trainee_user", 403), ("outsider", 403),
    ],
)  # fmt: skip
def test_who_enters_results(cast, room, who, status):
    training_class, *_ = room
    client = client_of(getattr(cast, who))
    assert client.get(address(training_class)).status_code == status
    assert client.post(address(training_class), {"was": ""}).status_code == (302 if status == 200 else status)


def test_the_page_of_sixty_is_light(cast):
    training_class = cast.training_class(people=60)
    page = client_of(cast.trainer).get(address(training_class))
    assert len(page.context["people"]) == 60
    assert len(page.content) < 100_000


def test_somebody_taken_off_meanwhile_is_left_out(cast, room):
    training_class, task, (a, b, _) = room
    client = client_of(cast.trainer)
    form = sent(client.get(address(training_class)), **{f"o{task.pk}-{a.pk}": "passed", f"o{task.pk}-{b.pk}": "passed"})
    attendance.cancel_enrolment(by=cast.clerk, enrolment=training_class.enrolments.get(trainee=a), reason="退出")
    assert client.post(address(training_class), form).status_code == 302
    assert attempts() == [(b.pk, 1, "passed", None)]
