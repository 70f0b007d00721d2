"""One row of the preview: its form, its decision, what goes into a known file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.audit.actions import record_event
from lms.places.models import Division
from lms.places.queries import code_names, townships
from lms.refusals import Refused
from trainees.registry.models import Trainee
from trainees.registry.queries import ENTERING

from .. import actions, queries
from ..forms import DecisionForm, RowForm, TakeForm
from ..models import RosterImport, RosterRow
from .doors import answer_with_rows, back_to_rows, get_roster, watches


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def roster_row(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """The row as it stood in the file, in full, to be mended. Whoever opens it is written down."""
    roster = get_roster(request, pk)
    row = _get_row(roster, number)
    beside: Any = {"number": number, "replaced": _replaced(roster, row), "focus": watches(request)}
    if request.method == "POST":
        form = RowForm(request.POST, **beside)
        if form.is_valid():
            return _act(request, roster, row, lambda: actions.edit_row(
                by=request.user, roster=roster, number=number, version=form.cleaned_data["version"],
                texts=form.texts(),
            ))  # fmt: skip
    else:
        if row.committed or row.skipped:
            return _told(request, roster, row, _("This row cannot be mended now: it is left out or entered."))
        stood = actions.written(row, actions.header_of(roster))
        form = RowForm(initial={**stood, "version": row.version}, **beside)
        record_event(
            by=request.user, event="roster.row_seen", record=row, label=f"{roster.sha256[:12]} #{number}",
            place=roster.place.code,
        )  # fmt: skip
    facts = _form_facts(request, roster, row, form)
    if watches(request):  # htmx puts no answer but a good one into the page
        return render(request, "trainees/rosters/row_edit.html", facts)
    return render(request, "trainees/rosters/row.html", facts, status=422 if form.errors else 200)


def _replaced(roster: RosterImport, row: RosterRow) -> dict[str, str]:
    """What stood in the file where a clerk wrote something else."""
    stood = actions.written(RosterRow(cells=row.cells), actions.header_of(roster))
    return {key: stood.get(key, "") for key in row.edits or {}}


def _form_facts(request: SignedInRequest, roster: RosterImport, row: RosterRow, form: RowForm) -> dict:
    within = [place for place in townships() if place.code.startswith(roster.place.prefix)]
    villages = Division.objects.current().villages().filter(parent__in=within).order_by("code")
    lists = {
        "township": [place.name for place in within],
        "village": sorted({village.short_name for village in villages}),
        "groups": code_names("trainee_group").values(),
        "ethnic": code_names("ethnic").values(),
        "education": code_names("education").values(),
        "sex": ["男", "女"],
        "is_poor": ["是", "否"],
        "is_disabled": ["是", "否"],
    }
    return {
        "roster": roster, "shown": queries.shown_rows(roster, [row])[0], "form": form, "lists": lists,
        "events": queries.row_events(row)[:10], "query": request.GET.urlencode(),
    }  # fmt: skip


@allow(*ENTERING)
@require_safe
@never_cache
def roster_row_plain(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """The row without its form again, when nothing was to be mended."""
    roster = get_roster(request, pk)
    row = _get_row(roster, number)
    return answer_with_rows(request, roster, [row]) if watches(request) else back_to_rows(request, roster, number)


@allow(*ENTERING)
@require_POST
def roster_row_decide(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    roster = get_roster(request, pk)
    row = _get_row(roster, number)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    said = form.cleaned_data
    person = Trainee.objects.visible_to(request.user).filter(file_number=said["file"]).first()
    return _act(request, roster, row, lambda: actions.decide_row(
        by=request.user, roster=roster, number=number, version=said["version"], decision=said["decision"],
        trainee=person,
    ))  # fmt: skip


@allow(*ENTERING)
@require_POST
def roster_row_take(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Ticks are kept as they are set; a page whose values are no longer those of the file is drawn anew."""
    roster = get_roster(request, pk)
    row = _get_row(roster, number)
    form = TakeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        actions.take_offers(
            by=request.user, roster=roster, number=number, offers_key=form.cleaned_data["offers"],
            taken=form.cleaned_data["take"],
        )  # fmt: skip
    except Refused as refusal:
        answer = _told(request, roster, row, str(refusal.message))
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = f"#row-{number}", "outerHTML"
        return answer
    if watches(request):
        return HttpResponse(_("Kept."))
    return back_to_rows(request, roster, number)


def _act(
    request: SignedInRequest, roster: RosterImport, row: RosterRow, work: Callable[[], list[RosterRow]]
) -> HttpResponse:
    try:
        rows = work()
    except Refused as refusal:
        return _told(request, roster, row, str(refusal.message))
    if watches(request):
        return answer_with_rows(request, roster, rows)
    return back_to_rows(request, roster, row.number)


def _told(request: SignedInRequest, roster: RosterImport, row: RosterRow, problem: str) -> HttpResponse:
    """What was refused is said beside the row, which is shown as it stands now."""
    if watches(request):
        return answer_with_rows(request, roster, [row], problem=problem)
    messages.error(request, problem)
    return back_to_rows(request, roster, row.number)


def _get_row(roster: RosterImport, number: int) -> RosterRow:
    row = roster.rows.select_related("trainee").filter(number=number).first()
    if row is None:
        raise Http404
    return row
