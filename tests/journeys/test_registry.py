"""A clerk's morning with the registry: a list mended and entered, somebody found by the sound of the name, two files
made one and two again."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.cast import Cast, synthetic_id
from tests.trainees.merged import dump
from tests.trainees.rosters import line, workbook
from trainees.merging.models import Merge
from trainees.registry.models import Trainee
from trainees.rosters.models import RosterImport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]
MISTYPED = synthetic_id(1)[:-1] + ("0" if synthetic_id(1)[-1] != "0" else "1")


@pytest.fixture
def known(cast) -> tuple[Trainee, Trainee]:
    """Two people the list speaks of under other numbers: the one is the same person, the other is thought not to be."""
    same = cast.person(name="岩罕", id_number=synthetic_id(800), phone="13800138061")
    twin = cast.person(name="玉香", id_kind="none", id_number="", phone="13800138062")
    return same, twin


def brought_in(page: Page, nothing_serious, tmp_path) -> RosterImport:
    file = tmp_path / "勐省镇名单.xlsx"
    file.write_bytes(workbook(
        line(1, name="岩嘎", id_number=MISTYPED), line(2, name="艾那", village="没有村"),
        line(61, name="岩罕"), line(62, name="玉香"), line(5, name="岩惹"),
    ))  # fmt: skip
    page.goto(reverse("roster_upload"))
    nothing_serious(page)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/jobs/**")
    return RosterImport.objects.latest("pk")


def row(page: Page, number: int):
    return page.locator(f"#row-{number}")


def mend(page: Page, number: int, label: str, text: str) -> None:
    page.get_by_role("link", name=f"Mend row {number}").click()
    form = page.get_by_role("form", name=f"Mend row {number}")
    # The form takes the focus once more when it has settled; what is typed before lands in that field.
    expect(row(page, number)).not_to_have_class(re.compile("htmx"))
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    form.get_by_label(label, exact=True).fill(text)
    form.get_by_role("button", name="Save the row").click()
    expect(row(page, number)).to_contain_text("New person")


def entered(page: Page, roster: RosterImport, known, nothing_serious) -> None:
    address = reverse("roster_preview", args=[roster.pk])
    page.goto(address)
    expect(page.get_by_role("navigation", name="Rows")).to_contain_text("Refused · 2")
    mend(page, 2, "ID number", synthetic_id(1))
    mend(page, 3, "Village", "回珠")
    row(page, 4).get_by_role("button", name="This person", exact=True).click()
    expect(row(page, 4)).to_contain_text("You decided: This person")
    expect(row(page, 4)).to_contain_text(known[0].file_number)
    row(page, 5).get_by_role("button", name="Not this person").click()
    expect(row(page, 5)).to_contain_text("New person")
    nothing_serious(page)
    for number in range(2, 7):
        row(page, number).get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Enter the ticked rows").click()
    page.wait_for_url("**/jobs/**")
    page.goto(address)
    expect(page.locator(".notice--ok")).to_contain_text("Entered: 5 rows, 5 persons.")


def found_by_sound(page: Page, words: str, *people: Trainee) -> None:
    """While it is typed, without a button; the address keeps nothing of it."""
    page.goto(reverse("trainee_list"))
    page.locator("input[name=q]").press_sequentially(words)
    for person in people:
        expect(page.locator("#people")).to_contain_text(person.file_number)
    expect(page.locator("#people tbody tr")).to_have_count(len(people))
    assert "?" not in page.url


def merged(page: Page, one: Trainee, other: Trainee, nothing_serious) -> Merge:
    page.goto(reverse("trainee_file", args=[one.file_number]))
    nothing_serious(page)
    page.get_by_role("link", name="Compare the two files").click()
    expect(page.get_by_role("heading", name="One person or two?")).to_be_visible()
    nothing_serious(page)
    page.get_by_role("link", name="Merge the two files").click()
    page.get_by_label("How do you know that it is one person?").fill("看过身份证")
    nothing_serious(page)
    page.get_by_role("button", name="See what would move").click()
    expect(page.get_by_role("heading", name="Before the merge")).to_be_visible()
    assert Merge.objects.count() == 0
    nothing_serious(page)
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("heading", name="Two files are one")).to_be_visible()
    nothing_serious(page)
    return Merge.objects.get()


def undone(page: Page, nothing_serious) -> None:
    page.get_by_label("Why are these two people after all?").fill("是两姐妹")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_role("heading", name="A merge that was undone")).to_be_visible()
    nothing_serious(page)


def test_from_the_list_to_one_file_and_back(cast: Cast, known, open_as, nothing_serious, tmp_path):
    same, twin = known
    desk = open_as(cast.clerk, width=1280)
    roster = brought_in(desk, nothing_serious, tmp_path)
    entered(desk, roster, known, nothing_serious)
    people = {one.name: one for one in Trainee.objects.live().exclude(pk=twin.pk)}
    assert sorted(people) == sorted(["岩嘎", "艾那", "岩罕", "玉香", "岩惹"])
    assert people["岩罕"] == same and people["玉香"] != twin

    # 岩 is read ai in the names of Wa men, and yan where somebody does not know.
    phone = open_as(cast.clerk, width=360)
    found_by_sound(phone, "ai", people["岩嘎"], people["艾那"], same, people["岩惹"])
    nothing_serious(phone)
    found_by_sound(phone, "yanhan", same)
    found_by_sound(phone, "ah", same)
    phone.locator("#people").get_by_role("link", name="岩").first.click()
    expect(phone).to_have_url(f"{desk.url.split('/rosters')[0]}{reverse('trainee_file', args=[same.file_number])}")
    nothing_serious(phone)

    before = dump()
    merge = merged(desk, people["玉香"], twin, nothing_serious)
    assert {merge.survivor, merge.loser} == {people["玉香"], twin}
    found_by_sound(phone, "yuxiang", merge.survivor)
    phone.goto(reverse("trainee_file", args=[merge.loser.file_number]))
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert phone.url.endswith(reverse("trainee_file", args=[merge.survivor.file_number]))
    undone(desk, nothing_serious)
    assert dump() == before
    found_by_sound(phone, "yuxiang", people["玉香"], twin)
