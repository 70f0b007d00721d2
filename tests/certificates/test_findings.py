"""What an auditor would object to: R16, R17 and papers of refused classes, as rows with their facts."""

import datetime

import pytest

from certificates import actions, findings
from courses.schedule.models import Session
from tests.cast import TODAY
from tests.certificates.classes import attended_class, finished_class, pass_all
from trainees.progress.actions import refuse_and_count

YESTERDAY = TODAY - datetime.timedelta(days=1)


def small_venue(cast, capacity: int):
    venue = cast.venue()
    venue.capacity = capacity
    venue.save()
    return venue


def test_more_certificates_on_a_day_than_the_venue_holds(cast, centre):
    classes = [finished_class(cast, 2) for _ in range(2)]
    venue = small_venue(cast, 3)
    actions.issue(by=cast.clerk, training_class=classes[0], issued_on=YESTERDAY)
    actions.issue(by=cast.clerk, training_class=classes[1], issued_on=YESTERDAY)
    assert findings.mass_issues(cast.programme) == [
        findings.MassIssue(venue.code, venue.division.code, YESTERDAY, certificates=4, capacity=3, classes=2)
    ]


def test_as_many_as_it_holds_and_papers_issued_again_are_no_finding(cast, centre):
    papers = actions.issue(by=cast.clerk, training_class=finished_class(cast, 3))
    small_venue(cast, 3)
    for paper in papers:
        actions.reissue(by=cast.clerk, certificate=paper, reason="damaged")
    assert findings.mass_issues(cast.programme) == []


def test_completion_in_place_of_attendance_was_handed_out_that_day(cast, centre):
    people = [cast.person() for _ in range(2)]
    training_class = attended_class(cast, people)
    actions.issue(by=cast.clerk, training_class=training_class, kind="attendance")
    pass_all(cast, training_class, people)
    actions.issue(by=cast.clerk, training_class=training_class)
    small_venue(cast, 3)
    assert [row.certificates for row in findings.mass_issues(cast.programme)] == [4]


def test_a_session_that_was_moved_behind_the_issue_is_found(cast, centre):
    training_class = finished_class(cast, 1)
    (paper,) = actions.issue(by=cast.clerk, training_class=training_class, issued_on=YESTERDAY)
    assert findings.early_dates(cast.programme) == []
    # No action does this to a closed class: it comes from another program, or from a hand on the database.
    last = training_class.sessions.latest("day")
    Session.objects.filter(pk=last.pk).update(day=TODAY)
    assert findings.early_dates(cast.programme) == [
        findings.EarlyDate(paper.number, training_class.code, paper.place_code, YESTERDAY, TODAY)
    ]
    actions.revoke(by=cast.clerk, certificate=paper, reason="日期有误")
    assert findings.early_dates(cast.programme) == []


def test_valid_papers_of_a_refused_class(cast, centre):
    training_class = finished_class(cast, 2)
    paper, _other = actions.issue(by=cast.clerk, training_class=training_class)
    actions.revoke(by=cast.clerk, certificate=paper, reason="重复")
    assert findings.of_refused_classes(cast.programme) == []
    refuse_and_count(by=cast.manager, training_class=training_class, reason="材料不全")
    assert findings.of_refused_classes(cast.programme) == [
        findings.OfRefusedClass(training_class.code, paper.place_code, 1)
    ]


@pytest.mark.parametrize("classes", [1, 3])
def test_each_is_one_query(cast, centre, classes, django_assert_num_queries):
    for _ in range(classes):
        actions.issue(by=cast.clerk, training_class=finished_class(cast, 2))
    small_venue(cast, 1)
    with django_assert_num_queries(3):
        findings.mass_issues(cast.programme)
        findings.early_dates(cast.programme)
        findings.of_refused_classes(cast.programme)


def test_what_was_replaced_and_then_ended_with_its_chain_is_no_finding(cast, centre):
    training_class = finished_class(cast, 2)
    papers = actions.issue(by=cast.clerk, training_class=training_class, issued_on=YESTERDAY)
    again = [actions.reissue(by=cast.clerk, certificate=paper, reason="lost") for paper in papers]
    last = training_class.sessions.latest("day")
    Session.objects.filter(pk=last.pk).update(day=TODAY)
    actions.revoke(by=cast.clerk, certificate=again[0], reason="重新开班")
    assert [row.number for row in findings.early_dates(cast.programme)] == [papers[1].number]
