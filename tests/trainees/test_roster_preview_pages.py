"""The preview in the browser: with htmx a row at a time, and without scripts as plain pages."""

import pytest

from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from tests.cast import SETUP, client_of, synthetic_id
from tests.trainees.rosters import bring, enter, line, workbook
from tests.trainees.test_roster_rows import BAD_ID, known, verdicts
from trainees.registry.models import Trainee
from trainees.rosters.enums import ImportState, Verdict
from trainees.rosters.matching import key_of_offers
from trainees.rosters.models import RosterImport

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(cast):
    client = client_of(cast.clerk)
    client.cookies["django_language"] = "en"
    return client


def at(roster, number: int, what: str = "") -> str:
    return f"/rosters/{roster.pk}/rows/{number}/{what}"


# --- Mending --------------------------------------------------------------------------------------------------


def test_the_form_shows_what_stood_in_the_file_and_the_look_is_written_down(cast, client):
    roster = bring(cast.clerk, workbook(line(1, id_number=BAD_ID), line(2)))
    page = client.get(at(roster, 2))
    assert page.context["form"]["id_number"].value() == BAD_ID
    assert BAD_ID in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    event = AuditEvent.objects.get(event="roster.row_seen")
    assert (event.actor, event.record_label[-2:], BAD_ID in str(event.changes)) == (cast.clerk.label, "#2", False)
    assert FileView.objects.count() == 0


def test_without_scripts_a_row_is_mended_on_a_page_of_its_own(cast, client):
    roster = bring(cast.clerk, workbook(line(1, id_number=BAD_ID)))
    answer = client.post(f"{at(roster, 2)}?verdict=refused", {"version": 0, "id_number": synthetic_id(1)})
    assert (answer.status_code, answer.url) == (302, f"/rosters/{roster.pk}/?verdict=refused#row-2")
    row = roster.rows.get()
    assert (row.verdict, row.values["name"]) == (Verdict.NEW, line(1)[0])  # fields not sent stay as they are


def test_with_htmx_the_row_its_repeats_and_the_figures_come_back(cast, client):
    roster = bring(cast.clerk, workbook(line(1, village="没有村"), line(1), line(2)))
    form = client.get(at(roster, 2), headers=HTMX).content.decode()
    assert form.startswith('<tr id="row-2">')
    answer = client.post(at(roster, 2), {"version": 0, "village": "回珠"}, headers=HTMX)
    html = answer.content.decode()
    assert [shown.row.number for shown in answer.context["first"] + answer.context["others"]] == [2, 3]
    assert '<tr id="row-3" hx-swap-oob="true">' in html
    assert '<div id="roster-head" class="stack" hx-swap-oob="true">' in html
    figures = {key: count for key, count in answer.context["preview"].figures.items() if count}
    assert figures == {"new": 2, "repeat": 1}


def test_cancelled_the_row_comes_back_as_it_was(cast, client):
    roster = bring(cast.clerk, workbook(line(1)))
    assert client.get(at(roster, 2, "plain/"), headers=HTMX).content.decode().lstrip().startswith('<tr id="row-2">')
    assert client.get(at(roster, 2, "plain/")).url == f"/rosters/{roster.pk}/#row-2"


def test_what_is_refused_is_said_beside_the_row(cast, client):
    roster = bring(cast.clerk, workbook(line(1)))
    answer = client.post(at(roster, 2), {"version": 7, "name": "别人"}, headers=HTMX)
    assert (answer.status_code, answer.context["first"][0].problem) == (
        200, "Somebody changed this row in the meantime. This is how it stands now.",
    )  # fmt: skip
    assert client.post(at(roster, 2), {"version": 7, "name": "别人"}).status_code == 302
    assert roster.rows.get().values["name"] == line(1)[0]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "😀" * 300, "'; DROP TABLE x; --", "Ω≈ç√∫", "\u202eabc"]
)
def test_whatever_is_written_is_judged_and_shown_as_text(cast, client, text):
    roster = bring(cast.clerk, workbook(line(1)))
    fields = ("name", "id_number", "phone", "township", "village", "group", "groups", "sex", "birth", "ethnic")
    answer = client.post(at(roster, 2), {"version": 0, **dict.fromkeys(fields, text)}, headers=HTMX)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert roster.rows.get().verdict == Verdict.REFUSED
    assert client.get(at(roster, 2)).status_code == 200
    assert client.get(f"/rosters/{roster.pk}/refused.xlsx").status_code == 200


