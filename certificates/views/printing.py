import datetime
import uuid
from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.schedule.models import TrainingClass
from lms.access.decorators import allow
from lms.jobs.models import Job
from lms.refusals import Refused

from .. import actions, binding, choosing, queries, rules
from ..enums import CertificateKind, PrintKind
from ..forms import PrintForm, YearForm
from ..models import Certificate, PrintRun
from .classes import back_to, may_decide
from .doors import class_to_manage, person, private

# Sheets, three megabytes of them.
AT_ONCE = 1000
# What a refused order is mended with is asked on a page of its own, or there beside its field.
FIELD_OF = {
    "reprint_reason_missing": "reprint_reason", "reprint_words_missing": "reprint_note", "only_sheets": "layout",
}  # fmt: skip


@allow(*rules.READERS)
@require_POST
def class_print(request: HttpRequest, code: str) -> HttpResponse:
    """The whole class, or the certificates that were ticked."""
    training_class = class_to_manage(request, code)
    page = back_to(code, _kind_asked(request.POST))
    form = PrintForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what to print: one PDF or a zip. A date is written as 2018-06-30."))
        return page
    numbers = request.POST.getlist("number")
    try:
        job = _order(request, form, training_class, numbers)
    except Refused as refusal:
        if refusal.code in FIELD_OF:
            return _order_page(request, _marked(form, refusal), training_class, numbers)
        messages.error(request, str(refusal.message))
        return page
    return _started(request, job, page)


def _order(request: HttpRequest, form: PrintForm, training_class: TrainingClass | None, numbers: Sequence[str]) -> Job:
    """A class whole, what was ticked of it, or a selection from anywhere."""
    by, kind, paper = person(request), PrintKind(form.cleaned_data["kind"]), form.paper()
    if training_class is None:
        chosen = choosing.of_numbers(request.user, numbers)
        title = chosen[0].number if len(chosen) == 1 else _("Selection of %(n)d") % {"n": len(chosen)}
        return actions.order_selection(by=by, certificates=chosen, kind=kind, title=title, paper=paper)
    if numbers and not form.cleaned_data["issue"]:
        chosen = _ticked(request, training_class, numbers)
        title = f"{training_class.code} ({len(chosen)})"
        return actions.order_selection(by=by, certificates=chosen, kind=kind, title=title, paper=paper)
    wanted, first_issue = form.cleaned_data["certificate_kind"], form.cleaned_data["issue"]
    if first_issue and not may_decide(request.user, training_class, wanted):
        raise PermissionDenied
    return actions.order_class(
        by=by, training_class=training_class, kind=kind, certificate_kind=wanted, first_issue=first_issue,
        issue_dated=form.cleaned_data["issue_dated"], paper=paper,
    )  # fmt: skip


def _kind_asked(asked: QueryDict) -> CertificateKind:
    """Which papers of the class; the tab of the class's page, or completion."""
    kind = asked.get("certificate_kind", "")
    return CertificateKind(kind) if kind in CertificateKind.values else CertificateKind.COMPLETION


def _ticked(request: HttpRequest, training_class: TrainingClass, numbers: Sequence[str]) -> list[Certificate]:
    own = queries.theirs(request.user)
    visible = set(own.filter(training_class=training_class, number__in=numbers).values_list("pk", flat=True))
    return [each for each in queries.valid_in_roster_order(training_class, None) if each.pk in visible]


def _started(request: HttpRequest, job: Job, page: HttpResponse) -> HttpResponse:
    if job.started_by != request.user:
        messages.info(request, _("A colleague is printing this class right now. Try again in a minute."))
        return page
    _say_left_out(request, job)
    return redirect("job_page", job.public_id)


def _say_left_out(request: HttpRequest, job: Job) -> None:
    """Of a selection: what was chosen, and ended since the page was opened or was never theirs to print."""
    run = PrintRun.objects.visible_to(request.user).filter(pk=job.subject, training_class=None).first()
    if run and (n := len(set(request.POST.getlist("number"))) - run.items.count()) > 0:
        messages.warning(request, choosing.left_out(n))


@allow(*rules.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def print_new(request: HttpRequest) -> HttpResponse:
    """What a class page has no room for: backs, cut marks, two on a sheet, the reason of a reprint."""
    asked = request.POST if request.method == "POST" else request.GET
    code, numbers = asked.get("class", ""), asked.getlist("number")
    training_class = class_to_manage(request, code) if code else None
    initial = {"certificate_kind": _kind_asked(asked)}
    form = PrintForm(request.POST) if "go" in request.POST else PrintForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            job = _order(request, form, training_class, numbers)
        except Refused as refusal:
            form = _marked(form, refusal)
        else:
            return _started(request, job, redirect("certificate_prints"))
    return _order_page(request, form, training_class, numbers)


def _marked(form: PrintForm, refusal: Refused) -> PrintForm:
    form.add_error(FIELD_OF.get(refusal.code), str(refusal.message))
    return form


def _order_page(
    request: HttpRequest, form: PrintForm, training_class: TrainingClass | None, numbers: Sequence[str]
) -> HttpResponse:
    if training_class is None:
        chosen = choosing.of_numbers(request.user, numbers)
    else:
        own = set(queries.theirs(request.user).filter(training_class=training_class).values_list("pk", flat=True))
        asked = request.POST if request.method == "POST" else request.GET
        kind = None if numbers else _kind_asked(asked)  # what is ticked may be of any kind
        valid = [each for each in queries.valid_in_roster_order(training_class, kind) if each.pk in own]
        chosen = [each for each in valid if each.number in numbers] if numbers else valid
    context = {
        "form": form, "training_class": training_class, "numbers": [each.number for each in chosen] if numbers else [],
        "left_out": choosing.left_out(len(set(numbers)) - len(chosen)) if len(set(numbers)) > len(chosen) else "",
        "total": len(chosen), "again": len(queries.on_paper(chosen)),
    }  # fmt: skip
    return render(request, "certificates/print_new.html", context, status=400 if form.errors else 200)


@allow(*rules.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_prints(request: HttpRequest) -> HttpResponse:
    """Own print runs, and the form for all certificates of a year."""
    form: PrintForm = YearForm(request.POST or None, initial={"year": datetime.date.today().year})  # noqa: DTZ011 - a suggestion
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        try:
            job = actions.order_selection(
                by=person(request), certificates=queries.of_year(request.user, year),
                kind=PrintKind(form.cleaned_data["kind"]), title=str(year), paper=form.paper(),
            )  # fmt: skip
            return redirect("job_page", job.public_id)
        except Refused as refusal:
            if refusal.code in FIELD_OF:
                form = _marked(form, refusal)
            else:
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
    kind, place = ("pdf", "inline") if run.kind == PrintKind.SHEETS else ("zip", "attachment")
    answer = _sent(binding.file_of(run), small=kind == "pdf" and run.items.count() <= AT_ONCE)
    answer["Content-Type"] = f"application/{kind}"
    answer["Content-Disposition"] = f'{place}; filename="{run.file_stem}.{kind}"'
    return private(answer)


def _sent(pieces: Iterator[bytes], *, small: bool) -> HttpResponseBase:
    """A slow reader of a stream holds a thread of the web server as long as it reads; a few megabytes go at once."""
    return HttpResponse(b"".join(pieces)) if small else StreamingHttpResponse(pieces)


def _own_run(request: HttpRequest, public_id: uuid.UUID) -> PrintRun:
    return get_object_or_404(PrintRun.objects.visible_to(request.user), public_id=public_id)
