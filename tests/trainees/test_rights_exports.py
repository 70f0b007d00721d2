"""Lists that leave the house: masked unless there is a reason, sealed, behind a password, and gone after a week."""

import datetime
import io

import msoffcrypto
import pytest
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
from openpyxl import load_workbook

from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import TODAY, client_of
from trainees.consent import actions as consents
from trainees.registry.actions import set_limit
from trainees.registry.enums import Limit
from trainees.rights import actions
from trainees.rights.columns import COLUMNS
from trainees.rights.models import Export
from trainees.rights.rules import FILE_LIVES

pytestmark = pytest.mark.django_db

ALL = [column.key for column in COLUMNS]
ID, PHONE = "533528198506159964", "13912345678"


@pytest.fixture
def people(cast):
    village = cast.village("勐省镇", "回珠")
    return [
        cast.person(
            name="岩嘎", id_number=ID, phone=PHONE, village=village, village_group="=1+1",
            groups=["disabled", "rural_youth"], household_number="5309271234567890",
        ),
        cast.person(name="田强", village=village),
        cast.person(name="玉罕", township="岩帅镇"),
    ]  # fmt: skip


@pytest.fixture
def ask(cast, django_capture_on_commit_callbacks):
    def asked(by=None, **facts) -> Export:
        known = {
            "by": by or cast.clerk, "filters": {}, "purpose": "reporting", "columns": open_columns(**facts),
            "clear": False, "sensitive": False, "reason": "",
        }  # fmt: skip
        with django_capture_on_commit_callbacks(execute=True):
            export = actions.ask_export(**{**known, **facts})
        export.refresh_from_db()
        return export

    return asked


def open_columns(*, clear: bool = False, sensitive: bool = False, **_facts) -> list[str]:
    return [column.key for column in COLUMNS if column.is_open(clear=clear, sensitive=sensitive)]


def opened(export: Export, password: str = "") -> list[list]:
    data = io.BytesIO(export.file.open().read())
    if password:
        clear = io.BytesIO()
        office = msoffcrypto.OfficeFile(data)
        office.load_key(password=password)
        office.decrypt(clear)
        data = clear
    return [[cell.value or "" for cell in row] for row in load_workbook(data).active.iter_rows()]


def rows_of(export: Export, password: str = "") -> dict[str, dict]:
    _mark, heading, *rows, _mark_again = opened(export, password)
    return {row[0]: dict(zip(heading, row, strict=True)) for row in rows}


