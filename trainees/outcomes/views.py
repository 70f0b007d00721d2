from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.privacy.actions import record_view
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry.doors import file_for
from trainees.registry.models import Trainee
from trainees.registry.queries import SEES_SENSITIVE

from . import actions, rules
from .forms import OutcomeForm, VoidForm
from .models import Outcome

FIELDS = {
    "outcome_unknown": "kind", "day_ahead": "happened_on", "amount_out_of_place": "amount_yuan",
    "link_wrong": "proof_link", "document_type": "document", "licence_wrong": "proof_text",
}  # fmt: skip


@allow(*rules.RECORDING)
@bounded_upload
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome_add(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = file_for(request.user, file_number, *rules.RECORDING)
    if request.method == "POST":
        posted, files = request.POST, request.FILES  # reading them is what finds a file too large
        form = OutcomeForm(posted, files, too_large=bool(too_large_fields(request)))
        if form.is_valid():
            try:
                actions.record_outcome(by=request.user, trainee=trainee, **form.facts())
            except Refused as refusal:
                form.add_error(FIELDS.get(refusal.code), str(refusal.message))
            else:
                messages.success(
                    request, _("Recorded. A colleague at the centre confirms it after a look at the proof.")
                )
                return redirect(_place_of(file_number))
    else:
        form = OutcomeForm()
    return render(request, "trainees/outcomes/add.html", {"form": form, "trainee": trainee})


@allow(*rules.VERIFYING)
@require_POST
def outcome_verify(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    trainee = file_for(request.user, file_number, *rules.VERIFYING)
    outcome = _get(request, trainee, pk)
    try:
        actions.verify_outcome(by=request.user, outcome=outcome)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The outcome is confirmed."))
    return redirect(_place_of(file_number))


@allow(*rules.RECORDING)
@require_POST
def outcome_void(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    trainee = file_for(request.user, file_number, *rules.RECORDING)
    outcome = _get(request, trainee, pk)
    if outcome.verified_at and not scope_of(request.user).covers(trainee.township.code, *rules.VERIFYING):
        raise PermissionDenied
    form = VoidForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        actions.void_outcome(by=request.user, outcome=outcome, reason=reason)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The outcome is struck out."))
    return redirect(_place_of(file_number))


@allow(*SEES_SENSITIVE)
@never_cache
@require_safe
def outcome_proof(request: SignedInRequest, file_number: str, pk: int) -> FileResponse:
    """The document, decrypted for those who may; the look is written down."""
    trainee = file_for(request.user, file_number, *SEES_SENSITIVE)
    outcome = get_object_or_404(Outcome.objects.visible_to(request.user).exclude(proof_file=""), pk=pk, trainee=trainee)
    record_view(by=request.user, file_number=file_number, unmasked="outcome_proof")
    return FileResponse(
        outcome.proof_file.open("rb"), as_attachment=True, filename=f"{file_number} {outcome.proof_file_name}",
        content_type=rules.media_type(outcome.proof_file_name),
    )  # fmt: skip


def _get(request: SignedInRequest, trainee: Trainee, pk: int) -> Outcome:
    return get_object_or_404(Outcome.objects.visible_to(request.user), pk=pk, trainee=trainee)


def _place_of(file_number: str) -> str:
    return reverse("trainee_file", args=[file_number]) + "#outcomes"
