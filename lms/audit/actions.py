from collections.abc import Iterable

from django.db import models

from lms.privacy import masking
from lms.records import Actor

from .models import AuditEvent


def record_event(
    *,
    by: Actor,
    event: str,
    record: models.Model,
    label: str,
    place: str = "",
    changes: dict | None = None,
    reason: str = "",
) -> None:
    """One audit row, in the caller's transaction. `by` is an account or an agent."""
    event_row(
        by=by, event=event, record=record, label=label, place=place, changes=changes, reason=reason
    ).save_appended()


def record_events(rows: Iterable[AuditEvent]) -> None:
    """Many of them at once, each made by event_row."""
    AuditEvent.objects.append_many(rows)


def event_row(
    *,
    by: Actor,
    event: str,
    record: models.Model,
    label: str,
    place: str = "",
    changes: dict | None = None,
    reason: str = "",
) -> AuditEvent:
    """One audit row, not yet written."""
    return AuditEvent(
        actor=by.label,
        actor_id=str(by.pk or ""),
        event=event,
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        record_label=label,
        place=place,
        changes=changes or {},
        # People type numbers into reasons; the log keeps none in full.
        reason=masking.digits(reason),
    )
