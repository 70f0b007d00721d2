import datetime
import os
import zoneinfo
from collections.abc import Callable

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, sync_playwright

from lms.accounts.models import User
from tests.browser import launch
from tests.cast import TODAY

# Playwright's sync API runs an event loop in this thread; the ORM is used between its calls, never inside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

NOON = datetime.datetime.combine(TODAY, datetime.time(18), tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def plan_year():
    """The evening of a day of the programme; the clock goes on, since a server and a browser wait for each other."""
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def open_as(chromium, live_server, plan_year) -> Callable[..., Page]:
    """A page of the site for somebody (None: a visitor), in a language and at a width; script errors fail the test."""
    contexts, errors = [], []

    def open_page(user: User | None, *, width: int = 1280, language: str = "en") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, base_url=live_server.url)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def nothing_serious() -> Callable[[Page], None]:
    """axe finds no serious or critical barrier on the page, and the page is no wider than the screen."""

    def check(page: Page) -> None:
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    return check
