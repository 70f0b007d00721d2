import datetime
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.catalogue.enums import Tier
from courses.schedule.enums import ClassState
from courses.schedule.models import TrainingClass
from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.accounts.models import User
from lms.places.models import Division
from lms.places.queries import code_name
from lms.programme.queries import current_programme, policy_in_words, policy_of

from . import queries
from .burnup import burn_up
from .enums import Loss
from .forms import AsOfForm, UnitFilterForm
from .models import LEDGER_READERS

STAGE_LABELS = {
    "enrolled": gettext_lazy("Enrolled"),
    "signed": gettext_lazy("Signed in at least once"),
    "attended": gettext_lazy("Attended enough"),
    "countable": gettext_lazy("Countable"),
}


@allow(*LEDGER_READERS)
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Where the programme stands, as of a day; every figure is a link to the people behind it."""
    programme = current_programme()
    policy = policy_of(programme)
    form = AsOfForm(request.GET or None)
    as_of = form.cleaned_data["as_of"] if form.is_valid() else None
    units = queries.ledger(programme, as_of=as_of, user=request.user)
    per_day = units.filter(counted=True).values_list("counted_on").annotate(n=Count("pk")).order_by("counted_on")
    return render(
        request,
        "trainees/progress/dashboard.html",
        {
            "programme": programme,
            "policy": policy,
            "policy_words": policy_in_words(policy),
            "form": form,
            "as_of": as_of,
            "link": _link(as_of),
            "progress": queries.progress_of(units, programme, policy),
            "chart": burn_up(programme, list(per_day), today=as_of or timezone.localdate()),
            "tables": [
                ("township", _("By township"), queries.by_township(units, policy)),
                ("tier", _("By tier"), queries.by_tier(units, policy)),
                ("group", _("By group"), queries.by_group(units, policy)),
            ],
            "months": queries.by_month(units),
            "running": _running(request.user),
            "days_left": (programme.deadline - (as_of or timezone.localdate())).days,
        },
    )


def _link(as_of: datetime.date | None) -> str:
    """The start of every link to the people behind a figure."""
    return "?" + (urlencode({"as_of": as_of.isoformat()}) + "&" if as_of else "")


def _running(user: User) -> dict[str, int]:
    classes = TrainingClass.objects.visible_to(user)
    states = dict(classes.values_list("state").annotate(n=Count("pk")).order_by())
    return {"planned": states.get(ClassState.PLANNED, 0), "open": states.get(ClassState.OPEN, 0)}


@allow(*LEDGER_READERS)
def people(request: SignedInRequest) -> HttpResponse:
    """The units behind one figure, each with its person, its class and its reason."""
    form = UnitFilterForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest(render(request, "ui/errors/400.html").content)
    programme = current_programme()
    filters = {key: value for key, value in form.cleaned_data.items() if value}
    units = queries.ledger(programme, as_of=filters.get("as_of"), user=request.user)
    behind = queries.units_behind(units, filters)
    paginator = Paginator(behind, 50)
    return render(
        request,
        "trainees/progress/people.html",
        {
            "programme": programme,
            "filters": _filters_in_words(filters),
            "total": paginator.count,
            "persons": behind.order_by().values("trainee").distinct().count(),
            "page": paginator.get_page(request.GET.get("page")),
            "rows": _rows(paginator.get_page(request.GET.get("page"))),
        },
    )


def _filters_in_words(filters: dict) -> list[tuple[str, str]]:
    """(what, value) for the head of the page."""
    words = []
    if as_of := filters.get("as_of"):
        words.append((_("As of"), as_of.isoformat()))
    if loss := filters.get("loss"):
        words.append((_("Not counted because"), str(Loss(loss).label)))
    else:
        words.append((_("Stage"), str(STAGE_LABELS[filters.get("stage") or "countable"])))
    if township := filters.get("township"):
        division = Division.objects.current().filter(code=township).first()
        words.append((_("Township"), str(division or township)))
    if tier := filters.get("tier"):
        words.append((_("Tier"), str(Tier(tier).label)))
    if group := filters.get("group"):
        words.append((_("Group"), code_name("trainee_group", group)))
    if month := filters.get("month"):
        words.append((_("Month"), month))
    return words


def _rows(page: Page) -> list[dict]:
    places = {d.code: str(d) for d in Division.objects.current().filter(code__in={unit.township_code for unit in page})}
    return [{"unit": unit, "township": places.get(unit.township_code, unit.township_code)} for unit in page]
