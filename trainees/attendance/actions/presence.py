"""Presence, worked out again from the scans alone."""

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction

from courses.schedule.models import Session
from trainees.attendance.models import Presence, Scan
from trainees.attendance.rules import Event, attendance_of, seen_at


def events_of(session: Session, trainee_ids: Collection[int]) -> dict[int, list[Event]]:
    """Everybody's accepted scans of a session, in the order they happened."""
    scans = Scan.objects.filter(session=session, trainee__in=trainee_ids, accepted=True).order_by("id")
    events = defaultdict(list)
    for kind, source, occurred_at, received_at, trainee_id in scans.values_list(
        "kind", "source", "occurred_at", "received_at", "trainee"
    ):
        events[trainee_id].append(Event(kind, source, seen_at(occurred_at, received_at)))
    for trail in events.values():
        # Stable: of two at the same moment, the one that arrived later decides.
        trail.sort(key=lambda event: event.at)
    return events


@transaction.atomic
def derive_presence(session: Session, trainee_ids: Collection[int]) -> list[Presence]:
    """Make these people's rows say what their scans say; whoever has no accepted scan has no row."""
    start = session.start
    events = events_of(session, trainee_ids)
    rows = []
    for trainee_id, trail in sorted(events.items()):
        attendance = attendance_of(trail, start, session.minutes)
        if attendance is not None:
            rows.append(
                Presence(
                    session=session, trainee_id=trainee_id, present=attendance.present,
                    minutes_present=attendance.minutes, first_seen_at=attendance.first_seen_at,
                )
            )  # fmt: skip
    silent = set(trainee_ids) - events.keys()
    if silent:
        Presence.objects.filter(session=session, trainee__in=silent).delete()
    return Presence.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "trainee"],
        update_fields=["present", "minutes_present", "first_seen_at", "derived_at"],
    )
