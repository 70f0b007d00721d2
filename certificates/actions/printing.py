"""Print runs: what is printed is fixed when it is ordered, and kept part by part as it is made."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.schedule.actions import lock_class
from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from lms.audit.actions import event_row, record_event, record_events
from lms.jobs.actions import start
from lms.jobs.enums import UNFINISHED
from lms.jobs.models import Job
from lms.privacy import masking
from lms.privacy.storage import SealedStorage
from lms.refusals import Refused

from ..enums import CertificateKind, PrintBack, PrintKind, PrintLayout, PrintState, ReprintReason, Stopped
from ..models import Certificate, PrintItem, PrintPart, PrintRun
from ..queries import PRINT_RUN, on_paper, theirs, times_printed, valid_in_roster_order
from .certificates import issue, record_printing

MOST = 20_000


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What the printer does with the pages, and why something is printed again."""

    layout: PrintLayout = PrintLayout.PLAIN
    back: PrintBack = PrintBack.NONE
    reprint_reason: str = ""
    reprint_note: str = ""

    def columns(self, kind: PrintKind, certificates: Iterable[Certificate]) -> dict:
        """The columns of a run. From the second order on a certificate goes to the printer with a reason."""
        if kind != PrintKind.SHEETS:
            if (self.layout, self.back) != (PrintLayout.PLAIN, PrintBack.NONE):
                raise Refused("only_sheets", _("Backs, cut marks and two on a sheet are for the printer's PDF."))
            return {}
        again = on_paper(certificates)
        reason, note = (self.reprint_reason, masking.digits(self.reprint_note.strip())[:200]) if again else ("", "")
        if again and not reason:
            _refuse_reprint(certificates, again)
        if reason == ReprintReason.OTHER and not note:
            raise Refused("reprint_words_missing", _("Write in a few words why it is printed again."))
        return {"layout": self.layout, "back": self.back, "reprint_reason": reason, "reprint_note": note}


def _refuse_reprint(certificates: Iterable[Certificate], again: set[int]) -> None:
    numbers = [each.number for each in certificates if each.pk in again]
    raise Refused(
        "reprint_reason_missing",
        _("Printed before, or about to be: %(n)d of these, among them %(numbers)s. Say why they are printed again.")
        % {"n": len(numbers), "numbers": "、".join(numbers[:3])},
        numbers=numbers,
    )


PLAIN = Paper()


@transaction.atomic
def order_class(
    *,
    by: User,
    training_class: TrainingClass,
    kind: PrintKind,
    certificate_kind: CertificateKind = CertificateKind.COMPLETION,
    first_issue: bool = False,
    issue_dated: datetime.date | None = None,
    paper: Paper = PLAIN,
) -> Job:
    """Print a class's papers of one kind in the order of its roster; with `first_issue` whoever is due gets one before.

    While the same order is under way, that run is returned, whoever ordered it; another order of the same waits.
    """
    # Two presses at the same moment wait for each other here.
    locked = lock_class(training_class.pk)
    same = PrintRun.objects.filter(training_class=locked, kind=kind, certificate_kind=certificate_kind)
    runs = same.values_list("pk", flat=True)
    under_way = Job.objects.filter(kind=PRINT_RUN, subject__in=map(str, runs), state__in=UNFINISHED).first()
    if under_way:
        asked = (paper.layout, paper.back, first_issue, issue_dated)
        _refuse_other_order(PrintRun.objects.get(pk=under_way.subject), *asked)
        return under_way
    valid = valid_in_roster_order(locked, certificate_kind)
    if not first_issue and not valid:
        raise Refused("nothing_to_print", _("There is nothing to print yet: issue the certificates first."))
    run = PrintRun.objects.create(
        kind=kind, certificate_kind=certificate_kind, title=locked.code, training_class=locked,
        issue=first_issue, issue_dated=issue_dated, ordered_by=by, **paper.columns(kind, valid),
    )  # fmt: skip
    return _ordered(by, run)


def _refuse_other_order(
    run: PrintRun, layout: PrintLayout, back: PrintBack, first_issue: bool, issue_dated: datetime.date | None
) -> None:
    if (run.layout, run.back, run.issue, run.issue_dated) != (layout, back, first_issue, issue_dated):
        raise Refused(
            "other_order_under_way",
            _(
                "This class is being printed right now, by an order that differs in layout, back or what is issued "
                "before. Order again when that is done."
            ),
        )


@transaction.atomic
def order_selection(
    *, by: User, certificates: Sequence[Certificate], kind: PrintKind, title: str, paper: Paper = PLAIN
) -> Job:
    """Print these, in this order; the caller has found them within the orderer's places."""
    if not certificates:
        raise Refused("nothing_to_print", _("No certificate was chosen, so nothing was printed."))
    if len(certificates) > MOST:
        raise Refused(
            "too_many",
            _("%(n)d certificates are more than one print run takes (%(most)d). Print a smaller part of them.")
            % {"n": len(certificates), "most": MOST},
        )
    # Two presses at the same moment wait for each other here.
    Certificate.objects.select_for_update(of=("self",)).get(pk=min(each.pk for each in certificates))
    columns = paper.columns(kind, certificates)
    run = PrintRun.objects.create(kind=kind, title=title, ordered_by=by, settled_at=timezone.now(), **columns)
    _fix_order(run, certificates)
    return _ordered(by, run)


