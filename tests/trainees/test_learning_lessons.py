import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from courses.lessons.actions import load_demo_lessons
from courses.lessons.models import LessonPage
from lms.accounts.models import Agent
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import assemble, client_of, make_programme
from tests.renditions import RENDERS_PICTURES, renditions_let_go  # noqa: F401 - a fixture
from trainees.learning import actions, queries
from trainees.learning.models import LessonProgress, QuizAttempt
from trainees.learning.rules import is_complete, percent

pytestmark = [pytest.mark.django_db, *RENDERS_PICTURES]
BY = Agent("tests")


@pytest.fixture
def lesson() -> LessonPage:
    load_demo_lessons(by=BY)
    return LessonPage.objects.get(slug="open-a-shop")


@pytest.fixture
def trainee(cast):
    person = cast.person()
    person.user = cast.trainee_user
    person.save()
    return person


def answers(lesson, *right: bool) -> dict[str, int]:
    """Right or wrong in the order of the questions."""
    found = {}
    for question, good in zip(lesson.questions, right, strict=True):
        marks = [choice["correct"] for choice in question.value["choices"]]
        found[question.id] = marks.index(good)
    return found


def hand_in(cast, trainee, lesson, *right, client_uuid=None):
    return actions.hand_in_quiz(
        by=cast.trainee_user,
        trainee=trainee,
        lesson=lesson,
        answers=answers(lesson, *right),
        client_uuid=client_uuid or uuid.uuid4(),
    )


def english(user) -> Client:
    client = client_of(user)
    client.cookies["django_language"] = "en"
    return client


# --- Progress -----------------------------------------------------------------------------------------------------
def test_progress_never_goes_back_and_never_beyond_the_end(cast, trainee, lesson):
    actions.open_lesson(by=cast.trainee_user, trainee=trainee, lesson=lesson)
    seen = []
    for block in (3, 2, 99, -4):
        progress = actions.reach_block(by=cast.trainee_user, trainee=trainee, lesson=lesson, block=block)
        seen.append(progress.furthest_block)
    assert seen == [3, 3, 7, 7]
    assert (progress.blocks_total, progress.percent, progress.completed_at) == (7, 99, None)


def test_done_when_all_was_read_and_the_quiz_passed(cast, trainee, lesson):
    hand_in(cast, trainee, lesson, True, True, False)
    progress = LessonProgress.objects.get()
    assert (progress.quiz_percent, progress.completed_at) == (66, None)
    progress = actions.reach_block(by=cast.trainee_user, trainee=trainee, lesson=lesson, block=7)
    assert progress.completed_at is not None
    assert progress.percent == 100
    assert [event.event for event in AuditEvent.objects.filter(event__startswith="lesson.").order_by("id")][-3:] == [
        "lesson.opened", "lesson.quiz", "lesson.completed",
    ]  # fmt: skip


def test_a_failed_quiz_may_be_taken_again_and_the_best_counts(cast, trainee, lesson):
    actions.reach_block(by=cast.trainee_user, trainee=trainee, lesson=lesson, block=7)
    hand_in(cast, trainee, lesson, True, False, False)
    assert LessonProgress.objects.get().completed_at is None
    hand_in(cast, trainee, lesson, True, True, True)
    done = LessonProgress.objects.get()
    assert done.quiz_percent == 100
    hand_in(cast, trainee, lesson, False, False, False)
    assert LessonProgress.objects.get().quiz_percent == 100
    assert LessonProgress.objects.get().completed_at == done.completed_at
    assert QuizAttempt.objects.count() == 3


def test_the_same_form_twice_is_one_attempt(cast, trainee, lesson):
    token = uuid.uuid4()
    first = hand_in(cast, trainee, lesson, True, True, True, client_uuid=token)
    again = hand_in(cast, trainee, lesson, False, False, False, client_uuid=token)
    assert again == first
    assert (QuizAttempt.objects.count(), LessonProgress.objects.get().quiz_percent) == (1, 100)


def test_nobody_takes_a_lesson_for_another(cast, trainee, lesson):
    with pytest.raises(Refused) as caught:
        actions.open_lesson(by=cast.clerk, trainee=trainee, lesson=lesson)
    assert caught.value.code == "not_own_lesson"
    other = cast.person()
    token = uuid.uuid4()
    hand_in(cast, trainee, lesson, True, True, True, client_uuid=token)
    with pytest.raises(Refused) as caught:
        actions.hand_in_quiz(by=BY, trainee=other, lesson=lesson, answers={}, client_uuid=token)
    assert caught.value.code == "uuid_taken"
    assert not QuizAttempt.objects.filter(trainee=other).exists()


@pytest.mark.parametrize(
    ("reached", "quiz", "questions", "complete"),
    [(7, 60, 3, True), (7, 59, 3, False), (6, 100, 3, False), (7, None, 3, False), (7, None, 0, True)],
)
def test_when_a_lesson_is_complete(reached, quiz, questions, complete):
    facts = {"reached": reached, "parts": 7, "quiz_percent": quiz, "questions": questions, "pass_percent": 60}
    assert is_complete(**facts) == complete


def test_percentages():
    assert [percent(2, 3), percent(3, 3), percent(0, 0)] == [66, 100, 0]


