"""Paper beside the certificates: asked for, made at once or by a job, sealed, and gone after a week."""

from collections.abc import Generator, Iterator
from itertools import batched

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.enums import ListForm, ListKind
from certificates.handover.queries import standing_of
from certificates.models import Certificate, ListFile
from lms.accounts.actions import initial_password
from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.jobs.actions import start
from lms.privacy import masking
from lms.privacy.models import FileView
from lms.programme.queries import current_programme
from lms.refusals import Refused
from trainees.rights import workbook

from . import columns, queries, rules, sheets
from .enums import EnvelopeSize, LabelLayout

Progress = Iterator[tuple[int, int, int]]
# The county's forms are Chinese, whatever language the clerk reads.
CHINESE = "zh-hans"
STEP = 1000


@transaction.atomic
def ask(
    *, by: User, kind: str, form: str, title: str, chosen: dict, options: dict | None = None, clear: bool = False,
    reason: str = "",
) -> ListFile:  # fmt: skip
    """What is wanted, written down. `make` makes it: at once when it is short, in the background when it is long."""
    reason = masking.digits(reason.strip())[:200]
    if kind == ListKind.REGISTER and clear and not reason:
        raise Refused("reason_missing", _("Say why the full names and ID numbers are needed."))
    file = ListFile(
        kind=kind, form=form, title=title[:120], chosen=chosen, options=options or {}, clear=clear, reason=reason,
        started_by=by,
    )  # fmt: skip
    _check_size(file)
    file.save()
    record_event(
        by=by, event="certificate_list.asked", record=file, label=str(file.public_id), reason=reason,
        changes={"kind": [None, str(kind)], "clear": [False, clear]},
    )  # fmt: skip
    if not is_short(file):
        start(by=by, kind=queries.LIST_JOB, subject=file.pk)
    return file


def size_of(file: ListFile) -> int:
    if file.kind == ListKind.REGISTER:
        return _rows_of(file).count()
    return len(queries.certificates_of(file)[0])


def _rows_of(file: ListFile) -> QuerySet[Certificate]:
    return queries.register_of(file.started_by, file.chosen.get("filters", {}), clear=file.clear)


def is_short(file: ListFile) -> bool:
    return size_of(file) <= rules.SHORT


def _check_size(file: ListFile) -> None:
    size, most = size_of(file), rules.most(file.kind, file.form)
    if not size:
        raise Refused(
            "nobody_on_it",
            _("Nothing would stand on it: no certificate was chosen, or none of them can be handed over by you."),
        )
    if size > most:
        raise Refused(
            "too_many",
            _("%(n)d certificates are more than one list takes (%(most)d). Choose a year, a class or a township.")
            % {"n": size, "most": most},
        )


def make(file: ListFile) -> Progress:
    """The file in steps of people; a worker that died begins it anew, and the log has it once."""
    if file.made_at:
        return
    with translation.override(CHINESE):
        made = _made(file)
        while True:
            try:
                step = next(made)
            except StopIteration as end:
                data, people, left_out = end.value
                break
            yield step
    password = initial_password() if file.protected else ""
    _keep(file, _protected(file, data, password) if password else data, password, people, left_out)
    yield len(people), 0, len(people)


# Yields progress; returns (the file, file numbers of the people on it, how many were left out).
Made = Generator[tuple[int, int, int], None, tuple[bytes, list[str], int]]


def _made(file: ListFile) -> Made:
    if file.kind == ListKind.REGISTER:
        return (yield from _register(file))
    rows, left_out = queries.certificates_of(file)
    total = len(rows)
    parts: list[bytes] = []
    for part in _parts(file, rows):
        parts.append(part)
        yield min(total, len(parts) * 100), 0, total
    return _bound(file, parts), [row.trainee.file_number for row in rows], left_out


def _register(file: ListFile) -> Made:
    rows, numbers = [], []
    found = _rows_of(file).select_related("replaced_by", "trainee")
    total = found.count()
    left_out = queries.register_of(file.started_by, file.chosen.get("filters", {})).count() - total if file.clear else 0
    for step in batched(found.iterator(chunk_size=STEP), STEP):
        rows += [columns.register_row(row, clear=file.clear) for row in step]
        numbers += [row.trainee.file_number for row in step]
        yield len(rows), 0, total
    said = [columns.proof_sentence(proof) for proof in _proofs(file)]
    mark = watermark(file, len(rows))
    wanted = columns.register_columns(clear=file.clear)
    headings = [column.heading for column in wanted]
    if file.form == ListForm.XLSX:
        return sheets.register(mark, headings, rows, said), numbers, left_out
    from . import paper  # WeasyPrint takes half a second and 60 MB: only a process that prints pays for it

    parts = []
    widths = [column.width for column in wanted]
    for part in paper.table(
        title=columns.TITLE_REGISTER, lead=f"{file.title} {mark}", headings=headings, widths=widths, rows=rows,
        foot=said,
    ):  # fmt: skip
        parts.append(part)
        yield len(rows), 0, total
    return _bound(file, parts), numbers, left_out


def _proofs(file: ListFile) -> list:
    """For those alone whose sight is the whole county, and where the filters name no more than a year or a series."""
    filters = {key: value for key, value in file.chosen.get("filters", {}).items() if value}
    if filters.keys() - {"year", "series"} or not rules.sees_county(file.started_by, current_programme()):
        return []
    return queries.proofs(year=filters.get("year"), series=filters.get("series", ""))


