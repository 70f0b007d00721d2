"""The file on one page, its long parts on pages of their own, on paper, and for the person it is about."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.access.decorators import allow, signed_in
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.places.queries import code_name
from lms.privacy.actions import record_view
from lms.refusals import Refused
from trainees.learning.queries import file_of
from trainees.outcomes.queries import outcomes_of
from trainees.profiles.queries import profile_of
from trainees.registry.doors import file_for
from trainees.registry.enums import IdState
from trainees.registry.forms import UnmaskForm
from trainees.registry.groups.forms import AsOfForm
from trainees.registry.models import Trainee
from trainees.registry.queries import ENTERING, SEES_SENSITIVE, went_on_in

from . import history, training
from .forms import PaperForm
from .groups import groups_on
from .profile import photo_address, profile_lines
from .sections import SECTIONS, Glance
from .unmasking import UNMASKED_FIELDS, reason_given, unmask

PAGE = 30


@allow(*SEES_SENSITIVE)
@require_safe
@never_cache
def trainee_file(request: SignedInRequest, file_number: str) -> HttpResponse:
    """One page with everything; the look itself is written down. A trainer sees the roll and opens no file."""
    try:
        trainee = file_for(request.user, file_number, *SEES_SENSITIVE)
    except Http404:
        went_on = went_on_in(file_number, user=request.user)
        if not went_on:
            raise
        messages.info(request, _("The file %(number)s went on in this one.") % {"number": file_number})
        return redirect("trainee_file", went_on)
    reason = reason_given(request, trainee)
    record_view(
        by=request.user, file_number=file_number, unmasked=UNMASKED_FIELDS if reason else "", reason=reason
    )  # fmt: skip
    scope = scope_of(request.user)
    place = trainee.township.code
    glance = Glance(
        by=request.user, trainee=trainee, as_of=AsOfForm.day_of(request), unmasked=bool(reason),
        may_edit=scope.covers(place, *ENTERING),
        may_accept=scope.covers(place, Role.MANAGER, Role.CLERK) and trainee.id_state == IdState.REVIEW,
        outcomes=outcomes_of(trainee),
    )  # fmt: skip
    facts: dict[str, Any] = {
        "trainee": trainee, "unmasked": glance.unmasked, "may_edit": glance.may_edit,
        "may_accept": glance.may_accept,
    }  # fmt: skip
    for section in SECTIONS:
        facts |= section.facts(glance)
    facts["sections"] = [section for section in SECTIONS if not section.needs or facts[section.needs]]
    return render(request, "trainees/dossier/file.html", facts)


@allow(*SEES_SENSITIVE)
@require_POST
def trainee_unmask(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Full numbers for five minutes, for a reason."""
    trainee = file_for(request.user, file_number, *SEES_SENSITIVE)
    form = UnmaskForm(request.POST)
    if form.is_valid():
        unmask(request, trainee, form.cleaned_data["reason"])
    else:
        messages.error(request, _("Say why you need the full numbers; nothing was shown."))
    return redirect("trainee_file", file_number)


@allow(*SEES_SENSITIVE)
@require_safe
@never_cache
def trainee_training(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Every class of the person."""
    trainee = _opened(request, file_number)
    page = Paginator(training.enrolments_of(trainee), PAGE).get_page(request.GET.get("page"))
    lines = training.training_of(trainee, page.object_list, outcomes_of(trainee))
    return render(request, "trainees/dossier/all_training.html", {"trainee": trainee, "page": page, "lines": lines})


@allow(*SEES_SENSITIVE)
@require_safe
@never_cache
def trainee_history(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Every change, before and after in words."""
    trainee = _opened(request, file_number)
    page = Paginator(history.events_of(trainee), PAGE).get_page(request.GET.get("page"))
    facts = {"trainee": trainee, "page": page, "deeds": history.deeds(page.object_list)}
    return render(request, "trainees/dossier/all_history.html", facts)


@allow(*SEES_SENSITIVE)
@require_safe
@never_cache
def trainee_looks(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Every look into the file."""
    trainee = _opened(request, file_number)
    page = Paginator(history.looks_of(trainee), PAGE).get_page(request.GET.get("page"))
    facts = {"trainee": trainee, "page": page, "looks": history.looks(page.object_list)}
    return render(request, "trainees/dossier/all_looks.html", facts)


@allow(*SEES_SENSITIVE)
@require_POST
@never_cache
def trainee_paper(request: SignedInRequest, file_number: str) -> HttpResponse:
    """学员登记表 with its training record as PDF, for a reason: the paper shows the whole numbers."""
    trainee = file_for(request.user, file_number, *SEES_SENSITIVE)
    form = PaperForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what the printed file is for; nothing was printed."))
        return redirect("trainee_file", file_number)
    from .paper import FIELDS_ON_PAPER, print_file  # WeasyPrint takes half a second, and only here

    reason = form.cleaned_data["reason"]
    try:
        pdf = print_file(trainee, by=request.user, reason=reason)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("trainee_file", file_number)
    record_view(by=request.user, file_number=file_number, unmasked=FIELDS_ON_PAPER, reason=reason)
    return _pdf(pdf, f"{file_number}.pdf")


@allow(*SEES_SENSITIVE, Role.TRAINER)
@require_safe
def blank_form(request: SignedInRequest) -> HttpResponse:
    """The same form empty, to be filled in by hand. It holds nothing about anyone."""
    from .paper import print_blank  # WeasyPrint takes half a second, and only here

    return _pdf(print_blank(), "学员登记表.pdf")


@signed_in
@require_safe
@never_cache
def my_file(request: SignedInRequest) -> HttpResponse:
    """What is kept about the person who asks, and who looked at it."""
    trainee = file_of(request.user)
    if trainee is None:
        return render(request, "trainees/learning/no_file.html")
    page = Paginator(history.looks_of(trainee), PAGE).get_page(request.GET.get("page"))
    kept = outcomes_of(trainee)
    profile = profile_of(trainee)
    facts = {
        "trainee": trainee,
        "ethnic": code_name("ethnic", trainee.ethnic),
        "education": code_name("education", trainee.education),
        "memberships": groups_on(trainee, timezone.localdate()),
        "lines": training.training_of(trainee, training.enrolments_of(trainee)[:PAGE], kept),
        "outcomes": [outcome for outcome in kept if outcome.voided_at is None],
        "profile_lines": profile_lines(profile, full=True),
        "photo": photo_address(profile),
        "page": page,
        "looks": history.looks(page.object_list),
    }
    return render(request, "trainees/dossier/my_file.html", facts)


def _opened(request: SignedInRequest, file_number: str) -> Trainee:
    """A part of the file is a look into it like the whole."""
    trainee = file_for(request.user, file_number, *SEES_SENSITIVE)
    record_view(by=request.user, file_number=file_number)
    return trainee


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response
