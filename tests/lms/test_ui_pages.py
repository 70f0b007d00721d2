"""The frame of every page: menu by role, language, forms, and the pages for when something goes wrong."""

import re

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lms.refusals import Refused
from lms.ui import views
from lms.ui.forms import SampleForm
from lms.ui.middleware import RefusalPage
from lms.ui.navigation import menu_for
from tests.cast import client_of

PUBLIC = ["/", "/courses/"]
OFFICE = ["/desk/", "/trainees/", "/rosters/", "/classes/", "/certificates/register/", "/progress/"]
ASIDE = ["/requests/", "/jobs/", "/programme/"]
MENUS = {
    "manager": [*PUBLIC, *OFFICE, "/admin/", *ASIDE, "/staff/"],
    "clerk": [*PUBLIC, *OFFICE, "/admin/", *ASIDE],
    "operator": [*PUBLIC, *OFFICE, *ASIDE],
    "auditor": [*PUBLIC, *(path for path in OFFICE if path != "/rosters/"), *ASIDE],
    "admin": [*PUBLIC, "/staff/"],
    "trainer": [*PUBLIC, "/teach/"],
    "trainee_user": [*PUBLIC, "/my/", "/my/file/"],
    "outsider": PUBLIC,
}


def english(client: Client | None = None) -> Client:
    client = client or Client()
    client.cookies["django_language"] = "en"
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- Menu -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", MENUS)
def test_the_menu_shows_only_what_the_role_opens(cast, rf, who):
    request = rf.get("/")
    request.user = getattr(cast, who)
    assert [link.url for link in menu_for(request)] == MENUS[who]


def test_a_visitor_sees_the_public_menu(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    assert [link.url for link in menu_for(request)] == PUBLIC


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/trainees/", {"/trainees/": "page"}),
        ("/trainees/CY-1/", {"/trainees/": "true"}),
        ("/", {"/": "page"}),
        ("/c/x/", {}),
    ],
)
def test_the_menu_says_where_one_is(cast, rf, path, current):
    request = rf.get(path)
    request.user = cast.clerk
    assert {link.url: link.current for link in menu_for(request) if link.current} == current


