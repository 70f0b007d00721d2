"""The gallery and the sign-in page in Chromium: accessible, wide enough to touch, and running nothing it may not."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from tests.browser import launch

pytestmark = pytest.mark.browser

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
HOME = "http://localhost:9999"
SMALL_TEXT = """() => [...document.querySelectorAll('body *')].filter(e => e.offsetParent
  && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
  && parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML.slice(0, 80))"""
# Links inside a sentence are as tall as their line (WCAG 2.2, 2.5.8); everything else is for a thumb.
SMALL_TARGETS = """() =>
  [...document.querySelectorAll('a, button, select, summary, textarea, input:not([type=hidden])')]
  .filter(e => e.offsetParent && !e.closest('p, .prose'))
  .map(e => ['checkbox', 'radio'].includes(e.type) ? e.closest('.check, label') : e)
  .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def browser():
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def pages(db, settings):
    """Rendered before the browser starts: no server, no second thread, no committed rows."""
    settings.DEMO = True
    client = Client()
    client.cookies["django_language"] = "en"
    return {path: client.get(path) for path in (reverse("gallery"), reverse("account_login"), "/no-such-page/")}


def open_page(browser, pages, path, *, width, scheme="light", **options):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, **options)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))

    def answer(route):
        asked = re.sub(r"^http://[^/]+|[?#].*$", "", route.request.url)
        if asked.startswith("/static/"):
            kind = KINDS[asked.rsplit(".", 1)[1]]
            route.fulfill(path=finders.find(asked.removeprefix("/static/")), content_type=kind)
        else:
            response = pages[asked]
            headers = {"Content-Security-Policy": response.headers["Content-Security-Policy"]}
            route.fulfill(body=response.content, content_type="text/html", headers=headers)

    page.route("**/*", answer)
    page.goto(HOME + path)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/ui/gallery/", "/accounts/login/", "/no-such-page/"])
def test_accessible_at_every_width_by_day_and_by_night(browser, pages, path, width, scheme):
    page = open_page(browser, pages, path, width=width, scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(item["id"], node["html"][:120]) for item in found for node in item["nodes"]] == []
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []
    page.close()


def test_twice_the_text_still_fits(browser, pages):
    page = open_page(browser, pages, "/ui/gallery/", width=640)
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    page.close()


def test_the_menu_opens_without_script(browser, pages):
    page = open_page(browser, pages, "/ui/gallery/", width=360, java_script_enabled=False)
    link = page.locator(".menu a").first
    assert not link.is_visible()
    page.click(".menu summary")
    assert link.is_visible()
    page.close()


def test_the_keyboard_reaches_the_content_first(browser, pages):
    page = open_page(browser, pages, "/accounts/login/", width=1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_a_form_is_sent_once_and_with_the_token_of_the_day(browser, pages):
    page = open_page(browser, pages, "/accounts/login/", width=1280)
    sent = []

    def keep(route):
        sent.append(route.request.post_data)
        route.fulfill(status=204)  # the page stays as it is

    page.route("**/accounts/login/", keep)
    # Somebody signed in again in another tab since this form was drawn.
    page.context.add_cookies([{"name": "csrftoken", "value": "n" * 32, "url": HOME}])
    page.fill("#id_login", "nobody")
    page.fill("#id_password", "nothing")
    button = page.locator("form.card .btn--primary")
    button.dblclick()
    page.wait_for_timeout(300)
    assert (len(sent), button.is_disabled()) == (1, True)
    assert sent[0].startswith(f"csrfmiddlewaretoken={'n' * 32}&login=nobody&")
    page.close()


def test_the_share_done_stands_in_the_title(browser, pages):
    page = open_page(browser, pages, "/ui/gallery/", width=1280)
    plain = page.title()
    page.evaluate("""() => { document.querySelector('progress').dataset.job = '';
      document.dispatchEvent(new CustomEvent('htmx:afterSettle')); }""")
    assert page.title() == f"64 % · {plain}"
    page.close()
