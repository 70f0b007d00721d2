"""Attendance, completion and trainer qualification: who gets which, and which gives way."""

import datetime

import pytest
from django.urls import reverse

from certificates import actions, queries
from certificates.enums import CertificateKind, NotDue, ReissueReason, Standing
from certificates.models import Certificate
from certificates.values import values_of
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import SETUP, TODAY, client_of
from tests.certificates.classes import attended_class, finished_class, pass_all
from trainees.progress.actions import close_and_count, refuse_and_count

ATTENDANCE, TRAINER = CertificateKind.ATTENDANCE, CertificateKind.TRAINER


def test_who_attended_and_did_not_pass_gets_attendance(cast, centre):
    done, unskilled, absent = [cast.person() for _ in range(3)]
    training_class = finished_class(cast, [done, unskilled, absent], present=[done, unskilled], passed=[done, absent])
    entries = queries.due(training_class, ATTENDANCE)
    assert [entry.reasons for entry in entries] == [(NotDue.PASSED,), (), (NotDue.NOT_COUNTED,)]
    (paper,) = actions.issue(by=cast.clerk, training_class=training_class, kind=ATTENDANCE)
    assert (paper.trainee, paper.kind, paper.valid_until) == (unskilled, "attendance", None)
    # The class asked for tasks, and this person has not passed them all.
    assert training_class.tasks.filter(required=True).exists()
    assert (paper.assessed, values_of(paper)["assessed"]) == (False, "")
    (passed,) = actions.issue(by=cast.clerk, training_class=training_class)
    assert (passed.assessed, values_of(passed)["assessed"]) == (True, "经考核合格")
    assert actions.issue(by=cast.clerk, training_class=training_class, kind=ATTENDANCE) == []


def test_a_class_that_asks_nothing_gives_no_attendance(cast, centre):
    person = cast.person()
    training_class = finished_class(cast, [person], close=False)
    training_class.tasks.update(required=False)
    close_and_count(by=cast.clerk, training_class=training_class)
    assert queries.due(training_class, ATTENDANCE)[0].reasons == (NotDue.PASSED,)


def test_completion_takes_the_place_of_attendance(cast, centre):
    person, other = cast.person(), cast.person()
    training_class = attended_class(cast, [person, other])
    attended, kept = actions.issue(by=cast.clerk, training_class=training_class, kind=ATTENDANCE)
    assert queries.due(training_class)[0].reasons == (NotDue.TASK_OPEN,)
    pass_all(cast, training_class, [person])
    assert queries.due(training_class)[0].gives_way == attended
    (paper,) = actions.issue(by=cast.clerk, training_class=training_class)
    attended.refresh_from_db()
    kept.refresh_from_db()
    assert (paper.kind, paper.replaces, paper.reissue_reason) == ("completion", attended, ReissueReason.PASSED)
    assert (attended.state, attended.replaced_on, kept.state) == ("replaced", TODAY, "valid")
    assert AuditEvent.objects.get(event="certificate.replaced").record_label == attended.number
    # Nobody gets attendance again for what the person passed.
    assert queries.due(training_class, ATTENDANCE)[0].reasons == (NotDue.PASSED,)
    assert queries.chain_of(attended) == [attended, paper]


def test_completion_is_dated_no_earlier_than_what_it_replaces(cast, centre):
    person = cast.person()
    training_class = attended_class(cast, [person])
    actions.issue(by=cast.clerk, training_class=training_class, kind=ATTENDANCE)
    pass_all(cast, training_class, [person])
    with pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=training_class, issued_on=TODAY - datetime.timedelta(days=1))
    assert refusal.value.code == "before_the_older"
    assert Certificate.objects.filter(state="valid").count() == 1


def test_trainers_of_the_centre_for_two_years(cast, centre):
    people = [cast.person(), cast.person()]
    training_class = finished_class(cast, people, course="G1")
    (paper,) = actions.issue(by=cast.manager, training_class=training_class, kind=TRAINER, trainees=people[1:])
    assert (paper.trainee, paper.valid_until) == (people[1], datetime.date(2020, 6, 14))
    (completion, _other) = actions.issue(by=cast.clerk, training_class=training_class)
    assert (completion.kind, completion.serial, completion.valid_until) == ("completion", 2, None)


