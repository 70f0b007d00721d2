"""Records whose time has come: listed by night, proposed by one, confirmed by another, then made nobody's."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.enums import Role
from lms.accounts.models import Agent, User
from lms.accounts.queries import roles_of
from lms.audit.actions import record_event
from lms.audit.models import AuditEvent
from lms.jobs.actions import start
from lms.privacy import masking
from lms.privacy.models import FileView
from lms.refusals import Refused
from trainees.attendance.models import Enrolment
from trainees.consent.models import ConsentSheet
from trainees.registry import followers
from trainees.registry.actions import hold_household
from trainees.registry.enums import IdState
from trainees.registry.models import Household, Trainee
from trainees.rights import queries, wiping
from trainees.rights.enums import WIPE_JOB, DueState, RetentionKind
from trainees.rights.models import DueItem, RetentionRule
from trainees.rosters.models import RosterImport

BATCH = 500
Progress = Iterator[tuple[int, int, int]]


@transaction.atomic
def set_rule(*, by: User | Agent, kind: str, months: int, source: str) -> RetentionRule:
    """The centre's own period, with the paper it comes from."""
    if not source.strip():
        raise Refused("source_missing", _("Write where the period comes from: a law, a circular, the county archive."))
    before = RetentionRule.objects.select_for_update().filter(kind=kind).first()
    was = before.months if before else None
    rule, _made = RetentionRule.objects.update_or_create(
        kind=kind, defaults={"months": months, "source": source.strip(), "decided_by": by.label}
    )
    record_event(
        by=by, event="retention.rule_set", record=rule, label=str(kind), changes={"months": [was, months]},
        reason=source,
    )  # fmt: skip
    return rule


def list_due(today: datetime.date) -> int:
    """Every night: what came due. Listed once; what was kept longer comes back on its day. Returns how many are new."""
    new = 0
    for kind in (RetentionKind.TRAINEE_FILE, RetentionKind.CANCELLED_ENROLMENT, RetentionKind.CONSENT_PROOF):
        known = set(DueItem.objects.filter(kind=kind).values_list("subject", flat=True))
        batch = []
        for subject, trainee, since in queries.due_subjects(kind, today):
            if subject not in known:
                batch.append(DueItem(kind=kind, subject=subject, trainee_id=trainee, due_on=since))
            if len(batch) >= BATCH:
                new += len(DueItem.objects.bulk_create(batch, ignore_conflicts=True))
                batch = []
        new += len(DueItem.objects.bulk_create(batch, ignore_conflicts=True))
    DueItem.objects.filter(state=DueState.KEPT, keep_until__lt=today).update(state=DueState.DUE, keep_until=None)
    return new


def propose_deletion(*, by: User | Agent, trainee: Trainee) -> DueItem:
    """A person asked and no audit needs the file: proposed by whoever answers, confirmed by somebody else."""
    item, _made = DueItem.objects.get_or_create(
        kind=RetentionKind.REQUEST, subject=trainee.pk,
        defaults={"trainee": trainee, "due_on": timezone.localdate()},
    )  # fmt: skip
    if isinstance(by, User) and item.state == DueState.DUE:
        propose(by=by, items=[item])
    return item


@transaction.atomic
def propose(*, by: User, items: Iterable[DueItem]) -> int:
    """This person looked at them and sees nothing that needs them any longer."""
    locked = _locked(items, DueState.DUE)
    now = timezone.now()
    for item in locked:
        item.state, item.proposed_at, item.proposed_by = DueState.PROPOSED, now, by
        _log(by, "retention.proposed", item)
    DueItem.objects.bulk_update(locked, ["state", "proposed_at", "proposed_by"])
    return len(locked)


@transaction.atomic
def confirm(*, by: User, items: Iterable[DueItem]) -> int:
    """Another person agrees; from here there is no way back. The work is done in the background."""
    locked = _locked(items, DueState.PROPOSED)
    if any(item.proposed_by_id == by.pk for item in locked):
        raise Refused("own_proposal", _("Whoever proposed it does not confirm it: another person has to."))
    now = timezone.now()
    for item in locked:
        item.state, item.confirmed_at, item.confirmed_by = DueState.CONFIRMED, now, by
        _log(by, "retention.confirmed", item)
    DueItem.objects.bulk_update(locked, ["state", "confirmed_at", "confirmed_by"])
    if locked:
        start(by=by, kind=WIPE_JOB, subject=by.pk)
    return len(locked)


