"""Periods and records whose time has come. Nobody's name stands here: file numbers are enough to decide."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.refusals import Refused
from trainees.rights import actions, queries
from trainees.rights.enums import DueState, RetentionKind
from trainees.rights.forms import KeepForm, RuleForm
from trainees.rights.models import DueItem
from trainees.rights.rules import KEEPERS, defaults

PAGE = 50
TABS = (DueState.DUE, DueState.PROPOSED, DueState.KEPT, DueState.DONE)


@allow(*KEEPERS, Role.AUDITOR)
@require_safe
def retention(request: SignedInRequest) -> HttpResponse:
    state = request.GET.get("state", "due")
    state = DueState(state) if state in TABS else DueState.DUE
    facts = {
        "page": Paginator(queries.due_of(request.user, state=state), PAGE).get_page(request.GET.get("page")),
        "state": state,
        "tabs": TABS,
        "periods": queries.periods(),
        "keeper": scope_of(request.user).has(*KEEPERS),
        "keep_form": KeepForm(),
    }
    return render(request, "trainees/rights/retention.html", facts)


@allow(*KEEPERS)
@require_POST
def retention_decide(request: SignedInRequest) -> HttpResponse:
    """The ticked records: propose, confirm or keep. Each asks who one is, and the database asks once more."""
    # No longer than a number that the database holds.
    ids = [int(text) for text in request.POST.getlist("item") if text.isascii() and text.isdigit() and len(text) < 19]
    items = list(DueItem.objects.visible_to(request.user).filter(pk__in=ids))
    deed = request.POST.get("deed", "")
    if not items:
        messages.error(request, _("Tick the records first; nothing was changed."))
        return redirect("retention")
    try:
        said = _decided(request, deed, items)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, said)
    back = {"confirm": "proposed", "propose": "due"}.get(deed, "due")
    return redirect(f"{request.path.removesuffix('decide/')}?state={back}")


def _decided(request: SignedInRequest, deed: str, items: list[DueItem]) -> str:
    if deed == "propose":
        n = actions.propose(by=request.user, items=items)
        return ngettext("%(n)d record is proposed.", "%(n)d records are proposed.", n) % {"n": n}
    if deed == "confirm":
        n = actions.confirm(by=request.user, items=items)
        return ngettext("%(n)d record is confirmed.", "%(n)d records are confirmed.", n) % {"n": n}
    form = KeepForm(request.POST)
    if deed != "keep" or not form.is_valid() or not form.cleaned_data["until"]:
        raise Refused("keep_incomplete", _("Give the day until which they are kept, and the reason."))
    n = actions.keep_longer(by=request.user, items=items, **form.cleaned_data)
    return ngettext("%(n)d record is kept longer.", "%(n)d records are kept longer.", n) % {"n": n}


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def retention_rule(request: SignedInRequest, kind: str) -> HttpResponse:
    if kind not in RetentionKind or RetentionKind(kind) not in defaults():
        raise Http404
    period = next(one for one in queries.periods() if one.kind == kind)
    form = RuleForm(request.POST or None, initial={"months": period.months, "source": period.source})
    if request.method == "POST" and form.is_valid():
        actions.set_rule(by=request.user, kind=kind, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("retention")
    return render(request, "trainees/rights/rule.html", {"form": form, "period": period})
