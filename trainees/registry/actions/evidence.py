"""What stands behind an entry: its document, and who compared it."""

import datetime
import uuid

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import Agent, User
from lms.privacy import masking
from lms.refusals import Refused
from trainees.registry.documents import document_type
from trainees.registry.models.dated import Kept, Proved
from trainees.registry.quotes import quoted
from trainees.registry.rules import is_proof


def put_document(record: Proved, content: bytes | None) -> None:
    """Set, not saved. The person's own file name is not kept: it often holds a name or a number."""
    if content is None:
        return
    if len(content) > settings.UPLOAD_MAX_BYTES:
        raise Refused("document_too_large", _("This file is too large. Save it smaller and choose it again."))
    kind = document_type(content)
    if not kind:
        raise Refused("document_type", _("The document must be a PDF, JPG or PNG file. Save it as one of these."))
    record.document = ContentFile(content, name=f"{uuid.uuid4().hex}.{kind}")
    record.document_type = kind


def same_document(record: Proved, other: Proved) -> None:
    """A corrected entry rests on the same paper; the stored file is shared and never written again."""
    # Its name may have changed since it was read: keys are rotated while people work. See lms.rotation.
    other.refresh_from_db(fields=["document"])
    record.document, record.document_type = other.document.name, other.document_type


def void(record: Kept, *, by: User | Agent, reason: str) -> None:
    """Set and saved; the caller writes the audit row."""
    if record.voided_at is not None:
        raise Refused("entry_voided", _("This entry was voided already."))
    record.voided_at, record.voided_by, record.void_reason = timezone.now(), by.label, short(reason)
    record.save(update_fields=["voided_at", "voided_by", "void_reason"])


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing", _("Say why; the reason stays in the log."))


def check_days(first: datetime.date | None, last: datetime.date | None) -> None:
    if first and last and last < first:
        raise Refused("dates_reversed", _("The last day lies before the first."))


def check_second_pair(record: Kept, *, by: User | Agent) -> None:
    if record.recorded_by == by.label:
        raise Refused("verify_own", _("You entered this yourself. Somebody else of the centre verifies it."))


def check_proof(group: str, evidence: str) -> None:
    if not is_proof(group, evidence):
        raise Refused(
            "evidence_weak",
            _(
                "A roster or somebody's word does not prove this group. "
                "Say with which list or document you compared it."
            ),
        )


def short(reason: str) -> str:
    """People type numbers into reasons; none is kept in full."""
    return masking.digits(reason.strip())[:300]


def note(text: str) -> str:
    return quoted(text.strip())[:200]
