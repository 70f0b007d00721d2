"""Consents: the texts, one person's, the person's own page, the lists on paper."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.schedule.models import TrainingClass
from lms.access.decorators import allow, signed_in
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.audit.actions import record_event
from lms.privacy.actions import record_view
from lms.programme.queries import current_programme
from lms.refusals import Refused
from lms.uploads import bounded_upload, too_large_fields
from trainees.registry.models import OFFICE, Trainee
from trainees.registry.queries import ENTERING

from . import actions, queries
from .enums import Channel, ConsentKind
from .forms import ConsentForm, GiveForm, ListForm, PaperForm, PolicyForm, SheetForm, TextForm, WithdrawForm
from .models import ConsentSheet, ConsentText
from .rules import is_child

KEEPERS = (Role.MANAGER, Role.SECURITY_OFFICER)
PAGE = 50
PDF = "application/pdf"


# --- Texts ----------------------------------------------------------------------------------------------------
@allow(*KEEPERS, *OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_texts(request: SignedInRequest) -> HttpResponse:
    """Every version of every text, and whether enrolment waits for the consent."""
    programme = current_programme()
    policy = queries.policy_of(programme)
    keeper = scope_of(request.user).has(*KEEPERS)
    form = PolicyForm(request.POST or None, initial={"required": policy.required, "basis": policy.basis})
    if request.method == "POST":
        if not keeper:
            raise PermissionDenied
        if form.is_valid():
            actions.set_policy(by=request.user, programme=programme, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("consent_texts")
    texts = list(ConsentText.objects.order_by("kind", "-version"))
    facts = {
        "kinds": [(kind, [text for text in texts if text.kind == kind]) for kind in ConsentKind],
        "in_force": {text.pk for text in queries.texts_in_force().values()},
        "policy": policy,
        "programme": programme,
        "form": form,
        "keeper": keeper,
    }
    return render(request, "trainees/consent/texts.html", facts)


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_draft(request: SignedInRequest, kind: str) -> HttpResponse:
    """The draft of one kind. A published text stays as people signed it."""
    kind = _kind(kind)
    versions = list(ConsentText.objects.filter(kind=kind).order_by("-version"))
    form = TextForm.starting_from(kind, versions[0] if versions else None)
    if request.method == "POST":
        form = TextForm(request.POST)
        if form.is_valid():
            text = actions.save_draft(by=request.user, kind=kind, **form.cleaned_data)
            messages.success(request, _("The draft is saved. Read it once more, then publish it."))
            return redirect("consent_text", text.pk)
    return render(request, "trainees/consent/draft.html", {"form": form, "kind": kind})


@allow(*KEEPERS, *OFFICE)
@require_safe
def consent_text(request: SignedInRequest, pk: int) -> HttpResponse:
    text = get_object_or_404(ConsentText, pk=pk)
    facts = {"text": text, "keeper": scope_of(request.user).has(*KEEPERS)}
    return render(request, "trainees/consent/text.html", facts)


@allow(*KEEPERS)
@require_POST
def consent_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    actions.publish_text(by=request.user, text=get_object_or_404(ConsentText, pk=pk))
    messages.success(request, _("Published: from now on people agree to this text."))
    return redirect("consent_texts")


# --- One person -----------------------------------------------------------------------------------------------
@allow(*OFFICE)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def trainee_consent(request: SignedInRequest, file_number: str) -> HttpResponse:
    """What one person agreed to; a yes on paper or before a witness is entered here."""
    trainee = _trainee(request, file_number)
    texts = queries.texts_in_force()
    posted, files = request.POST or None, request.FILES or None
    form = ConsentForm(posted, files, texts=texts, too_large="scan" in too_large_fields(request))
    if request.method == "POST":
        _needs_entering(request, trainee)
        if form.is_valid() and _gave(request, trainee, form, texts):
            return redirect("trainee_consent", file_number)
    else:
        record_view(by=request.user, file_number=trainee.file_number)
    facts = {
        "trainee": trainee,
        "consent": queries.of_file(trainee, by=request.user),
        "form": form,
        "withdraw_form": WithdrawForm(auto_id="withdraw-%s"),
        "texts": texts,
    }
    return render(request, "trainees/consent/trainee.html", facts)


def _gave(request: SignedInRequest, trainee: Trainee, form: ConsentForm, texts: dict) -> bool:
    facts = form.cleaned_data
    scan = facts["scan"]
    try:
        new = actions.record_one(
            by=request.user, trainee=trainee, texts=[texts[ConsentKind(kind)] for kind in facts["kinds"]],
            channel=facts["channel"], given_on=facts["given_on"], witness=facts["witness"],
            guardian=facts["guardian"], data=scan.read() if scan else None,
        )  # fmt: skip
    except Refused as refusal:
        _show(form, refusal)
        return False
    messages.success(request, _("The consent is recorded.") if new else _("This was recorded already."))
    return True


@allow(*OFFICE)
@require_POST
def trainee_withdraw(request: SignedInRequest, file_number: str) -> HttpResponse:
    trainee = _trainee(request, file_number)
    _needs_entering(request, trainee)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the consent and write how the person said so; nothing was saved."))
        return redirect("trainee_consent", file_number)
    actions.withdraw(by=request.user, trainee=trainee, **form.cleaned_data)
    messages.success(request, _("The withdrawal is recorded."))
    return redirect("trainee_consent", file_number)


@allow(*OFFICE)
@require_safe
@never_cache
def consent_scan(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sealed scan. Everybody on it is looked at, and the log says so."""
    sheet = get_object_or_404(ConsentSheet.objects.visible_to(request.user).exclude(file=""), pk=pk)
    for number in sorted(set(sheet.consents.values_list("trainee__file_number", flat=True))):
        record_view(by=request.user, file_number=number, unmasked="consent_scan")
    with sheet.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type=sheet.media_type)
    ending = sheet.media_type.rpartition("/")[2]
    response.headers["Content-Disposition"] = f'attachment; filename="consent-{sheet.pk}.{ending}"'
    return response