@transaction.atomic
def keep_longer(*, by: User, items: Iterable[DueItem], until: datetime.date, reason: str) -> int:
    """Something still needs it: a lawsuit, an audit that drags on. It comes back on that day."""
    if not reason.strip():
        raise Refused("reason_missing", _("Say what still needs these records."))
    if until <= timezone.localdate():
        raise Refused("until_passed", _("The day until which they are kept has to lie ahead."))
    locked = _locked(items, DueState.DUE, DueState.PROPOSED)
    for item in locked:
        item.state, item.keep_until, item.keep_reason = DueState.KEPT, until, masking.digits(reason.strip())[:200]
        item.proposed_at = item.proposed_by = None
        _log(by, "retention.kept", item, reason=reason)
    DueItem.objects.bulk_update(locked, ["state", "keep_until", "keep_reason", "proposed_at", "proposed_by"])
    return len(locked)


def carry_out(*, by: User) -> Progress:
    """What this person confirmed, each record a transaction of its own; begun again it goes on where it stopped.

    What is confirmed while it runs is carried out too: asked for again until nothing waits.
    """
    waiting = DueItem.objects.filter(confirmed_by=by, state=DueState.CONFIRMED)
    done = 0
    while todo := list(waiting.order_by("pk").values_list("pk", flat=True)):
        for left, pk in zip(range(len(todo) - 1, -1, -1), todo, strict=True):
            _carry_out_one(by, pk)
            done += 1
            yield done, 0, done + left


def restart_leftovers() -> int:
    """Every night: what was confirmed and waits, because a worker died or was just done. Returns how many jobs."""
    waiting = DueItem.objects.filter(state=DueState.CONFIRMED).values("confirmed_by")
    people = list(User.objects.filter(pk__in=waiting).order_by("pk"))
    for person in people:
        start(by=person, kind=WIPE_JOB, subject=person.pk)
    return len(people)


@transaction.atomic
def _carry_out_one(by: User, pk: int) -> None:
    item = DueItem.objects.select_for_update(of=("self",)).select_related("trainee__township").get(pk=pk)
    if item.state != DueState.CONFIRMED:
        return
    steps = {
        RetentionKind.TRAINEE_FILE: _anonymise,
        RetentionKind.REQUEST: _anonymise,
        RetentionKind.CANCELLED_ENROLMENT: _drop_enrolment,
        RetentionKind.CONSENT_PROOF: _drop_proof,
    }
    # Logged before: what is logged of the file afterwards would be all that still speaks of it.
    _log(by, "retention.done", item)
    item.wiped = steps[RetentionKind(item.kind)](item, by)
    item.state, item.done_at = DueState.DONE, timezone.now()
    item.save(update_fields=["wiped", "state", "done_at"])


def _anonymise(item: DueItem, by: User) -> dict[str, int]:
    """The person goes, the figures stay: everything the ledger is rebuilt from keeps what it is counted by.

    Files that went on in this one are the same person's and go with it.
    """
    wiped: Counter[str] = Counter()
    waiting = [item.trainee_id]
    while waiting:
        pk = waiting.pop()
        household = Household.objects.filter(members=pk).first()
        if household is not None:
            # Before the person, here as everywhere.
            hold_household(household)
        trainee = Trainee.objects.select_for_update(of=("self",)).get(pk=pk)
        if not trainee.anonymised_at:
            wiped.update(_anonymise_one(trainee, by))
        waiting += trainee.merged_files.values_list("pk", flat=True)
    return {table: rows for table, rows in wiped.items() if rows}


