"""Dated groups of a person: entered, ended, corrected, proved; and the list of what waits to be verified."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
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
from trainees.registry.documents import TYPES
from trainees.registry.doors import file_for
from trainees.registry.models import GroupMembership, Trainee
from trainees.registry.models.dated import Proved

from . import queries
from .forms import AttachForm, GroupCorrectForm, GroupEndForm, GroupForm, ReasonForm, ToVerifyForm, VerifyForm

ENTERING, VERIFYING = queries.ENTERING, queries.VERIFYING
READING = (*ENTERING, Role.AUDITOR)
PAGE = 50
# Each line is compared by hand, and a phone shows it as a card.
TO_VERIFY = 25


def attempt(request: SignedInRequest, form: Form, work: Callable[..., object], done: str, **facts: object) -> None:
    """One small form of a page with several: its outcome is said above the page it returns to."""
    if not form.is_valid():
        wrong = next(iter(form.errors.items()))
        label = form.fields[wrong[0]].label if wrong[0] in form.fields else ""
        said = _("%(field)s: %(problem)s Nothing was saved.")
        messages.error(request, said % {"field": label, "problem": wrong[1][0]})
        return
    try:
        work(by=request.user, **facts, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)


@allow(*ENTERING)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def group_add(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = file_for(request.user, file_number, *ENTERING)
    if request.method == "POST":
        posted, files = request.POST, request.FILES  # reading them is what finds a file too large
        form = GroupForm(posted, files, too_large=bool(too_large_fields(request)))
        if form.is_valid():
            try:
                actions.add_membership(by=request.user, trainee=trainee, **form.cleaned_data)
            except Refused as refusal:
                form.add_error("document" if refusal.code.startswith("document") else None, str(refusal.message))
            else:
                messages.success(request, _("Saved."))
                return redirect("trainee_file", file_number)
    else:
        form = GroupForm(initial={"valid_from": timezone.localdate()})
    return render(request, "trainees/registry/group_new.html", {"form": form, "trainee": trainee})


@allow(*READING)
@require_safe
@never_cache
def group_page(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    """One entry with its proof and everything that can be done to it."""
    trainee, membership = _get(request, file_number, pk, *READING)
    record_view(by=request.user, file_number=file_number)
    code, scope = trainee.township.code, scope_of(request.user)
    row, today = membership, timezone.localdate()
    own = {"valid_from": row.valid_from, "valid_to": row.valid_to, "evidence": row.evidence}
    facts = {
        "trainee": trainee,
        "line": queries.line_of(membership, day=today),
        "may_edit": scope.covers(code, *ENTERING) and row.voided_at is None,
        "may_verify": scope.covers(code, *VERIFYING) and row.voided_at is None and row.verified_at is None,
        "own_entry": row.recorded_by == request.user.label,
        "end_form": GroupEndForm(auto_id="end_%s"),
        "void_form": ReasonForm(auto_id="void_%s"),
        "correct_form": GroupCorrectForm(auto_id="correct_%s", initial={**own, "evidence_note": row.evidence_note}),
        "verify_form": VerifyForm(auto_id="verify_%s"),
        "attach_form": AttachForm(auto_id="attach_%s"),
    }
    return render(request, "trainees/registry/group_page.html", facts)


@allow(*ENTERING)
@require_POST
def group_end(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    _trainee, membership = _get(request, file_number, pk, *ENTERING)
    attempt(request, GroupEndForm(request.POST), actions.end_membership, _("Saved."), membership=membership)
    return redirect("trainee_file", file_number)


@allow(*ENTERING)
@require_POST
def group_void(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    _trainee, membership = _get(request, file_number, pk, *ENTERING)
    done = _("The entry was voided; it stays as history.")
    attempt(request, ReasonForm(request.POST), actions.void_membership, done, membership=membership)
    return redirect("trainee_file", file_number)


@allow(*ENTERING)
@require_POST
def group_correct(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    _trainee, membership = _get(request, file_number, pk, *ENTERING)
    done = _("The entry was corrected; the old one stays as history.")
    attempt(request, GroupCorrectForm(request.POST), actions.correct_membership, done, membership=membership)
    return redirect("trainee_file", file_number)


@allow(*VERIFYING)
@require_POST
def group_verify(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    _trainee, membership = _get(request, file_number, pk, *VERIFYING)
    attempt(request, VerifyForm(request.POST), actions.verify_membership, _("Verified."), membership=membership)
    return redirect("group_page", file_number, pk)


@allow(*ENTERING)
@bounded_upload
@require_POST
def group_attach(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    _trainee, membership = _get(request, file_number, pk, *ENTERING)
    posted, files = request.POST, request.FILES
    form = AttachForm(posted, files, too_large=bool(too_large_fields(request)))
    attempt(request, form, actions.attach_document, _("The document was added."), membership=membership)
    return redirect("group_page", file_number, pk)


@allow(*READING)
@require_safe
@never_cache
def group_document(request: SignedInRequest, file_number: str, pk: int) -> FileResponse:
    trainee, membership = _get(request, file_number, pk, *READING)
    return document_of(request, membership, trainee, "group_document")


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def groups_to_verify(request: SignedInRequest) -> HttpResponse:
    """What nobody has verified, and what contradicts itself; several are verified at once against one list."""
    doubtful = request.GET.get("show") == "doubts"
    filters = ToVerifyForm(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    rows = queries.to_verify(
        request.user, doubtful=doubtful, group=wanted.get("group", ""), township=wanted.get("township", "")
    )
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _verify_chosen(request, form)
        return redirect(f"{reverse('groups_to_verify')}?{request.GET.urlencode()}")
    page = Paginator(rows, TO_VERIFY).get_page(request.GET.get("page"))
    scope = scope_of(request.user)
    facts = {
        "filters": filters,
        "form": form,
        "page": page,
        "lines": queries.lines_of(page, timezone.localdate()),
        "doubtful": doubtful,
        "chosen": wanted,
        "may_verify": scope.has(*VERIFYING),
    }
    return render(request, "trainees/registry/groups_to_verify.html", facts)


def _verify_chosen(request: SignedInRequest, form: VerifyForm) -> None:
    if not scope_of(request.user).has(*VERIFYING):
        raise PermissionDenied
    chosen = [int(pk) for pk in request.POST.getlist("entry") if pk.isascii() and pk.isdigit()][:PAGE]
    places = scope_of(request.user).within("trainee__township__code", *VERIFYING)
    rows = GroupMembership.objects.visible_to(request.user).live().filter(places, pk__in=chosen)
    verified = 0
    refused: dict[str, list[str]] = {}
    for membership in rows.select_related("trainee").order_by("pk"):
        try:
            actions.verify_membership(by=request.user, membership=membership, **form.cleaned_data)
        except Refused as refusal:
            refused.setdefault(str(refusal.message), []).append(membership.trainee.file_number)
        else:
            verified += 1
    said = ngettext("%(n)s entry was verified.", "%(n)s entries were verified.", verified)
    (messages.success if verified else messages.warning)(request, said % {"n": verified})
    for message, numbers in refused.items():
        messages.error(request, f"{'、'.join(numbers)}: {message}")


def document_of(request: SignedInRequest, record: Proved, trainee: Trainee, field: str) -> FileResponse:
    """Decrypted for those who may; the look is written down."""
    if not record.document:
        raise Http404
    record_view(by=request.user, file_number=trainee.file_number, unmasked=field)
    return FileResponse(
        record.document.open("rb"),
        as_attachment=True,
        filename=f"{trainee.file_number}-{field}-{record.pk}.{record.document_type}",
        content_type=TYPES.get(record.document_type, "application/octet-stream"),
    )


def _get(request: SignedInRequest, file_number: str, pk: int, *roles: Role) -> tuple[Trainee, GroupMembership]:
    trainee = file_for(request.user, file_number, *roles)
    rows = GroupMembership.objects.visible_to(request.user).select_related("trainee__township")
    return trainee, get_object_or_404(rows, pk=pk, trainee=trainee)