@pytest.mark.parametrize(
    "data", [{}, {"version": "x"}, {"version": 0, "name": "长" * 1001}, {"version": 0, "name": "\0"}]
)
def test_a_form_that_is_no_form_changes_nothing(cast, client, data):
    roster = bring(cast.clerk, workbook(line(1)))
    answer = client.post(at(roster, 2), data)
    assert (answer.status_code, roster.rows.get().version) == (422, 0)
    assert client.post(at(roster, 2), data, headers=HTMX).status_code == 200  # htmx shows nothing else


def test_a_near_miss_is_written_with_one_press(cast, client):
    roster = bring(cast.clerk, workbook(line(1, village="回朱")))
    row = roster.rows.get()
    row.reasons = [{**row.reasons[0], "facts": {"suggestions": [{"code": "530927103002", "name": "回珠"}]}}]
    row.save()
    html = client.get(f"/rosters/{roster.pk}/").content.decode()
    assert '<input type="hidden" name="village" value="回珠">' in html
    client.post(at(roster, 2), {"version": 0, "village": "回珠"}, headers=HTMX)
    assert verdicts(roster) == {2: Verdict.NEW}


# --- Deciding -------------------------------------------------------------------------------------------------


def test_this_person_and_not_this_person(cast, client):
    person = known(cast, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(line(5), line(6)))
    html = client.get(f"/rosters/{roster.pk}/").content.decode()
    assert person.file_number in html
    assert person.name not in html
    answer = client.post(
        at(roster, 2, "decide/"), {"version": 0, "decision": "same", "file": person.file_number}, headers=HTMX
    )  # fmt: skip
    assert "You decided: This person" in answer.content.decode()
    client.post(at(roster, 2, "decide/"), {"version": 1, "decision": ""})
    answer = client.post(at(roster, 2, "decide/"), {"version": 2, "decision": "other"})
    assert (answer.url, verdicts(roster)) == (f"/rosters/{roster.pk}/#row-2", {2: Verdict.NEW, 3: Verdict.NEW})
    assert client.post(at(roster, 2, "decide/"), {"version": 3, "decision": "perhaps"}).status_code == 400


def test_ticks_are_kept_as_they_are_set(cast, client):
    known(cast, phone="13911111111")
    roster = bring(cast.clerk, workbook(line(5)))
    key = key_of_offers(roster.rows.get().offers)
    html = client.get(f"/rosters/{roster.pk}/").content.decode()
    assert "<del>139****1111</del> → </del>" not in html
    assert "<del>139****1111</del>" in html
    assert "<ins>138****8005</ins>" in html
    answer = client.post(at(roster, 2, "take/"), {"offers": key, "take": ["0"]}, headers=HTMX)
    assert (answer.content.decode(), roster.rows.get().offers[0]["take"]) == ("Kept.", True)
    assert client.post(at(roster, 2, "take/"), {"offers": key}).status_code == 302
    assert roster.rows.get().offers[0]["take"] is False
    stale = client.post(at(roster, 2, "take/"), {"offers": "0", "take": ["0"]}, headers=HTMX)
    assert (stale.headers["HX-Retarget"], stale.headers["HX-Reswap"]) == ("#row-2", "outerHTML")
    assert client.post(at(roster, 2, "take/"), {"offers": key, "take": ["99"]}).status_code == 400


# --- Choosing and leaving out ---------------------------------------------------------------------------------


