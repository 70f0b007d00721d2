"""A manager decides how certificates are numbered from now on."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy import masking
from lms.programme.models import Programme
from lms.refusals import Refused

from ..enums import CertificateKind
from ..models import NumberScheme
from ..queries import example_of, scheme_of


@transaction.atomic
def set_scheme(
    *,
    by: User | Agent,
    programme: Programme,
    kind: str,
    pattern: str,
    valid_months: int | None = None,
    note: str = "",
) -> NumberScheme:
    """Certificates issued from now on are numbered so; those that were issued keep their numbers.

    What holds already is no new version. A number that would come out wrong is refused now, not at the next issue.
    """
    pattern = pattern.strip()
    example_of(programme, kind, pattern, timezone.localdate())
    if kind != CertificateKind.TRAINER and valid_months is not None:
        raise Refused("holds_for_good", _("Only a trainer qualification ends. Leave the months empty."))
    if kind == CertificateKind.TRAINER and valid_months is None:
        raise Refused("months_missing", _("Say for how many months a trainer qualification holds."))
    # Two managers at once: the second sees what the first decided.
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    before = scheme_of(programme, kind)
    if (before.pattern, before.valid_months) == (pattern, valid_months):
        return before
    scheme = NumberScheme.objects.append(
        programme=programme, kind=kind, version=before.version + 1, pattern=pattern, valid_months=valid_months,
        decided_on=timezone.localdate(), decided_by=by.label, note=masking.digits(note.strip()),
    )  # fmt: skip
    changes = {"pattern": [before.pattern, pattern], "valid_months": [before.valid_months, valid_months]}
    record_event(
        by=by, event="number_scheme.decided", record=scheme, label=f"{programme.code} {kind}",
        place=programme.county.code, changes=changes, reason=scheme.note,
    )  # fmt: skip
    return scheme
