"""Who teaches."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.schedule.models import Trainer
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused

FACTS = ("name", "organisation", "qualification", "user_id", "active")


def add_trainer(
    *, by: User | Agent, name: str, organisation: str = "", qualification: str = "", user: User | None = None
) -> Trainer:
    """A trainer; with an account the trainer marks attendance on a phone."""
    trainer = Trainer(name=name, organisation=organisation, qualification=qualification, user=user)
    return save_trainer(by=by, trainer=trainer)


@transaction.atomic
def save_trainer(*, by: User | Agent, trainer: Trainer) -> Trainer:
    """Write a new or a changed trainer. One who leaves is made inactive: the classes held keep their trainer."""
    trainer.name = trainer.name.strip()
    trainer.organisation = trainer.organisation.strip()
    trainer.qualification = trainer.qualification.strip()
    if not trainer.name:
        raise Refused("name_missing", _("The trainer has no name. Write the name as on the qualification."))
    taken = Refused("account_taken", _("This account already belongs to a trainer. Choose another account."))
    if trainer.user_id and Trainer.objects.filter(user_id=trainer.user_id).exclude(pk=trainer.pk).exists():
        raise taken
    before = Trainer.objects.select_for_update(no_key=True).filter(pk=trainer.pk).first() if trainer.pk else None
    try:
        with transaction.atomic():
            trainer.save()
    except IntegrityError as error:  # linked to another trainer at this moment
        raise taken from error
    changes = {
        name: [getattr(before, name) if before else None, getattr(trainer, name)]
        for name in FACTS
        if before is not None and getattr(before, name) != getattr(trainer, name)
    }
    event = "trainer.changed" if before else "trainer.added"
    record_event(by=by, event=event, record=trainer, label=str(trainer.pk), changes=changes)
    return trainer
