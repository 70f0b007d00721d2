import datetime
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.schedule.models import TrainingClass
from lms.access.decorators import allow
from lms.jobs.models import Job
from lms.paper import binding
from lms.refusals import Refused

from .. import actions, queries, rules
from ..enums import PrintKind
from ..forms import PrintForm, YearForm
from ..models import Certificate, PrintRun
from .doors import class_to_manage, person, private


@allow(*rules.READERS)
@require_POST
def class_print(request: HttpRequest, code: str) -> HttpResponse:
    """The whole class, or the certificates that were ticked."""
    training_class = class_to_manage(request, code)
    page = redirect("class_certificates", code=code)
    form = PrintForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what to print: one PDF or a zip. A date is written as 2018-06-30."))
        return page
    by, kind = person(request), PrintKind(form.cleaned_data["kind"])
    ticked = request.POST.getlist("number")
    try:
        if ticked and not form.cleaned_data["issue"]:
            job = _print_ticked(request, training_class, ticked, kind)
        else:
            job = actions.order_class(
                by=by, training_class=training_class, kind=kind,
                first_issue=form.cleaned_data["issue"], issue_dated=form.cleaned_data["issue_dated"],
            )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return page
    if job.started_by != request.user:
        messages.info(request, _("A colleague is printing this class right now. Try again in a minute."))
        return page
    return redirect("job_page", job.public_id)


def _print_ticked(request: HttpRequest, training_class: TrainingClass, numbers: list[str], kind: PrintKind) -> Job:
    own = Certificate.objects.visible_to(request.user)
    visible = set(own.filter(training_class=training_class, number__in=numbers).values_list("pk", flat=True))
    chosen = [each for each in queries.valid_in_roster_order(training_class, None) if each.pk in visible]
    return actions.order_selection(
        by=person(request), certificates=chosen, kind=kind, title=f"{training_class.code} ({len(chosen)})"
    )


@allow(*rules.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_prints(request: HttpRequest) -> HttpResponse:
    """Own print runs, and the form for all certificates of a year."""
    form = YearForm(request.POST or None, initial={"year": datetime.date.today().year})  # noqa: DTZ011 - a suggestion
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        try:
            job = actions.order_selection(
                by=person(request), certificates=queries.of_year(request.user, year),
                kind=PrintKind(form.cleaned_data["kind"]), title=str(year),
            )  # fmt: skip
            return redirect("job_page", job.public_id)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
    context = {"form": form, "runs": queries.runs_of(request.user)}
    return render(request, "certificates/prints.html", context, status=400 if form.errors else 200)


@allow(*rules.OFFICE)
@require_GET
def certificate_print(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What came out of a print run, and what was left out and why."""
    run = _own_run(request, public_id)
    context = {
        "run": run,
        "job": queries.job_of(run),
        "counts": queries.counts_of(run),
        "stopped": queries.stopped_of(run),
        "ready": queries.is_ready(run),
    }
    return render(request, "certificates/print_run.html", context)


@allow(*rules.OFFICE)
@require_GET
def certificate_print_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    run = _own_run(request, public_id)
    if not queries.is_ready(run):
        return redirect("certificate_print", public_id)
    if run.kind == PrintKind.SHEETS:
        answer: HttpResponseBase = HttpResponse(run.bound.open("rb").read(), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{run.file_stem}.pdf"'
    else:
        answer = StreamingHttpResponse(binding.one_zip(queries.files_of(run)), content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{run.file_stem}.zip"'
    return private(answer)


def _own_run(request: HttpRequest, public_id: uuid.UUID) -> PrintRun:
    return get_object_or_404(PrintRun.objects.visible_to(request.user), public_id=public_id)
