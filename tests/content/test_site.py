import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page, Site

from content.actions import EDITORS, load_contest, load_editor_groups, load_site
from content.models import ContestPage, HomePage, NoticePage
from content.wagtail_hooks import reason_to_keep
from courses.catalogue.models import CoursePage
from courses.lessons.actions import load_demo_lessons
from courses.lessons.models import LessonPage
from lms.accounts.models import Agent
from lms.places.models import Station
from tests.cast import TODAY, client_of
from tests.renditions import RENDERS_PICTURES, renditions_let_go  # noqa: F401 - a fixture
from trainees.contest.models import Contest
from trainees.learning.actions import open_lesson

pytestmark = [pytest.mark.django_db, *RENDERS_PICTURES]
BY = Agent("tests")


def english(client: Client | None = None) -> Client:
    client = client or Client()
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def editor(cast) -> Client:
    """The manager, as an editor of the site."""
    cast.manager.groups.add(load_editor_groups(by=BY))
    return english(client_of(cast.manager))


# --- Loading ------------------------------------------------------------------------------------------------------
def test_loading_the_site_again_makes_nothing_twice(programme):
    def counts() -> list[int]:
        return [model.objects.count() for model in (Page, Site, HomePage, NoticePage, ContestPage, Contest)]

    before = counts()
    home = load_site(by=BY)
    assert counts() == before
    assert Site.objects.get().root_page_id == home.pk
    assert load_contest(by=BY, programme=programme) == ContestPage.objects.get()


def test_the_contest_lies_within_the_programme(programme):
    contest = Contest.objects.get()
    assert programme.starts_on < contest.entries_open_on < contest.entries_close_on < contest.final_on
    assert contest.final_on <= programme.deadline


def test_the_host_name_follows_the_setting(programme, settings):
    settings.SITE_URL = "https://train.example.org"
    load_site(by=BY)
    site = Site.objects.get()
    assert (site.hostname, site.port) == ("train.example.org", 443)


def test_editors_keep_pages_and_stations_and_no_more():
    group = load_editor_groups(by=BY)
    assert load_editor_groups(by=BY) == group
    assert Group.objects.filter(name=EDITORS).count() == 1
    assert sorted(group.permissions.values_list("codename", flat=True)) == [
        "access_admin", "add_certificatedesign", "add_station", "add_trainer", "change_certificatedesign",
        "change_station", "change_trainer", "publish_certificatedesign", "view_certificatedesign", "view_division",
        "view_holiday", "view_station", "view_trainer",
    ]  # fmt: skip


# --- Public pages -------------------------------------------------------------------------------------------------
def test_the_front_page_leads_to_everything(cast):
    cast.training_class(open=False, start=TODAY, title_en="A class to come")
    page = english().get("/").content.decode()
    for text in ("Learn one thing, use one thing", "Local trainers", "A class to come", "How to join a training class",
                 "Entries are taken until 30 November 2018.", "/verify/"):  # fmt: skip
        assert text in page


def test_the_front_page_costs_the_same_for_one_class_and_for_three(cast, django_assert_num_queries):
    for number, place in ((1, "勐省镇"), (2, "岩帅镇")):
        for _ in range(number):
            cast.training_class(open=False, start=TODAY.replace(day=18 + number + _), days=1, township=place)
        Client().get("/")
        with django_assert_num_queries(FRONT_QUERIES):
            Client().get("/")


FRONT_QUERIES = 9


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("address", ["/", "/courses/", "/courses/a1/", "/how-to-join/", "/ds2018/"])
def test_public_pages_are_small_and_open(address, language):
    client = Client()
    client.cookies["django_language"] = language
    page = client.get(address)
    assert page.status_code == 200
    assert len(page.content) < 100_000
    assert page["Content-Language"] == language


def test_a_notice_is_told_in_both_languages():
    assert "How to finish" in english().get("/how-to-join/").content.decode()
    assert "怎样结业" in Client().get("/how-to-join/").content.decode()


