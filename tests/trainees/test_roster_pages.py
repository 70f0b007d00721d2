import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.jobs.models import Job
from tests.cast import SETUP, TODAY, client_of
from tests.trainees.rosters import HEADER, bring, content, enter, line, saved, workbook
from trainees.registry.models import Trainee
from trainees.rosters.enums import ImportState
from trainees.rosters.models import RosterImport
from trainees.rosters.returned import refused_workbook

pytestmark = pytest.mark.django_db


def upload(client, data: bytes, name: str = "roster.xlsx", **facts):
    return client.post("/rosters/new/", {"file": SimpleUploadedFile(name, data), **facts})


def test_from_upload_to_result(cast, django_capture_on_commit_callbacks):
    client = client_of(cast.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(client, content("02-勐省镇上报花名册.xlsx"), "02-勐省镇上报花名册.xlsx")
    roster, job = RosterImport.objects.get(), Job.objects.get()
    assert (response.status_code, response.url) == (302, f"/jobs/{job.public_id}/")
    assert (roster.state, roster.file_name, roster.report_day) == (
        ImportState.PREVIEW,
        "02-勐省镇上报花名册.xlsx",
        TODAY,
    )

    page = client.get(f"/rosters/{roster.pk}/")
    assert (page.context["preview"].rows, page.context["preview"].accepted) == (58, 53)
    figures = {key: count for key, count in page.context["preview"].figures.items() if count}
    assert figures == {"new": 53, "refused": 5}
    assert [shown.row.number for shown in page.context["rows"]][:6] == [14, 20, 32, 40, 44, 4]

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/rosters/{roster.pk}/commit/")
    assert response.status_code == 302
    page = client.get(f"/rosters/{roster.pk}/")
    assert (page.context["roster"].state, page.context["preview"].entered) == (ImportState.COMMITTED, 53)
    assert Trainee.objects.count() == 53
    again = client.post(f"/rosters/{roster.pk}/commit/")
    assert (again.url, Trainee.objects.count()) == (f"/rosters/{roster.pk}/", 53)


def test_the_preview_shows_no_number_and_no_name_in_full(cast):
    roster = bring(cast.clerk, content("01-干部普及班第1期.xlsx"))
    html = client_of(cast.clerk).get(f"/rosters/{roster.pk}/").content.decode()
    assert "533528********9966" in html
    assert "137****4033" in html
    for secret in ("533528198303199966", "13791644033", "鲍叶倒"):
        assert secret not in html


def test_a_class_chosen_gives_its_first_day(cast):
    training_class = cast.training_class(days=2)
    upload(client_of(cast.clerk), workbook(line(1)), training_class=training_class.pk)
    roster = RosterImport.objects.get()
    assert (roster.training_class, roster.report_day) == (training_class, training_class.sessions.first().day)


def test_an_operator_reads_for_the_own_township(cast):
    upload(client_of(cast.operator), workbook(line(1)))
    assert RosterImport.objects.get().place == cast.township("勐省镇")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"%PDF-1.4", "wrong_type"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel")],
)
def test_what_cannot_be_read_is_said_on_its_page(cast, data, said):
    roster = bring(cast.clerk, data)
    page = client_of(cast.clerk).get(f"/rosters/{roster.pk}/")
    assert page.context["roster"].problem == said
    assert page.context["problem"]


def test_an_empty_upload_and_none_at_all(cast):
    client = client_of(cast.clerk)
    empty = upload(client, b"")
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["file"])
    assert client.post("/rosters/new/").status_code == 422
    assert RosterImport.objects.count() == 0


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 4 * 1024 * 1024])
def test_a_file_too_large_is_refused_and_never_kept(cast, settings, size):
    """Small enough for Django's memory, and large enough for its disk."""
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    response = upload(client_of(cast.clerk), b"PK\x03\x04" + b"x" * size)
    assert response.status_code == 422
    assert response.context["form"].errors.as_data()["file"][0].code == "too_large"
    assert RosterImport.objects.count() == 0


def test_a_flood_is_dropped_while_it_arrives(cast, settings, monkeypatch):
    """200 MB: nothing beyond the bound reaches Django's own handlers."""
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    taken = []
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    keep = TemporaryFileUploadHandler.receive_data_chunk

    def count(self, raw_data, start):
        taken.append(len(raw_data))
        return keep(self, raw_data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", count)
    response = upload(client_of(cast.clerk), b"x" * 50 * 1024 * 1024)
    assert response.status_code == 422
    assert sum(taken) <= settings.UPLOAD_MAX_BYTES


def test_the_upload_still_needs_its_token(cast):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.clerk)
    assert upload(client, workbook(line(1))).status_code == 403
    assert RosterImport.objects.count() == 0


