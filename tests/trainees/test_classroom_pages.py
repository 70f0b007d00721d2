import datetime

import pytest
from django.urls import reverse

from courses.schedule import actions as schedule
from courses.schedule.models import TrainingClass
from tests.cast import TODAY, client_of
from trainees.attendance import actions as attendance
from trainees.practice.actions import ResultEntry, record_results
from trainees.progress.models import PersonTime

TOMORROW = TODAY + datetime.timedelta(days=1)


def page_of(training_class) -> str:
    return reverse("class_page", args=[training_class.code])


def press(client, button: str, training_class, **data):
    return client.post(reverse(button, args=[training_class.code]), data)


def codes(page) -> list[str]:
    return [row.code for row in page.context["page"]]


# --- The list -------------------------------------------------------------------------------------------------
def test_the_list_shows_days_enrolled_and_came(cast):
    training_class = cast.training_class(people=3)
    people = [row.trainee for row in training_class.enrolments.order_by("id")]
    cast.mark(training_class, people[:2], sessions=1)
    cast.mark(training_class, people[:1])
    (row,) = client_of(cast.clerk).get("/classes/").context["page"]
    assert (row.first_day, row.last_day, row.enrolled, row.came) == (
        TODAY - datetime.timedelta(days=2), TODAY - datetime.timedelta(days=1), 3, 2,
    )  # fmt: skip


def test_the_list_is_narrowed(cast):
    here = cast.training_class(title="勐省直播班")
    there = cast.training_class(township="岩帅镇", open=False, course="A1")
    client = client_of(cast.clerk)
    assert sorted(codes(client.get("/classes/"))) == sorted([here.code, there.code])
    assert codes(client.get("/classes/?state=open")) == [here.code]
    assert codes(client.get("/classes/?tier=cadre")) == [there.code]
    assert codes(client.get(f"/classes/?township={cast.township('岩帅镇').pk}")) == [there.code]
    assert codes(client.get("/classes/?q=直播")) == [here.code]
    assert codes(client.get(f"/classes/?q={there.code}")) == [there.code]
    assert codes(client.get("/classes/?q=nothing")) == []
    assert sorted(codes(client.get("/classes/?state=bad&tier=bad&township=bad&page=bad"))) == sorted(
        [here.code, there.code]
    )


def test_each_sees_the_classes_in_reach(cast):
    mine = cast.training_class()
    other = cast.training_class(township="岩帅镇", trainer=cast.other_trainer)
    seen = {
        who: sorted(codes(client_of(getattr(cast, who)).get("/classes/")))
        for who in ("manager", "clerk", "auditor", "operator", "operator_elsewhere", "trainer", "other_trainer")
    }
    both = sorted([mine.code, other.code])
    assert seen == {
        "manager": both, "clerk": both, "auditor": both, "operator": [mine.code], "operator_elsewhere": [other.code],
        "trainer": [mine.code], "other_trainer": [other.code],
    }  # fmt: skip


@pytest.mark.parametrize("who", ["trainee_user", "outsider", "admin"])
def test_who_sees_no_classes(cast, who):
    assert client_of(getattr(cast, who)).get("/classes/").status_code == 403


