"""A centre's first day: no programme yet."""

import datetime

import pytest

from courses.catalogue.models import CoursePage
from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.programme import actions
from lms.programme.models import CountingPolicy, Programme
from lms.refusals import Refused
from tests.cast import client_of
from trainees.contest.models import Contest

NEW = {
    "code": "CY2019", "name": "沧源电商进农村", "name_en": "", "starts_on": "2019-01-01", "deadline": "2019-12-31",
    "target_person_times": "4000", "source": "沧政办发〔2019〕1号",
}  # fmt: skip


@pytest.fixture
def first_day(cast):
    """Everybody has an account, and nothing else was entered."""
    from content.models import ContestPage  # beside its use

    ContestPage.objects.all().delete()
    Contest.objects.all().delete()
    CountingPolicy.objects.all().delete()
    Programme.objects.all().delete()
    return cast


def county() -> Division:
    return Division.objects.get(code="530927000000")


def errors(answer) -> dict:
    return dict(answer.context["form"].errors)


@pytest.mark.parametrize(
    "path", ["/desk/", "/classes/", "/classes/plan/", "/progress/", "/trainees/", "/trainees/new/"]
)
def test_pages_that_need_a_programme_lead_to_it(first_day, path):
    answer = client_of(first_day.manager).get(path, follow=True)
    assert [address for address, _status in answer.redirect_chain] == ["/programme/", "/programme/new/"]
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["clerk", "operator", "auditor"])
def test_the_others_read_who_creates_it(first_day, who):
    client = client_of(getattr(first_day, who))
    client.cookies["django_language"] = "en"
    answer = client.get("/desk/", follow=True)
    assert [address for address, _status in answer.redirect_chain] == ["/programme/"]
    assert "A centre manager creates it on this page" in answer.content.decode()
    assert client.get("/programme/new/").status_code == 403
    assert client.post("/programme/new/", NEW).status_code == 403
    assert Programme.objects.count() == 0


def test_a_manager_creates_it(first_day):
    client = client_of(first_day.manager)
    form = client.get("/programme/new/").context["form"]
    assert form["county"].value() == county().pk
    answer = client.post("/programme/new/", {**NEW, "county": county().pk})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/programme/")
    made = Programme.objects.get()
    assert (made.code, made.county, made.starts_on, made.deadline, made.target_person_times, made.source) == (
        "CY2019", county(), datetime.date(2019, 1, 1), datetime.date(2019, 12, 31), 4000, "沧政办发〔2019〕1号",
    )  # fmt: skip
    assert [(policy.version, policy.unit) for policy in made.policies.all()] == [(1, "per_class")]
    assert [client.get(path).status_code for path in ("/programme/", "/desk/", "/classes/plan/")] == [200, 200, 200]


def test_sent_twice_it_makes_one(first_day):
    client = client_of(first_day.manager)
    for _twice in range(2):
        assert client.post("/programme/new/", {**NEW, "county": county().pk}).headers["Location"] == "/programme/"
    assert Programme.objects.count() == 1
    assert AuditEvent.objects.filter(event="programme.created", record_label="CY2019").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"deadline": "2018-12-31"}, "deadline"), ({"code": ""}, "code"), ({"county": ""}, "county"),
     ({"target_person_times": "0"}, "target_person_times"), ({"starts_on": "soon"}, "starts_on")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(first_day, change, field):
    answer = client_of(first_day.manager).post("/programme/new/", {**NEW, "county": county().pk, **change})
    assert (answer.status_code, list(errors(answer))) == (200, [field])
    assert Programme.objects.count() == 0


def test_a_village_is_no_county(first_day):
    place = first_day.township("勐省镇")
    answer = client_of(first_day.manager).post("/programme/new/", {**NEW, "county": place.pk})
    assert list(errors(answer)) == ["county"]


def test_a_programme_that_is_there_is_shown_instead(cast):
    assert client_of(cast.manager).get("/programme/new/").headers["Location"] == "/programme/"
    client_of(cast.manager).post("/programme/new/", {**NEW, "county": county().pk})
    assert [programme.code for programme in Programme.objects.all()] == ["CY2018"]


def test_a_code_taken_at_the_same_moment_is_refused(cast, monkeypatch):
    """The check before it saw nothing; the database decides."""
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda queryset: False)
    facts = {
        "code": "CY2018", "name": "二", "county": county(), "starts_on": datetime.date(2019, 1, 1),
        "deadline": datetime.date(2019, 12, 31), "target_person_times": 1,
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.create_programme(by=cast.manager, **facts)
    assert refused.value.code == "programme_known"


def test_accounts_are_opened_before_the_programme(first_day):
    choices = dict(client_of(first_day.manager).get("/staff/new/").context["form"].fields["place"].choices)
    assert "530927103000" in choices
    assert CoursePage.objects.count() > 0