def code_of(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_a_list_is_masked_unless_asked_otherwise(people, ask):
    export = ask()
    row = rows_of(export)[people[0].file_number]
    assert row == {
        "档案编号": people[0].file_number, "姓名": "岩*", "性别": "女", "出生": "1985年", "证件类型": "居民身份证",
        "证件号码": "533528********9964", "身份": "有效", "电话": "139****5678", "乡镇": "勐省镇", "村（社区）": "回珠",
        "人员类别": row["人员类别"], "登记日期": str(TODAY),
    }  # fmt: skip
    assert "残疾" not in row["人员类别"]
    text = str(opened(export))
    assert all(word not in text for word in ("岩嘎", ID, PHONE, "7890", "=1+1"))
    assert (export.people, export.left_out, export.password) == (3, 0, "")
    assert FileView.objects.count() == 0


def test_full_numbers_need_a_reason_a_password_and_are_written_down(cast, people, ask):
    assert code_of(lambda: ask(clear=True)) == "reason_missing"
    export = ask(clear=True, reason="验收抽查，回拨 13912345678")
    password = actions.show_password(by=cast.clerk, export=export)
    row = rows_of(export, password)[people[0].file_number]
    assert (row["姓名"], row["证件号码"], row["电话"], row["出生"]) == ("岩嘎", ID, PHONE, "1985-06-15")
    looks = FileView.objects.order_by("file_number")
    assert [look.file_number for look in looks] == sorted(person.file_number for person in people)
    assert {(look.viewer, look.reason) for look in looks} == {(cast.clerk.label, "验收抽查，回拨 139****5678")}
    event = AuditEvent.objects.get(event="export.made")
    assert (event.changes["people"], event.changes["clear"]) == ([0, 3], [False, True])
    assert "id_number" in event.changes["columns"][1]


def test_without_the_password_it_is_noise(cast, people, ask):
    export = ask(clear=True, reason="验收")
    data = export.file.open().read()
    assert data[:4] == b"\xd0\xcf\x11\xe0"
    assert ID.encode() not in data
    with pytest.raises((InvalidKeyError, DecryptionError)):
        opened(export, "wrong-password")
    with pytest.raises(Exception, match="not a zip"):
        load_workbook(io.BytesIO(data))
    assert len(actions.show_password(by=cast.clerk, export=export)) == 17
    assert code_of(lambda: actions.show_password(by=cast.clerk, export=export)) == "password_shown"


def test_the_watermark_names_who_when_and_why(cast, people, ask):
    export = ask(clear=True, reason="验收抽查")
    rows = opened(export, actions.show_password(by=cast.clerk, export=export))
    expected = f"内部资料，共 3 人。{cast.clerk.label} 于 2018-06-15 12:00 导出，用途：验收抽查。不得外传。"
    assert (rows[0][0], rows[-1][0]) == (expected, expected)


def test_cells_are_text_and_nothing_runs(cast, people, ask):
    export = ask(clear=True, reason="验收", columns=["file_number", "village_group", "id_number", "phone"])
    clear = io.BytesIO()
    office = msoffcrypto.OfficeFile(io.BytesIO(export.file.open().read()))
    office.load_key(password=actions.show_password(by=cast.clerk, export=export))
    office.decrypt(clear)
    cells = [cell for row in load_workbook(clear).active.iter_rows(min_row=3) for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert [cell.quotePrefix for cell in cells if cell.value == "=1+1"] == [True]


def test_sensitive_columns_need_their_own_tick_and_a_reason(cast, people, ask):
    assert code_of(lambda: ask(sensitive=True)) == "reason_missing"
    export = ask(sensitive=True, reason="残联核对")
    row = rows_of(export, actions.show_password(by=cast.clerk, export=export))[people[0].file_number]
    assert (row["残疾人"], row["建档立卡"], row["户编号"], row["姓名"]) == ("是", "否", "************7890", "岩*")
    assert FileView.objects.count() == 3


def test_whoever_took_back_the_sensitive_consent_is_left_blank(cast, people, ask):
    consents.withdraw(by=cast.clerk, trainee=people[0], kind="sensitive", reason="到场")
    export = ask(sensitive=True, reason="残联核对")
    row = rows_of(export, actions.show_password(by=cast.clerk, export=export))[people[0].file_number]
    assert {row["残疾人"], row["建档立卡"], row["户编号"]} == {"不提供"}
    assert rows_of(ask(filters={"group": "disabled"})) == {}


def test_whoever_withdrew_is_in_no_list_for_contacting(cast, people, ask):
    consents.withdraw(by=cast.clerk, trainee=people[0], kind="ordinary", reason="到场")
    set_limit(by=cast.clerk, trainee=people[1], limit=Limit.RESTRICTED)
    contacting, reporting = ask(purpose="outreach"), ask(purpose="reporting")
    assert list(rows_of(contacting)) == [people[2].file_number]
    assert list(rows_of(reporting)) == [people[0].file_number, people[2].file_number]
    assert (contacting.left_out, reporting.left_out) == (2, 1)


def test_a_township_operator_exports_the_own_township_alone(cast, people, ask):
    assert list(rows_of(ask(by=cast.operator))) == [people[0].file_number, people[1].file_number]
    assert rows_of(ask(by=cast.operator, filters={"township": cast.township("岩帅镇").code})) == {}
    assert list(rows_of(ask(by=cast.operator, filters={"q": people[2].file_number}))) == []
    assert list(rows_of(ask(by=cast.operator_elsewhere))) == [people[2].file_number]


def test_a_role_that_ended_meanwhile_makes_no_list(cast, people, ask, monkeypatch):
    from lms.accounts import actions as accounts  # beside its only use

    export = actions.ask_export(
        by=cast.operator, filters={}, purpose="reporting", columns=["name"], clear=False, sensitive=False, reason=""
    )
    accounts.end_role(by=cast.admin, grant=cast.operator.grants.get(), reason="调走")
    from lms.jobs import actions as jobs  # as above
    from lms.jobs.models import Job  # as above

    jobs.work(Job.objects.get().pk)
    export.refresh_from_db()
    assert (export.made_at, Job.objects.get().state) == (None, "failed")


def test_the_file_goes_after_a_week(cast, people, ask, quiet_day):
    export = ask()
    client = client_of(cast.clerk)
    address = f"/exports/{export.public_id}/"
    assert client.get(f"{address}file/").status_code == 200
    quiet_day.shift(FILE_LIVES - datetime.timedelta(minutes=1))
    assert actions.drop_expired() == 0
    quiet_day.shift(datetime.timedelta(minutes=2))
    gone = client_of(cast.clerk).get(f"{address}file/")
    assert gone.url == address
    assert actions.drop_expired() == 1
    export.refresh_from_db()
    assert (export.file.name, client_of(cast.clerk).get(address).status_code) == ("", 200)
    assert actions.drop_expired() == 0


def test_a_worker_that_died_begins_anew_and_logs_once(cast, people, ask):
    export = ask(clear=True, reason="验收")
    list(actions.make_export(export))
    assert AuditEvent.objects.filter(event="export.made").count() == 1
    assert FileView.objects.count() == 3


def test_a_column_that_is_not_opened_is_said(cast, people, ask):
    assert code_of(lambda: ask(columns=["name", "village_group"])) == "columns_closed"
    assert code_of(lambda: ask(columns=["name", "disabled"], clear=True, reason="验收")) == "columns_closed"
    assert code_of(lambda: ask(columns=[])) == "columns_missing"
    assert Export.objects.count() == 0


# --- Pages ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("manager", 200), ("operator", 200), ("auditor", 403), ("trainer", 403), ("trainee_user", 403),
     ("outsider", 403)],
)  # fmt: skip
def test_who_may_export(cast, who, status):
    assert client_of(getattr(cast, who)).get("/exports/new/").status_code == status


