"""Groups a person belongs to, each with its days and its evidence."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.places.queries import code_names
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry import rules
from trainees.registry.models import GroupMembership, Trainee


@transaction.atomic
def add_membership(
    *,
    by: User | Agent,
    trainee: Trainee,
    group: str,
    valid_from: datetime.date,
    evidence: str,
    evidence_note: str = "",
    valid_to: datetime.date | None = None,
) -> GroupMembership:
    """The person belongs to a group from a day on. An open membership of the same group stays as it is."""
    if not checked_groups([group]):
        raise Refused("group_derived", _("This group follows from the identity; there is nothing to enter."))
    if valid_to and valid_to < valid_from:
        raise Refused("dates_reversed", _("The last day lies before the first."))
    membership = GroupMembership(
        trainee=trainee, group=group, valid_from=valid_from, valid_to=valid_to, evidence=evidence,
        # A certificate's number stands in no note: in the database it would be readable.
        evidence_note=masking.digits(evidence_note), recorded_by=by.label,
    )  # fmt: skip
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise Refused("group_known", _("This person already belongs to this group.")) from error
    record_event(
        by=by, event="trainee.group_added", record=trainee, label=trainee.file_number,
        place=trainee.township.code, changes={"groups": [None, group], "valid_from": [None, str(valid_from)]},
    )  # fmt: skip
    return membership


@transaction.atomic
def end_membership(
    *, by: User | Agent, membership: GroupMembership, valid_to: datetime.date, reason: str
) -> GroupMembership:
    """The last day on which the person belonged; earlier classes still count the group."""
    locked = GroupMembership.objects.select_for_update().select_related("trainee__township").get(pk=membership.pk)
    if locked.valid_to is not None:
        raise Refused("membership_ended", _("This membership has ended already."))
    if valid_to < locked.valid_from:
        raise Refused("dates_reversed", _("The last day lies before the first."))
    locked.valid_to = valid_to
    locked.save(update_fields=["valid_to"])
    trainee = locked.trainee
    record_event(
        by=by, event="trainee.group_ended", record=trainee, label=trainee.file_number, reason=reason,
        place=trainee.township.code, changes={"groups": [locked.group, None], "valid_to": [None, str(valid_to)]},
    )  # fmt: skip
    return locked


def checked_groups(groups: Iterable[str]) -> list[str]:
    """Sorted codes without those that follow from the identity."""
    wanted = sorted(set(groups) - rules.DERIVED_GROUPS)
    unknown = set(wanted) - code_names("trainee_group").keys() if wanted else set()
    if unknown:
        raise Refused("group_unknown", _("This group is not in the list of groups."), groups=sorted(unknown))
    return wanted