# --- Lists ----------------------------------------------------------------------------------------------------
@allow(*OFFICE)
@require_safe
def consent_missing(request: SignedInRequest) -> HttpResponse:
    """Whose consent is not recorded, township by township."""
    form = ListForm(request.GET, user=request.user)
    wanted = form.cleaned_data if form.is_valid() else {}
    kind = wanted.get("kind") or ConsentKind.ORDINARY
    people = queries.without_consent(request.user, kind=kind, township=wanted.get("township", ""))
    facts = {
        "page": Paginator(people, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "kind": ConsentKind(kind),
        "entering": scope_of(request.user).has(*ENTERING),
    }
    return render(request, "trainees/consent/missing.html", facts)


@allow(*ENTERING)
@require_safe
@never_cache
def consent_paper(request: SignedInRequest) -> HttpResponse:
    """The form to be signed as a PDF, once a class or a village is chosen."""
    form = PaperForm(request.GET or None, user=request.user)
    if not form.is_bound or not form.is_valid():
        return render(request, "trainees/consent/paper.html", {"form": form})
    texts = queries.texts_in_force()
    if not texts:
        form.add_error(None, _("There is no published text yet. A manager publishes it first."))
        return render(request, "trainees/consent/paper.html", {"form": form})
    from .paper import form_of  # WeasyPrint: only whoever prints waits for it

    training_class = form.cleaned_data["training_class"]
    people = list(queries.people_of(training_class, request.user)) if training_class else []
    places = dict(choice for _group, choices in form.fields["place"].choices[1:] for choice in choices)  # type: ignore[attr-defined]
    heading = f"{training_class.code} {training_class.title}" if training_class else places[form.cleaned_data["place"]]
    empty = 5 if training_class else form.cleaned_data["rows"] or 20
    data = form_of(texts, heading=heading, people=people, empty=empty)
    if training_class:
        record_event(
            by=request.user, event="consent.form_printed", record=training_class, label=training_class.code,
            place=training_class.venue.division.code, changes={"names": [0, len(people)]},
        )  # fmt: skip
    response = HttpResponse(data, content_type=PDF)
    response.headers["Content-Disposition"] = 'attachment; filename="consent-form.pdf"'
    return response


@allow(*ENTERING)
@bounded_upload
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def class_consent(request: SignedInRequest, code: str) -> HttpResponse:
    """The signed list of a class, entered by ticking."""
    training_class = get_object_or_404(TrainingClass.objects.visible_to(request.user), code=code)
    people = list(queries.people_of(training_class, request.user))
    texts = queries.texts_in_force()
    posted, files = request.POST or None, request.FILES or None
    form = SheetForm(posted, files, too_large="scan" in too_large_fields(request))
    if request.method == "POST" and form.is_valid():
        scan = form.cleaned_data["scan"]
        try:
            new = actions.record_list(
                by=request.user, lines=_lines(request, people, texts), given_on=form.cleaned_data["given_on"],
                data=scan.read() if scan else None, texts=texts,
            )  # fmt: skip
        except Refused as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Recorded: %(new)d new consents.") % {"new": new})
            return redirect("class_consent", code)
    standings = queries.standings_of_many(people)
    facts = {
        "class": training_class,
        "rows": [_row(request, person, standings[person.pk]) for person in people],
        "texts": texts,
        "form": form,
    }
    return render(request, "trainees/consent/class.html", facts)


def _row(request: SignedInRequest, person: Trainee, standings: list[queries.Standing]) -> dict:
    """A line of the list, with what was ticked and typed when it comes back to be mended."""
    names = [(standing, f"{standing.kind}-{person.pk}") for standing in standings if standing.text]
    return {
        "person": person,
        "boxes": [(standing, name, name in request.POST) for standing, name in names],
        "witness": request.POST.get(f"witness-{person.pk}", ""),
        "guardian": request.POST.get(f"guardian-{person.pk}", ""),
        "child": is_child(timezone.localdate(), person.birth_date),
    }


def _lines(request: SignedInRequest, people: list[Trainee], texts: dict) -> list[actions.Ticked]:
    lines = []
    for person in people:
        kinds = tuple(kind for kind in texts if f"{kind}-{person.pk}" in request.POST)
        if kinds:
            witness = request.POST.get(f"witness-{person.pk}", "")
            guardian = request.POST.get(f"guardian-{person.pk}", "")
            lines.append(actions.Ticked(person, kinds, witness, guardian))
    return lines


# --- The person's own page ------------------------------------------------------------------------------------
@signed_in
@require_safe
@never_cache
def my_consent(request: SignedInRequest) -> HttpResponse:
    trainee = _own(request)
    return _mine(request, trainee, {})


@signed_in
@require_POST
def my_consent_give(request: SignedInRequest, kind: str) -> HttpResponse:
    trainee, wanted = _own(request), _kind(kind)
    form = GiveForm(request.POST)
    if form.is_valid():
        text = get_object_or_404(ConsentText, pk=form.cleaned_data["text"], kind=wanted, published_at__isnull=False)
        try:
            actions.give(by=request.user, trainee=trainee, text=text, channel=Channel.SCREEN)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Thank you. Your consent is recorded."))
    else:
        messages.error(request, _("Tick that you read the text; nothing was saved."))
    return redirect("my_consent")


@signed_in
@require_POST
def my_consent_withdraw(request: SignedInRequest, kind: str) -> HttpResponse:
    actions.withdraw(by=request.user, trainee=_own(request), kind=_kind(kind), reason="on the own page")
    messages.success(request, _("Your consent is withdrawn."))
    return redirect("my_consent")


def _mine(request: SignedInRequest, trainee: Trainee, more: dict) -> HttpResponse:
    consent = queries.of_file(trainee, by=request.user)
    cards = [
        (standing, GiveForm(initial={"text": standing.text.pk}, auto_id=f"{standing.kind}-%s"))
        for standing in consent.standings
        if standing.text
    ]
    return render(request, "trainees/consent/mine.html", {"trainee": trainee, "cards": cards, **more})


def _own(request: SignedInRequest) -> Trainee:
    people = Trainee.objects.visible_to(request.user).live().select_related("township")
    trainee = people.filter(user=request.user).first()
    if trainee is None:
        raise Http404
    return trainee


def _kind(text: str) -> ConsentKind:
    if text not in ConsentKind:
        raise Http404
    return ConsentKind(text)


def _trainee(request: SignedInRequest, file_number: str) -> Trainee:
    people = Trainee.objects.visible_to(request.user).live().select_related("township", "village")
    trainee = get_object_or_404(people, file_number=file_number)
    if not scope_of(request.user).covers(trainee.township.code, *OFFICE):
        raise PermissionDenied
    return trainee


def _needs_entering(request: SignedInRequest, trainee: Trainee) -> None:
    if not scope_of(request.user).covers(trainee.township.code, *ENTERING):
        raise PermissionDenied


def _show(form: Form, refusal: Refused) -> None:
    field = refusal.code.split("_")[0]
    form.add_error({"given": "given_on"}.get(field, field if field in form.fields else None), str(refusal.message))
