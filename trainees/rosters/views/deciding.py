"""Entering, leaving out, taking back."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.refusals import Refused
from trainees.registry.queries import ENTERING
from trainees.registry.reasons import sentence

from .. import actions
from ..enums import ImportState
from ..forms import ChosenForm, UndoForm
from .doors import answer_with_rows, back_to_rows, get_roster, to_work, watches

# Rows in the way that are told one by one; more of them are counted.
TOLD = 100


@allow(*ENTERING)
@require_POST
def roster_commit(request: SignedInRequest, pk: int) -> HttpResponse:
    """All accepted rows, those of the tab, or the ticked ones."""
    roster = get_roster(request, pk)
    form = ChosenForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    chosen = form.cleaned_data
    try:
        roster = actions.commit_import(
            by=request.user, roster=roster, numbers=form.numbers if chosen["which"] == "rows" else None,
            verdict=chosen["verdict"] if chosen["which"] == "tab" else "",
        )  # fmt: skip
    except Refused as refusal:
        if refusal.code != "nothing_chosen":
            raise
        messages.error(request, str(refusal.message))
        return back_to_rows(request, roster)
    if roster.state == ImportState.COMMITTED:
        return redirect("roster_preview", pk)
    return to_work(request, roster)


@allow(*ENTERING)
@require_POST
def roster_skip(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave the ticked rows out, or bring them back; a row's own button sends its one number."""
    roster = get_roster(request, pk)
    form = ChosenForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    numbers, skip = form.numbers, bool(form.cleaned_data["skip"])
    rows = actions.skip_rows(by=request.user, roster=roster, numbers=numbers, skip=skip)
    if watches(request) and len(numbers) == 1:
        own = list(roster.rows.filter(number=numbers[0]))
        return answer_with_rows(request, roster, [*own, *(row for row in rows if row.number != numbers[0])])
    count = sum(row.number in numbers for row in rows)
    if skip:
        said = ngettext("%(count)s row is left out.", "%(count)s rows are left out.", count)
    else:
        said = ngettext("%(count)s row was brought back.", "%(count)s rows were brought back.", count)
    messages.success(request, said % {"count": count})
    return back_to_rows(request, roster, numbers[0] if len(numbers) == 1 else None)


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def roster_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would be taken back, what stands in the way row by row, and the reason."""
    roster = get_roster(request, pk)
    waiting = actions.undoable(roster).count()
    blocked = actions.in_the_way(roster) if waiting else {}
    form = UndoForm(request.POST or None, blocked=bool(blocked))
    if request.method == "POST" and form.is_valid():
        try:
            roster = actions.undo_import(
                by=request.user, roster=roster, reason=form.cleaned_data["reason"],
                rest=form.cleaned_data.get("rest", False),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            return to_work(request, roster)
    told = [(number, sentence(code)) for number, code in sorted(blocked.items())[:TOLD]]
    facts = {
        "roster": roster, "form": form, "waiting": waiting, "free": waiting - len(blocked), "blocked": len(blocked),
        "told": told, "more": len(blocked) - len(told),
    }  # fmt: skip
    return render(request, "trainees/rosters/undo.html", facts, status=422 if form.errors else 200)
