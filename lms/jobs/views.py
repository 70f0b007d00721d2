from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.access.decorators import signed_in
from lms.refusals import Refused

from . import actions, queries
from .enums import JobState
from .models import Job


@signed_in
@require_safe
@never_cache
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Progress of one's own work. htmx asks again every second; without scripts the page reloads itself."""
    shown = queries.shown(_own(request, public_id))
    watching = request.headers.get("HX-Request") == "true"
    if watching and shown.job.state == JobState.DONE and shown.address:
        return HttpResponse(headers={"HX-Redirect": shown.address})
    return render(request, "jobs/progress.html" if watching else "jobs/page.html", {"shown": shown})


@signed_in
@require_safe
@never_cache
def job_list(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/list.html", {"jobs": queries.jobs_of(request.user)})


@signed_in
@require_POST
def job_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    job = _own(request, public_id)
    actions.cancel(by=job.started_by, job=job)
    return redirect("job_page", public_id)


@signed_in
@require_POST
def job_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A second press finds the work under way or done: it leads to the page all the same."""
    job = _own(request, public_id)
    try:
        job = actions.resume(by=job.started_by, job=job)
    except Refused:
        return redirect("job_page", public_id)
    mine = job.started_by_id == request.user.pk
    return redirect("job_page", job.public_id) if mine else redirect(queries.shown(job).address or "job_list")


def _own(request: HttpRequest, public_id: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), public_id=public_id)
