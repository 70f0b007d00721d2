from collections import Counter

import pytest
from django.test import Client

from courses.catalogue.actions import load_plan_courses, plan_courses
from courses.catalogue.models import CataloguePage, CoursePage
from courses.catalogue.queries import shelves
from lms.accounts.models import Agent
from tests.cast import TODAY

pytestmark = pytest.mark.django_db
BY = Agent("tests")


@pytest.fixture
def english() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def codes(catalogue, **filters) -> list[str]:
    return [course.code for tier in shelves(catalogue, **filters) for level in tier.levels for course in level.courses]


def test_the_35_courses_of_the_plan_in_six_tiers():
    assert CoursePage.objects.live().count() == 35
    assert Counter(CoursePage.objects.values_list("tier", flat=True)) == {
        "cadre": 7, "entrepreneur": 11, "practitioner": 9, "enterprise": 2, "leader": 4, "local_trainer": 2,
    }  # fmt: skip
    assert sum(CoursePage.objects.values_list("hours", flat=True)) == 280


def test_every_course_is_told_in_both_languages():
    for row in plan_courses():
        texts = [row[name] for name in ("title", "title_en", "summary", "summary_en", "audience", "audience_en")]
        assert all(texts), row["code"]
        assert bool(row["task"]) == bool(row["task_en"]), row["code"]
    without_task = {row["code"] for row in plan_courses() if not row["task"]}
    assert without_task == {"A1", "A2", "A3", "A4", "A5", "K1", "K2"}


def test_loading_again_adds_nothing_and_keeps_what_the_centre_wrote():
    CoursePage.objects.filter(code="B1").update(title="改过的名字")
    assert load_plan_courses(by=BY) == 0
    assert CoursePage.objects.get(code="B1").title == "改过的名字"
    CoursePage.objects.get(code="B2").delete()
    assert load_plan_courses(by=BY) == 1


def test_shelves_stand_in_the_order_of_tier_level_and_code():
    catalogue = CataloguePage.objects.get()
    found = shelves(catalogue, tier="entrepreneur")
    assert [(tier.tier, tier.count) for tier in found] == [("entrepreneur", 11)]
    assert [(level.level, [course.code for course in level.courses]) for level in found[0].levels] == [
        ("foundation", ["B1", "B2", "B4", "K4"]),
        ("advanced", ["B3", "B5", "B7", "K5"]),
        ("elite", ["B6", "B8", "H1"]),
    ]


def test_filters(db):
    catalogue = CataloguePage.objects.get()
    assert codes(catalogue, tier="local_trainer") == ["G1", "G2"]
    assert codes(catalogue, tier="local_trainer", mode="remote") == []
    assert len(codes(catalogue, mode="offline")) == 35
    assert len(codes(catalogue, tier="nonsense", mode="nonsense")) == 35


def test_a_page_taken_down_leaves_the_shelf(english):
    CoursePage.objects.get(code="G2").unpublish()
    assert codes(CataloguePage.objects.get(), tier="local_trainer") == ["G1"]
    assert english.get("/courses/g2/").status_code == 404


def test_the_catalogue_asks_as_much_for_one_tier_as_for_all(english, django_assert_num_queries):
    english.get("/courses/")
    with django_assert_num_queries(9):
        english.get("/courses/?tier=enterprise")
    with django_assert_num_queries(9):
        page = english.get("/courses/")
    assert page.content.decode().count('class="card course-card"') == 35


def test_nothing_to_show_says_so(english):
    page = english.get("/courses/?tier=local_trainer&mode=remote").content.decode()
    assert "No course fits" in page


def test_a_course_says_what_it_is(english):
    page = english.get("/courses/b1/").content.decode()
    assert "Registering a shop on e-commerce and WeChat platforms" in page
    assert "8 training hours of 45 minutes" in page
    assert "Open a real shop; record its link and a screenshot" in page
    assert "No class is planned yet" in page


def test_a_course_announces_the_classes_to_come(cast, english):
    coming = cast.training_class(open=False, start=TODAY, title_en="A class to come")
    past = cast.training_class(start=TODAY.replace(day=1), title_en="A class long over", township="岩帅镇")
    assert coming.course == past.course
    page = english.get("/courses/b1/").content.decode()
    assert "A class to come" in page
    assert "A class long over" not in page
