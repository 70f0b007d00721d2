"""Disability certificates of a person. The number is entered and compared; it is shown to nobody again."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.privacy.actions import record_view
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry import actions
from trainees.registry.doors import file_for
from trainees.registry.groups.forms import DisabilityDatesForm, DisabilityForm, ReasonForm
from trainees.registry.groups.queries import certificate_line
from trainees.registry.groups.views import ENTERING, READING, attempt, document_of
from trainees.registry.models import DisabilityCertificate, Trainee

FIELDS = {"disability": "number", "soldier": "number", "id": "number", "issued": "issued_on", "document": "document"}


@allow(*ENTERING)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def disability_add(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = file_for(request.user, file_number, *ENTERING)
    if request.method == "POST":
        posted, files = request.POST, request.FILES  # reading them is what finds a file too large
        form = DisabilityForm(posted, files, too_large=bool(too_large_fields(request)))
        if form.is_valid():
            try:
                actions.record_disability(by=request.user, trainee=trainee, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(FIELDS.get(refusal.code.split("_")[0]), str(refusal.message))
            else:
                messages.success(request, _("Saved."))
                return redirect("trainee_file", file_number)
    else:
        form = DisabilityForm()
    return render(request, "trainees/registry/disability_new.html", {"form": form, "trainee": trainee})


@allow(*READING)
@require_safe
@never_cache
def disability_page(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    trainee, certificate = _get(request, file_number, pk, *READING)
    record_view(by=request.user, file_number=file_number)
    dates = {"issued_on": certificate.issued_on, "valid_to": certificate.valid_to}
    facts = {
        "trainee": trainee,
        "line": certificate_line(certificate),
        "entries": certificate.memberships.live(),
        "may_edit": scope_of(request.user).covers(trainee.township.code, *ENTERING) and not certificate.voided_at,
        "dates_form": DisabilityDatesForm(auto_id="dates_%s", initial=dates),
        "void_form": ReasonForm(auto_id="void_%s"),
    }
    return render(request, "trainees/registry/disability_page.html", facts)


@allow(*ENTERING)
@require_POST
def disability_dates(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    _trainee, certificate = _get(request, file_number, pk, *ENTERING)
    form = DisabilityDatesForm(request.POST)
    attempt(request, form, actions.correct_disability, _("Saved."), certificate=certificate)
    return redirect("disability_page", file_number, pk)


@allow(*ENTERING)
@require_POST
def disability_void(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    _trainee, certificate = _get(request, file_number, pk, *ENTERING)
    done = _("The certificate was voided, and what followed from it; both stay as history.")
    attempt(request, ReasonForm(request.POST), actions.void_disability, done, certificate=certificate)
    return redirect("trainee_file", file_number)


@allow(*READING)
@require_safe
@never_cache
def disability_document(request: SignedInRequest, file_number: str, pk: int) -> FileResponse:
    trainee, certificate = _get(request, file_number, pk, *READING)
    return document_of(request, certificate, trainee, "disability_document")


def _get(request: SignedInRequest, file_number: str, pk: int, *roles: Role) -> tuple[Trainee, DisabilityCertificate]:
    trainee = file_for(request.user, file_number, *roles)
    rows = DisabilityCertificate.objects.visible_to(request.user).select_related("trainee__township")
    return trainee, get_object_or_404(rows, pk=pk, trainee=trainee)
