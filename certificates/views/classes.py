"""The certificates of a class: who is due, issuing, and running the class again."""

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.schedule.models import TrainingClass
from lms.access.decorators import allow
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.paper import fonts
from lms.refusals import Refused
from trainees.registry.models import Trainee

from .. import actions, queries, rules
from ..enums import CertificateKind
from ..forms import IssueForm, PrintForm, ReopenForm
from ..models import Certificate
from .doors import class_for, person


def may_decide(user: User | AnonymousUser, training_class: TrainingClass, kind: str) -> bool:
    county = training_class.programme.county.code
    return rules.may_decide(user, kind, place=training_class.venue.division.code, county=county)


def back_to(code: str, kind: str) -> HttpResponse:
    page = redirect("class_certificates", code=code)
    if kind != CertificateKind.COMPLETION:
        page["Location"] += f"?kind={kind}"
    return page


@allow(*rules.READERS)
@require_GET
def class_certificates(request: HttpRequest, code: str) -> HttpResponse:
    """Who of the class holds one, who is due, who is not and why: for one kind at a time."""
    training_class = class_for(request, code)
    kinds = queries.kinds_of(training_class)
    asked = request.GET.get("kind", "")
    kind = CertificateKind(asked) if asked in kinds else CertificateKind.COMPLETION
    context: dict = {
        "training_class": training_class,
        "kind": kind,
        "may_manage": may_decide(request.user, training_class, kind),
        "may_reopen": rules.may_reopen(request.user, training_class.venue.division.code),
        "issue_form": IssueForm(auto_id="issue_%s", initial={"kind": kind}),
        "links": scope_of(request.user).has(*rules.HAND_OVER, Role.AUDITOR),
        "may_list": scope_of(request.user).has(*rules.HAND_OVER),
    }
    try:
        standings = queries.standings_of(training_class)
    except Refused as refusal:
        held = Certificate.objects.visible_to(request.user).filter(training_class=training_class)
        return render(request, "certificates/class.html", {**context, "refusal": refusal, "held": held})
    of_class = Trainee.objects.filter(enrolments__training_class=training_class)
    own = set(of_class.visible_to(request.user).values_list("pk", flat=True))
    by_kind = {each: [one for one in standings.of(each) if one.trainee.pk in own] for each in kinds}
    context["tabs"] = [(each, sum(1 for one in by_kind[each] if one.certificate)) for each in kinds]
    entries = by_kind[kind]
    if kind == CertificateKind.ATTENDANCE:
        # Few of a class: they come first, and all in the order of the roster.
        entries = sorted(entries, key=lambda each: each.certificate is None and not each.is_due)
    return render(request, "certificates/class.html", {**context, **_table(request, training_class, entries)})


def _table(request: HttpRequest, training_class: TrainingClass, entries: list[queries.Due]) -> dict:
    """The people of the class before one kind of certificate, and what can be done with them."""
    issued, due = sum(1 for each in entries if each.certificate), sum(1 for each in entries if each.is_due)
    context: dict = {"issued": issued, "due": due, "not_due": len(entries) - issued - due}
    context["again"] = sum(1 for each in entries if each.may_be_issued_again)
    times = queries.times_printed(entry.certificate for entry in entries if entry.certificate)
    try:
        context["rows"] = [_row(request.user, entry, times, check_fonts=True) for entry in entries]
    except Refused as no_fonts:
        # The page is needed without them too: only printing waits.
        context |= {"no_fonts": no_fonts, "rows": [_row(request.user, entry, times) for entry in entries]}
    context |= {
        "print_form": PrintForm(auto_id="print_%s"),
        "runs": queries.runs_of_class(request.user, training_class),
    }
    context["printable"] = sum(1 for row in context["rows"] if row["entry"].certificate and not row["missing"])
    return context


def _row(user: User | AnonymousUser, entry: queries.Due, times: dict[int, int], *, check_fonts: bool = False) -> dict:
    certificate = entry.certificate
    if certificate is None:
        return {"entry": entry}
    missing = fonts.missing_glyphs(certificate.printed_text) if check_fonts else ""
    return {
        "entry": entry,
        "missing": fonts.in_words(missing),
        "times_printed": times.get(certificate.pk, 0),
        "may_have_file": rules.may_have_file(user, certificate),
    }


@allow(*rules.READERS)
@require_POST
def class_issue(request: HttpRequest, code: str) -> HttpResponse:
    """All who are due, or those who were ticked."""
    training_class = class_for(request, code)
    form = IssueForm(request.POST)
    kind = form.data.get("kind") or CertificateKind.COMPLETION
    if not may_decide(request.user, training_class, kind):
        raise PermissionDenied
    if not form.is_valid():
        messages.error(request, _not_issued(form))
        return back_to(code, CertificateKind.COMPLETION)
    try:
        issued = actions.issue(
            by=person(request),
            training_class=training_class,
            trainees=_ticked(request),
            issued_on=form.cleaned_data["issued_on"],
            kind=kind,
        )
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return back_to(code, kind)
    if issued:
        messages.success(
            request,
            ngettext("%(n)d certificate was issued.", "%(n)d certificates were issued.", len(issued))
            % {"n": len(issued)},
        )
    else:
        messages.info(request, _("Nobody is due: no certificate was issued."))
    return back_to(code, kind)


def _not_issued(form: IssueForm) -> str:
    if "issued_on" in form.errors:
        return _("This is not a date. Write it as 2018-06-30, or leave it empty for today.")
    return _("There is no such kind of certificate, so nothing was issued. Choose one of the kinds below.")


def _ticked(request: HttpRequest) -> list[Trainee] | None:
    """None: nobody was ticked, so everybody is meant. A number out of reach is as if it were nobody's."""
    numbers = [number for number in request.POST.getlist("file_number") if number]
    if not numbers:
        return None
    found = list(Trainee.objects.visible_to(request.user).filter(file_number__in=numbers))
    if len(found) != len(set(numbers)):
        raise Http404
    return found


@allow(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def class_reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Run a closed class again; its valid certificates are revoked in the same step, or it stays closed."""
    training_class = class_for(request, code)
    if not rules.may_reopen(request.user, training_class.venue.division.code):
        raise PermissionDenied
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoked = actions.reopen_class(by=person(request), training_class=training_class, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("revoke_all" if refusal.code == "class_has_certificates" else None, str(refusal.message))
        else:
            _tell_reopened(request, len(revoked))
            return redirect("class_page", code=code)
    valid = queries.valid_in_roster_order(training_class, None)
    context = {"training_class": training_class, "form": form, "valid": valid}
    return render(request, "certificates/reopen.html", context, status=422 if form.errors else 200)


def _tell_reopened(request: HttpRequest, revoked: int) -> None:
    text = _("The class is running again and counts nothing until it is closed.")
    if revoked:
        text += " " + ngettext("%(n)d certificate was revoked.", "%(n)d certificates were revoked.", revoked) % {
            "n": revoked
        }
    messages.success(request, text)