def test_only_a_class_of_local_trainers_makes_trainers(cast, centre):
    training_class = finished_class(cast, 1)
    assert queries.kinds_of(training_class) == ["completion", "attendance"]
    for act in (lambda: queries.due(training_class, TRAINER), lambda: issue_trainer(cast, training_class)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "other_tier"


def issue_trainer(cast, training_class):
    return actions.issue(by=cast.manager, training_class=training_class, kind=TRAINER)


def test_no_award_comes_from_a_class(cast, centre):
    with pytest.raises(Refused):
        actions.issue(by=cast.manager, training_class=finished_class(cast, 1), kind=CertificateKind.AWARD)


def test_a_qualification_expires_by_itself(cast, centre, quiet_day):
    (paper,) = issue_trainer(cast, finished_class(cast, 1, course="G1"))
    quiet_day.move_to(datetime.datetime(2020, 6, 14, 4, tzinfo=datetime.UTC))
    assert paper.standing == Standing.VALID
    quiet_day.move_to(datetime.datetime(2020, 6, 15, 4, tzinfo=datetime.UTC))
    assert (paper.standing, paper.ended_on) == (Standing.EXPIRED, datetime.date(2020, 6, 14))


@pytest.mark.parametrize("kind", ["completion", "attendance", "trainer"])
@pytest.mark.parametrize("people", [1, 3])
def test_due_of_each_kind_asks_a_constant_number_of_queries(cast, centre, kind, people, django_assert_num_queries):
    training_class = finished_class(cast, people, course="G1")
    with django_assert_num_queries(5):
        queries.due(training_class, kind)


# --- the class's page ---------------------------------------------------------------------------------------------


def of_class(training_class, kind: str = "") -> str:
    address = reverse("class_certificates", args=[training_class.code])
    return f"{address}?kind={kind}" if kind else address


def test_the_page_has_a_tab_for_each_kind(cast, centre):
    training_class = attended_class(cast, 2, course="G1")
    client = client_of(cast.clerk)
    assert client.get(of_class(training_class)).context["tabs"] == [
        ("completion", 0), ("attendance", 0), ("trainer", 0),
    ]  # fmt: skip
    posted = {"kind": "attendance"}
    answer = client.post(reverse("class_issue", args=[training_class.code]), posted)
    assert answer.url == of_class(training_class, "attendance")
    page = client.get(answer.url)
    assert (page.context["kind"], page.context["issued"], page.context["due"]) == ("attendance", 2, 0)
    # An unknown kind is the first.
    assert client.get(of_class(training_class, "x")).context["kind"] == "completion"
    assert client.post(reverse("class_issue", args=[training_class.code]), {"kind": "x"}).status_code == 302
    assert Certificate.objects.count() == 2


def test_only_those_who_are_ticked(cast, centre):
    people = [cast.person() for _ in range(3)]
    training_class = finished_class(cast, people)
    address = reverse("class_issue", args=[training_class.code])
    client_of(cast.clerk).post(address, {"file_number": [people[0].file_number, people[2].file_number]})
    assert list(Certificate.objects.order_by("serial").values_list("trainee", flat=True)) == [
        people[0].pk,
        people[2].pk,
    ]
    assert client_of(cast.clerk).post(address, {"file_number": "NO-SUCH"}).status_code == 404


def test_the_county_decides_who_may_teach_for_it(cast, centre):
    training_class = finished_class(cast, 1, course="G1")
    accounts.grant_role(by=SETUP, user=cast.outsider, role=Role.CLERK, place=cast.township("勐省镇"))
    client, address = client_of(cast.outsider), reverse("class_issue", args=[training_class.code])
    assert client.post(address, {"kind": "trainer"}).status_code == 403
    assert not Certificate.objects.exists()
    assert client.post(address).status_code == 302
    assert Certificate.objects.get().kind == "completion"
    assert client.get(of_class(training_class, "trainer")).context["may_manage"] is False


def test_a_class_that_was_refused_still_shows_what_it_handed_out(cast, centre):
    training_class = finished_class(cast, 1)
    (paper,) = actions.issue(by=cast.clerk, training_class=training_class)
    refuse_and_count(by=cast.manager, training_class=training_class, reason="材料不全")
    page = client_of(cast.manager).get(of_class(training_class))
    assert list(page.context["held"]) == [paper]
    assert paper.number in page.content.decode()


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_of_a_kind_asks_a_constant_number_of_queries(cast, centre, people, django_assert_num_queries):
    training_class = attended_class(cast, people)
    actions.issue(by=cast.clerk, training_class=training_class, kind=ATTENDANCE)
    client = client_of(cast.clerk)
    client.get(of_class(training_class, "attendance"))
    with django_assert_num_queries(12):
        client.get(of_class(training_class, "attendance"))


def test_a_trainee_sees_every_kind_and_state(cast, centre, quiet_day):
    person = cast.person()
    training_class = attended_class(cast, [person], course="G1")
    actions.issue(by=cast.clerk, training_class=training_class, kind=ATTENDANCE)
    pass_all(cast, training_class, [person])
    actions.issue(by=cast.clerk, training_class=training_class)
    issue_trainer(cast, training_class)
    person.user = cast.trainee_user
    person.save()
    quiet_day.move_to(datetime.datetime(2021, 1, 1, 4, tzinfo=datetime.UTC))
    page = client_of(cast.trainee_user).get(reverse("my_certificates"))
    assert [(one.kind, one.standing) for one in page.context["certificates"]] == [
        ("trainer", "expired"), ("completion", "valid"), ("attendance", "replaced"),
    ]  # fmt: skip
