"""A programme, and the rule by which it counts."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.enums import DivisionLevel
from lms.places.models import Division
from lms.refusals import Refused

from .enums import CountedUnit
from .models import CountingPolicy, Programme

POLICY_FIELDS = ("unit", "min_attendance_percent", "counts_remote", "minutes_per_hour", "note")


@transaction.atomic
def create_programme(
    *,
    by: User | Agent,
    code: str,
    name: str,
    county: Division,
    starts_on: datetime.date,
    deadline: datetime.date,
    target_person_times: int,
    name_en: str = "",
    source: str = "",
) -> Programme:
    """A programme with the first version of its policy: one class completed counts once, 80 % attended."""
    if county.level != DivisionLevel.COUNTY:
        raise Refused("not_a_county", _("A programme belongs to a county. Choose the county itself."))
    known = Refused("programme_known", _("A programme with this code exists. Choose another code."))
    if Programme.objects.filter(code=code).exists():
        raise known
    if deadline <= starts_on:
        raise Refused("deadline_before_start", _("The deadline must lie after the start. Correct one of them."))
    try:
        with transaction.atomic():
            programme = Programme.objects.create(
                code=code,
                name=name,
                name_en=name_en,
                county=county,
                starts_on=starts_on,
                deadline=deadline,
                target_person_times=target_person_times,
                source=source,
            )
    except IntegrityError as error:  # another one with this code, made at this moment
        raise known from error
    changes = {"target_person_times": [None, target_person_times], "deadline": [None, deadline.isoformat()]}
    record_event(by=by, event="programme.created", record=programme, label=code, place=county.code, changes=changes)
    set_policy(by=by, programme=programme)
    return programme


@transaction.atomic
def set_policy(
    *,
    by: User | Agent,
    programme: Programme,
    unit: str = CountedUnit.PER_CLASS,
    min_attendance_percent: int = 80,
    counts_remote: bool = False,
    minutes_per_hour: int = 45,
    note: str = "",
    decided_on: datetime.date | None = None,
) -> CountingPolicy:
    """A new version, unless nothing changes. Refused once a class has opened under the present one."""
    # The programme's row is the lock: a version set and a freeze wait for each other.
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    before = programme.policies.order_by("-version").first()
    if before is not None and before.frozen_at:
        raise Refused(
            "policy_frozen",
            _("A class has already opened under this counting policy, so it can no longer change."),
        )
    if not 1 <= min_attendance_percent <= 100:
        raise Refused("bad_percent", _("The least attendance is a percentage from 1 to 100."))
    if not 1 <= minutes_per_hour <= 60:
        raise Refused("bad_hour", _("A training hour has from 1 to 60 minutes."))
    wanted = dict(
        zip(
            POLICY_FIELDS,
            (str(unit), min_attendance_percent, counts_remote, minutes_per_hour, note),
            strict=True,
        )
    )
    was = {name: getattr(before, name) for name in POLICY_FIELDS} if before else dict.fromkeys(POLICY_FIELDS)
    if before is not None and was == wanted:
        return before
    policy = CountingPolicy.objects.create(
        programme=programme,
        version=before.version + 1 if before else 1,
        decided_on=decided_on or timezone.localdate(),
        decided_by=by.label,
        **wanted,
    )
    changes = {name: [was[name], value] for name, value in wanted.items() if was[name] != value}
    record_event(by=by, event="policy.set", record=policy, label=str(policy), changes=changes)
    return policy


@transaction.atomic
def freeze_policy(*, by: User | Agent, programme: Programme) -> CountingPolicy:
    """Called when a class opens. The second call, or one at the same moment, changes nothing."""
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    policy = programme.policies.order_by("-version").first()
    if policy is None:
        raise Refused("no_policy", _("The programme has no counting policy yet. A manager sets it."))
    if policy.frozen_at is None:
        policy.frozen_at = timezone.now()
        policy.save(update_fields=["frozen_at"])
        record_event(by=by, event="policy.frozen", record=policy, label=str(policy))
    return policy
