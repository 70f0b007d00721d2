"""Searching while typing, in Chromium: hits come by themselves, the address says nothing, and a person is picked."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.test import override_settings
from django.urls import include, path

from lms.access.decorators import allow
from lms.accounts.enums import Role
from tests.cast import assemble, client_of, synthetic_id
from trainees.registry.choosing import PersonField

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Where to put pictures of the pages, for whoever wants to see them.
PICTURES = os.environ.get("PICTURES", "")


@allow(Role.CLERK)
def picking(request):
    """A form of another room."""

    class Picking(forms.Form):
        other = PersonField(label="同一人", user=request.user)

    form = Picking(request.POST or None)
    if form.is_valid():
        return HttpResponse(form.cleaned_data["other"].file_number)
    return render(request, "ui/picking.html", {"form": form})


urlpatterns = [path("picking/", picking), path("", include("lms.urls"))]
PAGE = """{% extends "ui/base.html" %}{% block title %}Picking{% endblock %}{% block content %}<h1>Picking</h1>
<form class="form card" method="post">{% csrf_token %}{{ form }}
<div><button class="btn btn--primary">OK</button></div></form>
{% endblock %}"""


@pytest.fixture
def cast(reload_ground, programme):
    return assemble(programme)


@pytest.fixture
def page(cast, live_server, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    session = client_of(cast.clerk).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda told: page.complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def look(page, name: str) -> None:
    """No barrier, no sideways scrolling, at both widths."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        found = Axe().run(page).response["violations"]
        assert [(item["id"], node["html"][:160]) for item in found for node in item["nodes"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hits_come_while_typing(cast, page, live_server):
    cast.person(name="岩嘎", id_number="533528198506159964", aliases=["艾那"])
    for n in range(3):
        cast.person(name="田强", id_number=synthetic_id(300 + n))
    page.goto(f"{live_server.url}/trainees/")
    assert page.locator("#people tbody tr").count() == 4
    page.locator("#id_q").press_sequentially("ag")
    page.get_by_text("拼音首字母").wait_for()
    assert page.locator("#people tbody tr").count() == 1
    assert page.locator("#people-count").inner_text() == "1 人"
    look(page, "search")
    page.locator("#id_q").fill("9964")
    page.get_by_text("身份证尾号").wait_for()
    assert page.url == f"{live_server.url}/trainees/"
    page.locator("#id_q").fill("没有这个人")
    page.get_by_text("未找到人员").first.wait_for()
    look(page, "search-none")
    page.locator("#id_q").fill("岩")
    page.locator("#people tbody tr a").wait_for()
    page.locator("#people tbody tr a").click()
    page.wait_for_url("**/trainees/530927-*/")
    assert page.complaints == []


def test_a_person_is_picked(cast, page, live_server, settings):
    people = [cast.person(name="岩嘎", id_number=synthetic_id(310 + n)) for n in range(2)]
    templates = [{**settings.TEMPLATES[0], "APP_DIRS": False, "OPTIONS": {
        **settings.TEMPLATES[0]["OPTIONS"],
        "loaders": [
            ("django.template.loaders.locmem.Loader", {"ui/picking.html": PAGE}),
            "django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader",
        ],
    }}]  # fmt: skip
    with override_settings(ROOT_URLCONF=__name__, TEMPLATES=templates):
        page.goto(f"{live_server.url}/picking/")
        page.locator("#id_other_words").press_sequentially("aiga")
        page.get_by_role("radio").nth(1).wait_for()
        look(page, "chooser")
        page.get_by_role("radio").nth(1).check()
        assert page.complaints == []
        page.get_by_role("button", name="OK").click()
        page.get_by_text(people[0].file_number[:6]).wait_for()
        assert page.inner_text("body").strip() in {person.file_number for person in people}
