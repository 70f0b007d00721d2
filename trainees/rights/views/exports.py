"""Lists of trainees as workbooks: asked for, waited for, fetched with a password that is shown once."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.audit.actions import record_event
from lms.jobs.models import Job
from lms.refusals import Refused
from trainees.rights import actions
from trainees.rights.columns import COLUMNS
from trainees.rights.enums import EXPORT_JOB, Purpose
from trainees.rights.forms import ExportForm
from trainees.rights.models import Export
from trainees.rights.rules import EXPORTING

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILTERS = ("q", "township", "group", "id_state")
# What stands ticked at first: enough for a list on the wall, nothing that needs a reason.
USUAL = [column.key for column in COLUMNS if column.is_open(clear=False, sensitive=False)]


@allow(*EXPORTING)
@require_safe
def export_list(request: SignedInRequest) -> HttpResponse:
    page = Paginator(Export.objects.visible_to(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "trainees/rights/exports.html", {"page": page})


@allow(*EXPORTING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def export_new(request: SignedInRequest) -> HttpResponse:
    """The filters of the list come along; columns, purpose and reason are chosen here."""
    start = {key: request.GET.get(key, "") for key in FILTERS} | {"columns": USUAL, "purpose": Purpose.REPORTING}
    form = ExportForm(request.POST or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        wanted = {key: form.cleaned_data[key] for key in ("purpose", "columns", "clear", "sensitive", "reason")}
        try:
            export = actions.ask_export(by=request.user, filters=form.filters(), **wanted)
        except Refused as refusal:
            # reason_missing, columns_missing, columns_closed
            form.add_error(refusal.code.split("_")[0], str(refusal.message))
        else:
            job = Job.objects.visible_to(request.user).filter(kind=EXPORT_JOB, subject=str(export.pk)).first()
            export.refresh_from_db()
            waits = job is not None and export.made_at is None
            return redirect("job_page", job.public_id) if waits else redirect("export_page", export.public_id)
    return render(request, "trainees/rights/export_new.html", {"form": form})


@allow(*EXPORTING)
@require_safe
@never_cache
def export_page(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _export(request, public_id))


@allow(*EXPORTING)
@require_POST
@never_cache
def export_password(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Shown in the answer to this one request; a page loaded again does not have it any more."""
    export = _export(request, public_id)
    try:
        password = actions.show_password(by=request.user, export=export)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("export_page", public_id)
    export.refresh_from_db()
    return _page(request, export, password=password)


@allow(*EXPORTING)
@require_safe
@never_cache
def export_file(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    export = _export(request, public_id)
    if export.made_at is None:
        raise Http404
    if export.is_gone:
        messages.error(request, _("This file went after its week. Ask for another export."))
        return redirect("export_page", public_id)
    record_event(
        by=request.user, event="export.taken", record=export, label=str(export.public_id),
        changes={"people": [0, export.people]},
    )  # fmt: skip
    with export.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type=XLSX)
    day = timezone.localtime(export.made_at)
    response.headers["Content-Disposition"] = f'attachment; filename="trainees-{day:%Y%m%d}.xlsx"'
    return response


def _page(request: SignedInRequest, export: Export, password: str = "") -> HttpResponse:
    labels = {column.key: column.label for column in COLUMNS}
    job = Job.objects.visible_to(request.user).filter(kind=EXPORT_JOB, subject=str(export.pk)).first()
    facts = {
        "export": export,
        "columns": [labels[key] for key in export.columns if key in labels],
        "password": password,
        "job": job,
    }
    return render(request, "trainees/rights/export.html", facts)


def _export(request: SignedInRequest, public_id: UUID) -> Export:
    return get_object_or_404(Export.objects.visible_to(request.user), public_id=public_id)