def _ordered(by: User, run: PrintRun) -> Job:
    record_event(
        by=by, event="print_run.ordered", record=run, label=run.title, reason=_why(run),
        changes={"layout": [None, run.layout], "back": [None, run.back]},
    )  # fmt: skip
    return start(by=by, kind=PRINT_RUN, subject=run.pk)


def _why(run: PrintRun) -> str:
    return f"{run.reprint_reason} {run.reprint_note}".strip()


@transaction.atomic
def settle(*, by: User, run: PrintRun) -> None:
    """Issue what is due, if that was ordered, and fix what is printed and in which order. Safe to run again."""
    locked = PrintRun.objects.select_for_update().get(pk=run.pk)
    if locked.settled_at or locked.training_class is None:
        return
    wanted = CertificateKind(locked.certificate_kind or CertificateKind.COMPLETION)
    if locked.issue:
        issue(by=by, training_class=locked.training_class, issued_on=locked.issue_dated, kind=wanted)
    own = set(theirs(by).filter(training_class=locked.training_class).values_list("pk", flat=True))
    certificates = [each for each in valid_in_roster_order(locked.training_class, wanted) if each.pk in own]
    if not certificates:
        raise Refused("nothing_to_print", _("This class has no certificate that can be printed."))
    _fix_order(locked, certificates)
    locked.settled_at = timezone.now()
    locked.save(update_fields=["settled_at"])


def _fix_order(run: PrintRun, certificates: Sequence[Certificate]) -> None:
    PrintItem.objects.bulk_create(
        (PrintItem(run=run, position=at, certificate=each) for at, each in enumerate(certificates)), batch_size=1000
    )


@transaction.atomic
def keep_part(
    *, by: User | Agent, run: PrintRun, number: int, content: bytes, printed: Iterable[PrintItem],
    stopped: Iterable[tuple[PrintItem, Stopped]],
) -> bool:  # fmt: skip
    """One finished part, its file, what became of each certificate and the look into each file: all or nothing.

    False when another worker kept this part before: the file given here is then dropped.
    """
    locked = PrintRun.objects.select_for_update().get(pk=run.pk)
    if locked.parts.filter(number=number).exists():
        return False
    printed = list(printed)
    part = PrintPart(run=locked, number=number, printed=len(printed))
    if content:
        _store(part, content)
    part.save()
    _record_reprints(by, locked, printed)
    locked.items.filter(pk__in=[item.pk for item in printed]).update(state=PrintState.PRINTED)
    for item, why in stopped:
        locked.items.filter(pk=item.pk).update(state=PrintState.STOPPED, why=why)
    record_printing(by=by, certificates=[item.certificate for item in printed])
    return True


def _record_reprints(by: User | Agent, run: PrintRun, printed: Sequence[PrintItem]) -> None:
    """Before this run's own items are marked: whose paper is now the second or a later one."""
    if run.kind != PrintKind.SHEETS:
        return
    times = times_printed(item.certificate for item in printed)
    again = [item.certificate for item in printed if item.certificate_id in times]
    record_events(
        event_row(
            by=by, event="certificate.reprinted", record=each, label=each.number, reason=_why(run),
            changes={"times_printed": [times[each.pk], times[each.pk] + 1]},
        )
        for each in again
    )  # fmt: skip


def _store(part: PrintPart, content: bytes) -> None:
    name = f"certificates/{part.run.public_id}/{part.number:05d}"
    # A killed worker may have left the file without its row: it is ours to replace, the run is locked.
    part.file.storage.delete(name)
    part.file.save(name, ContentFile(content), save=False)


def forget_files(*, older_than: datetime.timedelta) -> int:
    """Delete the files of old runs: they show whole ID numbers, and can be printed again. Returns how many runs."""
    old = PrintRun.objects.filter(ordered_at__lt=timezone.now() - older_than)
    runs = list(old.filter(parts__in=PrintPart.objects.exclude(file="")).distinct())
    for run in runs:
        _forget(run)
    return len(runs)


@transaction.atomic
def _forget(run: PrintRun) -> None:
    names = list(run.parts.exclude(file="").values_list("file", flat=True))
    run.parts.update(file="")
    record_event(by=Agent("forget_print_files"), event="print_run.files_deleted", record=run, label=run.title)
    transaction.on_commit(lambda: _delete(names))


def _delete(names: Iterable[str]) -> None:
    for name in names:
        SealedStorage().delete(name)
