"""Trainers, kept in the back office."""

import pytest

from content.actions import load_editor_groups
from courses.schedule import actions
from courses.schedule.models import Trainer
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.places.models import Station
from lms.refusals import Refused
from tests.cast import SETUP, client_of

NEW = {"name": " 鲍老师 ", "organisation": "县职中", "qualification": "", "user": "", "active": "on"}


@pytest.fixture
def editor(cast):
    cast.manager.groups.add(load_editor_groups(by=SETUP))
    return client_of(cast.manager)


@pytest.fixture
def teaches(cast) -> User:
    return accounts.open_account(by=cast.manager, username="bao", name="鲍老师", role=Role.TRAINER)[0]


def test_a_trainer_is_entered_changed_and_never_deleted(cast, editor, teaches):
    assert editor.post("/admin/trainer/new/", {**NEW, "user": teaches.pk}).status_code == 302
    trainer = Trainer.objects.get(organisation="县职中")
    assert (trainer.name, trainer.user, trainer.active) == ("鲍老师", teaches, True)
    address = f"/admin/trainer/edit/{trainer.pk}/"
    assert editor.post(address, {**NEW, "user": teaches.pk, "active": ""}).status_code == 302
    trainer.refresh_from_db()
    assert (trainer.user, trainer.active) == (teaches, False)
    events = AuditEvent.objects.filter(record_type="courses.trainer", record_id=str(trainer.pk)).order_by("id")
    assert [(event.event, event.actor, event.changes) for event in events] == [
        ("trainer.added", cast.manager.label, {}),
        ("trainer.changed", cast.manager.label, {"active": [True, False]}),
    ]
    editor.post(f"/admin/trainer/delete/{trainer.pk}/")
    assert Trainer.objects.filter(pk=trainer.pk).exists()


def test_only_free_accounts_of_trainers_are_offered(cast, editor, teaches):
    def offered(address: str) -> list[User]:
        return list(editor.get(address).context["form"].fields["user"].queryset)

    assert offered("/admin/trainer/new/") == [teaches]
    linked = f"/admin/trainer/edit/{cast.trainer.trainer.pk}/"
    assert offered(linked) == [teaches, cast.trainer]
    accounts.end_role(by=SETUP, grant=cast.trainer.grants.get(), reason="left")
    assert offered(linked) == [teaches, cast.trainer]
    assert editor.post("/admin/trainer/new/", {**NEW, "user": cast.clerk.pk}).status_code == 200
    assert not Trainer.objects.filter(user=cast.clerk).exists()


def test_one_account_is_one_trainer(cast, teaches):
    with pytest.raises(Refused) as refused:
        actions.add_trainer(by=SETUP, name="二", user=cast.trainer)
    assert refused.value.code == "account_taken"
    second = actions.add_trainer(by=SETUP, name="二", user=teaches)
    second.user = cast.trainer
    with pytest.raises(Refused) as refused:
        actions.save_trainer(by=SETUP, trainer=second)
    assert (refused.value.code, Trainer.objects.get(pk=second.pk).user) == ("account_taken", teaches)


def test_without_the_back_office_nobody_enters_one(cast):
    for who in (cast.trainer, cast.operator, cast.auditor):
        assert client_of(who).post("/admin/trainer/new/", NEW).status_code == 302
    assert not Trainer.objects.filter(organisation="县职中").exists()


def test_the_plan_says_where_what_is_missing_is_entered(cast):
    Trainer.objects.all().delete()
    Station.objects.all().delete()
    page = client_of(cast.clerk).get("/classes/plan/").content.decode()
    assert [address in page for address in ("/admin/station/new/", "/admin/trainer/new/")] == [True, True]
    cast.venue()
    actions.add_trainer(by=SETUP, name="二")
    page = client_of(cast.clerk).get("/classes/plan/").content.decode()
    assert [address in page for address in ("/admin/station/new/", "/admin/trainer/new/")] == [False, False]
