"""The demo county: complete, counted as its ledger says, and built once."""

import json

import pytest
from django.core.management import call_command

from content.models import ContestPage
from courses.schedule.models import TrainingClass
from lms.accounts.demo import ACCOUNTS, PASSWORD
from lms.accounts.models import User
from lms.programme.models import CountingPolicy, Programme
from trainees.contest.models import Contest
from trainees.progress.models import PersonTime
from trainees.registry.models import Trainee
from trainees.rosters.models import RosterRow

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def clear_the_way() -> None:
    """A demo stands on an empty database: the programme of the other tests steps aside."""
    for page in ContestPage.objects.all():
        page.delete()
    for model in (Contest, CountingPolicy, Programme):
        model.objects.all().delete()


@pytest.fixture
def county(db, capsys):
    clear_the_way()
    call_command("demo", "--today", "2018-06-15", "--json")
    return json.loads(capsys.readouterr().out)


def test_the_county_is_complete_and_its_ledger_true(county, capsys):
    assert (county["built"], county["people"]) == (True, 3000)
    assert 3400 <= county["person_times"] <= 3800
    states = set(TrainingClass.objects.values_list("state", flat=True))
    assert states == {"planned", "open", "closed", "refused", "cancelled"}
    assert TrainingClass.objects.count() == 71
    townships = PersonTime.objects.filter(counted=True).values_list("township_code", flat=True).distinct()
    assert townships.count() == 11
    call_command("recount", "--check", "--json")
    capsys.readouterr()

    call_command("demo", "--json")
    again = json.loads(capsys.readouterr().out)
    assert (again["built"], again["people"], again["person_times"]) == (False, 3000, county["person_times"])


def test_the_sample_rosters_bring_new_people_only(county, capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("import_roster", "demo/rosters/02-勐省镇上报花名册.xlsx", "--json")
    report = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 3
    assert (report["accepted"], report["persons"]) == (53, {"created": 53, "matched": 0})
    assert Trainee.objects.count() == 3053
    brought = RosterRow.objects.filter(roster__file_name="02-勐省镇上报花名册.xlsx")
    assert brought.filter(verdict="refused", committed=False).count() == 5


def test_every_demo_account_signs_in(county, client):
    for username, *_ in ACCOUNTS:
        user = User.objects.get(username=username)
        assert user.check_password(PASSWORD)
