"""The number register: its rows, its proof, its files."""

import datetime
import io

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from certificates import actions as certificates
from certificates import tasks as printing
from certificates.enums import PrintKind
from certificates.handover import actions as handover
from certificates.handover.actions import Collected
from certificates.lists import actions, queries
from certificates.lists.queries import SeriesProof
from certificates.models import Certificate, ListFile, NumberSeries
from certificates.queries import of_year
from lms.accounts.actions import grant_role
from lms.accounts.enums import Role
from lms.jobs.models import Job
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import SETUP, TODAY, client_of
from tests.certificates.classes import finished_class
from tests.certificates.test_paper import opened, text_of

pytestmark = pytest.mark.usefixtures("centre")
SERIES = "CY530927-2018"
REGISTER = reverse("certificate_register")
NEW = reverse("list_new")


@pytest.fixture
def issued(cast):
    return certificates.issue(by=cast.clerk, training_class=finished_class(cast, 3))


def rows_of(answer) -> list[str]:
    return [row.number for row in answer.context["page"]]


def made(by, **facts) -> ListFile:
    known = {"kind": "register", "form": "xlsx", "title": "x", "chosen": {"filters": {}}}
    file = actions.ask(by=by, **{**known, **facts})
    list(actions.make(file))
    file.refresh_from_db()
    return file


def table_of(data: bytes) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in load_workbook(io.BytesIO(data)).active.values]


def test_every_number_stands_in_its_order_with_what_became_of_it(cast, issued):
    certificates.revoke(by=cast.manager, certificate=issued[1], reason="重复发证")
    handover.hand_over(by=cast.clerk, certificates=issued[:1], collected=Collected(on=TODAY))
    job = certificates.order_selection(by=cast.clerk, certificates=issued[:1], kind=PrintKind.SHEETS, title="1")
    list(printing.print_run(job))
    page = client_of(cast.clerk).get(REGISTER)
    assert [(row.serial, row.state, row.handed_on, row.times_printed) for row in page.context["page"]] == [
        (1, "valid", TODAY, 1), (2, "revoked", None, 0), (3, "valid", None, 0),
    ]  # fmt: skip
    said = page.content.decode()
    assert issued[0].masked_name in said
    assert issued[0].name not in said


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ({"state": "revoked"}, [2]), ({"handed": "yes"}, [1]), ({"handed": "no"}, [2, 3]), ({"q": "00003"}, [3]),
        ({"q": "cy530927 2018 00003"}, [3]), ({"q": "２０１８—０００02"}, [2]),
       
        ({"year": 2018, "series": SERIES, "kind": "completion"}, [1, 2, 3]), ({"kind": "award"}, []),
        ({"page": "-7"}, [1, 2, 3]), ({"year": "x", "kind": "y", "series": "'; DROP"}, []),
        ({"class_code": "nowhere"}, []),
    ],
)  # fmt: skip
def test_filters(cast, issued, query, serials):
    certificates.revoke(by=cast.manager, certificate=issued[1], reason="重复发证")
    handover.hand_over(by=cast.clerk, certificates=issued[:1], collected=Collected(on=TODAY))
    assert [row.serial for row in client_of(cast.clerk).get(REGISTER, query).context["page"]] == serials


def test_a_filter_that_cannot_be_read_stands_for_nothing(cast, issued):
    client = client_of(cast.clerk)
    page = client.get(REGISTER, {"year": "x"})
    assert (list(page.context["page"]), page.context["form"].errors.keys()) == ([], {"year"})
    answer = client.post(reverse("list_new"), {"make": "register", "go": "1", "form": "xlsx", "year": "x"})
    assert (answer.url, ListFile.objects.count()) == (REGISTER, 0)


def test_the_proof_is_counted_from_the_rows(cast, issued):
    assert queries.proofs() == [SeriesProof(SERIES, 3, 3, 0, 0, 0)]
    assert queries.proofs(year=2018) == queries.proofs(series=SERIES) == queries.proofs()
    assert queries.proofs(year=2017) == []
    NumberSeries.objects.update(last_serial=5)
    NumberSeries.objects.create(key="CY530927-2017", last_serial=2)
    gap, _holes = queries.proofs()
    assert (gap.given, gap.missing, gap.first_missing, gap.holds) == (0, 2, (1, 2), False)
    assert queries.proofs(series=SERIES) == [SeriesProof(SERIES, 5, 3, 0, 0, 2, (4, 5))]
    NumberSeries.objects.filter(key=SERIES).update(last_serial=2)
    assert queries.proofs(series=SERIES) == [SeriesProof(SERIES, 2, 3, 0, 1, 0)]
    page = client_of(cast.auditor).get(REGISTER, {"series": SERIES}).content.decode()
    assert "已发 3 个" in page
    assert "有 1 个编号超出该系列的最后一号。" in page


