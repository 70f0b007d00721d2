from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.lessons.models import LessonPage
from lms.access.decorators import signed_in
from lms.access.requests import SignedInRequest
from trainees.registry.models import Trainee

from . import actions, queries
from .forms import QuizForm
from .models import LessonProgress


@signed_in
@require_safe
def my_learning(request: SignedInRequest) -> HttpResponse:
    trainee = queries.file_of(request.user)
    if trainee is None:
        return _no_file(request)
    facts = {
        "trainee": trainee,
        "classes": queries.classes_of(trainee),
        "lessons": queries.lessons_of(trainee),
        "results": queries.results_of(trainee),
    }
    return render(request, "trainees/learning/my_learning.html", facts)


@signed_in
@require_safe
def lesson_take(request: SignedInRequest, pk: int) -> HttpResponse:
    lesson = _lesson_at(pk)
    trainee = queries.file_of(request.user)
    if trainee is None:
        return _no_file(request, lesson)
    progress = actions.open_lesson(by=request.user, trainee=trainee, lesson=lesson)
    return _lesson(request, lesson, trainee, progress)


@signed_in
@require_POST
def lesson_reach(request: SignedInRequest, pk: int) -> HttpResponse:
    """A part was read: a press on Continue, or the part's end seen on the screen."""
    lesson = _lesson_at(pk)
    trainee = queries.file_of(request.user)
    if trainee is None:
        return _no_file(request, lesson)
    block = request.POST.get("block", "")
    number = int(block) if block.isascii() and block.isdigit() else 0
    progress = actions.reach_block(by=request.user, trainee=trainee, lesson=lesson, block=number)
    if request.headers.get("HX-Request"):
        facts = {"lesson": lesson, "progress": progress, "number": number}
        return render(request, "trainees/learning/reached.html", facts)
    following = f"part-{number + 1}" if number < progress.blocks_total else "quiz"
    return redirect(f"{reverse('lesson_take', args=[lesson.pk])}#{following}")


@signed_in
@require_POST
def lesson_quiz(request: SignedInRequest, pk: int) -> HttpResponse:
    lesson = _lesson_at(pk)
    trainee = queries.file_of(request.user)
    if trainee is None:
        return _no_file(request, lesson)
    form = QuizForm(request.POST, lesson=lesson)
    if not form.is_valid():
        progress = actions.open_lesson(by=request.user, trainee=trainee, lesson=lesson)
        return _lesson(request, lesson, trainee, progress, form=form)
    was_complete = trainee.lesson_progress.filter(lesson=lesson, completed_at__isnull=False).exists()
    actions.hand_in_quiz(
        by=request.user,
        trainee=trainee,
        lesson=lesson,
        answers=form.answers,
        client_uuid=form.cleaned_data["client_uuid"],
    )
    if not was_complete and trainee.lesson_progress.filter(lesson=lesson, completed_at__isnull=False).exists():
        messages.success(request, _("Lesson completed. Well done."))
    return redirect(f"{reverse('lesson_take', args=[lesson.pk])}#quiz")


def _lesson_at(number: int) -> LessonPage:
    """By the page's own id: `pk` is the link to the page, and such a look-up breaks at a number too large to be one."""
    return get_object_or_404(LessonPage.objects.live(), id=number)


def _lesson(
    request: SignedInRequest,
    lesson: LessonPage,
    trainee: Trainee,
    progress: LessonProgress,
    form: QuizForm | None = None,
) -> HttpResponse:
    """After an attempt the marked answers are shown; ?again=1, or a form with a gap, shows the questions."""
    attempt = queries.last_attempt(trainee, lesson)
    if form is None and (attempt is None or "again" in request.GET):
        form = QuizForm(lesson=lesson)
    facts = {
        "lesson": lesson,
        "course": lesson.get_parent().specific,
        "progress": progress,
        "form": form,
        "attempt": attempt if form is None else None,
        "marked": queries.marked_questions(lesson, attempt) if form is None and attempt else [],
    }
    return render(request, "trainees/learning/lesson_take.html", facts)


def _no_file(request: SignedInRequest, lesson: LessonPage | None = None) -> HttpResponse:
    return render(request, "trainees/learning/no_file.html", {"lesson": lesson})