def test_the_menu_costs_one_query(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    client.get(reverse("gallery"))
    with django_assert_num_queries(3):  # session, user, grants
        client.get(reverse("gallery"))


# --- Language -------------------------------------------------------------------------------------------------


def test_the_language_is_chosen_and_kept(db):
    client = Client()
    assert '<html lang="zh-hans">' in text(client.get(reverse("gallery")))
    response = client.post(reverse("set_language"), {"language": "en", "next": "/ui/gallery/?page=2"})
    assert (response.status_code, response["Location"]) == (302, "/ui/gallery/?page=2")
    page = text(client.get(reverse("gallery")))
    assert '<html lang="en">' in page
    assert "Cangyuan e-commerce training" in page


def test_the_language_switch_leads_nowhere_else(db):
    response = Client().post(reverse("set_language"), {"language": "en", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


# --- Forms ----------------------------------------------------------------------------------------------------


@pytest.fixture
def wrong_form():
    with translation.override("en"):
        yield SampleForm({"township": "103", "half": "noon", "people": "500"})


def test_errors_are_listed_first_and_lead_to_their_fields(wrong_form):
    html = str(wrong_form)
    summary = html[html.index("error-summary") : html.index("</ul>")]
    assert re.findall(r'href="#([\w-]+)"', summary) == ["id_name", "id_day", "id_people", "id_half", "id_agreed"]
    assert "This form is a sample" in summary
    ids = re.findall(r'\sid="([\w-]+)"', html)
    assert {"id_name", "id_day", "id_people", "id_half", "id_agreed"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_form_that_saves_nothing_does_not_speak_of_saving(wrong_form):
    assert "Nothing was saved yet" in str(wrong_form)
    wrong_form.asks = True
    assert "Nothing was saved yet" not in str(wrong_form)


@pytest.mark.parametrize("page", ["account_login", "certificate_verify", "badge_check"])
def test_a_question_answered_with_an_error_speaks_of_no_saving(client, db, page):
    answer = client.post(reverse(page), {"login": "", "number": "x"})
    html = answer.content.decode()
    assert (">请更正以下问题：<" in html, "尚未保存" in html) == (True, False)


def test_help_and_errors_are_tied_to_their_field(wrong_form):
    html = str(wrong_form)
    named = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    assert {"id_phone_helptext", "id_name_error", "id_half_error", "id_agreed_helptext", "id_agreed_error"} <= set(
        named
    )
    assert [name for name in named if f'id="{name}"' not in html] == []


def test_required_is_a_word(wrong_form):
    label = re.search(r'<label for="id_name">(.*?)</label>', str(wrong_form), re.DOTALL).group(1)
    assert re.sub(r"<[^>]+>", "", label).split() == ["Name", "required"]
    label = re.search(r'<label for="id_phone">(.*?)</label>', str(wrong_form), re.DOTALL).group(1)
    assert label.strip() == "Phone"


def test_choices_stand_in_a_fieldset_with_its_question(wrong_form):
    html = re.sub(r"\s+", " ", str(wrong_form))
    assert html.count("<fieldset") == 2
    assert '<legend>Half-day <span class="field__must">required</span></legend>' in html


def test_a_file_field_says_what_it_takes(settings):
    settings.UPLOAD_MAX_BYTES = 7 * 1024 * 1024
    with translation.override("en"):
        assert "Kinds: .xlsx,.csv, at most 7 MB." in str(SampleForm())


def test_what_was_typed_is_escaped():
    class Name(forms.Form):
        name = forms.CharField(label="<b>", validators=[_refuse])

    html = str(Name({"name": "<script>"}))
    assert "<script>" not in html
    assert "<b>" not in html


def _refuse(value):
    raise forms.ValidationError(value)


# --- Something went wrong -------------------------------------------------------------------------------------


def test_a_missing_page_leads_on(db):
    response = english().get("/no-such-page/")
    assert response.status_code == 404
    assert "<h1>This page is not here</h1>" in text(response)
    assert 'href="/"' in text(response)


def test_a_page_of_another_role(cast):
    response = english(client_of(cast.trainee_user)).get(reverse("progress"))
    assert response.status_code == 403
    assert "Your role does not open this page" in text(response)


def test_a_bad_host_is_answered_without_people_or_messages():
    response = english().get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert '<a class="btn btn--primary" href="/">' in text(response)


def test_a_form_sent_after_the_sign_in_ended(db):
    client = english(Client(enforce_csrf_checks=True))
    response = client.post(reverse("set_language"), {"language": "en"})
    assert response.status_code == 403
    assert "the browser kept what you typed" in text(response)
    assert f'href="{reverse("account_login")}"' in text(response)


def test_a_refusal_is_a_page_with_its_sentence(rf):
    request = rf.post("/")
    with translation.override("en"):
        response = RefusalPage(None).process_exception(
            request, Refused("full", "Class 3 is full: 40 of 40 seats <taken>.")
        )
    assert response.status_code == 409
    assert "Class 3 is full: 40 of 40 seats &lt;taken&gt;." in text(response)


def test_the_last_page_needs_nothing(rf, settings):
    """No database (the fixture is not asked for), no context processor, no static file."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "no.such.Storage"}}
    with translation.override("en"):
        response = views.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in text(response)
    assert "/static/" not in text(response)


# --- Sign-in --------------------------------------------------------------------------------------------------


def test_demo_accounts_are_named_only_in_a_demo(db, settings):
    settings.DEMO = False
    assert "Demo accounts" not in text(english().get(reverse("account_login")))
    settings.DEMO = True
    page = text(english().get(reverse("account_login")))
    assert "Demo accounts" in page
    assert page.count('aria-label="Sign in as ') == 6


def test_signing_in_comes_back_to_the_page(db):
    page = text(english().get("/ui/gallery/?page=2"))
    assert 'href="/accounts/login/?next=/ui/gallery/%3Fpage%3D2"' in page


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_signup", "account_reset_password_done"]
)
def test_pages_before_the_sign_in_wear_our_frame(db, name):
    response = english().get(reverse(name))
    assert response.status_code == 200
    assert (text(response).count("<main "), text(response).count("<h1")) == (1, 1)


@pytest.mark.parametrize("name", ["account_change_password", "mfa_index", "account_logout", "account_reauthenticate"])
def test_pages_of_an_account_wear_our_frame(cast, name):
    response = english(client_of(cast.trainee_user)).get(reverse(name))
    assert response.status_code == 200
    assert (text(response).count("<main "), text(response).count("<h1")) == (1, 1)