def test_each_sees_the_own_places_and_the_proof_is_the_countys(cast, issued):
    elsewhere = certificates.issue(
        by=cast.clerk, training_class=finished_class(cast, 2, township="岩帅镇", course="B2")
    )
    seen = {"clerk": (5, True), "manager": (5, True), "auditor": (5, True), "operator": (3, False)}
    for who, (count, proof) in seen.items():
        page = client_of(getattr(cast, who)).get(REGISTER)
        assert (len(page.context["page"]), page.context["proofs"] is not None) == (count, proof), who
    assert rows_of(client_of(cast.operator_elsewhere).get(REGISTER)) == [each.number for each in elsewhere]
    for who in ("trainer", "outsider", "trainee_user"):
        assert client_of(getattr(cast, who)).get(REGISTER).status_code == 403


def test_as_excel_it_is_masked_and_carries_its_proof(cast, issued):
    file = made(cast.clerk)
    table = table_of(file.file.open().read())
    assert "文员" in table[0][0]
    assert table[1][:3] == ["证书编号", "姓名", "证书种类"]
    assert [row[:2] for row in table[2:5]] == [[each.number, each.masked_name] for each in issued]
    assert table[5][0] == f"编号系列 {SERIES}：1 至 3，已发 3 个，无缺号，无重号。"
    assert (file.rows, file.password, FileView.objects.filter(reason=str(file.public_id)).count()) == (3, "", 0)


def test_whole_names_and_numbers_need_a_reason_and_open_with_a_password(cast, issued):
    with pytest.raises(Refused) as refusal:
        actions.ask(by=cast.clerk, kind="register", form="xlsx", title="x", chosen={}, clear=True, reason=" ")
    assert refusal.value.code == "reason_missing"
    file = made(cast.clerk, clear=True, reason="审计局核对 13800138000")
    assert file.reason == "审计局核对 138****8000"
    data = file.file.open().read()
    assert not data.startswith(b"PK")
    password = actions.show_password(by=cast.clerk, file=file)
    with pytest.raises(Refused):
        actions.show_password(by=cast.clerk, file=file)
    out, locked = io.BytesIO(), OOXMLFile(io.BytesIO(data))
    locked.load_key(password=password)
    locked.decrypt(out)
    table = table_of(out.getvalue())
    assert [row[:3] for row in table[2:5]] == [[each.number, each.name, each.id_number] for each in issued]
    assert FileView.objects.filter(unmasked="name,id_number").count() == 3


def test_as_pdf_every_row_is_on_paper(cast, issued):
    file = made(cast.operator, form="pdf")
    document = opened(file.file.open().read())
    text = "".join(text_of(page) for page in document)
    assert [each.number in text for each in issued] == [True] * 3
    # An operator's rows prove nothing about the county's series.
    assert "编号系列" not in text


