"""Taking a lesson. Only the trainee moves the own progress; it never goes back."""

import uuid
from collections.abc import Mapping
from typing import cast

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.lessons.models import LessonPage
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused
from trainees.registry.models import Trainee

from .models import LessonProgress, QuizAttempt
from .rules import is_complete, mark, percent


@transaction.atomic
def open_lesson(*, by: User | Agent, trainee: Trainee, lesson: LessonPage) -> LessonProgress:
    """The progress of this trainee in this lesson, begun when it is the first time."""
    _own(by, trainee)
    progress = LessonProgress.objects.filter(trainee=trainee, lesson=lesson).first()
    if progress is not None:
        parts = len(lesson.parts)
        if progress.blocks_total != parts and not progress.completed_at:
            progress.blocks_total = parts
        progress.save()  # moves last_opened_at
        return progress
    try:
        with transaction.atomic():
            progress = LessonProgress.objects.create(trainee=trainee, lesson=lesson, blocks_total=len(lesson.parts))
    except IntegrityError:  # opened in two tabs at once
        return LessonProgress.objects.get(trainee=trainee, lesson=lesson)
    record_event(
        by=by,
        event="lesson.opened",
        record=progress,
        label=trainee.file_number,
        place=trainee.township.code,
        changes={"lesson": lesson.pk},
    )
    return progress


@transaction.atomic
def reach_block(*, by: User | Agent, trainee: Trainee, lesson: LessonPage, block: int) -> LessonProgress:
    """`block` parts were read. Reading on is no decision, so the log gets one row at the start and one at the end."""
    open_lesson(by=by, trainee=trainee, lesson=lesson)
    progress = _locked(trainee, lesson)
    reached = max(0, min(block, progress.blocks_total))
    if reached > progress.furthest_block:
        progress.furthest_block = reached
        _finish(by, progress, lesson)
        progress.save()
    return progress


@transaction.atomic
def hand_in_quiz(
    *, by: User | Agent, trainee: Trainee, lesson: LessonPage, answers: Mapping[str, int | None], client_uuid: uuid.UUID
) -> QuizAttempt:
    """Question id -> index of the chosen answer. The same client_uuid again is the same attempt; the best counts."""
    if not lesson.questions:
        raise Refused("no_quiz", _("This lesson has no questions."))
    open_lesson(by=by, trainee=trainee, lesson=lesson)
    progress = _locked(trainee, lesson)
    marked = mark(lesson.questions, answers)
    correct = sum(answer.right for answer in marked)
    try:
        with transaction.atomic():
            row = QuizAttempt.objects.append(
                client_uuid=client_uuid,
                trainee=trainee,
                lesson=lesson,
                answers={answer.question_id: answer.chosen for answer in marked},
                correct=correct,
                questions=len(marked),
            )
    except IntegrityError:
        return _known_attempt(trainee, lesson, client_uuid)
    attempt = cast("QuizAttempt", row)
    progress.quiz_percent = max(progress.quiz_percent or 0, percent(correct, len(marked)))
    _finish(by, progress, lesson)
    progress.save()
    record_event(
        by=by,
        event="lesson.quiz",
        record=attempt,
        label=trainee.file_number,
        place=trainee.township.code,
        changes={"lesson": lesson.pk, "attempt": str(client_uuid)},
    )
    return attempt


def _known_attempt(trainee: Trainee, lesson: LessonPage, client_uuid: uuid.UUID) -> QuizAttempt:
    known = QuizAttempt.objects.filter(client_uuid=client_uuid, trainee=trainee, lesson=lesson).first()
    if known is None:
        raise Refused("uuid_taken", _("This form was already used. Open the lesson again and answer once more."))
    return known


def _locked(trainee: Trainee, lesson: LessonPage) -> LessonProgress:
    return LessonProgress.objects.select_for_update().get(trainee=trainee, lesson=lesson)


def _finish(by: User | Agent, progress: LessonProgress, lesson: LessonPage) -> None:
    if progress.completed_at or not is_complete(
        reached=progress.furthest_block,
        parts=progress.blocks_total,
        quiz_percent=progress.quiz_percent,
        questions=len(lesson.questions),
        pass_percent=lesson.pass_percent,
    ):
        return
    progress.completed_at = timezone.now()
    record_event(
        by=by,
        event="lesson.completed",
        record=progress,
        label=progress.trainee.file_number,
        place=progress.trainee.township.code,
        changes={"lesson": lesson.pk},
    )


def _own(by: User | Agent, trainee: Trainee) -> None:
    """Remote learning is proof of presence: nobody takes a lesson for another. A command may, for a demo."""
    if by.pk is not None and trainee.user_id != by.pk:
        raise Refused("not_own_lesson", _("Each trainee takes their own lessons; nobody takes them for another."))
