"""The list of trainees, and what is entered and corrected in their files."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
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
from lms.privacy.actions import record_view
from lms.refusals import Refused

from . import actions, choosing, finding, queries
from .doors import file_at, file_for
from .enums import Evidence
from .forms import (
    AcceptForm,
    EditForm,
    IdentityForm,
    ListForm,
    ReviewForm,
    WalkInForm,
)  # fmt: skip
from .models import Trainee
from .once import once
from .reasons import differences

ENTERING = queries.ENTERING
READING = (*queries.SEES_SENSITIVE, Role.TRAINER)
PAGE = 50


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
        "may_see_households": scope.has(*queries.SEES_SENSITIVE),
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
            _tell_differences(request, file_at(request.user, number), form.cleaned_data)
            return redirect("trainee_file", number)
    return render(request, "trainees/registry/new.html", {"form": form, "known": known})


@allow(*queries.SEES_SENSITIVE)
@require_safe
@never_cache
def identity_review(request: SignedInRequest) -> HttpResponse:
    """Files that wait for a person's look at the papers: nothing of theirs counts until then."""
    form = ReviewForm(request.GET)
    waiting = queries.under_review(request.user)
    if form.is_valid():
        waiting = queries.narrowed(waiting, **form.cleaned_data)
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    facts = {"form": form, "page": page, "rows": queries.review_rows(page.object_list, today=timezone.localdate())}
    return render(request, "trainees/registry/review.html", facts)


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
def trainee_edit(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = file_for(request.user, file_number, *ENTERING)
    form = EditForm(request.POST or None, trainee=trainee, user=request.user)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        reason = form.cleaned_data["reason"]
        try:
            corrected = actions.correct_trainee(by=request.user, trainee=trainee, changes=changes, reason=reason)
        except Refused as refusal:
            _show(form, refusal, request)
        else:
            messages.success(request, _("Saved."))
            _tell_differences(request, corrected, changes)
            return redirect("trainee_file", file_number)
    if request.method != "POST":
        record_view(by=request.user, file_number=file_number, unmasked="name,birth_date")
    return render(request, "trainees/registry/edit.html", {"form": form, "trainee": trainee})


@allow(*ENTERING)
@require_http_methods(["GET", "HEAD", "POST"])
def trainee_identity(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Another document, or the first one."""
    trainee = file_for(request.user, file_number, *ENTERING)
    form = IdentityForm(request.POST or None, initial={"id_kind": trainee.id_kind})
    known = None
    if request.method == "POST" and form.is_valid():
        before = {"sex": trainee.sex, "birth_date": trainee.birth_date}
        try:
            changed = actions.set_identity(by=request.user, trainee=trainee, **form.cleaned_data)
        except Refused as refusal:
            known = _show(form, refusal, request)
        else:
            messages.success(request, _("The identity was changed."))
            _tell_differences(request, changed, before)
            return redirect("trainee_file", file_number)
    return render(request, "trainees/registry/identity.html", {"form": form, "trainee": trainee, "known": known})


@allow(Role.MANAGER, Role.CLERK)
@require_POST
def trainee_accept(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = file_for(request.user, file_number, Role.MANAGER, Role.CLERK)
    form = AcceptForm(request.POST, prefix="accept")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        actions.accept_identity(by=request.user, trainee=trainee, reason=reason)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The identity is accepted."))
    return redirect("trainee_file", file_number)


def _tell_differences(request: SignedInRequest, trainee: Trainee, written: dict) -> None:
    """What was typed and what the ID number says: whoever entered it learns that the number won."""
    for difference in differences(trainee, **{key: written.get(key) for key in ("sex", "birth_date")}):
        messages.warning(request, difference)


def _show(form: Form, refusal: Refused, request: SignedInRequest) -> Trainee | None:
    """Put a refusal beside its field; the file it speaks of, when this account may see it."""
    fields = {"id": "id_number", "name": "name", "phone": "phone", "household": "household_number", "reason": "reason"}
    field = fields.get(refusal.code.split("_")[0])
    form.add_error(field if field in form.fields else None, str(refusal.message))
    known = refusal.facts.get("trainee")
    return Trainee.objects.visible_to(request.user).filter(pk=known.pk).first() if known else None
