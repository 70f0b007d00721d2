"""Work is done for somebody who may still do it: roles end while it waits, is cancelled and resumed."""

import pytest
from django.utils.translation import gettext

from lms.access.scope import scope_of
from lms.accounts.actions import end_role, grant_role
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.jobs import actions as jobs
from lms.jobs import queries
from lms.jobs.enums import JobState
from lms.jobs.models import Job
from lms.refusals import Refused
from tests.cast import client_of
from tests.trainees.rosters import bring, line, workbook
from trainees.registry.models import Trainee
from trainees.rosters import actions
from trainees.rosters.enums import COMMIT_JOB, ImportState
from trainees.rosters.models import RosterImport

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(cast) -> Job:
    """An operator's roster is decided for and waits to be entered."""
    roster = bring(cast.operator, workbook(line(1), line(2)), place=cast.township("勐省镇"))
    actions.commit_import(by=cast.operator, roster=roster)
    return Job.objects.get(kind=COMMIT_JOB, subject=str(roster.pk))


def end_roles(cast) -> None:
    for grant in cast.operator.grants.filter(ended_at__isnull=True):
        end_role(by=cast.manager, grant=grant, reason="left")


def test_with_the_role_it_is_done(cast, waiting):
    jobs.work(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, Trainee.objects.count()) == (JobState.DONE, 2)


def test_an_ended_role_enters_nobody(cast, waiting):
    end_roles(cast)
    jobs.work(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, Trainee.objects.count()) == (JobState.FAILED, 0)
    assert queries.message_of(waiting) == (
        gettext("Your role for this work has ended. Somebody who holds it can start the work anew.")
    )


def test_an_ended_role_resumes_nothing(cast, waiting):
    jobs.cancel(by=cast.operator, job=waiting)
    end_roles(cast)
    answer = client_of(User.objects.get(pk=cast.operator.pk)).post(f"/jobs/{waiting.public_id}/resume/")
    assert answer.headers["Location"] == f"/jobs/{waiting.public_id}/"
    assert (Job.objects.filter(kind=COMMIT_JOB).count(), Trainee.objects.count()) == (1, 0)
    with pytest.raises(Refused) as refused:
        jobs.resume(by=cast.operator, job=waiting)
    assert refused.value.code == "job_not_allowed"


def test_the_same_role_elsewhere_is_not_enough(cast, waiting):
    end_roles(cast)
    grant_role(by=cast.manager, user=cast.operator, role=Role.TOWNSHIP_OPERATOR, place=cast.township("岩帅镇"))
    assert scope_of(User.objects.get(pk=cast.operator.pk)).has(Role.TOWNSHIP_OPERATOR)
    jobs.work(waiting.pk)
    assert Trainee.objects.count() == 0


def test_a_closed_account_enters_nobody(cast, waiting):
    User.objects.filter(pk=cast.operator.pk).update(is_active=False)
    jobs.work(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, Trainee.objects.count()) == (JobState.FAILED, 0)


def test_the_centre_takes_it_over(cast, waiting):
    end_roles(cast)
    jobs.work(waiting.pk)
    roster = actions.commit_import(by=cast.clerk, roster=RosterImport.objects.get(pk=waiting.subject))
    jobs.work(Job.objects.get(kind=COMMIT_JOB, started_by=cast.clerk).pk)
    roster.refresh_from_db()
    assert (roster.state, Trainee.objects.count()) == (ImportState.COMMITTED, 2)