def test_a_long_one_is_work_in_the_background(cast, issued, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(actions.rules, "SHORT", 2)
    client = client_of(cast.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(NEW, {"make": "register", "go": "1", "form": "pdf"})
    file, job = ListFile.objects.get(), Job.objects.get()
    assert (job.kind, job.state, file.rows) == ("certificate_list", "done", 3)
    assert client.get(reverse("job_page", args=[job.public_id]), follow=True).status_code == 200
    # A worker that comes again finds it made.
    assert list(actions.make(file)) == []


def test_too_many_and_none_are_refused(cast, issued, monkeypatch):
    monkeypatch.setitem(actions.rules.MOST, "register", 2)
    with pytest.raises(Refused) as refusal:
        actions.ask(by=cast.clerk, kind="register", form="xlsx", title="x", chosen={})
    assert refusal.value.code == "too_many"
    with pytest.raises(Refused) as refusal:
        actions.ask(by=cast.clerk, kind="register", form="xlsx", title="x", chosen={"filters": {"year": 2017}})
    assert refusal.value.code == "nobody_on_it"


def test_the_pages_of_a_file(cast, issued):
    client = client_of(cast.clerk)
    assert client.post(NEW, {"make": "register"}).status_code == 200
    page = client.post(NEW, {"make": "register", "go": "1", "form": "xlsx", "clear": "on"})
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["reason"])
    wanted = {"make": "register", "go": "1", "form": "pdf", "clear": "on", "reason": "审计", "year": "2018"}
    answer = client.post(NEW, wanted)
    file = ListFile.objects.get()
    assert (answer.url, file.chosen, file.title) == (
        reverse("list_file", args=[file.public_id]), {"filters": {"year": 2018}}, "2018",
    )  # fmt: skip
    password = client.post(reverse("list_password", args=[file.public_id])).context["password"]
    got = client.get(reverse("list_download", args=[file.public_id])).content
    assert len(pypdfium2.PdfDocument(io.BytesIO(got), password=password)) == 1
    with pytest.raises(pypdfium2.PdfiumError):
        opened(got)
    assert client.post(NEW, {"make": "x"}).status_code == 404
    assert client.get(reverse("list_files")).status_code == 200
    for other in (cast.manager, cast.operator):
        assert client_of(other).get(reverse("list_download", args=[file.public_id])).status_code == 404
    assert client_of(cast.auditor).post(NEW, wanted).status_code == 403


def test_the_printed_title_has_words_in_chinese(cast, issued):
    client = client_of(cast.clerk)
    client.cookies["django_language"] = "en"
    wanted = {"make": "register", "go": "1", "form": "pdf", "year": "2018", "kind": "completion", "handed": "no"}
    client.post(NEW, wanted)
    client.post(NEW, {"make": "register", "go": "1", "form": "pdf"})
    titles = list(ListFile.objects.order_by("pk").values_list("title", flat=True))
    assert titles == ["2018 结业证书 待领取", "全部年份"]


def test_files_go_after_a_week(cast, issued, django_capture_on_commit_callbacks):
    file = made(cast.clerk)
    name = file.file.name
    assert actions.forget_lists() == 0
    ListFile.objects.update(expires_at=file.made_at)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_lists() == 1
    assert not file.file.storage.exists(name)
    page = client_of(cast.clerk).get(reverse("list_download", args=[file.public_id]), follow=True)
    assert len(page.context["messages"]) == 1


@pytest.mark.parametrize("people", [1, 3])
def test_the_register_asks_a_constant_number_of_queries(cast, people, django_assert_num_queries):
    issued = certificates.issue(by=cast.clerk, training_class=finished_class(cast, people))
    handover.hand_over(by=cast.clerk, certificates=issued, collected=Collected(on=TODAY))
    assert Certificate.objects.count() == people
    client = client_of(cast.clerk)
    client.get(REGISTER)
    with django_assert_num_queries(11):
        assert client.get(REGISTER).status_code == 200


def test_whole_numbers_are_of_those_places_alone_where_the_role_hands_over(cast, issued):
    """Who audits or teaches elsewhere sees those rows masked, and takes no whole number of them along."""
    finished_elsewhere = finished_class(cast, 2, township="岩帅镇", course="B2")
    certificates.issue(by=cast.clerk, training_class=finished_elsewhere)
    grant_role(by=SETUP, user=cast.operator, role=Role.AUDITOR, place=None)
    file = made(cast.operator, clear=True, reason="发放")
    assert (file.rows, file.left_out) == (3, 2)
    assert made(cast.operator).rows == 5
    page = client_of(cast.operator).get(reverse("list_file", args=[file.public_id])).content.decode()
    assert "有 2 份未列入" in page


def test_the_papers_of_a_year_are_those_the_role_may_have(cast, issued):
    certificates.issue(by=cast.clerk, training_class=finished_class(cast, 2, township="岩帅镇", course="B2"))
    grant_role(by=SETUP, user=cast.operator, role=Role.AUDITOR, place=None)
    assert [each.pk for each in of_year(cast.operator, 2018)] == [each.pk for each in issued]


def test_what_a_killed_worker_left_is_replaced_by_its_successor(cast, issued):
    file = actions.ask(by=cast.clerk, kind="register", form="xlsx", title="x", chosen={"filters": {}})
    storage, folder = file.file.storage, f"certificate-lists/{file.public_id}"
    storage.save(f"{folder}.xlsx", ContentFile(b"half"))
    list(actions.make(file))
    file.refresh_from_db()
    assert file.file.name == f"{folder}.xlsx"
    assert file.file.open().read().startswith(b"PK")


def test_an_expired_qualification_is_not_called_valid(cast, issued):
    day = TODAY - datetime.timedelta(days=1)
    over = dict.fromkeys(("first_day", "last_day", "issued_on", "valid_until"), day)
    Certificate.objects.filter(pk=issued[1].pk).update(**over)
    certificates.revoke(by=cast.manager, certificate=issued[2], reason="x")
    client = client_of(cast.clerk)
    found = {state: rows_of(client.get(REGISTER, {"state": state})) for state in ("valid", "expired", "revoked")}
    assert found == {state: [each.number] for state, each in zip(found, issued, strict=True)}
    table = table_of(made(cast.clerk).file.file.open().read())
    at = table[1].index("状态")
    assert [row[at] for row in table[2:5]] == ["有效", "已过有效期 2018-06-14", "已撤销 2018-06-15"]
    body = client.get(REGISTER).content.decode().split("<tbody>")[1]
    assert ("已过有效期" in body, "2018-06-14" in body) == (True, True)
