"""The number register, and whatever paper is made of it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from certificates.enums import ListForm, ListKind
from certificates.models import Certificate, ListFile
from certificates.rules import HAND_OVER
from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.programme.queries import current_programme
from lms.refusals import Refused

from . import actions, queries, rules
from .forms import EnvelopeForm, LabelForm, RegisterFileForm, RegisterForm

PAGE = 50
TYPES = {
    ListForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ListForm.PDF: "application/pdf",
}
FORMS: dict[str, type[Form]] = {
    ListKind.REGISTER: RegisterFileForm, ListKind.LABELS: LabelForm, ListKind.ENVELOPES: EnvelopeForm,
}  # fmt: skip


@allow(*rules.READERS)
@require_safe
@never_cache
def certificate_register(request: SignedInRequest) -> HttpResponse:
    """Every number given out, whoever's it is within the person's places."""
    form = RegisterForm(request.GET, user=request.user, auto_id="f_%s")
    filters = form.filters()
    # What cannot be read is said beside its field; it never stands for everything.
    rows = queries.register_of(request.user, filters) if form.is_valid() else Certificate.objects.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    scope = scope_of(request.user)
    context = {
        "form": form,
        "page": page,
        "filters": filters,
        "proofs": _proofs(request, filters),
        "may_list": scope.has(*HAND_OVER),
        "may_print": scope.has(Role.MANAGER, Role.CLERK),
    }
    return render(request, "certificates/lists/register.html", context)


def _proofs(request: SignedInRequest, filters: dict) -> list[queries.SeriesProof] | None:
    """None where the person sees less than the county: from there a gap is only somebody else's row."""
    if not rules.sees_county(request.user, current_programme()):
        return None
    return queries.proofs(year=filters.get("year"), series=filters.get("series", ""))


@allow(*HAND_OVER)
@require_POST
@never_cache
def list_new(request: SignedInRequest) -> HttpResponse:
    """The button says which list; what has to be chosen is asked first. A sheet to sign is made straight away."""
    kind, _dash, form_name = request.POST.get("make", "").partition("-")
    if kind not in ListKind.values:
        raise Http404
    if kind == ListKind.REGISTER and not RegisterForm(request.POST, user=request.user).is_valid():
        messages.error(request, _("A filter of the register could not be read, so no list was made. Choose it again."))
        return redirect("certificate_register")
    chosen, title = _chosen(request, kind)
    if kind == ListKind.SHEET:
        return _sheet(request, title, chosen, ListForm.XLSX if form_name == "xlsx" else ListForm.PDF)
    form = FORMS[kind](request.POST if "go" in request.POST else None)
    if "go" in request.POST and form.is_valid():
        answer = _made(request, kind, title, chosen, form.options(), form=form)  # type: ignore[attr-defined]
        if answer is not None:
            return answer
    return _options(request, kind, title, chosen, form)


def _chosen(request: SignedInRequest, kind: str) -> tuple[dict, str]:
    """(which certificates, in words): a class, a print run, the ticked numbers, or the filters of the register."""
    # It is printed: Chinese, as the county files it, whatever language the clerk reads.
    with translation.override(actions.CHINESE):
        return _chosen_in_words(request, kind)


def _chosen_in_words(request: SignedInRequest, kind: str) -> tuple[dict, str]:
    if kind == ListKind.REGISTER:
        form = RegisterForm(request.POST, user=request.user)
        return {"filters": form.filters()}, form.in_words() or _("All years")
    if code := request.POST.get("class", ""):
        return {"class": code[:30]}, code[:30]
    if run := request.POST.get("run", ""):
        return ({"run": run} if _is_uuid(run) else {"numbers": []}), _("Print run")
    numbers = list(dict.fromkeys(number[:60] for number in request.POST.getlist("number")))
    return {"numbers": numbers}, _("Selection of %(n)d") % {"n": len(numbers)}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _sheet(request: SignedInRequest, title: str, chosen: dict, form: ListForm) -> HttpResponse:
    try:
        return _answer(actions.ask(by=request.user, kind=ListKind.SHEET, title=title, chosen=chosen, form=form))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("class_handover", chosen["class"]) if "class" in chosen else redirect("certificate_register")


def _made(
    request: SignedInRequest, kind: str, title: str, chosen: dict, options: dict, *, form: Form
) -> HttpResponse | None:
    """None: refused, and the form says why."""
    try:
        return _answer(actions.ask(by=request.user, kind=kind, title=title, chosen=chosen, **options))
    except Refused as refusal:
        form.add_error("reason" if refusal.code == "reason_missing" else None, str(refusal.message))
        return None


def _answer(file: ListFile) -> HttpResponse:
    """A short list is made now, and what needs no word more is the answer itself: the printer waits."""
    job = queries.job_of(file)
    if job is None:
        list(actions.make(file))
    file.refresh_from_db()
    if file.made_at is None and job is not None:
        return redirect("job_page", job.public_id)
    return redirect("list_file" if file.protected or file.left_out else "list_download", file.public_id)


def _options(request: SignedInRequest, kind: str, title: str, chosen: dict, form: Form) -> HttpResponse:
    hidden = {"make": kind}
    hidden |= {key: chosen[key] for key in ("class", "run") if key in chosen}
    hidden |= chosen.get("filters", {})
    context = {
        "form": form, "kind": ListKind(kind), "title": title, "hidden": hidden, "numbers": chosen.get("numbers", []),
    }  # fmt: skip
    return render(request, "certificates/lists/options.html", context, status=400 if form.errors else 200)


@allow(*HAND_OVER)
@require_safe
def list_files(request: SignedInRequest) -> HttpResponse:
    page = Paginator(queries.lists_of(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "certificates/lists/files.html", {"page": page})


@allow(*HAND_OVER)
@require_safe
@never_cache
def list_file(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _file(request, public_id))


@allow(*HAND_OVER)
@require_POST
@never_cache
def list_password(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Shown in the answer to this one request; a page loaded again does not have it any more."""
    file = _file(request, public_id)
    try:
        password = actions.show_password(by=request.user, file=file)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("list_file", public_id)
    file.refresh_from_db()
    return _page(request, file, password=password)


@allow(*HAND_OVER)
@require_safe
@never_cache
def list_download(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    file = _file(request, public_id)
    if file.made_at is None:
        raise Http404
    if file.is_gone:
        messages.error(request, _("This file went after its week. Ask for another list."))
        return redirect("list_file", public_id)
    actions.record_taken(by=request.user, file=file)
    with file.file.open("rb") as content:
        response = HttpResponse(content.read(), content_type=TYPES[ListForm(file.form)])
    disposition = "inline" if file.form == ListForm.PDF else "attachment"
    day = timezone.localtime(file.made_at)
    response.headers["Content-Disposition"] = f'{disposition}; filename="{file.kind}-{day:%Y%m%d}.{file.form}"'
    return response


def _page(request: SignedInRequest, file: ListFile, password: str = "") -> HttpResponse:
    context = {"file": file, "password": password, "job": queries.job_of(file)}
    return render(request, "certificates/lists/file.html", context)


def _file(request: SignedInRequest, public_id: UUID) -> ListFile:
    return get_object_or_404(
        ListFile.objects.visible_to(request.user).select_related("started_by"), public_id=public_id
    )
