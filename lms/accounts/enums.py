from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """System administrator, security officer and auditor are three separate people (MLPS level 2)."""

    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_OFFICER = "security_officer", _("Security officer")
    AUDITOR = "auditor", _("Auditor")
    MANAGER = "manager", _("Centre manager")
    CLERK = "clerk", _("Clerk")
    TOWNSHIP_OPERATOR = "township_operator", _("Township operator")
    TRAINER = "trainer", _("Trainer")
    JUDGE = "judge", _("Judge")
    TRAINEE = "trainee", _("Trainee")
    EVALUATOR = "evaluator", _("Evaluator")


# Everyone whose work is at the centre or for it: they need a second factor.
STAFF_ROLES = frozenset(Role) - {Role.TRAINEE, Role.JUDGE, Role.EVALUATOR}
SEPARATE_PEOPLE = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_OFFICER, Role.AUDITOR})