# --- Back office --------------------------------------------------------------------------------------------------
def test_an_editor_opens_the_back_office_and_finds_our_pages(editor):
    page = editor.get("/admin/")
    assert page.status_code == 200
    text = page.content.decode()
    for address in ("/programme/", "/desk/", "/progress/", "ui/admin.css"):
        assert address in text


def test_without_the_group_there_is_no_back_office(cast):
    assert client_of(cast.trainer).get("/admin/").status_code == 403


def test_a_course_with_classes_stays_and_says_why(cast, editor):
    course = cast.training_class().course
    for address in (f"/admin/pages/{course.pk}/delete/", f"/admin/pages/{course.get_parent().pk}/delete/"):
        answer = editor.post(address, follow=True)
        assert "Classes were planned for B1, so the page stays." in answer.content.decode()
    assert CoursePage.objects.filter(pk=course.pk).exists()


def test_deleting_several_pages_at_once_stops_at_such_a_course(cast, editor):
    course = cast.training_class().course
    other = CoursePage.objects.get(code="B2")
    address = f"/admin/bulk/wagtailcore/page/delete/?id={other.pk}&id={course.pk}"
    answer = editor.post(address, follow=True)
    assert "so the page stays" in answer.content.decode()
    assert CoursePage.objects.filter(pk__in=[other.pk, course.pk]).count() == 2


def test_a_course_without_classes_may_go(editor):
    course = CoursePage.objects.get(code="K1")
    assert reason_to_keep(course) == ""
    editor.post(f"/admin/pages/{course.pk}/delete/")
    assert not CoursePage.objects.filter(code="K1").exists()


def test_a_lesson_somebody_began_stays(cast, editor):
    load_demo_lessons(by=BY)
    lesson = LessonPage.objects.get(slug="open-a-shop")
    open_lesson(by=BY, trainee=cast.person(), lesson=lesson)
    answer = editor.post(f"/admin/pages/{lesson.pk}/delete/", follow=True)
    assert "Trainees have begun this lesson" in answer.content.decode()
    assert LessonPage.objects.filter(pk=lesson.pk).exists()


def station(cast, **facts) -> dict:
    known = {
        "code": "S-9", "name": "回珠村服务点", "name_en": "Huizhu point", "level": "village",
        "division": cast.village("勐省镇", "回珠").pk, "capacity": "20",
        "address": "", "opened_on": "", "closed_on": "",
    }  # fmt: skip
    return {**known, **facts}


def test_stations_are_kept_in_the_back_office_through_the_action(cast, editor):
    from lms.audit.models import AuditEvent  # beside its use

    assert editor.post("/admin/station/new/", station(cast)).status_code == 302
    kept = Station.objects.get(code="S-9")
    editor.post(f"/admin/station/edit/{kept.pk}/", station(cast, capacity="35"))
    kept.refresh_from_db()
    assert kept.capacity == 35
    events = AuditEvent.objects.filter(record_label="S-9").order_by("id")
    assert [(event.event, event.actor) for event in events] == [
        ("station.added", cast.manager.label),
        ("station.changed", cast.manager.label),
    ]
    assert events[1].changes == {"capacity": [20, 35]}
    assert editor.get(f"/admin/station/delete/{kept.pk}/").status_code == 302
    assert Station.objects.filter(pk=kept.pk).exists()


def test_a_wrong_station_is_not_stored(cast, editor):
    editor.post("/admin/station/new/", station(cast, capacity="0"))
    assert not Station.objects.filter(code="S-9").exists()


def test_divisions_and_holidays_are_read_only(cast, editor):
    division = cast.township("勐省镇")
    assert editor.get("/admin/division/").status_code == 200
    assert editor.get("/admin/holiday/").status_code == 200
    assert editor.get("/admin/division/new/").status_code == 302
    assert editor.post(f"/admin/division/edit/{division.pk}/", {"code": "1", "name": "x"}).status_code == 302
    assert cast.township("勐省镇") == division