def test_the_list_costs_the_same_for_one_class_and_for_five(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    for number in (1, 4):
        for _ in range(number):
            cast.training_class(people=2)
        client.get("/classes/")
        with django_assert_num_queries(7):
            assert client.get("/classes/").status_code == 200


# --- The page -------------------------------------------------------------------------------------------------
def test_the_page_of_a_class(cast):
    training_class = cast.training_class(people=2)
    a, b = (row.trainee for row in training_class.enrolments.order_by("id"))
    cast.mark(training_class, [a])
    cast.mark(training_class, [b], sessions=1)
    task = training_class.tasks.get()
    record_results(
        by=cast.trainer, training_class=training_class, results=[ResultEntry(task, a, "passed", 90)], assessed_on=TODAY
    )
    page = client_of(cast.clerk).get(page_of(training_class))
    assert [(row.present, row.marked, row.late) for row in page.context["sessions"]] == [(2, 2, False), (1, 1, False)]
    rows = {row.trainee.pk: row for row in page.context["rows"]}
    assert [(rows[p.pk].sessions_present, rows[p.pk].percent) for p in (a, b)] == [(2, 100), (1, 50)]
    assert [rows[p.pk].results[0][1] and rows[p.pk].results[0][1].outcome for p in (a, b)] == ["passed", None]
    html = page.content.decode()
    assert a.name not in html
    assert a.id_number not in html
    assert [event.event for event, _words in page.context["history"]] == [
        "results.recorded", "attendance.marked", "attendance.marked", "attendance.marked",
        "class.opened", "enrolment.added", "class.planned",
    ]  # fmt: skip


def test_marks_entered_late_stay_visible(cast):
    training_class = cast.training_class(people=1, start=TODAY - datetime.timedelta(days=9), days=1)
    (person,) = (row.trainee for row in training_class.enrolments.all())
    cast.mark(training_class, [person])
    page = client_of(cast.clerk).get(page_of(training_class))
    assert (page.context["late"], [row.late for row in page.context["sessions"]]) == (True, [True])
    roll = client_of(cast.trainer).get(reverse("teach_session", args=[training_class.sessions.get().pk]))
    assert [row.late for row in roll.context["roll"]] == [True]


def test_the_next_step_follows_the_state(cast, quiet_day):
    client = client_of(cast.clerk)
    training_class = cast.training_class(people=1, start=TODAY, days=2, open=False)

    def step() -> str:
        return client.get(page_of(training_class)).context["step"]

    assert step() == "open"
    assert press(client, "class_open", training_class).status_code == 302
    assert step() == "mark"
    quiet_day.shift(datetime.timedelta(days=1))
    client.force_login(cast.clerk)
    assert step() == "close"
    assert press(client, "class_close", training_class).status_code == 302
    assert step() == "certificates"
    assert press(client, "class_refuse", training_class, reason="照片不符").status_code == 302
    assert step() == ""
    training_class.refresh_from_db()
    assert (training_class.state, training_class.state_reason) == ("refused", "照片不符")


def test_closing_counts_and_shows_who_counts(cast):
    training_class = cast.training_class(people=2)
    a, b = (row.trainee for row in training_class.enrolments.order_by("id"))
    cast.mark(training_class, [a])
    client = client_of(cast.clerk)
    for _twice in range(2):
        assert press(client, "class_close", training_class).status_code == 302
    rows = {row.trainee.pk: row for row in client.get(page_of(training_class)).context["rows"]}
    assert (rows[a.pk].counted, rows[b.pk].counted, bool(rows[b.pk].loss)) == (1, 0, True)
    assert PersonTime.objects.filter(training_class=training_class).count() == 2


def test_what_cannot_be_done_is_said_on_the_page(cast):
    client = client_of(cast.clerk)
    training_class = cast.training_class(people=1, start=TODAY)
    early = press(client, "class_close", training_class)
    assert (early.status_code, bool(early.context["refusal"])) == (422, True)
    silent = press(client, "class_cancel", training_class, reason=" ")
    assert (silent.status_code, list(silent.context["reason_form"].errors)) == (422, ["reason"])
    training_class.refresh_from_db()
    assert training_class.state == "open"


def test_somebody_who_signed_in_on_the_way_is_shown_the_class(cast):
    training_class = cast.training_class()
    client = client_of(cast.clerk)
    for button in ("class_open", "class_close", "class_refuse", "class_cancel", "class_enrol", "class_find"):
        response = client.get(reverse(button, args=[training_class.code]))
        assert (response.status_code, response.headers["Location"]) == (302, page_of(training_class))


@pytest.mark.parametrize("button", ["class_open", "class_close", "class_refuse", "class_cancel", "class_edit"])
@pytest.mark.parametrize("who", ["trainer", "operator", "auditor", "trainee_user", "outsider"])
def test_who_may_not_manage(cast, button, who):
    training_class = cast.training_class(open=False)
    assert press(client_of(getattr(cast, who)), button, training_class, reason="x").status_code == 403
    training_class.refresh_from_db()
    assert training_class.state == "planned"


def test_a_trainer_who_is_also_clerk_may_open(cast):
    from lms.accounts.actions import grant_role
    from lms.accounts.enums import Role

    grant_role(by=cast.admin, user=cast.trainer, role=Role.CLERK, place=cast.township("勐省镇"))
    here = cast.training_class(open=False)
    there = cast.training_class(open=False, township="岩帅镇")
    client = client_of(cast.trainer)
    assert press(client, "class_open", here).status_code == 302
    assert press(client, "class_open", there).status_code == 403
    here.refresh_from_db()
    assert here.state == "open"


@pytest.mark.parametrize("button", ["class_page", "class_enrol", "class_find"])
def test_a_class_elsewhere_is_not_there(cast, button):
    elsewhere = cast.training_class(township="岩帅镇", trainer=cast.other_trainer)
    client = client_of(cast.operator)
    address = reverse(button, args=[elsewhere.code])
    assert (client.get(address) if button == "class_page" else client.post(address)).status_code == 404
    assert client_of(cast.trainer).get(page_of(elsewhere)).status_code == 404


def test_the_page_costs_the_same_for_two_people_and_for_twenty(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    for people in (2, 20):
        training_class = cast.training_class(people=people)
        client.get(page_of(training_class))
        with django_assert_num_queries(18):
            page = client.get(page_of(training_class))
        assert len(page.context["rows"]) == people
    assert len(page.content) < 100_000


# --- People ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("by", ["file_number", "id_number", "phone", "name", "name_pinyin"])
def test_people_are_found_and_enrolled(cast, by):
    training_class = cast.training_class()
    person = cast.person(name="艾倒")
    cast.person(name="叶块")
    text = {"name_pinyin": "aidao", "phone": f"{person.phone[:3]} {person.phone[3:]}"}.get(by, getattr(person, by))
    client = client_of(cast.clerk)
    found = press(client, "class_find", training_class, find=text)
    assert [(row.trainee, row.state) for row in found.context["found"]] == [(person, "")]
    assert press(client, "class_enrol", training_class, file=[person.file_number]).status_code == 302
    again = press(client, "class_find", training_class, find=text)
    assert [(row.trainee, row.state) for row in again.context["found"]] == [(person, "confirmed")]


def test_an_operator_finds_enrols_and_sees_own_people_only(cast):
    training_class = cast.training_class()
    own, other = cast.person(name="艾倒"), cast.person(name="艾倒", township="岩帅镇")
    client = client_of(cast.operator)
    found = press(client, "class_find", training_class, find="艾倒")
    assert [row.trainee for row in found.context["found"]] == [own]
    press(client, "class_enrol", training_class, file=[own.file_number, other.file_number])
    assert [row.trainee for row in training_class.enrolments.all()] == [own]
    attendance.enrol(by=cast.clerk, training_class=training_class, trainees=[other])
    page = client.get(page_of(training_class))
    assert ([row.trainee for row in page.context["rows"]], page.context["elsewhere"]) == ([own], 1)


@pytest.mark.parametrize("who", ["trainer", "auditor"])
def test_who_may_not_enrol(cast, who):
    training_class, person = cast.training_class(), cast.person()
    client = client_of(getattr(cast, who))
    assert press(client, "class_enrol", training_class, file=[person.file_number]).status_code == 403
    assert client.get(page_of(training_class)).status_code == 200


def test_nobody_chosen_is_said(cast):
    training_class = cast.training_class(people=1)
    client = client_of(cast.clerk)
    for button in ("class_enrol", "class_unenrol"):
        page = press(client, button, training_class, file=["nonsense"], enrolment=["x"], reason="x")
        assert (page.status_code, bool(page.context["refusal"])) == (422, True)


def test_people_leave_with_a_reason_and_others_move_up(cast):
    training_class = cast.training_class(people=2, capacity=2)
    waiting = cast.person()
    attendance.enrol(by=cast.clerk, training_class=training_class, trainees=[waiting])
    first = training_class.enrolments.order_by("id").first()
    client = client_of(cast.clerk)
    for nonsense in ("9" * 30, "9" * 5000, "²", "-1", "x"):
        assert press(client, "class_unenrol", training_class, enrolment=[nonsense], reason="x").status_code == 422
    assert press(client, "class_unenrol", training_class, enrolment=[first.pk], reason=" ").status_code == 422
    assert press(client, "class_unenrol", training_class, enrolment=[first.pk], reason="外出务工").status_code == 302
    assert list(training_class.enrolments.order_by("id").values_list("state", "reason")) == [
        ("cancelled", "外出务工"), ("confirmed", ""), ("confirmed", ""),
    ]  # fmt: skip


# --- Changing -------------------------------------------------------------------------------------------------
def edited(training_class, **typed) -> dict:
    sessions = list(training_class.sessions.all())
    rows = {"sessions-TOTAL_FORMS": str(len(sessions) + 1), "sessions-INITIAL_FORMS": str(len(sessions))}
    for number, session in enumerate(sessions):
        rows |= {
            f"sessions-{number}-day": session.day.isoformat(), f"sessions-{number}-half": session.half,
            f"sessions-{number}-starts_at": f"{session.starts_at:%H:%M}",
            f"sessions-{number}-minutes": str(session.minutes), f"sessions-{number}-topic": session.topic,
        }  # fmt: skip
    facts = {
        "title": training_class.title, "title_en": training_class.title_en, "trainer": training_class.trainer_id,
        "venue": training_class.venue_id, "capacity": training_class.capacity,
    }  # fmt: skip
    return {**facts, **rows, f"sessions-{len(sessions)}-half": "am", **typed}


def test_a_planned_class_is_changed_with_its_half_days(cast):
    training_class = cast.training_class(open=False, start=TOMORROW, days=2, capacity=1)
    attendance.enrol(by=cast.clerk, training_class=training_class, trainees=[cast.person(), cast.person()])
    client = client_of(cast.clerk)
    typed = {"sessions-1-day": "", "sessions-2-day": "2018-06-20", "sessions-2-half": "pm", "capacity": "5"}
    assert press(client, "class_edit", training_class, **edited(training_class, **typed)).status_code == 302
    assert list(training_class.sessions.values_list("day", "half")) == [
        (TOMORROW, "am"), (datetime.date(2018, 6, 20), "pm"),
    ]  # fmt: skip
    assert list(training_class.enrolments.values_list("state", flat=True)) == ["confirmed", "confirmed"]


def test_a_change_that_cannot_be_writes_nothing(cast):
    training_class = cast.training_class(open=False, start=TOMORROW, days=1)
    form = edited(training_class, capacity="50", **{"sessions-1-day": "2019-05-01"})
    page = press(client_of(cast.clerk), "class_edit", training_class, **form)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["__all__"])
    training_class.refresh_from_db()
    assert (training_class.capacity, training_class.sessions.count()) == (60, 1)


def test_a_running_class_is_changed_with_a_reason(cast):
    training_class = cast.training_class(capacity=10)
    client = client_of(cast.clerk)
    form = edited(training_class, capacity="20")
    page = press(client, "class_edit", training_class, **form)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["reason"])
    assert press(client, "class_edit", training_class, **form, reason="来的人多").status_code == 302
    assert TrainingClass.objects.get().capacity == 20


