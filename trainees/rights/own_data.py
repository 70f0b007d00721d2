"""Everything there is about one person, for a copy they take away: the same rules find it that empty it one day."""

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook

from lms.privacy.models import FileView
from lms.refusals import Refused
from trainees.registry.models import Trainee

from . import wiping, workbook
from .enums import CopyFormat

# Keys of machines: hashes to find by, tokens, search texts. They say nothing that the other fields do not.
MACHINE = ("_hash", "_uuid", "_pinyin", "token", "sha256")


@dataclass(frozen=True)
class Section:
    """One table: its name, its columns, the rows about the person."""

    key: str
    title: str
    columns: list[str]
    rows: list[list[str]]


def sections_of(trainee: Trainee) -> list[Section]:
    files = _files_of(trainee)
    found = [_section(label, files) for label in wiping.RULES]
    return [section for section in [*found, _households(files), _looks(files)] if section.rows]


def _files_of(trainee: Trainee) -> list[Trainee]:
    """This file and all that went on in it: some of what they hold stays with them."""
    files = [trainee]
    for one in files:
        files += one.merged_files.select_related("household").order_by("pk")
    return files


def _section(label: str, files: list[Trainee]) -> Section:
    model = apps.get_model(label)
    columns = [column for column in model._meta.concrete_fields if _told(column)]
    related = [column.name for column in columns if column.is_relation]
    rows = wiping.rows_about_all(label, files).order_by("pk")
    if related:
        rows = rows.select_related(*related)
    return Section(
        key=label,
        title=str(model._meta.verbose_name),
        columns=[str(column.verbose_name) for column in columns],
        rows=[[_text(row, column) for column in columns] for row in rows],
    )


def _told(column: models.Field) -> bool:
    if column.primary_key or column.name.endswith(MACHINE):
        return False
    # The person's own key would repeat the person in every row; an account is not data about the trainee's file.
    return not (column.is_relation and column.related_model in (Trainee, apps.get_model("lms.User")))


def _text(row: models.Model, column: models.Field) -> str:
    show = getattr(row, f"get_{column.name}_display", None)
    return _said(show() if show else getattr(row, column.name))


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "Y-m-d H:i")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


def _households(files: list[Trainee]) -> Section:
    numbers = dict.fromkeys(one.household.number for one in files if one.household)
    return Section("trainees.Household", _("Household"), [_("Household number")], [[number] for number in numbers])


def _looks(files: list[Trainee]) -> Section:
    looks = FileView.objects.filter(file_number__in=[one.file_number for one in files])
    return Section(
        key="lms.FileView",
        title=_("Looks into this file"),
        columns=[_("When"), _("Who"), _("Shown in full"), _("Reason")],
        rows=[[_said(look.at), look.viewer, look.unmasked, look.reason] for look in looks],
    )


def written(sections: list[Section], form: CopyFormat, trainee: Trainee) -> bytes:
    write = {CopyFormat.JSON: _json, CopyFormat.XLSX: _xlsx, CopyFormat.PDF: _pdf}[form]
    return write(sections, trainee)


def sealed(data: bytes, form: CopyFormat, password: str) -> bytes:
    """As whoever hands it over takes it: it opens with the password alone."""
    if form == CopyFormat.XLSX:
        return workbook.protected(data, password)
    if form == CopyFormat.PDF:
        from lms.paper import binding  # as below

        return binding.protected(data, password)
    raise Refused(
        "copy_open",
        _("A copy for another system cannot have a password: the person fetches it on the own page. Record it as PDF."),
    )


def _head(trainee: Trainee) -> str:
    facts = {"number": trainee.file_number, "day": date_format(timezone.localtime(), "Y-m-d H:i")}
    return _("Copy of the data of file %(number)s, made on %(day)s.") % facts


def _json(sections: list[Section], trainee: Trainee) -> bytes:
    tables = {
        section.key: [dict(zip(section.columns, row, strict=True)) for row in section.rows] for section in sections
    }
    told = {"file_number": trainee.file_number, "made_at": timezone.now().isoformat(), "data": tables}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _xlsx(sections: list[Section], trainee: Trainee) -> bytes:
    book = Workbook(write_only=True)
    for number, section in enumerate(sections, 1):
        title = f"{number} {section.title}".translate({ord(char): " " for char in "[]:*?/\\"})
        workbook.sheet_of(book, title, _head(trainee), section.columns, section.rows)
    return workbook.bytes_of(book)


def _pdf(sections: list[Section], trainee: Trainee) -> bytes:
    from lms.paper import setting  # WeasyPrint: only whoever prints waits for it

    # A row of a wide table becomes a list of its filled fields: paper is narrow.
    tables = [
        (section.title, [[pair for pair in zip(section.columns, row, strict=True) if pair[1]] for row in section.rows])
        for section in sections
    ]
    html = render_to_string("trainees/rights/copy.html", {"head": _head(trainee), "tables": tables})
    style = setting.style_of(render_to_string("trainees/rights/copy.css"))
    return setting.tagged(html, style)
