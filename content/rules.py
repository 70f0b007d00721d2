"""What may not be deleted, because records rest on it."""

from wagtail.models import Page

from courses.catalogue.models import CoursePage
from courses.lessons.models import LessonPage
from courses.schedule.models import TrainingClass
from trainees.learning.models import LessonProgress, QuizAttempt


def courses_with_classes(page: Page) -> list[str]:
    """Codes of the courses on or below this page that have classes."""
    below = CoursePage.objects.descendant_of(page, inclusive=True)
    classes = TrainingClass.objects.filter(course__in=below)
    return sorted(set(classes.order_by().values_list("course__code", flat=True)))


def lessons_taken(page: Page) -> bool:
    """Whether somebody has begun a lesson on or below this page."""
    below = LessonPage.objects.descendant_of(page, inclusive=True)
    return (
        LessonProgress.objects.filter(lesson__in=below).exists()
        or QuizAttempt.objects.filter(lesson__in=below).exists()
    )
