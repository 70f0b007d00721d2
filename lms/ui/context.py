from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from lms.accounts import demo
from lms.accounts.enums import Role
from lms.privacy.locked import lost_here
from lms.privacy.logs import without_numbers

from .navigation import menu_for

# In its own tongue, so that whoever reads it finds it.
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    current: bool


@dataclass(frozen=True)
class DemoAccount:
    username: str
    role: str
    note: str


def interface(request: HttpRequest) -> dict:
    """What base.html needs on every page."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "site_name": settings.WAGTAIL_SITE_NAME if language.startswith("zh") else settings.SITE_NAME_EN,
        "languages": [Language(code, LANGUAGE_NAMES[code], code == language) for code, _name in settings.LANGUAGES],
        # Lazy: a page that shows no menu asks for no roles.
        "navigation": SimpleLazyObject(lambda: menu_for(request)),
        # Called anew where it stands: the content above may have run into another.
        "lost_keys": lost_here,
        "verify_url": _verify_url(),
        "here": _here(request),
        "sign_in_back": _sign_in_back(request),
        "DEMO": settings.DEMO,
        "demo_accounts": _demo_accounts() if settings.DEMO else [],
        "demo_password": demo.PASSWORD if settings.DEMO else "",
    }


def _verify_url() -> str:
    try:
        return reverse("certificate_verify")
    except NoReverseMatch:
        return ""


def _sign_in_back(request: HttpRequest) -> str:
    """Where signing in returns to: this page, unless it is itself about signing in, or was a form being sent."""
    if request.method != "GET" or request.path == "/" or request.path.startswith("/accounts/"):
        return ""
    return _here(request)


def _here(request: HttpRequest) -> str:
    """This page's address; one in which somebody typed a person's number is not repeated by any page."""
    address = request.get_full_path()
    return address if without_numbers(address) == address else "/"


def _demo_accounts() -> list[DemoAccount]:
    notes = {
        Role.MANAGER: gettext("sees and decides everything in the county"),
        Role.CLERK: gettext("imports rosters, plans classes, hands out certificates"),
        Role.TOWNSHIP_OPERATOR: gettext("sees the people of one township"),
        Role.TRAINER: gettext("marks who is present and who passed"),
        Role.TRAINEE: gettext("takes lessons and sees what was earned"),
        Role.AUDITOR: gettext("reads everything, changes nothing"),
    }
    return [DemoAccount(username, str(role.label), notes[role]) for username, _name, role, _place in demo.ACCOUNTS]
