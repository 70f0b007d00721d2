"""Photographs every page of a running demo county. Called by bin/screens, which starts one.

Names: <page>.<language>.<width>.jpg
"""

import os
import sys
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
# Records are asked for their addresses between two pictures; nothing is written.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from django.urls import reverse  # noqa: E402 - Django first

from lms.accounts.demo import PASSWORD  # noqa: E402
from tests.browser import launch  # noqa: E402
from tests.pages import ACCOUNTS, every_page  # noqa: E402

WIDTHS = {"phone": 360, "desk": 1280}
LANGUAGES = ("zh-hans", "en")
TALLEST = 2600  # pixels: longer pages are cut, a list shows itself in its first rows


def sign_in(page: Page, base: str, username: str) -> None:
    page.goto(base + reverse("account_login"))
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def shoot(browser: Browser, base: str, folder: Path) -> int:
    taken, pages = 0, every_page()
    for language in LANGUAGES:
        for device, width in WIDTHS.items():
            for account in ACCOUNTS:
                context = browser.new_context(
                    viewport={"width": width, "height": 800},
                    device_scale_factor=0.75 if device == "desk" else 1,  # a desk is legible at three quarters
                )
                context.add_cookies([{"name": "django_language", "value": language, "url": base}])
                page = context.new_page()
                if account:
                    sign_in(page, base, account)
                for name, needs, address in pages:
                    if needs == account:
                        page.goto(base + address)
                        height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
                        page.screenshot(
                            path=folder / f"{name}.{language}.{device}.jpg", type="jpeg", quality=60,
                            full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height},
                        )  # fmt: skip
                        taken += 1
                context.close()
    return taken


if __name__ == "__main__":
    base, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        print(f"{shoot(browser, base, folder)} pictures in {folder}")  # noqa: T201
        browser.close()