def test_thrown_away(cast):
    roster = bring(cast.clerk, workbook(line(1)))
    client = client_of(cast.clerk)
    assert client.post(f"/rosters/{roster.pk}/discard/").url == "/rosters/"
    roster.refresh_from_db()
    assert roster.state == ImportState.DISCARDED
    assert client.get(f"/rosters/{roster.pk}/").status_code == 200
    assert client.get(f"/rosters/{roster.pk}/refused.xlsx").status_code == 302
    assert client.post(f"/rosters/{roster.pk}/commit/").status_code == 409


PAGES = ["", "refused.xlsx"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("manager", 200), ("operator", 200), ("operator_elsewhere", 404), ("trainer", 403),
     ("auditor", 403), ("trainee_user", 403), ("outsider", 403), ("admin", 403)],
)  # fmt: skip
def test_who_sees_an_operators_roster(cast, who, status, page):
    roster = bring(cast.operator, workbook(line(1, name=None)), place=cast.township("勐省镇"))
    assert client_of(getattr(cast, who)).get(f"/rosters/{roster.pk}/{page}").status_code == status


@pytest.mark.parametrize("action", ["commit", "discard"])
def test_ones_own_roster_is_closed_when_the_role_there_has_ended(cast, action):
    roster = bring(cast.operator, workbook(line(1)), place=cast.township("勐省镇"))
    accounts.end_role(by=cast.manager, grant=cast.operator.grants.get(), reason="moved")
    accounts.grant_role(by=SETUP, user=cast.operator, role=Role.TOWNSHIP_OPERATOR, place=cast.township("岩帅镇"))
    client = client_of(User.objects.get(pk=cast.operator.pk))
    assert client.get(f"/rosters/{roster.pk}/").status_code == 403
    assert client.post(f"/rosters/{roster.pk}/{action}/").status_code == 403
    roster.refresh_from_db()
    assert roster.state == ImportState.PREVIEW


@pytest.mark.parametrize("action", ["commit", "discard"])
def test_who_decides(cast, action):
    roster = bring(cast.clerk, workbook(line(1)))
    address = f"/rosters/{roster.pk}/{action}/"
    assert client_of(cast.clerk).get(address).status_code == 405
    for who, status in (("operator", 404), ("trainer", 403), ("auditor", 403), ("outsider", 403)):
        assert client_of(getattr(cast, who)).post(address).status_code == status
    roster.refresh_from_db()
    assert roster.state == ImportState.PREVIEW


def test_lists_ask_the_same_number_of_questions_at_any_length(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    bring(cast.clerk, workbook(line(1)))
    client.get("/rosters/")
    with django_assert_num_queries(5):
        client.get("/rosters/")
    for n in (2, 3):
        bring(cast.clerk, workbook(line(n)))
    with django_assert_num_queries(5):
        assert len(client.get("/rosters/").context["page"].object_list) == 3


def test_the_preview_asks_the_same_number_of_questions_at_any_length(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    small = bring(cast.clerk, workbook(line(1)))
    large = bring(cast.clerk, workbook(*[line(n) for n in range(1, 30)]))
    client.get(f"/rosters/{small.pk}/")
    with django_assert_num_queries(10):
        client.get(f"/rosters/{small.pk}/")
    with django_assert_num_queries(10):
        client.get(f"/rosters/{large.pk}/")


def test_rows_are_filtered_and_paged(cast):
    roster = bring(cast.clerk, workbook(line(1, name=None), *[line(n) for n in range(2, 60)], line(61, phone="1")))
    client = client_of(cast.clerk)
    assert len(client.get(f"/rosters/{roster.pk}/?page=2").context["rows"]) == 10
    assert [shown.row.number for shown in client.get(f"/rosters/{roster.pk}/?verdict=refused").context["rows"]] == [2]
    assert [shown.row.number for shown in client.get(f"/rosters/{roster.pk}/?warned").context["rows"]] == [61]


def test_a_person_of_the_roster_is_one_click_away(cast):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1))))
    number = Trainee.objects.get().file_number
    html = client_of(cast.clerk).get(f"/rosters/{roster.pk}/").content.decode()
    assert reverse("trainee_file", args=[number]) in html


# --- The workbook that goes back ------------------------------------------------------------------------------


