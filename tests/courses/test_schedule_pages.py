import datetime

import pytest
from django.urls import reverse

from courses.schedule.models import TrainingClass
from lms.audit.models import AuditEvent
from tests.cast import TODAY, client_of

TOMORROW = TODAY + datetime.timedelta(days=1)
PLAN = "/classes/plan/"


@pytest.fixture
def form(cast) -> dict:
    return {
        "course": cast.course("B1").pk,
        "title": "勐省开店班",
        "title_en": "",
        "trainer": cast.trainer.trainer.pk,
        "venue": cast.venue().pk,
        "capacity": "40",
        "code": "",
        "backfill_reason": "",
        "override_reason": "",
        "sessions-TOTAL_FORMS": "8",
        "sessions-INITIAL_FORMS": "0",
        **{f"sessions-{n}-half": "am" for n in range(8)},
        "sessions-0-day": TOMORROW.isoformat(),
        "sessions-1-day": TOMORROW.isoformat(),
        "sessions-1-half": "pm",
        "sessions-1-topic": "拍照",
    }


def test_a_class_is_planned_with_its_rows(cast, form):
    response = client_of(cast.clerk).post(PLAN, form)
    training_class = TrainingClass.objects.get()
    assert (response.status_code, response.headers["Location"]) == (
        302, reverse("class_page", args=["2018-B1-01"])
    )  # fmt: skip
    assert list(training_class.sessions.values_list("day", "half", "minutes", "topic")) == [
        (TOMORROW, "am", 180, ""), (TOMORROW, "pm", 180, "拍照"),
    ]  # fmt: skip
    assert AuditEvent.objects.get(event="class.planned").actor == cast.clerk.label


def test_the_form_sent_twice_leads_to_the_one_class(cast, form):
    client = client_of(cast.clerk)
    first, second = client.post(PLAN, form), client.post(PLAN, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert TrainingClass.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"sessions-0-day": "2018-06-14"}, "backfill_reason"),
        ({"capacity": "61"}, "capacity"),
        ({"capacity": "0"}, "capacity"),
        ({"code": "a/b 1"}, "code"),
        ({"sessions-0-day": "2019-06-14"}, "__all__"),
        ({"sessions-1-half": "am"}, "__all__"),
        ({"title": ""}, "title"),
        ({"trainer": "99999"}, "trainer"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(cast, form, typed, field):
    page = client_of(cast.clerk).post(PLAN, {**form, **typed})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert page.context["rows"].forms[1]["topic"].value() == "拍照"
    assert TrainingClass.objects.count() == 0


def test_a_double_booking_asks_for_its_reason(cast, form):
    client = client_of(cast.clerk)
    client.post(PLAN, form)
    again = {**form, "title": "另一个班"}
    page = client.post(PLAN, again)
    assert list(page.context["form"].errors) == ["override_reason"]
    assert "2018-B1-01" in page.context["form"].errors["override_reason"][0]
    assert client.post(PLAN, {**again, "override_reason": "两间教室，两位助教"}).status_code == 302
    assert TrainingClass.objects.count() == 2


@pytest.mark.parametrize(
    "typed",
    [
        {"sessions-0-day": "", "sessions-1-day": "", "sessions-1-topic": ""},
        {"sessions-1-day": ""},
        {"sessions-0-day": "2018-06-31"},
        {"sessions-0-minutes": "10"},
        {"sessions-TOTAL_FORMS": "x"},
    ],
)
def test_rows_that_cannot_be_read_are_told(cast, form, typed):
    page = client_of(cast.clerk).post(PLAN, {**form, **typed})
    assert (page.status_code, page.context["rows"].is_valid()) == (422, False)
    assert TrainingClass.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clerk", 200), ("manager", 200), ("operator", 403), ("trainer", 403), ("auditor", 403),
        ("trainee_user", 403), ("outsider", 403), ("admin", 403),
    ],
)  # fmt: skip
def test_who_plans(cast, form, who, status):
    client = client_of(getattr(cast, who))
    assert client.get(PLAN).status_code == status
    assert client.post(PLAN, form).status_code == (302 if status == 200 else 403)