def test_an_export_is_its_askers_own(cast, people, ask):
    export = ask(clear=True, reason="验收")
    for page in ("", "file/"):
        assert client_of(cast.manager).get(f"/exports/{export.public_id}/{page}").status_code == 404
    assert client_of(cast.manager).post(f"/exports/{export.public_id}/password/").status_code == 404


def test_through_the_pages(cast, people, django_capture_on_commit_callbacks):
    client = client_of(cast.clerk)
    form = client.get("/exports/new/?township=530927103000").context["form"]
    assert form["township"].value() == "530927103000"
    wrong = client.post("/exports/new/", {"purpose": "reporting", "columns": ["name"], "clear": "on"})
    assert list(wrong.context["form"].errors) == ["reason"]
    with django_capture_on_commit_callbacks(execute=True):
        data = {"purpose": "reporting", "columns": ["file_number", "name"], "clear": "on", "reason": "验收"}
        answer = client.post("/exports/new/", {**data, "township": "530927103000"})
    export = Export.objects.get()
    assert answer.status_code == 302
    address = f"/exports/{export.public_id}/"
    shown = client.post(f"{address}password/")
    assert "no-store" in shown.headers["Cache-Control"]
    rows = rows_of(export, shown.context["password"])
    assert [row["姓名"] for row in rows.values()] == ["岩嘎", "田强"]
    assert shown.context["password"] in shown.content.decode()
    again = client.get(address).content.decode()
    assert shown.context["password"] not in again
    assert client.post(f"{address}password/", follow=True).context["password"] == ""
    assert client.get(f"{address}file/").headers["Content-Disposition"].startswith("attachment")


def test_the_list_costs_the_same_for_one_and_three(cast, people, ask, django_assert_num_queries):
    client = client_of(cast.clerk)
    ask()
    client.get("/exports/")
    with django_assert_num_queries(5):
        client.get("/exports/")
    ask(), ask()
    with django_assert_num_queries(5):
        assert client.get("/exports/").context["page"].paginator.count == 3


def test_making_it_costs_the_same_for_one_and_three_people(cast, django_assert_num_queries):
    export = Export(started_by=cast.clerk, filters="{}", purpose="reporting", columns=ALL)
    from trainees.rights.queries import people_for, persons  # beside its only use

    cast.person(), list(persons(people_for(export)[0]))
    for count in (1, 3):
        with django_assert_num_queries(4):
            assert len([p for step in persons(people_for(export)[0]) for p in step]) == count
        cast.person(), cast.person()
