"""Practical results on the trainer's phone: every task and person of a class on one page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses.schedule.enums import ClassState
from courses.schedule.models import TrainingClass
from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.accounts.enums import Role
from lms.refusals import Refused
from trainees.attendance.enums import EnrolmentState
from trainees.attendance.models import Enrolment
from trainees.attendance.rules import may_mark
from trainees.registry.models import Trainee

from .actions import record_results
from .enums import Outcome
from .forms import Person, cells_of, entries, read_cells, read_day, written_was
from .queries import latest_results


@allow(Role.TRAINER, Role.CLERK, Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def teach_results(request: SignedInRequest, code: str) -> HttpResponse:
    training_class = _training_class(request, code)
    tasks = list(training_class.tasks.all())
    people = cells_of(_people(request, training_class), tasks, latest_results(training_class))
    day = request.POST.get("assessed_on", "")
    if request.method != "POST":
        return _page(request, training_class, people, day=timezone.localdate().isoformat())
    was = written_was(people)
    changed = read_cells(request.POST, people)
    problem = _problem(changed, day)
    if not problem:
        try:
            added = record_results(
                by=request.user, training_class=training_class, results=entries(changed),
                assessed_on=read_day(day) or timezone.localdate(),
            )  # fmt: skip
        except Refused as refusal:
            problem = str(refusal.message)
    if problem:
        return _page(request, training_class, people, day=day, was=was, problem=problem, status=422)
    if added:
        text = ngettext("%(count)d result saved.", "%(count)d results saved.", len(added))
        messages.success(request, text % {"count": len(added)})
    else:
        messages.info(request, _("No result was changed."))
    return redirect("teach_results", code=training_class.code)


def _training_class(request: SignedInRequest, code: str) -> TrainingClass:
    visible = TrainingClass.objects.visible_to(request.user).select_related("venue__division", "trainer")
    training_class = get_object_or_404(visible, code=code)
    if not may_mark(request.user, training_class.trainer.user_id, training_class.venue.division.code):
        raise PermissionDenied
    return training_class


def _people(request: SignedInRequest, training_class: TrainingClass) -> list[Trainee]:
    enrolments = Enrolment.objects.visible_to(request.user).filter(
        training_class=training_class, state=EnrolmentState.CONFIRMED
    )
    in_order = enrolments.select_related("trainee__village", "trainee__township")
    return [row.trainee for row in in_order.order_by("trainee__name_pinyin", "trainee_id")]


def _problem(changed: list, day: str) -> str:
    if any(cell.wrong for cell in changed):
        return _("Some scores cannot be kept: a score lies between 0 and 100 and needs a result beside it.")
    if read_day(day) is None:
        return _("The day of the assessment is not a date. Write it as 2018-05-03.")
    return ""


def _page(
    request: SignedInRequest,
    training_class: TrainingClass,
    people: list[Person],
    *,
    day: str,
    was: str | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "trainees/practice/results.html",
        {
            "training_class": training_class,
            "tasks": training_class.tasks.all(),
            "people": people,
            "was": written_was(people) if was is None else was,
            "outcomes": Outcome.choices,
            "day": day,
            "today": timezone.localdate(),
            "problem": problem,
            "accepts": training_class.state in (ClassState.OPEN, ClassState.CLOSED),
        },
        status=status,
    )