def _anonymise_one(trainee: Trainee, by: User) -> dict[str, int]:
    user, household, rosters = trainee.user, trainee.household, _rosters_of(trainee)
    # A valid identity counts, and there is none any more: reviewed is what stays countable without a number.
    state = IdState.REVIEW if trainee.id_state == IdState.REVIEW else IdState.REVIEWED
    Trainee.objects.filter(pk=trainee.pk).update(
        id_state=state, id_hash="", user=None, household=None, anonymised_at=timezone.now()
    )
    # An open stay would let the household go on writing into the file of nobody.
    today = timezone.localdate()
    stays = trainee.household_entries.live().filter(valid_to=None)
    stays.filter(valid_from__lte=today).update(valid_to=today)
    stays.update(voided_at=timezone.now(), voided_by=by.label)
    wiped = wiping.wipe(trainee) | {table: step(by, trainee) for table, step in wiping.STEPS.items()}
    wiped |= _empty_household(household) | _drop_roster_files(rosters) | _close_account(user)
    wiped["lms.FileView"] = FileView.objects.filter(file_number=trainee.file_number).wipe(reason="", unmasked="")
    events = AuditEvent.objects.filter(record_type="trainees.trainee", record_id=str(trainee.pk))
    wiped["lms.AuditEvent"] = wiped.get("lms.AuditEvent", 0) + events.wipe(changes={}, reason="")
    followers.tell(trainee.pk)
    return wiped


def _empty_household(household: Household | None) -> dict[str, int]:
    if household is None or household.members.exists():
        return {}
    # Unique, and the hash of nothing.
    Household.objects.filter(pk=household.pk).update(number="", number_hash=f"wiped-{household.pk}", head_name="")
    periods = wiping.empty(household.periods.all(), keep=("poverty_type",))
    return {"trainees.Household": 1, "trainees.HouseholdPeriod": periods}


def _rosters_of(trainee: Trainee) -> list[RosterImport]:
    return list(RosterImport.objects.filter(rows__trainee=trainee).distinct())


def _drop_roster_files(rosters: list[RosterImport]) -> dict[str, int]:
    """The file as it was sent holds the person too; the rows of the others are kept one by one."""
    dropped = 0
    for roster in rosters:
        if roster.file:
            stored, storage = roster.file.name, roster.file.storage
            RosterImport.objects.filter(pk=roster.pk).update(file="")
            transaction.on_commit(lambda stored=stored, storage=storage: storage.delete(stored))  # type: ignore[misc]
            dropped += 1
    return {"trainees.RosterImport": dropped}


def _close_account(user: User | None) -> dict[str, int]:
    """Whoever also works here keeps the account; a trainee's own ends with the file."""
    if user is None or roles_of(user) - {Role.TRAINEE}:
        return {}
    user.set_unusable_password()
    # What the sign-in keeps of its own: addresses, second factors.
    user.emailaddress_set.all().delete()  # type: ignore[attr-defined]
    user.authenticator_set.all().delete()  # type: ignore[attr-defined]
    User.objects.filter(pk=user.pk).update(
        username=f"gone-{user.pk}", name="", first_name="", last_name="", email="", phone="", phone_hash="",
        password=user.password, is_active=False,
    )  # fmt: skip
    return {"lms.User": 1}


def _drop_enrolment(item: DueItem, _by: User) -> dict[str, int]:
    rows = Enrolment.objects.filter(pk=item.subject, state="cancelled")
    dropped, _tables = rows.delete()
    return {"trainees.Enrolment": dropped} if dropped else {}


def _drop_proof(item: DueItem, _by: User) -> dict[str, int]:
    wiped = wiping.wipe(item.trainee, with_the=wiping.PROOF)
    # A list signed by many goes when nobody on it is left.
    sheets = ConsentSheet.objects.filter(consents__trainee=item.trainee).exclude(file="").distinct()
    others = Q(consents__trainee__anonymised_at__isnull=True)
    left = [sheet for sheet in sheets if not ConsentSheet.objects.filter(others, pk=sheet.pk).exists()]
    for sheet in left:
        stored, storage = sheet.file.name, sheet.file.storage
        ConsentSheet.objects.filter(pk=sheet.pk).update(file="")
        transaction.on_commit(lambda stored=stored, storage=storage: storage.delete(stored))  # type: ignore[misc]
    return wiped | ({"trainees.ConsentSheet": len(left)} if left else {})


def _locked(items: Iterable[DueItem], *states: DueState) -> list[DueItem]:
    """Those of the given items that are still in one of these states, held for this transaction."""
    wanted = DueItem.objects.select_for_update(of=("self",)).select_related("trainee__township")
    return list(wanted.filter(pk__in=[item.pk for item in items], state__in=states).order_by("pk"))


def _log(by: User, event: str, item: DueItem, reason: str = "") -> None:
    record_event(
        by=by, event=event, record=item, label=item.trainee.file_number, place=item.trainee.township.code,
        changes={"kind": [None, item.kind]}, reason=reason,
    )  # fmt: skip
