import datetime
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from certificates import actions, queries
from certificates.enums import CertificateState, NotDue
from certificates.models import Certificate, NumberSeries
from courses.schedule.models import TrainingClass
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, assemble, make_programme
from tests.certificates.classes import ISSUER, enter_centre, finished_class
from trainees.practice import actions as practice

YESTERDAY = TODAY - datetime.timedelta(days=1)


def serials() -> list[int]:
    return [int(number.split("-")[2]) for number in Certificate.objects.order_by("id").values_list("number", flat=True)]


def test_issue_copies_everything_that_is_printed(cast, centre):
    person = cast.person(name="艾嘎")
    training_class = finished_class(cast, [person])
    (certificate,) = actions.issue(by=cast.clerk, training_class=training_class)
    stored = Certificate.objects.get(pk=certificate.pk)
    assert stored.number[:-1] == "CY530927-2018-00001-"
    assert len(stored.token) >= 20
    assert (stored.name, stored.id_number) == ("艾嘎", person.id_number)
    assert (stored.class_code, stored.class_title) == (training_class.code, training_class.title)
    assert (stored.course_title, stored.hours) == (training_class.course_title, training_class.hours)
    assert (stored.issuer, stored.issued_by) == (ISSUER, cast.clerk.label)
    assert (stored.first_day, stored.last_day) == (TODAY - datetime.timedelta(days=2), YESTERDAY)
    assert stored.issued_on == TODAY
    assert stored.assessed is training_class.tasks.filter(required=True).exists()


def test_issuing_twice_gives_each_person_one(cast, centre):
    training_class = finished_class(cast, 3)
    first = actions.issue(by=cast.clerk, training_class=training_class)
    assert [certificate.number.split("-")[2] for certificate in first] == ["00001", "00002", "00003"]
    assert actions.issue(by=cast.manager, training_class=training_class) == []
    assert serials() == [1, 2, 3]


def test_numbers_follow_the_roster_and_go_on_in_the_next_class(cast, centre):
    people = [cast.person() for _ in range(3)]
    actions.issue(by=cast.clerk, training_class=finished_class(cast, people))
    actions.issue(by=cast.clerk, training_class=finished_class(cast, 2))
    in_order = Certificate.objects.filter(trainee__in=people).order_by("number")
    assert [certificate.trainee for certificate in in_order] == people
    assert serials() == [1, 2, 3, 4, 5]


def test_issue_is_audited_without_a_name(cast, centre):
    training_class = finished_class(cast, 1)
    (certificate,) = actions.issue(by=cast.clerk, training_class=training_class)
    event = AuditEvent.objects.get(event="certificate.issued")
    assert event.record_label == certificate.number
    assert event.changes == {"trainee": [None, certificate.trainee.file_number]}
    assert event.place == training_class.venue.division.code


def test_a_failed_issue_leaves_no_gap(cast, centre):
    training_class = finished_class(cast, 1)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.issue(by=cast.clerk, training_class=training_class)
        raise RuntimeError("the power went")
    assert serials() == []
    actions.issue(by=cast.clerk, training_class=training_class)
    assert serials() == [1]


def test_only_closed_classes(cast, centre):
    training_class = cast.training_class(people=1)
    with pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=training_class)
    assert refusal.value.code == "class_not_closed"


def test_who_is_due_and_why_not(cast, centre):
    done, unskilled, absent = [cast.person() for _ in range(3)]
    training_class = finished_class(cast, [done, unskilled, absent], present=[done, unskilled], passed=[done, absent])
    entries = queries.due(training_class)
    assert [entry.trainee for entry in entries] == [done, unskilled, absent]
    assert [entry.reasons for entry in entries] == [(), (NotDue.TASK_OPEN,), (NotDue.NOT_COUNTED,)]
    assert [entry.is_due for entry in entries] == [True, False, False]
    assert entries[1].open_tasks == tuple(training_class.tasks.filter(required=True))
    assert entries[2].loss == "never_signed"
    assert [certificate.trainee for certificate in actions.issue(by=cast.clerk, training_class=training_class)] == [
        done
    ]


def test_the_latest_attempt_decides(cast, centre):
    person = cast.person()
    training_class = finished_class(cast, [person])
    task = training_class.tasks.filter(required=True).first()
    again = practice.ResultEntry(task=task, trainee=person, outcome="repeat")
    practice.record_results(by=cast.clerk, training_class=training_class, results=[again], assessed_on=TODAY)
    assert queries.due(training_class)[0].reasons == (NotDue.TASK_OPEN,)


