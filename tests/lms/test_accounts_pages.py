"""Accounts and roles, as managers and system administrators keep them."""

import re

import pytest
from django.contrib.auth import authenticate
from django.urls import reverse

from lms.access.scope import scope_of
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import Agent, RoleGrant, User
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import SETUP, client_of

KEEPERS = {"manager", "admin"}
EVERYBODY = ["manager", "admin", "clerk", "operator", "trainer", "trainee_user", "auditor", "outsider"]
PASSWORD = re.compile(r"<code>(\w{5}-\w{5}-\w{5})</code>")


def english(user):
    client = client_of(user)
    client.cookies["django_language"] = "en"
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def page(user: User) -> str:
    return f"/staff/{user.pk}/"


def errors(answer) -> list[str]:
    """The fields the error summary leads to."""
    return re.findall(r'<li><a href="#id_(\w+)"', answer.content.decode())


def refused(action, **facts) -> str:
    with pytest.raises(Refused) as refusal:
        action(**facts)
    return refusal.value.code


def held(user: User) -> list[tuple[str, str]]:
    live = RoleGrant.objects.filter(user=user, ended_at__isnull=True).order_by("pk")
    return [(grant.role, grant.place.name if grant.place else "") for grant in live]


NEW = {"username": "aimen", "name": "艾门", "role": "clerk", "place": "", "phone": "199 0000 0001", "email": ""}


# --- Who comes in -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", EVERYBODY)
def test_only_keepers_open_the_pages(cast, who):
    client = client_of(getattr(cast, who))
    status = 200 if who in KEEPERS else 403
    found = [client.get(path).status_code for path in ("/staff/", "/staff/new/", page(cast.clerk))]
    assert found == [status] * 3


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who not in KEEPERS])
def test_nobody_else_changes_anything(cast, who):
    client, grant = client_of(getattr(cast, who)), cast.operator_elsewhere.grants.get()
    target = page(cast.operator_elsewhere)
    before = AuditEvent.objects.count()
    sent = [
        client.post("/staff/new/", NEW),
        client.post(f"{target}roles/", {"role": "clerk"}),
        client.post(f"{target}roles/{grant.pk}/end/", {"reason": "x"}),
        *(client.post(f"{target}{what}/", {"reason": "x"}) for what in ("suspend", "reopen", "password")),
    ]
    assert [answer.status_code for answer in sent] == [403] * 6
    assert AuditEvent.objects.count() == before


def test_a_manager_of_one_township_keeps_no_accounts(cast):
    accounts.grant_role(by=SETUP, user=cast.outsider, role=Role.MANAGER, place=cast.township("勐省镇"))
    client = client_of(cast.outsider)
    found = [client.get(path).status_code for path in ("/staff/", "/staff/new/", page(cast.clerk))]
    assert found == [403, 403, 404]


def test_the_administrator_sees_no_trainee(cast):
    client = english(cast.admin)
    listed = [account.username for account in client.get("/staff/").context["page"]]
    assert listed == [
        "auditor",
        "clerk",
        "manager",
        "operator",
        "operator2",
        "outsider",
        "sysadmin",
        "trainer",
        "trainer2",
    ]
    assert client.get(page(cast.trainee_user)).status_code == 404
    assert client.post(f"{page(cast.trainee_user)}password/").status_code == 404
    # One who teaches as well is seen as a trainer alone.
    accounts.grant_role(by=SETUP, user=cast.trainer, role=Role.TRAINEE)
    shown = client.get(page(cast.trainer)).context["shown"]
    assert [grant.role for grant, _may_end in shown.live] == ["trainer"]
    learns = cast.trainer.grants.get(role="trainee")
    assert client.post(f"{page(cast.trainer)}roles/{learns.pk}/end/", {"reason": "x"}).status_code == 404
    assert "trainee" not in dict(client.get("/staff/new/").context["form"].fields["role"].choices)


def test_the_administrator_lands_on_the_accounts(cast):
    assert client_of(cast.admin).get("/desk/").headers["Location"] == "/staff/"