def test_the_clerks_own_workbook_comes_back_with_what_to_mend(cast):
    client = client_of(cast.clerk)
    client.cookies["django_language"] = "en"
    roster = bring(cast.clerk, content("02-勐省镇上报花名册.xlsx"))
    response = client.get(f"/rosters/{roster.pk}/refused.xlsx")
    table = load_workbook(io.BytesIO(response.content))["Sheet1"]
    assert table["A1"].value == "沧源佤族自治县2018年电子商务培训学员花名册"
    assert table["M3"].value == "What to mend"
    said = {row: table.cell(row, 13).value for row in range(4, 64) if table.cell(row, 13).value}
    assert list(said) == [14, 20, 32, 40, 44]
    assert said[44] == "The name is missing."
    assert said[20].startswith("“533528********9981”: The check digit")
    coloured = {row for row in range(1, 64) if table.cell(row, 2).fill.fgColor.rgb == "FFF4CCCC"}
    assert coloured == set(said)
    assert AuditEvent.objects.get(event="roster.returned").actor == cast.clerk.label


def test_a_csv_comes_back_as_a_workbook_of_text(cast):
    text = "姓名,身份证号,乡镇,备注\r\n艾嘎,533528198506159970,勐省镇,=1+1\r\n@艾,533528198506159964,勐省镇,-2\r\n"
    roster = bring(cast.clerk, text.encode("gb18030"), name="r.csv")
    response = client_of(cast.clerk).get(f"/rosters/{roster.pk}/refused.xlsx")
    table = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in table[1]][:4] == ["姓名", "身份证号", "乡镇", "备注"]
    assert [cell.value for cell in table[2]][:4] == ["艾嘎", "533528198506159970", "勐省镇", "=1+1"]
    assert {cell.data_type for row in table.iter_rows() for cell in row if cell.value} == {"s"}
    assert table["B2"].number_format == "@"
    assert (table["D2"].quotePrefix, table["A3"].quotePrefix) == (True, True)


def test_formulas_of_a_workbook_do_not_come_back(cast):
    book = Workbook()
    book.active.append([*HEADER, "备注"])
    book.active.append([*line(1, name=None), '=HYPERLINK("http://example.com","x")'])
    roster = bring(cast.clerk, saved(book))
    response = client_of(cast.clerk).get(f"/rosters/{roster.pk}/refused.xlsx")
    table = load_workbook(io.BytesIO(response.content)).active
    assert {cell.data_type for row in table.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_mended_and_sent_again_it_is_read(cast):
    roster = bring(cast.clerk, workbook(line(1, id_number="533528198506159970"), line(2)))
    rows = list(roster.rows.all())
    data = refused_workbook(roster.file.read(), rows, sheet="花名册", header_row=1, columns=roster.columns["list"])
    book = load_workbook(io.BytesIO(data))
    book["花名册"]["B2"] = "533528198506159964"
    again = bring(cast.clerk, saved(book))
    assert [note["code"] for note in again.notes] == ["unknown_column"]
    assert set(again.rows.values_list("verdict", flat=True)) == {"new"}


def test_one_formatted_cell_far_to_the_right_does_not_widen_what_comes_back(cast):
    book = load_workbook(io.BytesIO(workbook(*[line(n, name=None) for n in range(1, 20)])))
    book.active["XFD2"].number_format = "@"
    roster = bring(cast.clerk, saved(book))
    data = refused_workbook(roster.file.read(), list(roster.rows.all()), sheet="花名册", header_row=1, columns=[])
    table = load_workbook(io.BytesIO(data)).active
    assert table["G1"].value
    coloured = [cell for row in table.iter_rows(max_col=400) for cell in row if cell.fill.fgColor.rgb == "FFF4CCCC"]
    assert len(coloured) == 19 * 7


@pytest.mark.parametrize("merged", ["A1:XFD1", "H30:XFD900000", "H30:IV9000"])
def test_cells_merged_far_out_are_not_made_one_by_one(cast, merged):
    book = load_workbook(io.BytesIO(workbook(line(1, name=None))))
    book.active.merge_cells("A30:B30")
    data = saved(book)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"A30:B30", merged.encode())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    roster = bring(cast.clerk, buffer.getvalue())
    data = refused_workbook(
        roster.file.read(), list(roster.rows.all()), sheet="花名册", header_row=1, columns=roster.columns["list"]
    )
    table = load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in table[1]][:2] == HEADER[:2]
    assert table["G2"].value
    assert table.max_column == 7
