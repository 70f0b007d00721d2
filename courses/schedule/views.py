from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.accounts.enums import Role
from lms.programme.queries import current_programme
from lms.refusals import Refused

from .actions import plan_class
from .forms import BaseSessions, PlanForm, SessionRows
from .models import TrainingClass


@allow(Role.MANAGER, Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def class_plan(request: SignedInRequest) -> HttpResponse:
    """Plan a class; a form sent twice leads to the one class it made."""
    form = PlanForm(request.POST or None, user=request.user, initial={"capacity": 40})
    rows = SessionRows(request.POST or None, prefix="sessions")
    status = 200
    if request.method == "POST":
        # Both, so that everything wrong is shown at once.
        if all([form.is_valid(), rows.is_valid()]):
            training_class = _plan(request, form, rows)
            if training_class is not None:
                return redirect("class_page", code=training_class.code)
        status = 422
    context = {
        "form": form,
        "rows": rows,
        "programme": current_programme(),
        "no_trainer": not form.has_choice("trainer"),
        "no_venue": not form.has_choice("venue"),
    }
    return render(request, "courses/schedule/class_plan.html", context, status=status)


def _plan(request: SignedInRequest, form: PlanForm, rows: BaseSessions) -> TrainingClass | None:
    try:
        training_class = plan_class(
            by=request.user, programme=current_programme(), sessions=rows.plans(), **form.cleaned_data
        )
    except Refused as refusal:
        if refusal.code == "class_planned_already":
            messages.info(request, str(refusal.message))
            return refusal.facts["training_class"]
        form.add_refusal(refusal)
        return None
    messages.success(request, _("The class %(code)s is planned.") % {"code": training_class.code})
    return training_class
