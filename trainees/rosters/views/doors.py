"""What the views of this room share: the one way to a roster, and the figures above its rows."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.jobs.models import Job
from trainees.registry.queries import ENTERING

from .. import actions, queries
from ..enums import ACCEPTED_VERDICTS, OPEN_STATES, ImportState, Tab
from ..models import RosterImport, RosterRow


def get_roster(request: SignedInRequest, pk: int) -> RosterImport:
    rosters = RosterImport.objects.visible_to(request.user).select_related("training_class", "started_by", "place")
    roster = get_object_or_404(rosters, pk=pk)
    # One's own roster stays in the list when the role there has ended; its people do not.
    if not scope_of(request.user).covers(roster.place.code, *ENTERING):
        raise PermissionDenied
    return roster


def head_facts(request: SignedInRequest, roster: RosterImport) -> dict:
    """Notices, buttons and tabs: they come again whenever a row changes."""
    preview = queries.preview_of(roster)
    tab = request.GET.get("verdict", "")
    tab = tab if tab in Tab else ""
    open_now = roster.state in OPEN_STATES
    return {
        "roster": roster,
        "preview": preview,
        "tab": tab,
        "warned": "warned" in request.GET,
        "tabs": [("", "", preview.rows), *((one.value, one.label, preview.figures[one]) for one in Tab)],
        "open": open_now,
        "here": preview.figures[tab] if open_now and tab in ACCEPTED_VERDICTS else 0,
        "undoable": roster.state == ImportState.COMMITTED and actions.undoable(roster).exists(),
        "mine": preview.job is not None and preview.job.job.started_by_id == request.user.pk,
        "query": request.GET.urlencode(),
    }


def to_work(request: SignedInRequest, roster: RosterImport) -> HttpResponse:
    """To the progress of one's own work; to the roster itself when it is somebody else's or done."""
    job = Job.objects.visible_to(request.user).filter(subject=str(roster.pk), kind__in=queries.KINDS).first()
    waits = roster.state in (ImportState.READING, ImportState.COMMITTING, ImportState.UNDOING)
    return redirect("job_page", job.public_id) if job and waits else redirect("roster_preview", roster.pk)


def back_to_rows(request: SignedInRequest, roster: RosterImport, number: int | None = None) -> HttpResponse:
    """The same tab and page of the preview, at the row."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    at = f"#row-{number}" if number else ""
    return redirect(f"{reverse('roster_preview', args=[roster.pk])}{query}{at}")


def watches(request: SignedInRequest) -> bool:
    """htmx asks for a part of the page; a browser without scripts gets the whole of it."""
    return request.headers.get("HX-Request") == "true"


def answer_with_rows(
    request: SignedInRequest, roster: RosterImport, rows: list[RosterRow], *, problem: str = ""
) -> HttpResponse:
    """The row in its place, the rows it bears upon in theirs, and the figures above them."""
    fresh = {row.pk: row for row in queries.rows_of(roster).filter(pk__in=[row.pk for row in rows])}
    shown = queries.shown_rows(roster, [fresh[row.pk] for row in rows if row.pk in fresh])
    if shown:
        shown[0].problem, shown[0].focus = problem, True
    facts = head_facts(request, roster) | {"first": shown[:1], "others": shown[1:], "oob": True}
    return render(request, "trainees/rosters/rows_again.html", facts)
