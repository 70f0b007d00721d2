"""Pairs of files, one beside the other, merged or told apart; a merge and its undo."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.privacy.actions import record_view
from lms.refusals import Refused
from trainees.registry.models import Trainee

from . import actions, queries
from .enums import PairState
from .forms import DifferentForm, MergeForm, OtherFileForm, UndoForm
from .models import MERGING, Merge

PAGE = 25


@allow(*MERGING)
@require_safe
@never_cache
def duplicate_list(request: SignedInRequest) -> HttpResponse:
    """Pairs that wait for somebody's eyes, masked."""
    page = Paginator(queries.waiting_for(request.user), PAGE).get_page(request.GET.get("page"))
    rows = [{"pair": pair, "grounds": queries.grounds_of(pair)} for pair in page]
    return render(request, "trainees/merging/list.html", {"page": page, "rows": rows})


@allow(*MERGING)
@require_POST
def duplicate_of(request: SignedInRequest, file_number: str) -> HttpResponse:
    """Somebody knows the other file: no need to wait until it is found."""
    trainee, form = _file(request, file_number), OtherFileForm(request.POST)
    number = form.cleaned_data["other"].strip() if form.is_valid() else ""
    other = Trainee.objects.visible_to(request.user).live().filter(file_number=number).first()
    if other is None or other == trainee:
        messages.error(
            request, _("No other file with this number. Check the number, it stands at the top of the file.")
        )
        return redirect("trainee_file", file_number)
    return redirect("duplicate_compare", trainee.file_number, other.file_number)


@allow(*MERGING)
@require_safe
@never_cache
def duplicate_compare(request: SignedInRequest, first: str, second: str) -> HttpResponse:
    """Side by side; the look is written into both logs."""
    one, other = _two(request, first, second)
    if settled := _settled(request, one, other):
        return settled
    for trainee in (one, other):
        record_view(by=request.user, file_number=trainee.file_number)
    pair = queries.decided(one, other)
    facts = {
        "one": one,
        "other": other,
        "lines": queries.side_by_side(one, other),
        "grounds": queries.grounds_of(pair) if pair else [],
        "two_numbers": queries.two_numbers(one, other),
        "pair": pair if pair and pair.state == PairState.DIFFERENT else None,
        "form": DifferentForm(),
    }
    return render(request, "trainees/merging/compare.html", facts)


@allow(*MERGING)
@require_POST
def duplicate_different(request: SignedInRequest, first: str, second: str) -> HttpResponse:
    one, other = _two(request, first, second)
    form = DifferentForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The reason is too long; nothing was saved."))
        return redirect("duplicate_compare", first, second)
    try:
        actions.decide_different(by=request.user, one=one, other=other, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Remembered as two people. You are asked again when one of the files changes."))
    return redirect("duplicate_list")


@allow(*MERGING)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def duplicate_merge(request: SignedInRequest, first: str, second: str) -> HttpResponse:
    """First the choice, then what would move, then the merge."""
    one, other = _two(request, first, second)
    if settled := _settled(request, one, other):
        return settled
    form = MergeForm(request.POST or None, one=one, other=other)
    if request.method != "POST" or "again" in request.POST or not form.is_valid():
        return render(request, "trainees/merging/choose.html", {"form": form, "one": one, "other": other})
    if request.POST.get("step") == "merge":
        try:
            merge = actions.merge_files(
                by=request.user, survivor=form.survivor, loser=form.loser, choices=form.choices,
                reason=form.cleaned_data["reason"], seen=form.cleaned_data["seen"],
                accept_losses=form.cleaned_data["accept_losses"],
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("One file now. You can undo this."))
            return redirect("merge_page", merge.pk)
    return _preview(request, form)


def _preview(request: SignedInRequest, form: MergeForm) -> HttpResponse:
    try:
        preview = actions.preview_merge(by=request.user, survivor=form.survivor, loser=form.loser, choices=form.choices)
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        facts = {"form": form, "one": form.one, "other": form.other}
        return render(request, "trainees/merging/choose.html", facts)
    facts = {
        "form": form,
        "preview": preview,
        "two_numbers": queries.two_numbers(form.one, form.other),
        "one": form.one,
        "other": form.other,
        "survivor": form.survivor,
        "loser": form.loser,
        "result": [
            line for line in queries.side_by_side(preview.survivor, form.loser) if line.name in (*form.facts, "aliases")
        ],
        "tables": [(queries.table_label(label), moved, joined) for label, moved, joined in preview.tables],
    }
    return render(request, "trainees/merging/preview.html", facts)


@allow(*MERGING)
@require_safe
@never_cache
def merge_page(request: SignedInRequest, pk: int) -> HttpResponse:
    merge = _merge(request, pk)
    facts = {
        "merge": merge,
        "tables": [(queries.table_label(label), moved, joined) for label, moved, joined in merge.counts],
        "in_the_way": [] if merge.undone_at else actions.in_the_way(merge),
        "form": UndoForm(),
    }
    return render(request, "trainees/merging/merge.html", facts)


@allow(*MERGING)
@require_POST
def merge_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    merge = _merge(request, pk)
    form = UndoForm(request.POST)
    try:
        actions.undo_merge(by=request.user, merge=merge, reason=form.cleaned_data["reason"] if form.is_valid() else "")
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("merge_page", pk)
    messages.success(request, _("Two files again, each as it was."))
    return redirect("merge_page", pk)


def _merge(request: SignedInRequest, pk: int) -> Merge:
    merges = Merge.objects.visible_to(request.user).select_related("survivor__township", "loser__township")
    return get_object_or_404(merges, pk=pk)


def _two(request: SignedInRequest, first: str, second: str) -> tuple[Trainee, Trainee]:
    return _file(request, first), _file(request, second)


def _file(request: SignedInRequest, file_number: str) -> Trainee:
    """Also one out of use: two clerks may work on one list."""
    people = Trainee.objects.visible_to(request.user).select_related("township", "village", "household", "user")
    trainee = get_object_or_404(people, file_number=file_number)
    if not scope_of(request.user).covers(trainee.township.code, *MERGING):
        raise PermissionDenied
    return trainee


def _settled(request: SignedInRequest, one: Trainee, other: Trainee) -> HttpResponse | None:
    if one.voided_at or other.voided_at or one == other:
        messages.info(request, _("One of these files is no longer in use; there is nothing left to decide."))
        return redirect("duplicate_list")
    return None
