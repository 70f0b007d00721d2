"""What a trainee has learned and may learn, in a constant number of queries."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch

from courses.catalogue.models import CoursePage
from courses.lessons.models import LessonPage
from courses.schedule.models import Session
from lms.accounts.models import User
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment, Presence
from trainees.practice.models import PracticalResult
from trainees.registry.models import Trainee

from .models import LessonProgress, QuizAttempt
from .rules import Answer, mark


@dataclass(frozen=True)
class Attended:
    """One enrolment with the half-days seen so far."""

    enrolment: Enrolment
    present: int
    sessions: int

    @property
    def percent(self) -> int:
        return self.present * 100 // self.sessions if self.sessions else 0


@dataclass(frozen=True)
class LessonLine:
    lesson: LessonPage
    course: CoursePage | None
    progress: LessonProgress | None

    @property
    def percent(self) -> int:
        return self.progress.percent if self.progress else 0


@dataclass(frozen=True)
class MarkedQuestion:
    """A question beside what was answered, for the page after sending."""

    block: object
    answer: Answer


def file_of(user: User | AnonymousUser) -> Trainee | None:
    """The account's own file; an account may have none."""
    return Trainee.objects.visible_to(user).live().filter(user=user).select_related("township", "village").first()


def classes_of(trainee: Trainee) -> list[Attended]:
    enrolments = (
        Enrolment.objects.filter(trainee=trainee)
        .exclude(state=EnrolmentState.CANCELLED)
        .select_related("training_class__venue", "training_class__trainer")
        .prefetch_related(Prefetch("training_class__sessions", Session.objects.order_by("day", "starts_at")))
        .order_by("-training_class_id")
    )
    present = dict(
        Presence.objects.filter(trainee=trainee, present=True)
        .values_list("session__training_class")
        .annotate(count=Count("pk"))
    )
    return [
        Attended(
            enrolment,
            present.get(enrolment.training_class_id, 0),
            len(enrolment.training_class.sessions.all()),
        )
        for enrolment in enrolments
    ]


def lessons_of(trainee: Trainee) -> list[LessonLine]:
    """Every live lesson; those begun first, then those of the trainee's courses, then the rest."""
    progress = {row.lesson_id: row for row in LessonProgress.objects.filter(trainee=trainee)}
    lessons = list(LessonPage.objects.live().order_by("path"))
    courses = {page.path: page for page in _parents(lessons)}
    mine = set(
        Enrolment.objects.filter(trainee=trainee)
        .exclude(state=EnrolmentState.CANCELLED)
        .values_list("training_class__course_id", flat=True)
    )
    lines = [
        LessonLine(lesson, courses.get(lesson.path[: -LessonPage.steplen]), progress.get(lesson.pk))
        for lesson in lessons
    ]
    return sorted(lines, key=lambda line: (line.progress is None, getattr(line.course, "pk", 0) not in mine))


def _parents(lessons: list[LessonPage]) -> list[CoursePage]:
    return list(CoursePage.objects.filter(path__in={lesson.path[: -LessonPage.steplen] for lesson in lessons}))


def results_of(trainee: Trainee) -> list[PracticalResult]:
    """The latest attempt at each task."""
    latest: dict[int, PracticalResult] = {}
    for result in PracticalResult.objects.filter(trainee=trainee).select_related("task__training_class"):
        latest[result.task_id] = result  # ordered by attempt
    return sorted(latest.values(), key=lambda result: result.assessed_on, reverse=True)


def last_attempt(trainee: Trainee, lesson: LessonPage) -> QuizAttempt | None:
    return QuizAttempt.objects.filter(trainee=trainee, lesson=lesson).order_by("-id").first()


def marked_questions(lesson: LessonPage, attempt: QuizAttempt) -> list[MarkedQuestion]:
    blocks = {block.id: block for block in lesson.questions}
    return [MarkedQuestion(blocks[answer.question_id], answer) for answer in mark(lesson.questions, attempt.answers)]
