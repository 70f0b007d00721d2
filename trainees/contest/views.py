import uuid

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lms.access.decorators import allow, public
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import Agent, User
from lms.places.queries import townships
from lms.privacy.actions import record_view
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry.models import Trainee

from . import actions, queries
from .enums import OFFICE
from .forms import EntryForm, FileForm
from .limits import may_send
from .models import Contest, Entry
from .rules import PLAN_TYPES, extension, window

VISITOR = Agent("contest form")


@public
@bounded_upload
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contest_enter(request: HttpRequest, code: str) -> HttpResponse:
    contest = get_object_or_404(Contest, code=code)
    if request.method == "POST":
        posted, files = request.POST, request.FILES  # reading them is what finds a file too large
        form = EntryForm(posted, files, too_large=bool(too_large_fields(request)))
        sent = form.already_sent()
        if sent is not None:
            return redirect("contest_receipt", sent.client_uuid)
        if not may_send(request):
            form.add_error(None, _("Too many entries came from here. Wait ten minutes and send it again."))
        elif form.is_valid():
            try:
                entry = _enter(request, contest, form)
            except Refused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return redirect("contest_receipt", entry.client_uuid)
    else:
        form = EntryForm(initial=_known_of(request.user))
    facts = {"contest": contest, "form": form, "window": window(contest, timezone.localdate())}
    return render(request, "trainees/contest/enter.html", facts)


def _enter(request: HttpRequest, contest: Contest, form: EntryForm) -> Entry:
    data = form.cleaned_data
    user = request.user
    return actions.enter(
        by=user if user.is_authenticated else VISITOR,
        contest=contest,
        client_uuid=data["client_uuid"],
        kind=data["kind"],
        leader_name=data["leader_name"],
        team_name=data["team_name"],
        members=data["members"],
        phone=data["phone"],
        township=data["township"],
        project_title=data["project_title"],
        summary=data["summary"],
        plan=data["plan_file"].read(),
        plan_name=data["plan_file"].name,
        trainee=_file_of(user),
    )


def _file_of(user: User | AnonymousUser) -> Trainee | None:
    if not user.is_authenticated:
        return None
    return Trainee.objects.visible_to(user).live().filter(user=user).first()


def _known_of(user: User | AnonymousUser) -> dict:
    """What the signed-in person need not type again."""
    trainee = _file_of(user)
    if trainee is None:
        return {}
    return {"leader_name": trainee.name, "phone": trainee.phone, "township": trainee.township_id}


@public
@never_cache
@require_safe
def contest_receipt(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Whoever holds the address holds the receipt; it shows no phone and no full name."""
    entry = get_object_or_404(Entry.objects.select_related("contest", "township"), client_uuid=token)
    return render(request, "trainees/contest/receipt.html", {"entry": entry})


@allow(*OFFICE)
@require_safe
def contest_entries(request: SignedInRequest, code: str) -> HttpResponse:
    contest = get_object_or_404(Contest.objects.select_related("programme__county"), code=code)
    township = request.GET.get("township", "")
    # By the reverse name: certificates stand above the trainees.
    entries = queries.entries_for(request.user, contest, township=township).prefetch_related("certificates")
    facts = {
        "contest": contest,
        "page": Paginator(entries, 50).get_page(request.GET.get("page")),
        "townships": townships(),
        "township": township,
        "may_award": scope_of(request.user).covers(contest.programme.county.code, Role.MANAGER, Role.CLERK),
    }
    return render(request, "trainees/contest/entries.html", facts)


@allow(*OFFICE)
@never_cache
@require_safe
def contest_plan(request: SignedInRequest, code: str, pk: int) -> FileResponse:
    """The plan file, decrypted for those who may; the look is written down."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).filter(contest__code=code), pk=pk)
    record_view(by=request.user, file_number=entry.receipt_number, unmasked="plan_file")
    name = f"{entry.receipt_number} {entry.plan_file_name}"
    return FileResponse(
        entry.plan_file.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=PLAN_TYPES.get(extension(entry.plan_file_name), "application/octet-stream"),
    )


@allow(Role.MANAGER, Role.CLERK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contest_entry_file(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Whose entry it is. Then, where something was won, on to the award."""
    entries = Entry.objects.visible_to(request.user).select_related("contest", "township", "trainee")
    entry = get_object_or_404(entries, pk=pk, contest__code=code)
    form = FileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _say_whose(request, entry, form)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The entry is in the file."))
            return redirect("contest_award", code, pk)
    facts = {"entry": entry, "form": form, "alike": queries.files_like(request.user, entry)}
    return render(request, "trainees/contest/file.html", facts, status=422 if form.errors else 200)


def _say_whose(request: SignedInRequest, entry: Entry, form: FileForm) -> None:
    if "new" in request.POST:
        actions.open_file(by=request.user, entry=entry, id_number=form.cleaned_data["id_number"].strip().upper())
        return
    number = form.cleaned_data["file_number"].strip().upper()
    trainee = Trainee.objects.visible_to(request.user).live().filter(file_number=number).first()
    if trainee is None:
        raise Refused("no_such_file", _("No file of your places has this number."))
    actions.link_file(by=request.user, entry=entry, trainee=trainee)
