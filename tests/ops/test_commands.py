import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
PASSWORD = "佤山-market-2018"


def open_account(monkeypatch, *words: str, password: str = PASSWORD) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    told = io.StringIO()
    call_command("open_account", *words, stdout=told)
    return told.getvalue()


def test_the_first_manager_comes_from_a_terminal(monkeypatch):
    told = open_account(monkeypatch, "first", "赵一", "manager", "--json")
    assert json.loads(told) == {"username": "first", "role": "manager", "place": ""}
    user = User.objects.get(username="first")
    assert user.check_password(PASSWORD)
    assert list(user.grants.values_list("role", "granted_by")) == [(Role.MANAGER, "open_account")]
    events = AuditEvent.objects.filter(actor="open_account").order_by("id")
    assert list(events.values_list("event", flat=True)) == ["account.created", "role.granted"]


def test_again_it_adds_the_role_and_keeps_the_password(monkeypatch):
    open_account(monkeypatch, "first", "赵一", "manager")
    open_account(monkeypatch, "first", "赵一", "clerk", password="another-one-2018")
    user = User.objects.get(username="first")
    assert user.check_password(PASSWORD)
    assert sorted(user.grants.values_list("role", flat=True)) == ["clerk", "manager"]


@pytest.mark.parametrize(
    ("words", "password", "told"),
    [
        (("first", "赵一", "manager"), "123", "This password is too short"),
        (("first", "赵一", "township_operator"), PASSWORD, "A township operator needs a township"),
        (("first", "赵一", "township_operator", "--place", "1"), PASSWORD, "No division has the code 1."),
    ],
)
def test_refusals_leave_nothing(monkeypatch, words, password, told):
    before = User.objects.count()
    with translation.override("en"), pytest.raises(CommandError) as refused:
        open_account(monkeypatch, *words, password=password)
    assert told in str(refused.value)
    assert User.objects.count() == before
