"""An entry of a contest wins something."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.access.decorators import allow
from lms.accounts.enums import Role
from lms.refusals import Refused
from trainees.contest.models import Entry

from .. import actions, rules
from ..enums import CertificateKind, CertificateState
from ..forms import AwardForm
from .doors import person


@allow(Role.MANAGER, Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def contest_award(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The entry, whose file it belongs to, and the award in words."""
    entries = Entry.objects.visible_to(request.user).select_related(
        "contest__programme__county", "township", "trainee__township"
    )
    entry = get_object_or_404(entries, pk=pk, contest__code=code)
    county = entry.contest.programme.county.code
    if not rules.may_decide(request.user, CertificateKind.AWARD, place=entry.township.code, county=county):
        raise PermissionDenied
    form = AwardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            award = actions.give_award(by=person(request), entry=entry, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("%(number)s is issued.") % {"number": award.number})
            return redirect("certificate_page", number=award.number)
    awards = list(entry.certificates.order_by("pk"))
    context = {
        "entry": entry,
        "form": form,
        "awards": awards,
        "held": any(award.state == CertificateState.VALID for award in awards),
    }
    return render(request, "certificates/award.html", context, status=422 if form.errors else 200)