def test_a_named_person_who_is_not_due_is_refused(cast, centre):
    person = cast.person()
    training_class = finished_class(cast, [person], present=[])
    with pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=training_class, trainees=[person])
    assert refusal.value.code == "not_due"
    assert refusal.value.facts["reasons"] == (NotDue.NOT_COUNTED,)
    with pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=training_class, trainees=[cast.person()])
    assert refusal.value.facts["reasons"] == ()


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (YESTERDAY - datetime.timedelta(days=1), "before_last_session"),
        (TODAY + datetime.timedelta(days=1), "in_the_future"),
    ],
)
def test_the_day_is_refused(cast, centre, day, code):
    training_class = finished_class(cast, 1)
    with pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=training_class, issued_on=day)
    assert refusal.value.code == code
    assert not NumberSeries.objects.exists()


def test_the_database_refuses_a_date_before_the_last_session(cast, centre):
    training_class = finished_class(cast, 1)
    (certificate,) = actions.issue(by=cast.clerk, training_class=training_class)
    certificate.issued_on = certificate.last_day - datetime.timedelta(days=1)
    with pytest.raises(IntegrityError, match="issued_after_the_last_session"), transaction.atomic():
        certificate.save()


def test_without_a_county_centre_nothing_is_issued(cast):
    training_class = finished_class(cast, 1)
    with pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=training_class)
    assert refusal.value.code == "no_issuer"


def test_forbidden_words_stop_the_issue(cast, centre):
    centre.name = "中国电商培训中心"
    centre.save()
    with translation.override("en"), pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    assert (refusal.value.code, refusal.value.facts["word"]) == ("forbidden_word", "中国")
    assert not Certificate.objects.exists()


def test_revoke_and_issue_another(cast, centre):
    person = cast.person()
    training_class = finished_class(cast, [person, cast.person()])
    first, _second = actions.issue(by=cast.clerk, training_class=training_class)
    actions.revoke(by=cast.manager, certificate=first, reason=" 身份信息有误 ")
    first.refresh_from_db()
    assert (first.state, first.revoked_on, first.revoke_reason) == (CertificateState.REVOKED, TODAY, "身份信息有误")
    assert AuditEvent.objects.get(event="certificate.revoked").reason == "身份信息有误"
    # Never again with the others, only when somebody names the person.
    assert actions.issue(by=cast.clerk, training_class=training_class) == []
    entry = queries.due(training_class)[0]
    assert (entry.reasons, entry.revoked) == ((NotDue.REVOKED,), first)
    (third,) = actions.issue(by=cast.clerk, training_class=training_class, trainees=[person])
    assert third.number.split("-")[2] == "00003"
    assert queries.valid_in_roster_order(training_class)[0] == third


def test_revoking_needs_a_reason_and_happens_once(cast, centre):
    (certificate,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    with pytest.raises(Refused) as refusal:
        actions.revoke(by=cast.manager, certificate=certificate, reason="  ")
    assert refusal.value.code == "reason_missing"
    actions.revoke(by=cast.manager, certificate=certificate, reason="重复发证")
    with pytest.raises(Refused) as refusal:
        actions.revoke(by=cast.manager, certificate=certificate, reason="重复发证")
    assert refusal.value.code == "already_revoked"


@pytest.mark.parametrize("people", [1, 3])
def test_due_asks_a_constant_number_of_queries(cast, centre, people, django_assert_num_queries):
    training_class = finished_class(cast, people)
    with django_assert_num_queries(5):
        queries.due(training_class)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_and_two_classes_at_once_leave_no_gap(reload_ground):
    cast = assemble(make_programme())
    enter_centre(cast)
    classes = [finished_class(cast, 4), finished_class(cast, 4)]
    gate, problems = threading.Barrier(4), []

    def clerk(training_class: TrainingClass) -> None:
        try:
            gate.wait(10)
            actions.issue(by=cast.clerk, training_class=training_class)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=clerk, args=[each]) for each in classes for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert sorted(serials()) == list(range(1, 9))
    assert Certificate.objects.values("training_class", "trainee").distinct().count() == 8