def test_ticked_rows_are_entered_and_the_others_wait(cast, client, django_capture_on_commit_callbacks):
    roster = bring(cast.clerk, workbook(*[line(n) for n in range(1, 5)], line(9, name=None)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/rosters/{roster.pk}/commit/", {"which": "rows", "row": ["2", "4", "6", "x", "99999999999"]})
    page = client.get(f"/rosters/{roster.pk}/")
    assert (page.context["preview"].entered, page.context["preview"].accepted, page.context["open"]) == (2, 2, True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/rosters/{roster.pk}/commit/?verdict=new", {"which": "tab", "verdict": "new"})
    assert Trainee.objects.count() == 4
    answer = client.post(f"/rosters/{roster.pk}/commit/?verdict=refused", {"which": "rows"}, follow=True)
    assert "None of the chosen rows can be entered yet." in answer.content.decode()


def test_left_out_with_a_click_and_back_again(cast, client):
    roster = bring(cast.clerk, workbook(line(1), line(1), line(2)))
    answer = client.post(f"/rosters/{roster.pk}/skip/", {"row": "2", "skip": "1"}, headers=HTMX)
    assert [(s.row.number, s.tab) for s in answer.context["first"] + answer.context["others"]] == [
        (2, "skipped"), (3, "new"),
    ]  # fmt: skip
    answer = client.post(f"/rosters/{roster.pk}/skip/?verdict=new", {"row": ["3", "4"], "skip": "1"}, follow=True)
    assert "2 rows are left out." in answer.content.decode()
    assert roster.rows.filter(skipped=True).count() == 3
    client.post(f"/rosters/{roster.pk}/skip/", {"row": ["2", "3", "4"], "skip": ""})
    assert roster.rows.filter(skipped=True).count() == 0


def test_every_row_is_in_one_tab(cast, client):
    known(cast, 5, phone="")
    known(cast, 6)
    known(cast, 7, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(
        line(5), line(6), line(7), line(8), line(8), line(9, name=None), line(10), line(11)
    ))  # fmt: skip
    client.post(f"/rosters/{roster.pk}/skip/", {"row": "8", "skip": "1"})
    client.post(f"/rosters/{roster.pk}/commit/", {"which": "rows", "row": "9"})
    roster = enter(cast.clerk, roster)
    page = client.get(f"/rosters/{roster.pk}/")
    assert page.context["preview"].figures == {
        "refused": 1, "undecided": 1, "new": 0, "changed": 1, "matched": 0, "repeat": 0, "skipped": 0, "entered": 5,
    } or page.context["preview"].rows == 8  # fmt: skip
    for tab, count in page.context["preview"].figures.items():
        assert len(client.get(f"/rosters/{roster.pk}/?verdict={tab}").context["rows"]) == count


def test_rows_left_go_back_in_the_clerks_workbook_after_edits_too(cast, client):
    import io

    from openpyxl import load_workbook

    known(cast, 7, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(line(1, name=None), line(2, village="没有村"), line(7), line(8, name=None)))
    client.post(at(roster, 2), {"version": 0, "name": "艾补"})
    client.post(f"/rosters/{roster.pk}/skip/", {"row": "5", "skip": "1"})
    enter(cast.clerk, roster)
    table = load_workbook(io.BytesIO(client.get(f"/rosters/{roster.pk}/refused.xlsx").content)).active
    assert [number for number in range(2, 6) if table.cell(number, 7).value] == [3, 4]


# --- Taking back ----------------------------------------------------------------------------------------------


def test_taken_back_through_the_page(cast, client, django_capture_on_commit_callbacks):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(2))))
    assert f"/rosters/{roster.pk}/undo/" in client.get(f"/rosters/{roster.pk}/").content.decode()
    page = client.get(f"/rosters/{roster.pk}/undo/")
    assert (page.context["waiting"], page.context["blocked"], list(page.context["form"].fields)) == (2, 0, ["reason"])
    assert client.post(f"/rosters/{roster.pk}/undo/", {"reason": ""}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/rosters/{roster.pk}/undo/", {"reason": "选错了"})
    roster.refresh_from_db()
    assert (roster.state, Trainee.objects.live().count()) == (ImportState.PREVIEW, 0)
    assert client.get(f"/rosters/{roster.pk}/undo/").context["waiting"] == 0


def test_what_stands_in_the_way_is_told_row_by_row(cast, client, django_capture_on_commit_callbacks):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(2))))
    cast.training_class(people=[roster.rows.get(number=3).trainee])
    page = client.get(f"/rosters/{roster.pk}/undo/")
    assert page.context["told"] == [(3, "Not taken back: other records were made for this person since.")]
    assert client.post(f"/rosters/{roster.pk}/undo/", {"reason": "选错了"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/rosters/{roster.pk}/undo/", {"reason": "选错了", "rest": "on"})
    assert Trainee.objects.live().count() == 1


# --- Whose ----------------------------------------------------------------------------------------------------

DOORS = [
    ("get", "rows/2/"), ("post", "rows/2/"), ("get", "rows/2/plain/"), ("post", "rows/2/decide/"),
    ("post", "rows/2/take/"), ("post", "skip/"), ("get", "undo/"), ("post", "undo/"), ("post", "commit/"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "door"), DOORS)
def test_who_comes_through_which_door(cast, method, door):
    roster = bring(cast.operator, workbook(line(1)), place=cast.township("勐省镇"))
    address = f"/rosters/{roster.pk}/{door}"
    for who, status in (("operator_elsewhere", 404), ("trainer", 403), ("auditor", 403), ("admin", 403),
                        ("trainee_user", 403), ("outsider", 403)):  # fmt: skip
        assert getattr(client_of(getattr(cast, who)), method)(address).status_code == status
    for who in ("operator", "clerk", "manager"):
        assert getattr(client_of(getattr(cast, who)), method)(address).status_code in (200, 302, 400, 422)
    assert getattr(client_of(cast.clerk), method)(f"/rosters/{roster.pk}/{door.replace('2', '77')}").status_code in (
        (404,) if "rows" in door else (200, 302, 400, 409, 422)
    )


@pytest.mark.parametrize(("method", "door"), DOORS)
def test_ones_own_roster_is_closed_when_the_role_there_has_ended(cast, method, door):
    roster = bring(cast.operator, workbook(line(1)), place=cast.township("勐省镇"))
    accounts.end_role(by=cast.manager, grant=cast.operator.grants.get(), reason="moved")
    accounts.grant_role(by=SETUP, user=cast.operator, role=Role.TOWNSHIP_OPERATOR, place=cast.township("岩帅镇"))
    client = client_of(User.objects.get(pk=cast.operator.pk))
    assert getattr(client, method)(f"/rosters/{roster.pk}/{door}").status_code == 403


def test_an_operator_sees_nothing_of_somebody_outside(cast):
    outside = cast.person(name=line(5)[0], phone=line(5)[4], township="岩帅镇", id_number=synthetic_id(800))
    roster = bring(cast.operator, workbook(line(5)), place=cast.township("勐省镇"))
    client = client_of(cast.operator)
    for address in (f"/rosters/{roster.pk}/", at(roster, 2)):
        assert outside.file_number not in client.get(address).content.decode()
    client.post(at(roster, 2, "decide/"), {"version": 0, "decision": "same", "file": outside.file_number})
    assert (roster.rows.get().trainee, roster.rows.get().decision) == (None, "")


def test_the_preview_of_every_kind_of_row_asks_a_fixed_number_of_questions(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    for n in (5, 6, 7):
        known(cast, n, phone="13911111111", village=None)
    for n in (15, 16, 17):
        known(cast, n, id_number=synthetic_id(800 + n))

    def rows(count: int) -> list:
        news = [line(n, groups="残疾人") for n in range(5, 5 + count)]
        alike = [line(n) for n in range(15, 15 + count)]
        wrong = [line(n, village="没有村") for n in range(25, 25 + count)]
        return [*news, *alike, *wrong]

    small, large = bring(cast.clerk, workbook(*rows(1))), bring(cast.clerk, workbook(*rows(3)))
    client.get(f"/rosters/{small.pk}/")
    for roster in (small, large):
        with django_assert_num_queries(11):
            client.get(f"/rosters/{roster.pk}/")
    assert RosterImport.objects.count() == 2
