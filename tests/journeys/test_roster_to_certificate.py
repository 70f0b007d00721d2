"""The main job once through, as its users do it: roster, class, phone, results, count, certificate, check."""

import datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from playwright.sync_api import expect

from courses.schedule.models import TrainingClass
from tests.cast import TODAY
from tests.certificates.classes import enter_centre
from trainees.progress.queries import ledger
from trainees.registry.models import Trainee
from trainees.rosters.models import RosterImport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reload_ground")]

ROSTER = Path(__file__).parents[1] / "rosters" / "02-勐省镇上报花名册.xlsx"
REFUSED_ROWS = ["14", "20", "32", "40", "44"]


@pytest.fixture
def checking_here(settings, live_server):
    """The QR code carries the address of this server."""
    settings.SITE_URL = live_server.url


def plan_a_class(page, cast) -> TrainingClass:
    venue = cast.venue()
    page.goto(reverse("class_plan"))
    page.locator("[name=course]").select_option(str(cast.course("B1").pk))
    page.locator("[name=title]").fill("勐省镇店铺注册班")
    page.locator("[name=trainer]").select_option(label=cast.trainer.name)
    page.locator("[name=venue]").select_option(str(venue.pk))
    page.locator("[name=capacity]").fill("60")
    for row, half in enumerate(("am", "pm")):
        page.locator(f"[name=sessions-{row}-day]").fill(TODAY.isoformat())
        page.locator(f"[name=sessions-{row}-half]").select_option(half)
    page.get_by_role("button", name="Plan the class").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("勐省镇店铺注册班")
    return TrainingClass.objects.get(title="勐省镇店铺注册班")


def import_the_roster(page, training_class: TrainingClass) -> RosterImport:
    page.goto(reverse("roster_upload"))
    page.locator("input[type=file]").set_input_files(ROSTER)
    page.locator("select[name=training_class]").select_option(str(training_class.pk))
    page.get_by_role("button", name="Read the file").click()
    roster = RosterImport.objects.get()
    page.goto(reverse("roster_preview", args=[roster.pk]) + "?verdict=refused")
    rows = page.locator("table.table tbody tr td:first-child")
    assert rows.all_inner_texts() == REFUSED_ROWS
    page.get_by_role("button", name="Enter 53 rows").click()
    page.goto(reverse("roster_preview", args=[roster.pk]))
    expect(page.locator(".notice--ok")).to_contain_text("53")
    return roster


def mark_on_the_phone(phone, training_class: TrainingClass, absent: list[Trainee], nothing_serious) -> None:
    """Everybody is here, but these few."""
    for session in training_class.sessions.order_by("starts_at"):
        phone.goto(reverse("teach_session", args=[session.pk]))
        for trainee in absent:
            phone.locator(f"input[name=m{trainee.pk}][value=a]").check()
        nothing_serious(phone)
        phone.get_by_role("button", name="Everyone else is here").click()
        expect(phone.locator("main")).to_contain_text(f"{53 - len(absent)} of 53 present")


def all_passed(phone, training_class: TrainingClass) -> None:
    phone.goto(reverse("teach_results", args=[training_class.code]))
    selects = phone.locator("select[name^=o]")
    for n in range(selects.count()):
        selects.nth(n).select_option("passed")
    phone.get_by_role("button", name="Save").click()


def test_from_a_roster_to_a_certificate_that_anyone_checks(cast, open_as, nothing_serious, checking_here):
    enter_centre(cast)
    office = open_as(cast.clerk)
    training_class = plan_a_class(office, cast)
    import_the_roster(office, training_class)
    assert Trainee.objects.count() == 53

    office.goto(reverse("class_page", args=[training_class.code]))
    nothing_serious(office)
    office.get_by_role("button", name="Open the class").click()

    absent = list(Trainee.objects.order_by("id")[:3])
    phone = open_as(cast.trainer, width=360)
    mark_on_the_phone(phone, training_class, absent, nothing_serious)
    all_passed(phone, training_class)

    before = ledger(cast.programme).filter(counted=True).count()
    office.goto(reverse("class_page", args=[training_class.code]))
    office.get_by_role("button", name="Close and count").click()
    assert ledger(cast.programme).filter(counted=True).count() - before == 50
    office.goto(reverse("progress"))
    expect(office.locator(".stat").first).to_contain_text("50")
    nothing_serious(office)

    office.goto(reverse("class_certificates", args=[training_class.code]))
    office.get_by_role("button", name="Issue 50 certificates").click()
    certificate = training_class.certificates.order_by("number").first()
    assert training_class.certificates.count() == 50
    answer = office.request.get(office.get_by_role("link", name="PDF").first.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    printed = pypdfium2.PdfDocument(answer.body())
    text = printed[0].get_textpage().get_text_bounded()
    assert certificate.number in text
    assert certificate.name in text.replace(" ", "")
    code = zxingcpp.read_barcode(printed[0].render(scale=3).to_pil())

    visitor = open_as(None, width=360)
    visitor.goto(code.text)
    expect(visitor.locator("main")).to_contain_text("This certificate is valid")
    expect(visitor.locator("main")).to_contain_text(certificate.number)
    assert certificate.name not in visitor.content()
    nothing_serious(visitor)


def test_an_expired_sign_in_in_the_middle_of_marking_loses_nothing(cast, open_as):
    training_class = cast.training_class(people=3, days=1, start=TODAY)
    phone = open_as(cast.trainer, width=360)
    session = training_class.sessions.get()
    phone.goto(reverse("teach_session", args=[session.pk]))
    phone.context.clear_cookies(name="sessionid")
    phone.get_by_role("button", name="Everyone else is here").click()
    assert session.presences.count() == 0
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("Server Error")
    assert "accounts/login" in phone.url or phone.locator("a[href*='accounts/login']").count() > 0


def test_a_class_of_tomorrow_is_not_marked_today(cast, open_as):
    training_class = cast.training_class(people=2, days=1, start=TODAY + datetime.timedelta(days=1))
    phone = open_as(cast.trainer, width=360)
    phone.goto(reverse("teach_session", args=[training_class.sessions.get().pk]))
    assert phone.locator("input[type=radio]").count() == 0
