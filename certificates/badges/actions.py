"""Badges are made and remade here, and nowhere else."""

import secrets

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import User
from lms.audit.actions import record_event
from lms.refusals import Refused
from trainees.registry.actions import refuse_restricted

from ..models import Badge, Certificate
from . import rules

TRIES = 40  # a list is half full at most: forty misses in a row do not happen


@transaction.atomic
def make(*, by: User, certificate: Certificate, with_name: bool = False) -> Badge:
    """The certificate's badge; the one that is there, when somebody made it before. It carries the name only if the
    person asks for it: making it again with another wish is a new version, and the old address stays.
    """
    # Two presses at the same moment wait for each other here, and so does a revocation.
    locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
    rules.refuse_ended(locked)
    refuse_restricted(locked.trainee)
    holder = rules.is_holder(by, locked)
    if with_name and not holder:
        raise Refused(
            "name_is_theirs",
            _("Only the person may put the name into the badge, signed in with the own account. Make it without."),
        )
    badge = Badge.objects.filter(certificate=locked).first()
    if badge is None:
        badge = _new_badge(by, locked, with_name)
        _record(by, badge, "badge.made", with_name=[None, with_name])
    elif holder and badge.with_name != with_name:
        _record(by, badge, "badge.remade", with_name=[badge.with_name, with_name])
        badge.with_name, badge.made_at, badge.made_by = with_name, timezone.now(), by.label
        badge.save(update_fields=["with_name", "made_at", "made_by"])
    return badge


@transaction.atomic
def close_link(*, by: User, badge: Badge) -> Badge:
    """Another address for wallets: whoever has the old one gets nothing there any more."""
    locked = Badge.objects.select_for_update(of=("self",)).select_related("certificate__trainee").get(pk=badge.pk)
    locked.token = secrets.token_urlsafe(16)
    locked.save(update_fields=["token"])
    _record(by, locked, "badge.link_changed")
    return locked


def _record(by: User, badge: Badge, event: str, **changes: list) -> None:
    record_event(
        by=by, event=event, record=badge.certificate, label=badge.certificate.number,
        place=badge.certificate.place_code, changes=changes,
    )  # fmt: skip


def _new_badge(by: User, certificate: Certificate, with_name: bool) -> Badge:
    number = _open_list()
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():  # a place that another took meanwhile must not end the whole transaction
                return Badge.objects.create(
                    certificate=certificate,
                    token=secrets.token_urlsafe(16),
                    salt=secrets.token_urlsafe(16),
                    status_list=number,
                    status_index=secrets.randbelow(rules.LIST_BITS),
                    with_name=with_name,
                    made_at=timezone.now(),
                    made_by=by.label,
                )
        except IntegrityError:
            continue
    raise Refused("no_place", _("The list of badges is busy at this moment. Try again."))


def _open_list() -> int:
    """The list that takes new badges: the last one, until it is half full."""
    last = Badge.objects.aggregate(last=Max("status_list"))["last"] or 1
    full = Badge.objects.filter(status_list=last).count() >= rules.LIST_BADGES
    return last + 1 if full else last