# --- The list -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "found"),
    [("role=auditor", ["auditor"]),
     ("q=操作", ["operator", "operator2"]), ("q=SYS", ["sysadmin"]), ("role=clerk", ["clerk"]), ("q=nobody", []),
     ("q=操作&role=clerk", []), ("role=nonsense", None)],
)  # fmt: skip
def test_the_list_is_searched(cast, query, found):
    listed = [account.username for account in client_of(cast.manager).get(f"/staff/?{query}").context["page"]]
    assert listed == (found if found is not None else sorted(user.username for user in cast.users.values()))


def test_an_ended_role_finds_nobody(cast):
    accounts.end_role(by=cast.manager, grant=cast.clerk.grants.get(), reason="left")
    assert list(client_of(cast.manager).get("/staff/?role=clerk").context["page"]) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(cast, rows, django_assert_num_queries):
    for number in range(rows):
        user = User.objects.create(username=f"xyz{number}")
        accounts.grant_role(by=SETUP, user=user, role=Role.TOWNSHIP_OPERATOR, place=cast.township("勐省镇"))
    client = client_of(cast.manager)
    with django_assert_num_queries(6):  # session, user, own grants, count, accounts, their grants with places
        answer = client.get("/staff/?q=xyz")
    assert len(answer.context["page"]) == rows


def test_the_list_has_pages(cast):
    User.objects.bulk_create(User(username=f"many{number:02}") for number in range(60))
    answer = english(cast.manager).get("/staff/?q=many&page=2")
    assert [account.username for account in answer.context["page"]] == [f"many{number}" for number in range(50, 60)]
    assert "Page 2 of 2, 60 in all" in text(answer)


# --- A new account ------------------------------------------------------------------------------------------------
def test_an_account_is_opened_and_its_password_shown_once(cast, client, settings):
    answer = english(cast.manager).post("/staff/new/", NEW)
    assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True)
    (password,) = PASSWORD.findall(answer.content.decode())
    assert settings.SITE_URL + reverse("account_change_password") in answer.content.decode()
    user = User.objects.get(username="aimen")
    assert (user.name, user.phone, held(user)) == ("艾门", "19900000001", [("clerk", "")])
    events = AuditEvent.objects.filter(record_label="aimen").order_by("id")
    assert [(event.event, event.actor) for event in events] == [
        ("account.created", cast.manager.label),
        ("role.granted", cast.manager.label),
    ]
    assert password not in str([vars(event) for event in AuditEvent.objects.all()])
    signed_in = client.post(reverse("account_login"), {"login": "aimen", "password": password})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/desk/")
    assert password not in text(english(cast.manager).get(page(user)))


