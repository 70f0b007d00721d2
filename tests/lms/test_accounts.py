import pytest
from django.urls import reverse

from lms.access.scope import scope_of
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.refusals import Refused

STRONG = "walnut-tea-2018"


@pytest.fixture
def person(cast):
    return accounts.create_account(
        by=cast.manager, username="aimen", name="艾门", password=STRONG, phone="+86 199 0000 0001", email="a@example.cn"
    )


@pytest.mark.parametrize("login", ["aimen", "19900000001", "199-0000-0001", "a@example.cn"])
def test_user_name_phone_and_mail_all_sign_in(client, person, login):
    response = client.post(reverse("account_login"), {"login": login, "password": STRONG})
    assert (response.status_code, response.headers.get("Location")) == (302, reverse("desk"))


def test_a_wrong_password_does_not(client, person):
    response = client.post(reverse("account_login"), {"login": "aimen", "password": "wrong"})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_on_the_web(client, db):
    client.post(reverse("account_signup"), {"username": "x", "password1": STRONG, "password2": STRONG})
    assert not User.objects.filter(username="x").exists()


def test_the_phone_is_not_readable_in_the_database(person):
    from django.db import connection  # raw, past the field

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_hash FROM lms_user WHERE username = 'aimen'")
        phone, phone_hash = cursor.fetchone()
    assert "19900000001" not in phone + phone_hash
    assert User.objects.get(username="aimen").phone == "19900000001"


def test_one_phone_is_one_account(cast, person):
    with pytest.raises(Refused) as refused:
        accounts.create_account(by=cast.manager, username="other", name="另一", password=STRONG, phone="19900000001")
    assert refused.value.code == "account_exists"
    assert not User.objects.filter(username="other").exists()


def test_roles_are_for_a_place_and_end_there(cast, person):
    grant = accounts.grant_role(
        by=cast.manager, user=person, role=Role.TOWNSHIP_OPERATOR, place=cast.township("勐省镇")
    )
    assert scope_of(User.objects.get(pk=person.pk)).places == {Role.TOWNSHIP_OPERATOR: frozenset({"530927103"})}
    again = accounts.grant_role(
        by=cast.manager, user=person, role=Role.TOWNSHIP_OPERATOR, place=cast.township("勐省镇")
    )
    assert again == grant
    accounts.end_role(by=cast.manager, grant=grant, reason="left")
    assert scope_of(User.objects.get(pk=person.pk)).places == {}
    assert list(AuditEvent.objects.filter(record_label="aimen").values_list("event", flat=True)) == [
        "role.ended",
        "role.granted",
        "account.created",
    ]


def test_an_operator_needs_a_township(cast, person):
    with pytest.raises(Refused) as refused:
        accounts.grant_role(by=cast.manager, user=person, role=Role.TOWNSHIP_OPERATOR)
    assert refused.value.code == "place_needed"


def test_administrator_security_and_audit_are_three_people(cast):
    with pytest.raises(Refused) as refused:
        accounts.grant_role(by=cast.manager, user=cast.auditor, role=Role.SYSTEM_ADMIN)
    assert refused.value.code == "separate_people"


def test_editors_reach_the_page_editor_and_lose_it_with_the_role(cast, person):
    grant = accounts.grant_role(by=cast.manager, user=person, role=Role.CLERK)
    assert [group.name for group in person.groups.all()] == [accounts.EDITORS]
    accounts.end_role(by=cast.manager, grant=grant, reason="left")
    assert list(person.groups.all()) == []


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client, cast, settings):
    settings.STAFF_SECOND_FACTOR = True
    client.force_login(cast.clerk)
    assert client.get(reverse("progress")).headers["Location"] == reverse("mfa_index")
    client.force_login(cast.trainee_user)
    assert client.get(reverse("progress")).status_code == 403
