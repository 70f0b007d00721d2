"""There is one way in, it asks for the second factor, and what lies behind it is not reachable from beside it."""

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import views as auth_views
from django.test import Client
from django.urls import resolve, reverse

from content.actions import load_editor_groups
from tests.cast import PASSWORD
from tests.house.test_access import ALL, PARAMETER
from tests.ops.test_settings import keys, run

pytestmark = pytest.mark.django_db

SIGN_IN = (
    auth_views.LoginView,
    auth_views.PasswordResetView,
    auth_views.PasswordResetConfirmView,
    auth_views.PasswordResetDoneView,
    auth_views.PasswordResetCompleteView,
)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def secret(cast, settings) -> str:
    """The manager has a password and a second factor, and staff need one."""
    settings.STAFF_SECOND_FACTOR = True
    cast.manager.set_password(PASSWORD)
    cast.manager.save()
    secret = generate_totp_secret()
    TOTP.activate(cast.manager, secret)
    return secret


def test_every_other_sign_in_of_the_packages_is_out_of_reach():
    found = []
    for address, entry in ALL:
        view = getattr(entry.callback, "view_class", None)
        if view and issubclass(view, SIGN_IN):
            path = "/" + PARAMETER.sub("x-1", address)
            found.append(path)
            reached = resolve(path).func
            assert getattr(reached, "access_rule", "") == "public", path
            assert Client().post(path, {}).headers["Location"] in (
                reverse("account_login"),
                reverse("account_reset_password"),
            )
    assert {"/admin/login/", "/_util/login/", "/admin/password_reset/"} <= set(found)


@pytest.mark.parametrize("address", ["/admin/login/", "/_util/login/"])
def test_a_password_alone_opens_nothing(client, secret, address):
    client.post(address, {"username": "manager", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_login"), {"login": "manager", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("desk")
    assert client.get(reverse("trainee_list")).status_code == 200


@pytest.mark.parametrize("name", ["trainee_list", "mfa_index", "wagtailadmin_home"])
def test_a_session_that_went_past_the_second_factor_ends(client, cast, secret, name):
    client.force_login(cast.manager)
    answer = client.get(reverse(name))
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_setting_one_up_is_enough_for_this_session(client, cast, settings, django_capture_on_commit_callbacks):
    settings.STAFF_SECOND_FACTOR = True
    cast.clerk.set_password(PASSWORD)
    cast.clerk.save()
    client.post(reverse("account_login"), {"login": "clerk", "password": PASSWORD})
    assert client.get(reverse("trainee_list")).headers["Location"] == reverse("mfa_index")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_of(client.session["mfa.totp.secret"])})
    assert client.get(reverse("trainee_list")).status_code == 200


def try_in(login: str, password: str, address: str) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": login, "password": password}, REMOTE_ADDR=address)
    return "_auth_user_id" in client.session


@pytest.fixture
def clerk(cast):
    cast.clerk.set_password(PASSWORD)
    cast.clerk.save()


def test_wrong_passwords_shut_the_address_they_come_from_and_nobody_else(clerk):
    assert [try_in("clerk", "wrong", "198.51.100.7") for _ in range(10)] == [False] * 10
    assert try_in("clerk", PASSWORD, "198.51.100.7") is False
    assert try_in("clerk", PASSWORD, "192.0.2.9") is True


def test_one_account_is_tried_thirty_times_from_everywhere(clerk):
    for number in range(30):
        try_in("clerk", "wrong", f"198.51.100.{number}")
    assert try_in("clerk", PASSWORD, "192.0.2.9") is False


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.1"), (1, "203.0.113.5"), (2, "198.51.100.7")])
def test_the_address_behind_the_proxies_counts(settings, rf, proxies, seen):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "1.1.1.1, 198.51.100.7, 203.0.113.5"})
    assert get_adapter(request).get_client_ip(request) == seen


@pytest.mark.parametrize(("variables", "count"), [({}, "0"), ({"TRUSTED_PROXIES": "2"}, "2")])
def test_proxies_are_counted_by_the_environment(tmp_path, variables, count):
    asked = "from lms import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    assert run("-c", asked, **keys(tmp_path), **variables).stdout.strip() == count


@pytest.mark.parametrize(("name", "status"), [("trainer", 403), ("trainee_user", 403), ("auditor", 403)])
def test_the_back_office_refuses_whoever_may_not_edit(cast, name, status):
    """A page that says so; the sign-in would only send them back."""
    client = Client()
    client.force_login(getattr(cast, name))
    assert client.get("/admin/").status_code == status


def test_the_back_office_opens_to_the_clerk(cast):
    load_editor_groups(by=cast.manager)
    client = Client()
    client.force_login(cast.clerk)
    assert client.get("/admin/").status_code == 200
