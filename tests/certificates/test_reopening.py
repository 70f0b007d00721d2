"""A class that runs again: its certificates end first, or it stays closed."""

import pytest
from django.urls import reverse

from certificates import actions, queries
from certificates.models import Certificate
from courses.schedule import actions as schedule
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import SETUP, client_of
from tests.certificates.classes import finished_class
from trainees.progress.actions import close_and_count, reopen_and_count
from trainees.progress.models import PersonTime


@pytest.fixture
def closed(cast, centre):
    return finished_class(cast, 2)


def test_without_certificates_it_runs_again_and_counts_nothing(cast, closed):
    actions.reopen_class(by=cast.manager, training_class=closed, reason="漏记一人")
    closed.refresh_from_db()
    assert (closed.state, closed.closed_at, closed.closed_by) == ("open", None, "")
    assert not PersonTime.objects.filter(training_class=closed).exists()
    event = AuditEvent.objects.get(event="class.reopened")
    assert (event.reason, event.changes) == ("漏记一人", {"state": ["closed", "open"]})
    close_and_count(by=cast.clerk, training_class=closed)
    assert PersonTime.objects.filter(training_class=closed, counted=True).count() == 2


def test_while_certificates_are_valid_it_stays_closed_by_every_door(cast, closed):
    actions.issue(by=cast.clerk, training_class=closed)
    facts = {"by": cast.manager, "training_class": closed, "reason": "漏记一人"}
    doors = {actions.reopen_class: "class_has_certificates", reopen_and_count: "class_built_on"}
    for door, code in {**doors, schedule.reopen_class: "class_built_on"}.items():
        with pytest.raises(Refused) as refusal:
            door(**facts)
        assert refusal.value.code == code
    closed.refresh_from_db()
    assert closed.state == "closed"
    assert PersonTime.objects.filter(training_class=closed).count() == 2


def test_in_one_step_they_are_revoked_and_it_runs_again(cast, closed):
    first, second = actions.issue(by=cast.clerk, training_class=closed)
    newer = actions.reissue(by=cast.clerk, certificate=first, reason="lost")
    revoked = actions.reopen_class(by=cast.manager, training_class=closed, reason="漏记一人", revoke_all=True)
    assert [one.number for one in revoked] == [second.number, newer.number]
    assert {one.state for one in Certificate.objects.exclude(pk=first.pk)} == {"revoked"}
    assert set(Certificate.objects.exclude(pk=first.pk).values_list("revoke_reason", flat=True)) == {"漏记一人"}
    close_and_count(by=cast.clerk, training_class=closed)
    closed.refresh_from_db()
    # Nobody gets another by the way; those who shall are named.
    assert actions.issue(by=cast.clerk, training_class=closed) == []
    named = [entry.trainee for entry in queries.due(closed) if entry.may_be_issued_again]
    assert [one.serial for one in actions.issue(by=cast.clerk, training_class=closed, trainees=named)] == [4, 5]


@pytest.mark.parametrize("state", ["open", "planned"])
def test_only_what_is_over_is_reopened(cast, centre, state):
    training_class = cast.training_class(people=1, open=state == "open")
    with pytest.raises(Refused) as refusal:
        actions.reopen_class(by=cast.manager, training_class=training_class, reason="漏记一人")
    assert refusal.value.code == "class_not_over"


def test_a_reason_is_needed(cast, closed):
    with pytest.raises(Refused) as refusal:
        actions.reopen_class(by=cast.manager, training_class=closed, reason=" ")
    assert refusal.value.code == "reason_missing"


def test_the_page_asks_first(cast, closed):
    actions.issue(by=cast.clerk, training_class=closed)
    client, address = client_of(cast.manager), reverse("class_reopen", args=[closed.code])
    assert len(client.get(address).context["valid"]) == 2
    page = client.post(address, {"reason": "漏记一人"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["revoke_all"])
    assert Certificate.objects.filter(state="valid").count() == 2
    answer = client.post(address, {"reason": "漏记一人", "revoke_all": "on"})
    assert answer.url == reverse("class_page", args=[closed.code])
    assert Certificate.objects.filter(state="revoked").count() == 2
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("clerk", 403), ("operator", 403), ("auditor", 403), ("outsider", 403)]
)
def test_the_manager_answers_for_it(cast, closed, who, status):
    assert client_of(getattr(cast, who)).get(reverse("class_reopen", args=[closed.code])).status_code == status


def test_a_manager_of_another_township_does_not_see_it(cast, closed):
    accounts.grant_role(by=SETUP, user=cast.outsider, role=Role.MANAGER, place=cast.township("岩帅镇"))
    assert client_of(cast.outsider).get(reverse("class_reopen", args=[closed.code])).status_code == 404
