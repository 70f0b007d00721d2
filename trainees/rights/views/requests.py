"""Requests of people about their data: the list that waits, one request, the person's own page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow, signed_in
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.audit.actions import record_event
from lms.jobs.actions import start
from lms.jobs.models import Job
from lms.privacy.actions import record_view
from lms.refusals import Refused
from trainees.registry.models import OFFICE, Trainee
from trainees.registry.queries import ENTERING
from trainees.rights import actions, queries
from trainees.rights.enums import COPY_JOB, Asked, CopyFormat, RequestKind
from trainees.rights.forms import AnswerForm, HandOverForm, OwnRequestForm, ReasonForm, RequestForm
from trainees.rights.models import REQUEST_READERS, RightsRequest
from trainees.rights.own_data import sealed

PAGE = 50
ANSWERING = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)
TYPES = {
    CopyFormat.PDF: "application/pdf",
    CopyFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CopyFormat.JSON: "application/json",
}
STATES = ("open", "overdue", "answered")


@allow(*REQUEST_READERS)
@require_safe
def request_list(request: SignedInRequest) -> HttpResponse:
    """What waits for an answer, the nearest day first."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    found = queries.requests_of(request.user, state=state)
    facts = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "tabs": [("open", _("Open")), ("overdue", _("Overdue")), ("answered", _("Answered"))],
    }
    return render(request, "trainees/rights/list.html", facts)


