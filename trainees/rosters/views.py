"""A roster's way through the browser: upload, preview, decision, result."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.audit.actions import record_event
from lms.jobs.models import Job
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry.queries import ENTERING
from trainees.registry.reasons import sentence

from . import actions, queries
from .enums import ImportState, Verdict
from .forms import RosterForm
from .models import RosterImport

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allow(*ENTERING)
@require_safe
def roster_list(request: SignedInRequest) -> HttpResponse:
    page = Paginator(queries.imports_of(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "trainees/rosters/list.html", {"page": page})


@allow(*ENTERING)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
def roster_upload(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        form = RosterForm(user=request.user, initial={"training_class": request.GET.get("class")})
        return render(request, "trainees/rosters/upload.html", {"form": form})
    posted, files = request.POST, request.FILES  # reading them is what finds a file too large
    form = RosterForm(posted, files, user=request.user, too_large="file" in too_large_fields(request))
    if not form.is_valid():
        return render(request, "trainees/rosters/upload.html", {"form": form}, status=422)
    file = form.cleaned_data["file"]
    roster = actions.start_import(
        by=request.user,
        data=file.read(),
        file_name=file.name,
        place=form.cleaned_data["place"],
        report_day=form.cleaned_data["report_day"],
        training_class=form.cleaned_data["training_class"],
    )
    return _to_work(request, roster)


@allow(*ENTERING)
@require_safe
@never_cache
def roster_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the roster says and what will become of it; after the decision, what became of it."""
    roster = _get(request, pk)
    preview = queries.preview_of(roster)
    verdict, warned = request.GET.get("verdict", ""), "warned" in request.GET
    rows = queries.rows_of(roster, verdict if verdict in Verdict else "", warned=warned)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    facts = {
        "roster": roster,
        "preview": preview,
        "page": page,
        "rows": queries.shown_rows(list(page)),
        "verdict": verdict,
        "warned": warned,
        "tabs": [("", _("All"), preview.rows), *((v.value, v.label, preview.figures[v]) for v in SHOWN_FIRST)],
        "problem": next((said for said in preview.notes), "") if roster.state == ImportState.UNREADABLE else "",
        "mine": preview.job is not None and preview.job.job.started_by_id == request.user.pk,
        "entered": roster.rows.filter(committed=True).count() if roster.state in ENTERED else 0,
    }
    return render(request, "trainees/rosters/preview.html", facts)


SHOWN_FIRST = (Verdict.REFUSED, Verdict.NEW, Verdict.MATCHED, Verdict.REPEAT)
ENTERED = (ImportState.COMMITTING, ImportState.COMMITTED)


@allow(*ENTERING)
@require_POST
def roster_commit(request: SignedInRequest, pk: int) -> HttpResponse:
    roster = actions.commit_import(by=request.user, roster=_get(request, pk))
    if roster.state == ImportState.COMMITTED:
        return redirect("roster_preview", pk)
    return _to_work(request, roster)


@allow(*ENTERING)
@require_POST
def roster_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    actions.discard_import(by=request.user, roster=_get(request, pk))
    messages.success(request, _("The roster was thrown away; nobody was entered."))
    return redirect("roster_list")


@allow(*ENTERING)
@require_safe
@never_cache
def roster_errors(request: SignedInRequest, pk: int) -> HttpResponse:
    """The clerk's own workbook with what to mend. It holds full numbers, so taking it is written down."""
    # openpyxl brings numpy with it: only a process that makes a workbook pays for them.
    from .returned import refused_file

    roster = _get(request, pk)
    if not roster.file or not roster.header_row:
        messages.error(request, sentence("no_rows"))
        return redirect("roster_preview", pk)
    record_event(
        by=request.user, event="roster.returned", record=roster, label=roster.sha256[:12], place=roster.place.code
    )
    response = HttpResponse(refused_file(roster), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="roster-{roster.pk}-refused.xlsx"'
    return response


def _to_work(request: SignedInRequest, roster: RosterImport) -> HttpResponse:
    """To the progress of one's own work; to the roster itself when it is somebody else's or done."""
    job = Job.objects.visible_to(request.user).filter(subject=str(roster.pk), kind__in=queries.KINDS).first()
    waits = roster.state in (ImportState.READING, ImportState.COMMITTING)
    return redirect("job_page", job.public_id) if job and waits else redirect("roster_preview", roster.pk)


def _get(request: SignedInRequest, pk: int) -> RosterImport:
    rosters = RosterImport.objects.visible_to(request.user).select_related("training_class", "started_by", "place")
    roster = get_object_or_404(rosters, pk=pk)
    # One's own roster stays in the list when the role there has ended; its people do not.
    if not scope_of(request.user).covers(roster.place.code, *ENTERING):
        raise PermissionDenied
    return roster
