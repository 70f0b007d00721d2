from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lms.access.decorators import signed_in
from lms.access.requests import SignedInRequest
from lms.access.scope import Scope, scope_of
from lms.accounts.enums import Role
from lms.programme.queries import current_programme, policy_of
from trainees.progress.models import LEDGER_READERS
from trainees.progress.queries import ledger, progress_of

from .queries import waiting_for


@signed_in
def desk(request: SignedInRequest) -> HttpResponse:
    """Where everybody lands after signing in: the office its desk, the others their own page."""
    scope = scope_of(request.user)
    if not scope.has(*LEDGER_READERS):
        return _elsewhere(request, scope)
    programme = current_programme()
    units = ledger(programme, user=request.user)
    return render(
        request,
        "trainees/desk/desk.html",
        {
            "programme": programme,
            "progress": progress_of(units, programme, policy_of(programme)),
            "waiting": waiting_for(request.user, timezone.localdate()),
            "may_enter": scope.has(Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR),
            "may_plan": scope.has(Role.MANAGER, Role.CLERK),
        },
    )


def _elsewhere(request: SignedInRequest, scope: Scope) -> HttpResponse:
    if scope.has(Role.TRAINER):
        return redirect("teach")
    if scope.has(Role.SYSTEM_ADMIN):
        return redirect("account_list")
    if scope.has(Role.TRAINEE) or hasattr(request.user, "trainee"):
        return redirect("my_learning")
    return render(request, "trainees/desk/no_role.html")