@allow(*OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def trainee_rights(request: SignedInRequest, file_number: str) -> HttpResponse:
    """One person's requests, and a form for a new one."""
    trainee = _trainee(request, file_number, *OFFICE)
    form = RequestForm(request.POST or None)
    if request.method == "POST":
        _trainee(request, file_number, *ENTERING)
        if form.is_valid():
            try:
                made = actions.record_request(by=request.user, trainee=trainee, **form.cleaned_data)
            except Refused as refusal:
                form.add_error("received_on", str(refusal.message))
            else:
                messages.success(request, _("Recorded. The answer is due on %(day)s.") % {"day": made.due_on})
                return redirect("request_page", made.pk)
    else:
        record_view(by=request.user, file_number=trainee.file_number)
    facts = {"trainee": trainee, "rights": queries.of_file(trainee, by=request.user), "form": form}
    return render(request, "trainees/rights/trainee.html", facts)


@allow(*REQUEST_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request with its clock; answering it closes it."""
    wish = _wish(request, pk)
    trainee = wish.trainee
    may_answer = scope_of(request.user).covers(trainee.township.code, *ANSWERING)
    form = AnswerForm(request.POST or None, request=wish)
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        if form.is_valid() and _answered(request, wish, form):
            return redirect("request_page", pk)
    facts = {
        "wish": wish,
        "trainee": trainee,
        "form": form,
        "may_answer": may_answer and wish.answered_at is None,
        "may_correct": may_answer and wish.kind == RequestKind.CORRECTION and not trainee.restricted_at,
        "may_lift": may_answer and bool(trainee.restricted_at),
        "lift_form": ReasonForm(auto_id="lift-%s"),
        "hand_over_form": HandOverForm(auto_id="copy-%s") if wish.copy and may_answer else None,
        "audit_until": queries.audit_runs(trainee) if wish.kind == RequestKind.DELETION else None,
        "job": _copy_job(request, wish),
    }
    return render(request, "trainees/rights/request.html", facts)


def _answered(request: SignedInRequest, wish: RightsRequest, form: Form) -> bool:
    try:
        actions.answer(by=request.user, request=wish, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return False
    messages.success(request, _("The request is answered."))
    return True


@allow(*ANSWERING)
@require_POST
def request_lift(request: SignedInRequest, pk: int) -> HttpResponse:
    wish = _wish(request, pk)
    if not scope_of(request.user).covers(wish.trainee.township.code, *ANSWERING):
        raise PermissionDenied
    form = ReasonForm(request.POST)
    if form.is_valid():
        actions.unrestrict(by=request.user, trainee=wish.trainee, **form.cleaned_data)
        messages.success(request, _("The file may be worked on again."))
    else:
        messages.error(request, _("Write how the person asked for it; nothing was changed."))
    return redirect("request_page", pk)


@signed_in
@require_POST
def request_copy_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """The copy went after its week: make another one."""
    wish = _wish(request, pk)
    if wish.kind != RequestKind.COPY:
        raise Http404
    job = start(by=request.user, kind=COPY_JOB, subject=wish.pk)
    return redirect("job_page", job.public_id) if job.started_by_id == request.user.pk else _back(request, wish)


@signed_in
@require_safe
@never_cache
def request_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person takes the own copy; taking it is written down."""
    wish = _wish(request, pk)
    if wish.trainee.user_id != request.user.pk:
        raise PermissionDenied
    if not wish.copy:
        raise Http404
    return _taken(request, wish, _stored(wish))


@allow(*ANSWERING)
@require_POST
@never_cache
def request_hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Staff take a copy to hand it over: with a reason, and closed with a password, as lists are."""
    wish = _wish(request, pk)
    if not scope_of(request.user).covers(wish.trainee.township.code, *ANSWERING):
        raise PermissionDenied
    if not wish.copy:
        raise Http404
    form = HandOverForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused("hand_over_incomplete", _("Give the reason and a password of at least 8 characters."))
        data = sealed(_stored(wish), CopyFormat(wish.copy_format), form.cleaned_data["password"])
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("request_page", pk)
    return _taken(request, wish, data, reason=form.cleaned_data["reason"])


def _stored(wish: RightsRequest) -> bytes:
    with wish.copy.open("rb") as file:
        return file.read()


def _taken(request: SignedInRequest, wish: RightsRequest, data: bytes, reason: str = "") -> HttpResponse:
    record_view(by=request.user, file_number=wish.trainee.file_number, unmasked="copy_of_all_data", reason=reason)
    record_event(
        by=request.user, event="request.copy_taken", record=wish.trainee, label=wish.trainee.file_number,
        place=wish.trainee.township.code, reason=reason,
    )  # fmt: skip
    response = HttpResponse(data, content_type=TYPES[CopyFormat(wish.copy_format)])
    name = f"copy-{wish.trainee.file_number}.{wish.copy_format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def my_data(request: SignedInRequest) -> HttpResponse:
    """The person's own page: what is kept, who looked, what one may ask for."""
    people = Trainee.objects.visible_to(request.user).live().select_related("township", "village")
    trainee = people.filter(user=request.user).first()
    if trainee is None:
        raise Http404
    form = OwnRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.record_request(by=request.user, trainee=trainee, asked=Asked.OWN_PAGE, **form.cleaned_data)
        messages.success(request, _("Your request is recorded. You get an answer within 30 days."))
        return redirect("my_data")
    facts = {
        "trainee": trainee,
        "rights": queries.of_file(trainee, by=request.user),
        "looks": queries.looks_into(trainee),
        "form": form,
    }
    return render(request, "trainees/rights/mine.html", facts)


def _copy_job(request: SignedInRequest, wish: RightsRequest) -> Job | None:
    if wish.kind != RequestKind.COPY or wish.copy:
        return None
    return Job.objects.visible_to(request.user).filter(kind=COPY_JOB, subject=str(wish.pk)).first()


def _back(request: SignedInRequest, wish: RightsRequest) -> HttpResponse:
    own = wish.trainee.user_id == request.user.pk
    return redirect("my_data") if own else redirect("request_page", wish.pk)


def _wish(request: SignedInRequest, pk: int) -> RightsRequest:
    wishes = RightsRequest.objects.visible_to(request.user).filter(trainee__anonymised_at__isnull=True)
    return get_object_or_404(wishes.select_related("trainee__township", "trainee__village"), pk=pk)


def _trainee(request: SignedInRequest, file_number: str, *roles: Role) -> Trainee:
    people = Trainee.objects.visible_to(request.user).live().select_related("township", "village")
    trainee = get_object_or_404(people, file_number=file_number)
    if not scope_of(request.user).covers(trainee.township.code, *roles):
        raise PermissionDenied
    return trainee
