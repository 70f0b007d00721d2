"""The list of trainees and one trainee's file."""

import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import Scope, scope_of
from lms.accounts.enums import Role
from lms.privacy import masking
from lms.privacy.actions import record_view
from lms.refusals import Refused

from . import actions, choosing, finding, queries
from .enums import Evidence, IdState
from .forms import (
    AcceptForm,
    EditForm,
    GroupEndForm,
    GroupForm,
    IdentityForm,
    ListForm,
    UnmaskForm,
    WalkInForm,
)  # fmt: skip
from .models import GroupMembership, Trainee
from .once import once

ENTERING = queries.ENTERING
READING = (*queries.SEES_SENSITIVE, Role.TRAINER)
PAGE = 50
# How long full numbers stay on the screen after a reason was given.
UNMASKED_FOR = datetime.timedelta(minutes=5)
UNMASKED_FIELDS = "id_number,phone"


@allow(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def trainee_list(request: SignedInRequest) -> HttpResponse:
    """People this account may see, masked. What is searched is posted: addresses are logged and remembered.

    While somebody types, htmx posts the form and puts the first hits under it.
    """
    scope = scope_of(request.user)
    form = ListForm(
        request.POST if request.method == "POST" else request.GET, sensitive=scope.has(*queries.SEES_SENSITIVE)
    )
    wanted = form.cleaned_data if form.is_valid() else {}
    text, typing = wanted.get("q", ""), "HX-Request" in request.headers
    if request.method == "POST" and not typing and form.is_valid() and not finding.is_personal_number(text):
        # A name or a filter has an address: the list can be turned over and come back to.
        filters = {key: value for key, value in wanted.items() if value}
        return redirect(f"{reverse('trainee_list')}?{urlencode(filters)}" if filters else "trainee_list")
    if request.method != "POST" and finding.is_personal_number(text):
        form.add_error("q", _("Numbers of people are not taken from an address. Press “Search” to look for it."))
    people = Trainee.objects.visible_to(request.user).live().select_related("township", "village")
    people = _narrowed(people, wanted, scope) if form.is_valid() else people.none()
    page, more = _found(request, people, text, finding.FIRST if typing else PAGE)
    facts = {
        "form": form, "page": page, "more": more, "searched": bool(text), "entering": scope.has(*ENTERING),
        "opened": {one.pk for one in page if scope.covers(one.township.code, *queries.SEES_SENSITIVE)},
    }  # fmt: skip
    return render(request, "trainees/registry/live.html" if typing else "trainees/registry/list.html", facts)


def _narrowed(people: QuerySet[Trainee], wanted: dict, scope: Scope) -> QuerySet[Trainee]:
    if wanted.get("township"):
        people = people.filter(township__code=wanted["township"])
    if wanted.get("id_state"):
        people = people.filter(id_state=wanted["id_state"])
    if wanted.get("group"):
        # Who is disabled or poor is not told through a filter where the role that knows it does not reach.
        people = people.filter(scope.within("township__code", *queries.SEES_SENSITIVE))
        people = queries.in_group(people, wanted["group"])
    return people


def _found(request: SignedInRequest, people: QuerySet[Trainee], text: str, at_most: int) -> tuple[Page, bool]:
    """One page, and whether there are others it does not lead to: a posted search has no address to turn pages with."""
    if request.method == "POST":
        hits = finding.first_hits(people, text, limit=at_most + 1)
        page, more = Paginator(hits[:at_most], at_most).get_page(1), len(hits) > at_most
    else:
        page, more = Paginator(finding.search(people, text), at_most).get_page(request.GET.get("page")), False
    finding.explain(list(page), text)
    return page, more


@allow(*READING)
@require_POST
@never_cache
def trainee_choose(request: SignedInRequest) -> HttpResponse:
    """The hits under the field of a chooser, while somebody types; see choosing.py. The chooser says its name, and
    the words come under it."""
    name = request.headers.get("X-Chooser", "")
    if not name.isidentifier():
        raise BadRequest
    words = request.POST.get(name + choosing.WORDS, "")[: choosing.LONGEST]
    hits = choosing.offered(choosing.people_for(request.user), words)
    return render(request, "trainees/registry/choices.html", {"name": name, "hits": hits, "words": words})


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
def trainee_new(request: SignedInRequest) -> HttpResponse:
    form = WalkInForm(request.POST or None, user=request.user)
    known = None
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        township, village = facts.pop("place")

        def register() -> str:
            return actions.register(
                **facts, by=request.user, township=township, village=village, evidence=Evidence.DECLARED,
                source="walk-in",
            ).file_number  # fmt: skip

        try:
            number = once(request, facts.pop("sent"), register)
        except Refused as refusal:
            known = _show(form, refusal, request)
        else:
            messages.success(request, _("Registered under %(number)s.") % {"number": number})
            return redirect("trainee_file", number)
    return render(request, "trainees/registry/new.html", {"form": form, "known": known})


@allow(*queries.SEES_SENSITIVE)
@require_safe
@never_cache
def trainee_file(request: SignedInRequest, file_number: str) -> HttpResponse:
    """One page with everything; the look itself is written down. A trainer sees the roll and opens no file."""
    trainee = _get_for(request, file_number, *queries.SEES_SENSITIVE)
    unmasked = _is_unmasked(request, trainee)
    record_view(
        by=request.user, file_number=trainee.file_number, unmasked=UNMASKED_FIELDS if unmasked else "",
        reason=_reason(request, trainee) if unmasked else "",
    )  # fmt: skip
    scope = scope_of(request.user)
    facts = {
        "file": queries.file_of(
            trainee,
            sensitive=scope.covers(trainee.township.code, *queries.SEES_SENSITIVE),
            log=scope.covers(trainee.township.code, *queries.SEES_SENSITIVE),
        ),
        "trainee": trainee,
        "unmasked": unmasked,
        "may_edit": scope.covers(trainee.township.code, *ENTERING),
        "may_unmask": scope.covers(trainee.township.code, *queries.SEES_SENSITIVE),
        "may_accept": scope.covers(trainee.township.code, Role.MANAGER, Role.CLERK)
        and trainee.id_state == IdState.REVIEW,
        "unmask_form": UnmaskForm(),
        "group_form": GroupForm(initial={"valid_from": timezone.localdate()}),
        "accept_form": AcceptForm(prefix="accept"),
    }
    return render(request, "trainees/registry/file.html", facts)


@allow(*queries.SEES_SENSITIVE)
@require_POST
def trainee_unmask(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Full numbers for five minutes, for a reason."""
    trainee = _get_for(request, file_number, *queries.SEES_SENSITIVE)
    form = UnmaskForm(request.POST)
    if form.is_valid():
        # The session lies in the database; the log masks numbers in a reason too.
        reason = masking.digits(form.cleaned_data["reason"])
        request.session[_key(trainee)] = [timezone.now().isoformat(), reason]
    else:
        messages.error(request, _("Say why you need the full numbers; nothing was shown."))
    return redirect("trainee_file", file_number)


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
def trainee_edit(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = _get_for(request, file_number, *ENTERING)
    form = EditForm(request.POST or None, trainee=trainee, user=request.user)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        reason = form.cleaned_data["reason"]
        try:
            actions.correct_trainee(by=request.user, trainee=trainee, changes=changes, reason=reason)
        except Refused as refusal:
            _show(form, refusal, request)
        else:
            messages.success(request, _("Saved."))
            return redirect("trainee_file", file_number)
    if request.method != "POST":
        record_view(by=request.user, file_number=file_number, unmasked="name,birth_date")
    return render(request, "trainees/registry/edit.html", {"form": form, "trainee": trainee})


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
def trainee_identity(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Another document, or the first one."""
    trainee = _get_for(request, file_number, *ENTERING)
    form = IdentityForm(request.POST or None, initial={"id_kind": trainee.id_kind})
    known = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_identity(by=request.user, trainee=trainee, **form.cleaned_data)
        except Refused as refusal:
            known = _show(form, refusal, request)
        else:
            messages.success(request, _("The identity was changed."))
            return redirect("trainee_file", file_number)
    return render(request, "trainees/registry/identity.html", {"form": form, "trainee": trainee, "known": known})


@allow(Role.MANAGER, Role.CLERK)
@require_POST
def trainee_accept(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = _get_for(request, file_number, Role.MANAGER, Role.CLERK)
    form = AcceptForm(request.POST, prefix="accept")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        actions.accept_identity(by=request.user, trainee=trainee, reason=reason)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The identity is accepted."))
    return redirect("trainee_file", file_number)


@allow(*ENTERING)
@require_POST
def group_add(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = _get_for(request, file_number, *ENTERING)
    form = GroupForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a group and the day from which it holds; nothing was saved."))
        return redirect("trainee_file", file_number)
    try:
        actions.add_membership(by=request.user, trainee=trainee, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("trainee_file", file_number)


@allow(*ENTERING)
@require_POST
def group_end(request: SignedInRequest, file_number: str, pk: int) -> HttpResponse:
    trainee = _get_for(request, file_number, *ENTERING)
    membership = get_object_or_404(GroupMembership.objects.visible_to(request.user), pk=pk, trainee=trainee)
    form = GroupEndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the last day and the reason; nothing was saved."))
        return redirect("trainee_file", file_number)
    try:
        actions.end_membership(by=request.user, membership=membership, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("trainee_file", file_number)


def _get(request: SignedInRequest, file_number: str) -> Trainee:
    people = Trainee.objects.visible_to(request.user).live().select_related("township", "village", "household")
    return get_object_or_404(people, file_number=file_number)


def _get_for(request: SignedInRequest, file_number: str, *roles: Role) -> Trainee:
    """One role may show a person, and another one, held elsewhere, does not let open or change the file."""
    trainee = _get(request, file_number)
    if not scope_of(request.user).covers(trainee.township.code, *roles):
        raise PermissionDenied
    return trainee


def _show(form: Form, refusal: Refused, request: SignedInRequest) -> Trainee | None:
    """Put a refusal beside its field; the file it speaks of, when this account may see it."""
    fields = {"id": "id_number", "name": "name", "phone": "phone", "household": "household_number", "reason": "reason"}
    field = fields.get(refusal.code.split("_")[0])
    form.add_error(field if field in form.fields else None, str(refusal.message))
    known = refusal.facts.get("trainee")
    return Trainee.objects.visible_to(request.user).filter(pk=known.pk).first() if known else None


def _key(trainee: Trainee) -> str:
    return f"unmasked:{trainee.pk}"


def _is_unmasked(request: SignedInRequest, trainee: Trainee) -> bool:
    since, _reason_given = request.session.get(_key(trainee), ["", ""])
    return bool(since) and timezone.now() - datetime.datetime.fromisoformat(since) < UNMASKED_FOR


def _reason(request: SignedInRequest, trainee: Trainee) -> str:
    return request.session[_key(trainee)][1]