def test_no_two_passwords_are_alike_and_all_are_strong():
    made = [accounts.initial_password() for _ in range(200)]
    assert len(set(made)) == 200
    assert {len(set(password) - {"-"} - set(accounts.PASSWORD_LETTERS)) for password in made} == {0}
    assert {len(password) for password in made} == {17}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "Manager"}, "username"),
        ({"username": "19900000009"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": ""}, "username"),
        ({"name": ""}, "name"),
        ({"phone": "12"}, "phone"),
        ({"email": "no"}, "email"),
        ({"email": "TAKEN@example.cn"}, "email"),
        ({"role": ""}, "role"),
        ({"role": "auditor"}, "role"),
        ({"role": "township_operator"}, "place"),
        ({"place": "530927103000"}, "place"),
        ({"role": "township_operator", "place": "530000000000"}, "place"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_stored(cast, change, field):
    User.objects.filter(pk=cast.clerk.pk).update(email="taken@example.cn")
    before = User.objects.count()
    answer = client_of(cast.manager).post("/staff/new/", {**NEW, **change})
    assert (answer.status_code, errors(answer)) == (200, [field])
    assert User.objects.count() == before


def test_sent_twice_it_makes_one_account(cast):
    client = client_of(cast.manager)
    client.post("/staff/new/", NEW)
    assert errors(client.post("/staff/new/", NEW)) == ["username"]
    assert User.objects.filter(username="aimen").count() == 1


def test_account_and_role_or_neither(cast):
    facts = {"username": "half", "name": "半", "role": Role.TOWNSHIP_OPERATOR}
    assert refused(accounts.open_account, by=cast.manager, **facts) == "place_needed"
    assert not User.objects.filter(username="half").exists()


def test_an_operator_is_for_the_township_that_was_chosen(cast):
    client_of(cast.manager).post("/staff/new/", {**NEW, "role": "township_operator", "place": "530927103000"})
    user = User.objects.get(username="aimen")
    assert held(user) == [("township_operator", "勐省镇")]
    assert scope_of(user).places == {Role.TOWNSHIP_OPERATOR: frozenset({"530927103"})}


# --- Roles --------------------------------------------------------------------------------------------------------
def test_a_role_is_given_and_ended(cast):
    client = client_of(cast.manager)
    for _twice in range(2):
        answer = client.post(f"{page(cast.clerk)}roles/", {"role": "judge"})
        assert (answer.status_code, answer.headers["Location"]) == (302, page(cast.clerk))
    assert held(cast.clerk) == [("clerk", ""), ("judge", "")]
    grant = cast.clerk.grants.get(role="judge")
    end = f"{page(cast.clerk)}roles/{grant.pk}/end/"
    assert client.post(end, {"reason": " "}).headers["Location"] == page(cast.clerk)
    assert held(cast.clerk) == [("clerk", ""), ("judge", "")]
    for _twice in range(2):
        client.post(end, {"reason": "the contest is over"})
    assert held(cast.clerk) == [("clerk", "")]
    event = AuditEvent.objects.get(event="role.ended")
    assert (event.record_label, event.reason, event.changes) == (
        "clerk", "the contest is over", {"role": ["judge", None]},
    )  # fmt: skip
    grant.refresh_from_db()
    assert grant.ended_by == cast.manager.label


def test_a_role_of_another_account_is_not_found(cast):
    grant = cast.operator.grants.get()
    answer = client_of(cast.manager).post(f"{page(cast.clerk)}roles/{grant.pk}/end/", {"reason": "x"})
    assert (answer.status_code, held(cast.operator)) == (404, [("township_operator", "勐省镇")])


@pytest.mark.parametrize("role", ["system_admin", "security_officer", "auditor"])
def test_the_three_separate_roles_are_the_administrators_to_give(cast, role):
    offered = dict(client_of(cast.manager).get(page(cast.outsider)).context["role_form"].fields["role"].choices)
    assert role not in offered
    assert errors(client_of(cast.manager).post(f"{page(cast.outsider)}roles/", {"role": role})) == ["role"]
    assert refused(accounts.grant_role, by=cast.manager, user=cast.outsider, role=Role(role)) == "not_yours_to_give"
    client_of(cast.admin).post(f"{page(cast.outsider)}roles/", {"role": role})
    assert held(cast.outsider) == [(role, "")]


def test_three_people_also_on_the_page(cast):
    answer = client_of(cast.admin).post(f"{page(cast.auditor)}roles/", {"role": "security_officer"})
    assert (errors(answer), held(cast.auditor)) == (["role"], [("auditor", "")])


def test_the_administrator_takes_no_further_role(cast):
    client = client_of(cast.admin)
    assert client.get(page(cast.admin)).context["may_grant"] is False
    assert errors(client.post(f"{page(cast.admin)}roles/", {"role": "manager"})) == ["role"]
    assert held(cast.admin) == [("system_admin", "")]


def test_a_manager_ends_no_separate_role(cast):
    grant = cast.auditor.grants.get()
    client_of(cast.manager).post(f"{page(cast.auditor)}roles/{grant.pk}/end/", {"reason": "x"})
    assert held(cast.auditor) == [("auditor", "")]
    assert refused(accounts.end_role, by=cast.manager, grant=grant, reason="x") == "not_yours_to_end"


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_nobody_ends_the_role_that_leads_back(cast, who):
    user = getattr(cast, who)
    grant = user.grants.get()
    assert [may_end for _grant, may_end in client_of(user).get(page(user)).context["shown"].live] == [False]
    assert refused(accounts.end_role, by=user, grant=grant, reason="x") == "own_last_role"
    client_of(user).post(f"{page(user)}roles/{grant.pk}/end/", {"reason": "x"})
    assert held(user) == [(grant.role, "")]
    # Somebody else may.
    other = accounts.open_account(by=Agent("tests"), username="second", name="二", role=Role.SYSTEM_ADMIN)[0]
    accounts.end_role(by=other, grant=grant, reason="left")
    assert held(user) == []


def test_ending_a_role_asks_why(cast):
    assert refused(accounts.end_role, by=cast.manager, grant=cast.clerk.grants.get(), reason=" ") == "reason_missing"


# --- Suspending and passwords -------------------------------------------------------------------------------------
def test_a_suspended_account_is_out_at_once_and_comes_back(cast):
    clerk = client_of(cast.clerk)
    assert clerk.get("/desk/").status_code == 200
    manager = english(cast.manager)
    for _twice in range(2):
        manager.post(f"{page(cast.clerk)}suspend/", {"reason": "phone lost"})
    assert clerk.get("/desk/").headers["Location"] == "/accounts/login/?next=/desk/"
    assert "phone lost" in text(manager.get(page(cast.clerk)))
    manager.post(f"{page(cast.clerk)}reopen/", {"reason": "phone found"})
    assert client_of(User.objects.get(pk=cast.clerk.pk)).get("/desk/").status_code == 200
    events = AuditEvent.objects.filter(record_label="clerk", record_type="lms.user").order_by("id")
    assert [(event.event, event.reason, event.changes) for event in events] == [
        ("account.suspended", "phone lost", {"is_active": [True, False]}),
        ("account.reopened", "phone found", {"is_active": [False, True]}),
    ]


@pytest.mark.parametrize("what", ["suspend", "reopen"])
def test_without_a_reason_nothing_changes(cast, what):
    client_of(cast.manager).post(f"{page(cast.clerk)}{what}/", {"reason": ""})
    assert User.objects.get(pk=cast.clerk.pk).is_active
    assert not AuditEvent.objects.filter(event__startswith="account.").exists()


def test_nobody_locks_out_oneself_or_the_three(cast):
    assert refused(accounts.suspend_account, by=cast.manager, user=cast.manager, reason="x") == "own_account"
    assert refused(accounts.reset_password, by=cast.manager, user=cast.manager) == "own_account"
    for user in (cast.admin, cast.auditor):
        assert refused(accounts.suspend_account, by=cast.manager, user=user, reason="x") == "not_your_account"
        assert refused(accounts.reset_password, by=cast.manager, user=user) == "not_your_account"
        client_of(cast.manager).post(f"{page(user)}suspend/", {"reason": "x"})
    assert User.objects.filter(is_active=False).count() == 0


def test_a_new_password_ends_the_old_one(cast):
    accounts.reset_password(by=cast.manager, user=cast.clerk)
    clerk = client_of(User.objects.get(pk=cast.clerk.pk))
    assert clerk.get("/desk/").status_code == 200
    answer = client_of(cast.manager).post(f"{page(cast.clerk)}password/")
    (password,) = PASSWORD.findall(answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]
    assert clerk.get("/desk/").status_code == 302
    assert authenticate(None, username="clerk", password=password) == cast.clerk
    assert AuditEvent.objects.filter(event="account.password_reset", record_label="clerk").count() == 2


def test_a_phone_is_masked_on_the_page(cast):
    user, _password = accounts.open_account(
        by=cast.manager, username="aimen", name="艾门", role=Role.CLERK, phone="19900000001"
    )
    shown = text(client_of(cast.manager).get(page(user)))
    assert ("199****0001" in shown, "19900000001" in shown) == (True, False)
