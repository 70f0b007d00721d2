import json
import re

import pytest
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from courses.lessons.actions import DEMO, load_demo_lessons
from courses.lessons.models import LessonPage
from lms.accounts.models import Agent
from tests.renditions import RENDERS_PICTURES, renditions_let_go  # noqa: F401 - a fixture

BY = Agent("tests")


pytestmark = [pytest.mark.django_db, *RENDERS_PICTURES]


@pytest.fixture
def lessons() -> list[LessonPage]:
    assert load_demo_lessons(by=BY) == 3
    return list(LessonPage.objects.order_by("path"))


def test_three_lessons_under_their_courses_and_no_more(lessons):
    found = [(page.get_parent().slug, page.slug, len(page.parts), len(page.questions)) for page in lessons]
    assert found == [
        ("a1", "what-changed", 6, 3),
        ("b1", "open-a-shop", 7, 3),
        ("b4", "answer-a-customer", 6, 3),
    ]
    assert load_demo_lessons(by=BY) == 0
    assert get_image_model().objects.count() == 6
    assert get_document_model().objects.count() == 6


def test_each_question_has_one_right_answer_and_says_why(lessons):
    for page in lessons:
        for question in page.questions:
            assert sum(choice["correct"] for choice in question.value["choices"]) == 1
            assert question.value["explanation"]


def test_files_are_small_enough_for_a_village_line():
    assert all(path.stat().st_size <= 300_000 for path in DEMO.iterdir())
    assert all(path.read_text().startswith("WEBVTT") for path in DEMO.glob("*.vtt"))
    assert len(json.loads((DEMO / "lessons.json").read_text())) == 3


def test_the_lesson_is_open_to_everyone_and_plays_by_itself(lessons):
    page = Client().get("/courses/b1/open-a-shop/")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'preload="none"' in text
    assert 'kind="captions"' in text
    assert f'href="/my/lessons/{lessons[1].pk}/"' in text
    assert "三样必须是同一个人的，钱才会进自己的账户" not in text  # the answers stay on the server


def test_a_video_can_be_taken_in_pieces(lessons):
    text = Client().get("/courses/b1/open-a-shop/").content.decode()
    address = re.search(r'<source src="([^"]+)"', text)[1]
    whole = Client().get(address)
    content = b"".join(whole.streaming_content)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    piece = Client().get(address, headers={"Range": "bytes=10-19"})
    assert (piece.status_code, piece["Content-Range"]) == (206, f"bytes 10-19/{len(content)}")
    assert b"".join(piece.streaming_content) == content[10:20]
    tail = Client().get(address, headers={"Range": "bytes=-5"})
    assert b"".join(tail.streaming_content) == content[-5:]
    assert Client().get(address, headers={"Range": f"bytes={len(content)}-"}).status_code == 416


@pytest.mark.parametrize("path", ["no-such-file.jpg", "../county.sqlite3", "..%2f..%2fsecrets.env", "images"])
def test_nothing_else_is_served(path):
    assert Client().get(f"/media/{path}").status_code == 404
