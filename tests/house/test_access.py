"""Every address names its access rule, and those that are not public lead to the sign-in."""

import re
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

OURS = ("lms.", "courses.", "trainees.", "certificates.", "content.")
# They guard their own views; what is ours inside them is named below it all the same.
GUARD_THEMSELVES = ("allauth.", "wagtail.", "django.")


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address)
        else:
            yield address, entry


def owner_of(view) -> str:
    """The module a view comes from; a class's view comes from its class."""
    kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return (kind or view).__module__


ALL = list(patterns(get_resolver()))
MINE = [(address, entry) for address, entry in ALL if owner_of(entry.callback).startswith(OURS)]


def test_every_view_is_ours_or_of_a_package_that_guards_itself():
    strangers = [
        (address, owner_of(entry.callback))
        for address, entry in ALL
        if not owner_of(entry.callback).startswith((*OURS, *GUARD_THEMSELVES))
    ]
    assert strangers == []


def test_every_view_of_ours_names_its_rule():
    assert MINE
    silent = [address for address, entry in MINE if not getattr(entry.callback, "access_rule", "")]
    assert silent == []


@pytest.mark.parametrize("number", [400, 403, 404, 500])
def test_error_pages_name_their_rule(number):
    assert import_string(getattr(import_string("lms.urls"), f"handler{number}")).access_rule == "public"


def test_the_expired_form_page_names_its_rule():
    assert import_string(settings.CSRF_FAILURE_VIEW).access_rule == "public"


PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")
EXAMPLES = {"int": "999999", "uuid": str(uuid.UUID(int=7))}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_public_leads_to_the_sign_in(method):
    """No record is looked up before: a stranger cannot tell an existing file number from another.

    A form sent without a sign-in gets the page that says so, because signing in would not send it again.
    """
    client = Client()
    open_doors = []
    for address, entry in MINE:
        if entry.callback.access_rule == "public":
            continue
        path = PARAMETER.sub(lambda found: EXAMPLES.get(found[1], "nothing"), address)
        answer = getattr(client, method)(f"/{path}")
        if method == "post":
            closed = answer.status_code == 403 and "ui/errors/expired.html" in [t.name for t in answer.templates]
        else:
            closed = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
        if not closed:
            open_doors.append((address, answer.status_code))
    assert open_doors == []
