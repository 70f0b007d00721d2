import secrets

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.audit.actions import record_event
from lms.places.models import Division
from lms.places.phones import clean_phone
from lms.records import Actor
from lms.refusals import Refused

from . import queries, rules
from .enums import Role
from .models import RoleGrant, User

# Wagtail's group for those who edit pages; content.actions gives it its permissions.
EDITORS = "centre-editors"
EDITING_ROLES = frozenset({Role.MANAGER, Role.CLERK})
# No letter or digit that is taken for another when it is read from paper.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105


def initial_password() -> str:
    """For one handing-over: 15 of 31 letters, 74 bits, in groups that can be read out."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _letter in range(5)) for _group in range(3))


@transaction.atomic
def create_account(
    *, by: Actor, username: str, name: str, password: str, email: str = "", phone: str = "", language: str = ""
) -> User:
    """A new account without any role. The phone signs in as well as the user name does."""
    phone = clean_phone(phone)
    user = User(username=username, name=name, email=email, phone=phone, language=language)
    user.phone_hash = User.hash_phone(phone)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("weak_password", " ".join(error.messages)) from error
    user.set_password(password)
    exists = _("An account with this user name or phone number exists already; choose another.")
    # Zhao and zhao are one name to a person; the sign-in page thinks so too.
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("account_exists", exists)
    if email and User.objects.filter(email__iexact=email).exists():
        raise Refused("email_taken", _("Another account has this e-mail address; leave it empty or take another."))
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused("account_exists", exists) from error
    record_event(by=by, event="account.created", record=user, label=username)
    return user


@transaction.atomic
def open_account(
    *, by: Actor, username: str, name: str, role: Role, place: Division | None = None, email: str = "", phone: str = ""
) -> tuple[User, str]:
    """Account and role, or neither. The initial password is returned this once and kept nowhere."""
    password = initial_password()
    user = create_account(by=by, username=username, name=name, password=password, email=email, phone=phone)
    grant_role(by=by, user=user, role=role, place=place)
    return user, password


@transaction.atomic
def grant_role(*, by: Actor, user: User, role: Role, place: Division | None = None) -> RoleGrant:
    """Give a role for a place (none: the whole county). Giving it twice changes nothing."""
    # The account's row is the lock: two separate roles given at once wait for each other.
    User.objects.select_for_update().get(pk=user.pk)
    live = user.grants.filter(ended_at__isnull=True)
    held = live.filter(role=role, place=place).first()
    if held:
        return held
    if role in rules.NEEDS_PLACE and place is None:
        raise Refused("place_needed", _("A township operator needs a township: choose the place of the role."))
    clash = rules.clash_with(Role(role), {Role(grant.role) for grant in live})
    if clash:
        raise Refused(
            "separate_people",
            _("System administrator, security officer and auditor must be three people; %(user)s is already %(role)s.")
            % {"user": user.username, "role": clash.label},
        )
    _may_give(by, user, Role(role))
    grant = RoleGrant.objects.create(user=user, role=role, place=place, granted_by=by.label)
    if role in EDITING_ROLES:
        user.groups.add(Group.objects.get_or_create(name=EDITORS)[0])
    record_event(
        by=by, event="role.granted", record=grant, label=user.username, place=place.code if place else "",
        changes={"role": [None, str(role)]},
    )  # fmt: skip
    return grant


@transaction.atomic
def end_role(*, by: Actor, grant: RoleGrant, reason: str) -> None:
    """The grant stays as history; the person's view ends with it."""
    _needs(reason)
    _may_take(by, grant)
    ended = RoleGrant.objects.filter(pk=grant.pk, ended_at__isnull=True).update(
        ended_at=timezone.now(), ended_by=by.label
    )
    if not ended:
        return
    if not queries.roles_of(grant.user) & EDITING_ROLES:
        grant.user.groups.remove(*Group.objects.filter(name=EDITORS))
    record_event(
        by=by, event="role.ended", record=grant, label=grant.user.username, reason=reason,
        changes={"role": [grant.role, None]},
    )  # fmt: skip


def suspend_account(*, by: Actor, user: User, reason: str) -> None:
    """Nobody signs in with it and nobody signed in stays so: an account that is not active is not looked up."""
    if _is_own(by, user):
        raise Refused("own_account", _("Nobody suspends the own account. Ask another manager or the administrator."))
    _set_active(by, user, active=False, event="account.suspended", reason=reason)


def reopen_account(*, by: Actor, user: User, reason: str) -> None:
    _set_active(by, user, active=True, event="account.reopened", reason=reason)


@transaction.atomic
def reset_password(*, by: Actor, user: User) -> str:
    """A new initial password, returned this once and kept nowhere; whoever is signed in with the old one is out."""
    if _is_own(by, user):
        raise Refused("own_account", _("Change your own password on the page of your account."))
    _may_touch(by, user)
    user = User.objects.select_for_update().get(pk=user.pk)
    password = initial_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    record_event(by=by, event="account.password_reset", record=user, label=user.username)
    return password


@transaction.atomic
def _set_active(by: Actor, user: User, *, active: bool, event: str, reason: str) -> None:
    _needs(reason)
    _may_touch(by, user)
    if User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        record_event(
            by=by, event=event, record=user, label=user.username, reason=reason,
            changes={"is_active": [not active, active]},
        )  # fmt: skip


def _needs(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing", _("Say why: the reason is kept beside the change."))


def _is_own(by: Actor, user: User) -> bool:
    return isinstance(by, User) and by.pk == user.pk


def _may_give(by: Actor, user: User, role: Role) -> None:
    """An agent may: whoever reaches a terminal is past these doors."""
    if not isinstance(by, User):
        return
    giver = queries.roles_of(by)
    if rules.out_of_reach(giver, {role}):
        raise Refused(
            "not_yours_to_give", _("Only a system administrator gives the role %(role)s.") % {"role": role.label}
        )
    if Role.SYSTEM_ADMIN in giver and _is_own(by, user):
        raise Refused("own_role", _("A system administrator takes no further role: another person has to give it."))


def _may_take(by: Actor, grant: RoleGrant) -> None:
    if not isinstance(by, User):
        return
    role = Role(grant.role)
    if rules.out_of_reach(queries.roles_of(by), {role}):
        raise Refused(
            "not_yours_to_end", _("Only a system administrator ends the role %(role)s.") % {"role": role.label}
        )
    if grant.user_id == by.pk and role in rules.KEEPERS:
        others = by.grants.filter(ended_at__isnull=True, role__in=rules.KEEPERS).exclude(pk=grant.pk)
        if not others.exists():
            raise Refused(
                "own_last_role", _("With this role you would lose the way back. Ask another manager to end it.")
            )


def _may_touch(by: Actor, user: User) -> None:
    """Whoever sets a password or suspends could act for the person or silence them."""
    if not isinstance(by, User):
        return
    role = rules.out_of_reach(queries.roles_of(by), queries.roles_of(user))
    if role:
        raise Refused(
            "not_your_account",
            _("This account is held by the %(role)s: only a system administrator changes it.") % {"role": role.label},
        )
