"""A person may claim an account later, or never."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused

from ..models import Trainee
from .limits import refuse_restricted


@transaction.atomic
def link_account(*, by: User | Agent, trainee: Trainee, user: User) -> Trainee:
    """This account is this person's: from now on it opens the file and takes lessons for it."""
    trainee = Trainee.objects.select_for_update(of=("self",)).get(pk=trainee.pk)
    if trainee.user_id == user.pk:
        return trainee
    refuse_restricted(trainee)
    if trainee.user_id is not None:
        raise Refused("file_has_account", _("This file already has an account. End that link first."))
    trainee.user = user
    try:
        with transaction.atomic():
            trainee.save(update_fields=["user"])
    except IntegrityError as error:
        raise Refused("account_has_file", _("This account already belongs to another file.")) from error
    record_event(
        by=by, event="trainee.account_linked", record=trainee, label=trainee.file_number, place=trainee.township.code,
        changes={"user": [None, user.username]},
    )  # fmt: skip
    return trainee
