"""All pages of the demo county, on a phone in English and on a desk in Chinese: no barrier, no sideways scrolling,
no error of a script, and light enough for a village line."""

import gzip

import pytest
from django.core.management import call_command

from lms.accounts.models import User
from tests.demo.test_demo_county import clear_the_way
from tests.pages import ACCOUNTS, every_page
from tests.renditions import RENDERS_PICTURES, renditions_let_go  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reload_ground"),
    *RENDERS_PICTURES,
]

PAGE_LIMIT, SCRIPT_LIMIT = 100_000, 30_000  # bytes as sent, pictures left out


@pytest.fixture
def county(reload_ground, plan_year):
    clear_the_way()
    call_command("demo", "--json")


def weigh(page, address: str) -> tuple[int, int]:
    """(page with styles and scripts, scripts alone) in compressed bytes, on a first load."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks the handler
    page.goto(address)
    page.wait_for_load_state("networkidle")
    kinds = ("document", "stylesheet", "script")
    sizes = [
        (answer.request.resource_type, len(gzip.compress(answer.body())))
        for answer in answers
        if answer.request.resource_type in kinds and answer.status in (200, 404)
    ]
    return sum(size for _, size in sizes), sum(size for kind, size in sizes if kind == "script")


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (1280, "zh-hans")])
def test_every_page(county, open_as, nothing_serious, width, language):
    pages = every_page()
    heavy, barriers = [], []
    for account in ACCOUNTS:
        user = User.objects.get(username=account) if account else None
        for page in pages:
            if page.account == account:
                browser_page = open_as(user, width=width, language=language)
                total, scripts = weigh(browser_page, page.address)
                if total > PAGE_LIMIT or scripts > SCRIPT_LIMIT:
                    heavy.append((page.name, total, scripts))
                try:
                    nothing_serious(browser_page)
                except AssertionError as error:
                    barriers.append((page.name, str(error)))
                browser_page.context.close()
    assert (heavy, barriers) == ([], [])
