"""Who works here and with which role: for managers and system administrators."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.access.decorators import allow
from lms.access.requests import SignedInRequest
from lms.access.scope import scope_of
from lms.accounts import actions
from lms.accounts.enums import STAFF_ROLES, Role
from lms.accounts.models import User
from lms.accounts.rules import grantable
from lms.refusals import Refused

from . import queries
from .forms import AccountForm, ListForm, ReasonForm, RoleForm

KEEPERS = (Role.MANAGER, Role.SYSTEM_ADMIN)
PAGE = 50


@allow(*KEEPERS)
@require_safe
def account_list(request: SignedInRequest) -> HttpResponse:
    form = ListForm(request.GET, roles=queries.roles_shown(_keeper(request)))
    accounts = queries.accounts_for(request.user)
    if form.is_valid():
        accounts = queries.search(accounts, form.cleaned_data["q"], form.cleaned_data["role"])
    page = Paginator(accounts, PAGE).get_page(request.GET.get("page"))
    return render(request, "lms/staff/list.html", {"form": form, "page": page})


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("password")
def account_new(request: SignedInRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, roles=_grantable(request))
    if request.method == "POST" and form.is_valid():
        try:
            account, password = actions.open_account(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            return _hand_over(request, account, password)
    return render(request, "lms/staff/new.html", {"form": form})


@allow(*KEEPERS)
@require_safe
def account_page(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk))


@allow(*KEEPERS)
@require_POST
def role_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _get(request, pk)
    form = RoleForm(request.POST, roles=_grantable(request))
    if form.is_valid():
        try:
            grant = actions.grant_role(by=request.user, user=account, **form.cleaned_data)
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("%(role)s: given.") % {"role": Role(grant.role).label})
            return redirect("account_page", pk)
    return _page(request, account, role_form=form)


@allow(*KEEPERS)
@require_POST
def role_end(request: SignedInRequest, pk: int, grant: int) -> HttpResponse:
    account = _get(request, pk)
    held = next((one for one in queries.grants_of(account) if one.pk == grant), None)
    if held is None:
        raise Http404
    return _with_reason(
        request, account, lambda reason: actions.end_role(by=request.user, grant=held, reason=reason),
        _("%(role)s: ended.") % {"role": Role(held.role).label},
    )  # fmt: skip


@allow(*KEEPERS)
@require_POST
def account_suspend(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _get(request, pk)
    return _with_reason(
        request, account, lambda reason: actions.suspend_account(by=request.user, user=account, reason=reason),
        _("The account is suspended; nobody signs in with it."),
    )  # fmt: skip


@allow(*KEEPERS)
@require_POST
def account_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _get(request, pk)
    return _with_reason(
        request, account, lambda reason: actions.reopen_account(by=request.user, user=account, reason=reason),
        _("The account is open again, with the roles it had."),
    )  # fmt: skip


@allow(*KEEPERS)
@require_POST
@never_cache
@sensitive_variables("password")
def account_password(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _get(request, pk)
    try:
        password = actions.reset_password(by=request.user, user=account)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("account_page", pk)
    return _hand_over(request, account, password)


def _hand_over(request: SignedInRequest, account: User, password: str) -> HttpResponse:
    """The answer itself carries the password: a redirect would have to store it somewhere on the way. Sent again, the
    form that opened the account is refused, and the one that reset the password makes another."""
    facts = {
        "account": account,
        "password": password,
        "sign_in": settings.SITE_URL + reverse("account_login"),
        "change": settings.SITE_URL + reverse("account_change_password"),
        "second_factor": settings.STAFF_SECOND_FACTOR and scope_of(account).has(*STAFF_ROLES),
    }
    return render(request, "lms/staff/hand_over.html", facts)


def _keeper(request: SignedInRequest) -> frozenset[Role]:
    keeper = queries.kept_by(scope_of(request.user))
    if not keeper:
        raise PermissionDenied
    return keeper


def _grantable(request: SignedInRequest) -> frozenset[Role]:
    return grantable(_keeper(request))


def _get(request: SignedInRequest, pk: int) -> User:
    return get_object_or_404(queries.accounts_for(request.user), pk=pk)


def _page(request: SignedInRequest, account: User, *, role_form: RoleForm | None = None) -> HttpResponse:
    shown = queries.account_shown(account, keeper=request.user)
    roles = _grantable(request)
    # Their actions refuse it as well; a form that cannot succeed is not shown.
    may_grant = not (shown.own and Role.SYSTEM_ADMIN in queries.kept_by(scope_of(request.user)))
    facts = {
        "shown": shown,
        "account": account,
        "may_grant": may_grant,
        "role_form": role_form or RoleForm(roles=roles),
    }
    return render(request, "lms/staff/account.html", facts)


def _with_reason(request: SignedInRequest, account: User, change: Callable[[str], None], done: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why; nothing was changed."))
        return redirect("account_page", account.pk)
    try:
        change(form.cleaned_data["reason"])
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)
    return redirect("account_page", account.pk)
