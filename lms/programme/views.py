from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.refusals import Refused

from . import actions, queries
from .forms import PolicyForm, ProgrammeForm
from .models import Programme


@allow(Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR, Role.AUDITOR, Role.TRAINER)
@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: SignedInRequest) -> HttpResponse:
    """The programme and how it counts, in words; a manager changes it until the first class opens."""
    may_change = scope_of(request.user).has(Role.MANAGER)
    try:
        current = queries.current_programme()
    except Refused:
        if may_change:
            return redirect("programme_new")
        return render(request, "lms/programme/none.html")
    policy = queries.policy_of(current)
    form = PolicyForm.of(policy)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form = PolicyForm(request.POST)
        if form.is_valid():
            try:
                changed = actions.set_policy(by=request.user, programme=current, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                if changed != policy:
                    messages.success(request, _("The counting policy was changed."))
                return redirect("programme")
    facts = {
        "programme": current,
        "policy": policy,
        "sentences": queries.policy_sentences(policy),
        "versions": current.policies.order_by("-version"),
        "may_change": may_change,
        "form": form,
    }
    return render(request, "lms/programme/programme.html", facts)


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def programme_new(request: SignedInRequest) -> HttpResponse:
    """The first thing a centre enters: everything else belongs to its programme."""
    if Programme.objects.exists():
        # A form sent twice, or a second manager: what was made is shown.
        messages.info(request, _("The programme is there already."))
        return redirect("programme")
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_programme(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(
                request, _("The programme %(code)s is there. Look at how it counts.") % {"code": made.code}
            )
            return redirect("programme")
    return render(request, "lms/programme/new.html", {"form": form})