def test_a_closed_class_is_not_changed(cast):
    training_class = cast.training_class()
    schedule.close_class(by=cast.clerk, training_class=training_class)
    assert client_of(cast.clerk).get(reverse("class_edit", args=[training_class.code])).status_code == 409


# --- The trainer's day ----------------------------------------------------------------------------------------
def test_the_trainers_day(cast):
    today = cast.training_class(people=2, start=TODAY, days=2)
    past = cast.training_class(people=2, start=TODAY - datetime.timedelta(days=3), days=1)
    cast.training_class(people=1, trainer=cast.other_trainer)
    planned = cast.training_class(people=1, start=TOMORROW, days=1, open=False)
    teaching = client_of(cast.trainer).get("/teach/").context["teaching"]
    assert [session.training_class for session in teaching.today] == [today]
    assert [(s.training_class, s.enrolled, s.marked) for s in teaching.unmarked] == [(past, 2, 0)]
    assert teaching.results_due == [past, today]
    assert [session.training_class for session in teaching.upcoming] == [today, planned]


def test_what_was_handed_in_is_gone(cast):
    past = cast.training_class(people=1, start=TODAY - datetime.timedelta(days=3), days=1)
    (person,) = (row.trainee for row in past.enrolments.all())
    cast.mark(past, [person])
    record_results(
        by=cast.trainer, training_class=past, results=[ResultEntry(past.tasks.get(), person, "passed")],
        assessed_on=TODAY,
    )  # fmt: skip
    teaching = client_of(cast.trainer).get("/teach/").context["teaching"]
    assert (teaching.unmarked, teaching.results_due) == ([], [])


@pytest.mark.parametrize("who", ["clerk", "operator", "auditor", "trainee_user", "outsider"])
def test_only_trainers_have_a_teaching_day(cast, who):
    assert client_of(getattr(cast, who)).get("/teach/").status_code == 403


def test_the_trainers_day_costs_the_same_for_one_class_and_four(cast, django_assert_num_queries):
    client = client_of(cast.trainer)
    for number in (1, 3):
        for _ in range(number):
            cast.training_class(people=2, start=TODAY - datetime.timedelta(days=1), days=3)
        client.get("/teach/")
        with django_assert_num_queries(7):
            assert client.get("/teach/").status_code == 200


def test_the_days_of_a_class_stand_in_its_form_in_chinese_too(cast):
    """A browser shows a date field empty unless it is given the ISO form, and an empty row is a session dropped."""
    training_class = cast.training_class(days=3, open=False)
    page = client_of(cast.clerk).get(reverse("class_edit", args=[training_class.code])).content.decode()
    for session in training_class.sessions.all():
        assert f'value="{session.day.isoformat()}"' in page
    assert page.count('value="09:00"') == 3
