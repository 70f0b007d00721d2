import datetime
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from courses.schedule import actions as schedule
from lms.audit.models import AuditEvent
from tests.cast import TODAY, client_of, synthetic_id
from trainees.attendance import actions
from trainees.attendance.models import Presence, Scan
from trainees.registry.models import Trainee


@pytest.fixture
def room(cast):
    training_class = cast.training_class(people=3, start=TODAY, days=1)
    session = training_class.sessions.get()
    people = [row.trainee for row in training_class.enrolments.order_by("id")]
    return session, people


def address(session) -> str:
    return reverse("teach_session", args=[session.pk])


def sent(page, **choices) -> dict:
    """The hidden fields of a page as a browser sends them back, with these choices."""
    html = page.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(page|was)" value="([^"]*)"', html))
    return {**hidden, **choices}


def present(session) -> dict[int, bool]:
    return dict(Presence.objects.filter(session=session).values_list("trainee", "present"))


def test_the_roll_is_saved_in_one_post(cast, room):
    session, (a, b, c) = room
    client = client_of(cast.trainer)
    form = sent(client.get(address(session)), **{f"m{a.pk}": "p", f"m{b.pk}": "a", "save": "1"})
    response = client.post(address(session), form)
    assert (response.status_code, response.headers["Location"]) == (302, f"{address(session)}?saved={form['page']}")
    assert present(session) == {a.pk: True, b.pk: False}
    assert client.get(address(session)).context["present"] == 1
    assert c.pk not in present(session)


def test_the_same_form_sent_again_doubles_nothing(cast, room):
    session, (a, b, _) = room
    client = client_of(cast.trainer)
    form = sent(client.get(address(session)), **{f"m{a.pk}": "p", f"m{b.pk}": "a"})
    for _again in range(3):
        assert client.post(address(session), form).status_code == 302
    assert Scan.objects.count() == 2


def test_everyone_else_is_here(cast, room):
    session, (a, b, c) = room
    client = client_of(cast.trainer)
    client.post(address(session), sent(client.get(address(session)), **{f"m{b.pk}": "a", "everyone": "1"}))
    assert present(session) == {a.pk: True, b.pk: False, c.pk: True}


def test_a_page_opened_earlier_undoes_nobodys_work(cast, room):
    session, (a, b, _) = room
    trainer, clerk = client_of(cast.trainer), client_of(cast.clerk)
    stale = trainer.get(address(session))
    clerk.post(address(session), sent(clerk.get(address(session)), **{f"m{a.pk}": "p"}))
    clerk.post(address(session), sent(clerk.get(address(session)), **{f"m{a.pk}": "a"}))
    trainer.post(address(session), sent(stale, **{f"m{b.pk}": "p"}))
    assert present(session) == {a.pk: False, b.pk: True}


def test_an_ended_sign_in_loses_and_doubles_nothing(cast, room):
    session, (a, _, _) = room
    client = client_of(cast.trainer)
    form = sent(client.get(address(session)), **{f"m{a.pk}": "p"})
    stranger = Client()
    assert stranger.post(address(session), form).status_code == 403
    assert Scan.objects.count() == 0
    stranger.force_login(cast.trainer)
    assert stranger.post(address(session), form).status_code == 302
    assert stranger.post(address(session), form).status_code == 302
    assert present(session) == {a.pk: True}
    assert Scan.objects.count() == 1


def test_a_correction_on_another_day_keeps_the_choices_and_asks_why(cast):
    training_class = cast.training_class(people=2, days=1)
    session = training_class.sessions.get()
    a, b = (row.trainee for row in training_class.enrolments.order_by("id"))
    cast.mark(training_class, [a])
    client = client_of(cast.trainer)
    form = sent(client.get(address(session)), **{f"m{a.pk}": "a", f"m{b.pk}": "p"})
    refused = client.post(address(session), form)
    assert (refused.status_code, refused.context["refusal"].code) == (422, "correction_needs_reason")
    assert {row.trainee.pk: row.mark for row in refused.context["roll"]} == {a.pk: "a", b.pk: "p"}
    assert present(session) == {a.pk: True}
    again = sent(refused, **{f"m{a.pk}": "a", f"m{b.pk}": "p", "reason": "点名核对"})
    assert client.post(address(session), again).status_code == 302
    assert present(session) == {a.pk: False, b.pk: True}


def test_somebody_taken_off_meanwhile_is_reported_and_kept(cast, room):
    session, (a, _, _) = room
    client = client_of(cast.trainer)
    form = sent(client.get(address(session)), **{f"m{a.pk}": "p"})
    enrolment = session.training_class.enrolments.get(trainee=a)
    actions.cancel_enrolment(by=cast.clerk, enrolment=enrolment, reason="退出")
    client.cookies["django_language"] = "en"
    page = client.post(address(session), form, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "1 mark was not accepted: Not enrolled in this class. It is kept for the centre to look at."
    ]
    assert list(Scan.objects.values_list("refusal", flat=True)) == ["not_enrolled"]


def test_a_walk_in_is_registered_enrolled_and_present_with_the_rest_of_the_page(cast, room):
    session, (a, _, _) = room
    client = client_of(cast.trainer)
    page = client.get(address(session))
    walk_in = {
        "name": "岩新", "number": synthetic_id(950), "township": cast.township("勐省镇").pk, "walk_in": "1",
        f"m{a.pk}": "p",
    }  # fmt: skip
    for _again in range(2):
        assert client.post(address(session), sent(page, **walk_in)).status_code == 302
    new = Trainee.objects.get(name="岩新")
    assert present(session) == {a.pk: True, new.pk: True}
    assert new.enrolments.get().state == "confirmed"


def test_a_phone_is_enough_for_a_walk_in(cast, room):
    session, _ = room
    client = client_of(cast.trainer)
    data = {"name": "叶新", "number": "138 0088 9999", "township": cast.township("岩帅镇").pk, "walk_in": "1"}
    client.post(address(session), sent(client.get(address(session)), **data))
    new = Trainee.objects.get(name="叶新")
    assert (new.phone, new.id_state, new.township) == ("13800889999", "review", cast.township("岩帅镇"))


def test_a_known_stranger_who_walks_in_is_present_and_the_trainer_gets_no_more_than_the_roll(cast, room):
    session, _ = room
    stranger = cast.person(name="叶新", phone="13800889999", township="岩帅镇")
    client = client_of(cast.trainer)
    own_file = reverse("trainee_file", args=[stranger.file_number])
    data = {"name": "叶新", "number": "138 0088 9999", "township": cast.township("勐省镇").pk, "walk_in": "1"}
    assert client.post(address(session), sent(client.get(address(session)), **data)).status_code == 302
    assert present(session) == {stranger.pk: True}
    assert client.get(own_file).status_code == 403
    event = AuditEvent.objects.get(event="walk_in.matched")
    assert (event.actor, event.record_label, event.place, event.changes) == (
        cast.trainer.label, stranger.file_number, "530927102000", {"class": [None, session.training_class.code]}
    )  # fmt: skip
    actions.cancel_enrolment(by=cast.clerk, enrolment=stranger.enrolments.get(), reason="mistaken")
    assert stranger not in Trainee.objects.visible_to(cast.trainer)
    assert "叶" not in client.get("/trainees/").content.decode()


def test_a_walk_in_that_cannot_be_keeps_what_was_typed_and_the_marks(cast, room):
    session, (a, _, _) = room
    client = client_of(cast.trainer)
    data = {"name": "岩新", "number": "533528198001010000", "township": cast.township("勐省镇").pk, "walk_in": "1"}
    page = client.post(address(session), sent(client.get(address(session)), **data, **{f"m{a.pk}": "p"}))
    assert page.status_code == 422
    assert page.context["walk_in_form"]["number"].value() == "533528198001010000"
    assert present(session) == {a.pk: True}
    assert Trainee.objects.filter(name="岩新").count() == 0


def test_before_its_hour_the_page_only_shows(cast, quiet_day):
    training_class = cast.training_class(people=1, start=TODAY + datetime.timedelta(days=1), days=1)
    session = training_class.sessions.get()
    client = client_of(cast.trainer)
    page = client.get(address(session))
    assert (page.status_code, page.context["opens_at"].isoformat()) == (200, "2018-06-16T08:00:00+08:00")
    (person,) = (row.trainee for row in training_class.enrolments.all())
    early = client.post(address(session), sent(page, **{f"m{person.pk}": "p"}))
    assert (early.status_code, early.context["refusal"].code) == (422, "session_not_yet")


def test_a_closed_class_only_shows(cast, room):
    session, (a, _, _) = room
    client = client_of(cast.trainer)
    page = client.get(address(session))
    schedule.close_class(by=cast.clerk, training_class=session.training_class)
    client.post(address(session), sent(page, **{f"m{a.pk}": "p"}))
    assert present(session) == {}
    assert list(Scan.objects.values_list("refusal", flat=True)) == ["class_not_running"]
    assert client.get(address(session)).context["running"] is False


@pytest.mark.parametrize("junk", ["", "12", "x.y.z", "99999999999999999999p", "1p" * 2000])
def test_a_mangled_form_is_harmless(cast, room, junk):
    session, _ = room
    client = client_of(cast.trainer)
    assert client.post(address(session), {"page": junk, "was": junk, "m1": "z"}).status_code == 302
    assert present(session) == {}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("trainer", 200), ("clerk", 200), ("manager", 200), ("other_trainer", 404), ("operator", 403),
        ("auditor", 403), ("trainee_user", 403), ("outsider", 403), ("admin", 403),
    ],
)  # fmt: skip
def test_who_opens_the_roll(cast, room, who, status):
    session, _ = room
    client = client_of(getattr(cast, who))
    assert client.get(address(session)).status_code == status
    assert client.post(address(session), {"page": str(uuid.uuid4()), "was": ""}).status_code == (
        302 if status == 200 else status
    )


def test_the_page_of_sixty_people_is_light_and_asks_as_much_as_that_of_three(cast, django_assert_num_queries):
    sizes = []
    for people in (3, 60):
        training_class = cast.training_class(people=people, start=TODAY, days=1)
        client = client_of(cast.trainer)
        client.get(address(training_class.sessions.get()))
        with django_assert_num_queries(12):
            page = client.get(address(training_class.sessions.get()))
        sizes.append(len(page.content))
        assert len(page.context["roll"]) == people
    assert sizes[1] < 100_000


def test_names_are_whole_and_numbers_are_not(cast, room):
    session, (a, _, _) = room
    html = client_of(cast.trainer).get(address(session)).content.decode()
    assert a.name in html
    assert a.id_number not in html
    assert a.phone not in html
