"""A roster's way through the browser: upload, preview, what goes back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.audit.actions import record_event
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry.queries import ENTERING
from trainees.registry.reasons import sentence

from .. import actions, queries
from ..enums import ImportState
from ..forms import RosterForm
from .doors import get_roster, head_facts, to_work

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
    return to_work(request, roster)


@allow(*ENTERING)
@require_safe
@never_cache
def roster_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the roster says and what will become of it; after the decision, what became of it."""
    roster = get_roster(request, pk)
    facts = head_facts(request, roster)
    page = Paginator(queries.rows_of(roster, facts["tab"], warned=facts["warned"]), PAGE).get_page(
        request.GET.get("page")
    )
    facts |= {
        "page": page,
        "rows": queries.shown_rows(roster, list(page)),
        "problem": next(iter(facts["preview"].notes), "") if roster.state == ImportState.UNREADABLE else "",
    }
    return render(request, "trainees/rosters/preview.html", facts)


@allow(*ENTERING)
@require_POST
def roster_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    actions.discard_import(by=request.user, roster=get_roster(request, pk))
    messages.success(request, _("The roster was thrown away; nobody was entered."))
    return redirect("roster_list")


@allow(*ENTERING)
@require_safe
@never_cache
def roster_errors(request: SignedInRequest, pk: int) -> HttpResponse:
    """The clerk's own workbook with what to mend. It holds full numbers, so taking it is written down."""
    # openpyxl brings numpy with it: only a process that makes a workbook pays for them.
    from ..returned import refused_file

    roster = get_roster(request, pk)
    if not roster.file or not roster.header_row:
        messages.error(request, sentence("no_rows"))
        return redirect("roster_preview", pk)
    record_event(
        by=request.user, event="roster.returned", record=roster, label=roster.sha256[:12], place=roster.place.code
    )
    response = HttpResponse(refused_file(roster), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="roster-{roster.pk}-refused.xlsx"'
    return response