@pytest.mark.django_db(transaction=True)
def test_two_phones_at_once_make_one_progress_and_one_attempt(reload_ground):
    cast = assemble(make_programme())
    load_demo_lessons(by=BY)
    lesson = LessonPage.objects.get(slug="open-a-shop")
    trainee = cast.person()
    trainee.user = cast.trainee_user
    trainee.save()
    gate, problems, token = threading.Barrier(3), [], uuid.uuid4()

    def phone() -> None:
        try:
            gate.wait(10)
            hand_in(cast, trainee, lesson, True, True, True, client_uuid=token)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=phone) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []
    assert (LessonProgress.objects.count(), QuizAttempt.objects.count()) == (1, 1)


# --- Pages --------------------------------------------------------------------------------------------------------
def test_a_lesson_is_taken_on_a_phone_without_scripts(cast, trainee, lesson):
    client = english(cast.trainee_user)
    assert "Send my answers" in client.get(f"/my/lessons/{lesson.pk}/").content.decode()
    for block in range(1, 8):
        answer = client.post(f"/my/lessons/{lesson.pk}/reach/", {"block": block})
        goal = f"part-{block + 1}" if block < 7 else "quiz"
        assert answer.headers["Location"] == f"/my/lessons/{lesson.pk}/#{goal}"
    answer = client.post(
        f"/my/lessons/{lesson.pk}/quiz/", {"client_uuid": uuid.uuid4(), **answers(lesson, True, True, False)}
    )
    assert answer.headers["Location"] == f"/my/lessons/{lesson.pk}/#quiz"
    page = client.get(f"/my/lessons/{lesson.pk}/").content.decode()
    assert "Lesson completed. Well done." in page
    assert "2 of 3 right." in page
    assert (page.count("your answer"), page.count("the right answer")) == (3, 3)
    assert "三样必须是同一个人的，钱才会进自己的账户。" in page
    assert "Send my answers" in client.get(f"/my/lessons/{lesson.pk}/?again=1").content.decode()


def test_with_scripts_only_the_part_and_the_bar_come_back(cast, trainee, lesson):
    page = client_of(cast.trainee_user).post(
        f"/my/lessons/{lesson.pk}/reach/", {"block": "2"}, headers={"HX-Request": "true"}
    )
    text = page.content.decode()
    assert 'id="read-2"' in text
    assert 'hx-swap-oob="true"' in text
    assert "<html" not in text


def test_a_gap_in_the_quiz_keeps_the_other_answers(cast, trainee, lesson):
    sent = {"client_uuid": uuid.uuid4(), **answers(lesson, True, True, True)}
    missing = lesson.questions[1].id
    del sent[missing]
    page = english(cast.trainee_user).post(f"/my/lessons/{lesson.pk}/quiz/", sent).content.decode()
    assert "Choose one answer." in page
    assert page.count(" checked") == 2
    assert QuizAttempt.objects.count() == 0


def test_an_account_without_a_file_is_told_what_to_do(cast, lesson):
    client = english(cast.outsider)
    for address in ("/my/", f"/my/lessons/{lesson.pk}/"):
        assert "Your account has no trainee file yet" in client.get(address).content.decode()
    assert client.post(f"/my/lessons/{lesson.pk}/reach/", {"block": "1"}).status_code == 200
    assert LessonProgress.objects.count() == 0


def test_an_unpublished_lesson_is_not_taken(cast, trainee, lesson):
    lesson.unpublish()
    assert client_of(cast.trainee_user).get(f"/my/lessons/{lesson.pk}/").status_code == 404
    assert client_of(cast.trainee_user).get("/my/lessons/999999/").status_code == 404


def test_my_learning_shows_classes_practice_and_lessons(cast, trainee, lesson):
    training_class = cast.training_class(people=[trainee], title_en="Shops in Mengsheng")
    cast.mark(training_class, [trainee], sessions=1)
    actions.reach_block(by=cast.trainee_user, trainee=trainee, lesson=lesson, block=3)
    page = english(cast.trainee_user).get("/my/").content.decode()
    assert "Shops in Mengsheng" in page
    assert "Present at 1 of 2 half-days" in page
    assert 'value="42"' in page  # three of seven parts
    lines = queries.lessons_of(trainee)
    assert [line.lesson.slug for line in lines] == ["open-a-shop", "what-changed", "answer-a-customer"]


def test_my_learning_costs_the_same_for_one_class_and_for_three(cast, trainee, lesson, django_assert_num_queries):
    client = client_of(cast.trainee_user)
    for number in (1, 2):
        for _ in range(number):
            training_class = cast.training_class(people=[trainee], township="岩帅镇", start=_next_day())
            cast.mark(training_class, [trainee])
        client.get("/my/")
        with django_assert_num_queries(MY_QUERIES):
            client.get("/my/")


MY_QUERIES = 12
_days = iter(range(1, 60, 3))


def _next_day():
    import datetime  # only here

    return datetime.date(2018, 4, 1) + datetime.timedelta(days=next(_days))


@pytest.mark.parametrize(("address", "method"), [("", "get"), ("reach/", "post"), ("quiz/", "post")])
def test_a_number_too_large_to_be_a_lessons_is_not_found(cast, address, method):
    answer = getattr(client_of(cast.trainee_user), method)(f"/my/lessons/{'9' * 20}/{address}")
    assert answer.status_code == 404
