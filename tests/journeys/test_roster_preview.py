"""A clerk works in the preview: mends rows on a desk and a phone, says who somebody is, enters some, takes it back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.cast import synthetic_id
from tests.trainees.rosters import line, workbook
from trainees.registry.models import Trainee
from trainees.rosters.models import RosterImport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]
BAD_ID = "533528198506159970"


@pytest.fixture
def known(cast) -> Trainee:
    """Known with this phone and name under another number; and one whose phone the roster brings."""
    cast.person(name=line(6)[0], id_number=synthetic_id(6), phone="", village=cast.village("勐省镇", "回珠"))
    return cast.person(name=line(5)[0], id_number=synthetic_id(800), phone=line(5)[4])


def upload(page, tmp_path) -> RosterImport:
    file = tmp_path / "勐省镇名单.xlsx"
    file.write_bytes(workbook(
        line(1, id_number=BAD_ID), line(2, village="没有村"), line(3, name=None), line(5), line(6), line(7), line(8),
    ))  # fmt: skip
    page.goto(reverse("roster_upload"))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/jobs/**")
    return RosterImport.objects.latest("pk")


def mend(page, number: int, **cells) -> None:
    """In the row's own place: the page is not left."""
    page.get_by_role("link", name=f"Mend row {number}").click()
    form = page.get_by_role("form", name=f"Mend row {number}")
    # The form takes the focus once more when it has settled; what is typed before lands in that field.
    expect(row(page, number)).not_to_have_class(re.compile("htmx"))
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    for label, text in cells.items():
        form.get_by_label(label.replace("_", " "), exact=True).fill(text)
    form.get_by_role("button", name="Save the row").click()
    expect(page.get_by_role("link", name=f"Mend row {number}")).to_be_visible()


def row(page, number: int):
    return page.locator(f"#row-{number}")


def test_mended_decided_entered_and_taken_back(cast, known, open_as, nothing_serious, tmp_path):
    desk = open_as(cast.clerk, width=1280)
    roster = upload(desk, tmp_path)
    address = reverse("roster_preview", args=[roster.pk])
    desk.goto(address)
    tabs = desk.get_by_role("navigation", name="Rows")
    expect(tabs).to_contain_text("Refused · 3")
    nothing_serious(desk)

    mend(desk, 2, ID_number=synthetic_id(1))
    expect(row(desk, 2)).to_contain_text("New person")
    expect(tabs).to_contain_text("Refused · 2")
    mend(desk, 3, Village="回珠")
    expect(row(desk, 3)).to_contain_text("New person")
    expect(tabs).to_contain_text("Refused · 1")
    assert desk.url.endswith(address)

    phone = open_as(cast.clerk, width=360)
    phone.goto(f"{address}?verdict=refused")
    phone.get_by_role("link", name="Mend row 4").click()
    expect(phone.get_by_role("form", name="Mend row 4")).to_be_visible()
    nothing_serious(phone)
    phone.get_by_label("Name", exact=True).fill("艾补")
    phone.get_by_role("button", name="Save the row").click()
    expect(row(phone, 4)).to_contain_text("New person")

    desk.goto(address)
    row(desk, 5).get_by_role("button", name="Not this person").wait_for()
    row(desk, 5).get_by_role("button", name="This person", exact=True).click()
    expect(row(desk, 5)).to_contain_text("You decided: This person")
    expect(row(desk, 5)).to_contain_text(known.file_number)
    expect(tabs).not_to_contain_text("To decide")
    row(desk, 6).get_by_role("checkbox", name="Phone").uncheck()
    expect(row(desk, 6)).to_contain_text("Kept.")
    row(desk, 8).get_by_role("button", name="Leave row 8 out").click()
    expect(row(desk, 8)).to_contain_text("Left out")

    for number in (2, 3, 4, 5, 6):
        row(desk, number).get_by_role("checkbox").first.check()
    before = Trainee.objects.live().count()
    desk.get_by_role("button", name="Enter the ticked rows").click()
    desk.wait_for_url("**/jobs/**")
    desk.goto(address)
    expect(desk.locator(".notice--ok")).to_contain_text("Entered: 5 rows, 5 persons.")
    assert Trainee.objects.live().count() == before + 3
    assert Trainee.objects.by_id_number(synthetic_id(6)).get().phone == ""
    nothing_serious(desk)

    desk.get_by_role("link", name="Take it back").click()
    nothing_serious(desk)
    desk.get_by_label("Reason").fill("选错了名单")
    desk.get_by_role("button", name="Take back 5 rows").click()
    desk.wait_for_url("**/jobs/**")
    desk.goto(address)
    expect(desk.locator("details li").last).to_contain_text("5 rows were taken back")
    assert Trainee.objects.live().count() == before
    assert roster.rows.filter(committed=True).count() == 0


def test_without_scripts_a_row_is_mended_all_the_same(cast, chromium, live_server, open_as, tmp_path):
    desk = open_as(cast.clerk)
    roster = upload(desk, tmp_path)
    plain = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(desk.context.cookies())
    page = plain.new_page()
    page.goto(reverse("roster_preview", args=[roster.pk]) + "?verdict=refused")
    page.get_by_role("link", name="Mend row 2").click()
    page.get_by_label("ID number", exact=True).fill(synthetic_id(1))
    page.get_by_role("button", name="Save the row").click()
    page.wait_for_url("**verdict=refused**")
    assert roster.rows.get(number=2).verdict == "new"
    page.locator("#row-3").get_by_role("button", name="Leave row 3 out").click()
    page.wait_for_url("**verdict=refused**")
    assert roster.rows.get(number=3).skipped
    plain.close()