def _parts(file: ListFile, rows: list[Certificate]) -> Iterator[bytes]:
    if file.kind == ListKind.SHEET:
        yield from _sheet(file, rows)
        return
    from . import paper  # as above

    if file.kind == ListKind.LABELS:
        layout = LabelLayout(file.options["layout"])
        yield from paper.labels(rows, layout=layout, start=file.options.get("start", 1))
    else:
        yield from paper.envelopes(rows, size=EnvelopeSize(file.options["size"]))


def _sheet(file: ListFile, rows: list[Certificate]) -> Iterator[bytes]:
    standing = standing_of(rows)
    lines = [columns.sheet_row(at, row, standing.get(row.pk)) for at, row in enumerate(rows, 1)]
    mark = watermark(file, len(rows))
    if file.form == ListForm.XLSX:
        yield sheets.sheet(file.title, lines, mark)
        return
    from . import paper  # as above

    yield from paper.table(
        title=columns.TITLE_SHEET, lead=file.title, headings=columns.SHEET, widths=sheets.WIDTHS, rows=lines,
        foot=[mark], to_sign=True,
    )  # fmt: skip


def _bound(file: ListFile, parts: list[bytes]) -> bytes:
    if len(parts) == 1:
        return parts[0]
    from lms.paper import binding  # as above

    return binding.one_pdf(parts, title=str(file))


def _protected(file: ListFile, data: bytes, password: str) -> bytes:
    if file.form == ListForm.XLSX:
        return workbook.protected(data, password)
    from lms.paper import binding  # as above

    return binding.protected(data, password)


def watermark(file: ListFile, rows: int) -> str:
    """On the list itself: who took it, when and for what."""
    facts = {
        "who": file.started_by.label,
        "when": date_format(timezone.localtime(), "Y-m-d H:i"),
        "n": rows,
    }
    said = ngettext(
        "Internal. %(n)d certificate. Taken by %(who)s on %(when)s.",
        "Internal. %(n)d certificates. Taken by %(who)s on %(when)s.",
        rows,
    )
    return " ".join(filter(None, (said % facts, file.reason)))


# What a list shows in full; a masked register shows nothing.
SHOWN = {
    ListKind.REGISTER: "name,id_number", ListKind.SHEET: "name,id_number",
    ListKind.LABELS: "name,village", ListKind.ENVELOPES: "name,village",
}  # fmt: skip


@transaction.atomic
def _keep(file: ListFile, data: bytes, password: str, numbers: list[str], left_out: int) -> None:
    """The file, its log and a look for every person in it, together or not at all."""
    locked = ListFile.objects.select_for_update(of=("self",)).select_related("started_by").get(pk=file.pk)
    if locked.made_at:
        return
    _store(locked, data)
    locked.password, locked.made_at = password, timezone.now()
    locked.expires_at = locked.made_at + rules.FILE_LIVES
    locked.rows, locked.left_out = len(numbers), left_out
    locked.save()
    by = locked.started_by
    record_event(
        by=by, event="certificate_list.made", record=locked, label=str(locked.public_id), reason=locked.reason,
        changes={"kind": [None, locked.kind], "rows": [0, len(numbers)]},
    )  # fmt: skip
    if locked.kind != ListKind.REGISTER or locked.clear:
        shown, why = SHOWN[ListKind(locked.kind)], locked.reason or str(locked.public_id)
        FileView.objects.append_many(
            FileView(viewer=by.label, viewer_id=str(by.pk), file_number=number, unmasked=shown, reason=why)
            for number in numbers
        )


def _store(file: ListFile, data: bytes) -> None:
    name = f"{file.public_id}.{file.form}"
    # A killed worker may have left the file without its row: it is ours to replace, the row is locked.
    file.file.storage.delete(f"certificate-lists/{name}")
    file.file.save(name, ContentFile(data), save=False)


@transaction.atomic
def show_password(*, by: User, file: ListFile) -> str:
    """This once. Whoever loses it asks for another list."""
    locked = ListFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if not locked.password:
        raise Refused("password_shown", _("The password was shown already and is kept nowhere. Ask for another list."))
    password, locked.password, locked.password_shown_at = locked.password, "", timezone.now()
    locked.save(update_fields=["password", "password_shown_at"])
    record_event(by=by, event="certificate_list.password_shown", record=locked, label=str(locked.public_id))
    return password


def record_taken(*, by: User, file: ListFile) -> None:
    record_event(
        by=by, event="certificate_list.taken", record=file, label=str(file.public_id), changes={"rows": [0, file.rows]}
    )


def forget_lists() -> int:
    """Files whose week is over go; the row stays and says what was taken. Returns how many went."""
    old = list(ListFile.objects.filter(expires_at__lte=timezone.now()).exclude(file=""))
    for file in old:
        _forget(file)
    return len(old)


@transaction.atomic
def _forget(file: ListFile) -> None:
    name, storage = str(file.file), file.file.storage
    ListFile.objects.filter(pk=file.pk).update(file="", password="")
    record_event(by=Agent("forget_lists"), event="certificate_list.deleted", record=file, label=str(file.public_id))
    transaction.on_commit(lambda: storage.delete(name))
