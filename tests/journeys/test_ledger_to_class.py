"""A ledger kept elsewhere becomes a class: upload, what is expected, what became of it, the person's file."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.schedule.models import TrainingClass
from tests.trainees.test_roster_ledger import COURSE, entry, ledger
from trainees.registry.models import Trainee
from trainees.rosters.models import RosterImport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]


def picture(page: Page, name: str) -> None:
    """Kept only where somebody asks to see it."""
    if folder := os.environ.get("JOURNEY_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_from_a_ledger_to_a_class(cast, open_as, nothing_serious):
    cast.venue()
    data = ledger(
        *[entry(2 * n) for n in range(1, 5)], entry(10, term="第2期", trainer="没有这人"), entry(12, village="回朱")
    )
    page = open_as(cast.clerk)
    page.goto(reverse("roster_upload"))
    page.locator("input[type=file]").set_input_files({"name": "台账.xlsx", "mimeType": "", "buffer": data})
    page.get_by_role("button", name="Read the file").click()
    preview = reverse("roster_preview", args=[RosterImport.objects.get().pk])
    page.goto(preview)
    remarks = page.locator("details.card li")
    assert len([text for text in remarks.all_inner_texts() if text.startswith("Class ")]) == 2
    expect(page.locator("table.table")).to_contain_text("Did you mean 回珠?")
    for width, language in ((1280, "en"), (360, "zh-hans")):
        seen = open_as(cast.clerk, width=width, language=language)
        seen.goto(preview)
        nothing_serious(seen)
        picture(seen, f"ledger-preview-{width}-{language}")
    page.get_by_role("button", name="Enter 5 rows").click()
    page.goto(preview)
    made = TrainingClass.objects.get()
    assert (made.title, made.enrolments.count()) == (f"{COURSE}第1期", 4)
    expect(page.locator("details.card")).to_contain_text(made.code)
    page.locator("details.card summary").click()
    picture(page, "ledger-entered")
    person = Trainee.objects.filter(enrolments__training_class=made).first()
    for width, language in ((1280, "en"), (360, "zh-hans")):
        seen = open_as(cast.clerk, width=width, language=language)
        seen.goto(reverse("trainee_file", args=[person.file_number]))
        expect(seen.locator("section[aria-labelledby=ledgers]")).to_contain_text("开了网店")
        nothing_serious(seen)
        picture(seen, f"ledger-file-{width}-{language}")
