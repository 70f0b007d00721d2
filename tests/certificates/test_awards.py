"""An award is for an entry whose file is known, and it is given once."""

import datetime
import threading

import pytest
from django.db import connection
from django.urls import reverse

from certificates import actions
from certificates.models import Certificate
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import SETUP, TODAY, assemble, client_of, make_programme
from tests.certificates.classes import ISSUER, decided_contest, enter_centre, entry_of
from trainees.contest import actions as contests
from trainees.contest.enums import EntryState


@pytest.fixture
def contest(cast, centre):
    return decided_contest(cast)


@pytest.fixture
def winner(cast):
    return cast.person(name="艾嘎", phone="13800138000")


@pytest.fixture
def entry(cast, contest, winner):
    return entry_of(cast, contest, trainee=winner)


def test_an_award_copies_everything_that_is_printed(cast, entry, winner):
    paper = actions.give_award(by=cast.clerk, entry=entry, award=" 一等奖 ", award_en="First prize")
    stored = Certificate.objects.get(pk=paper.pk)
    assert stored.number[:-1] == "CY530927-2018-00001-"
    assert (stored.kind, stored.entry, stored.training_class, stored.hours) == ("award", entry, None, None)
    assert (stored.contest_title, stored.project_title) == ("沧源县农村电商创业大赛", "佤山核桃")
    assert (stored.award, stored.award_en, stored.issuer) == ("一等奖", "First prize", ISSUER)
    assert (stored.trainee, stored.name, stored.id_number) == (winner, "艾嘎", winner.id_number)
    assert (stored.first_day, stored.last_day, stored.issued_on) == (TODAY, TODAY, TODAY)
    event = AuditEvent.objects.get(event="certificate.issued")
    assert (event.place, event.changes) == (winner.township.code, {"trainee": [None, winner.file_number]})


def test_it_is_given_once(cast, entry):
    paper = actions.give_award(by=cast.clerk, entry=entry, award="一等奖")
    with pytest.raises(Refused) as refusal:
        actions.give_award(by=cast.clerk, entry=entry, award="二等奖")
    assert (refusal.value.code, refusal.value.facts["number"]) == ("award_known", paper.number)
    actions.revoke(by=cast.clerk, certificate=paper, reason="写错奖项")
    assert actions.give_award(by=cast.clerk, entry=entry, award="二等奖").serial == 2


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"award": " "}, "award_missing"),
        ({"award": "全国一等奖"}, "forbidden_word"),
        ({"award": "一等奖", "issued_on": TODAY - datetime.timedelta(days=1)}, "before_the_final"),
        ({"award": "一等奖", "issued_on": TODAY + datetime.timedelta(days=1)}, "in_the_future"),
    ],
)
def test_what_cannot_be_printed_is_refused(cast, entry, facts, code):
    with pytest.raises(Refused) as refusal:
        actions.give_award(by=cast.clerk, entry=entry, **facts)
    assert refusal.value.code == code
    assert not Certificate.objects.exists()


def test_an_entry_without_a_file_and_a_withdrawn_one_win_nothing(cast, contest, winner):
    alone = entry_of(cast, contest)
    with pytest.raises(Refused) as refusal:
        actions.give_award(by=cast.clerk, entry=alone, award="一等奖")
    assert refusal.value.code == "entry_without_file"
    alone.state, alone.trainee = EntryState.WITHDRAWN, winner
    alone.save()
    with pytest.raises(Refused) as refusal:
        actions.give_award(by=cast.clerk, entry=alone, award="一等奖")
    assert refusal.value.code == "entry_withdrawn"


def test_a_restricted_file_wins_nothing_for_now(cast, entry, winner):
    winner.restricted_at = winner.created_at
    winner.save()
    with pytest.raises(Refused) as refusal:
        actions.give_award(by=cast.clerk, entry=entry, award="一等奖")
    assert refusal.value.code == "file_restricted"


@pytest.mark.django_db(transaction=True)
def test_two_clerks_give_one_award(reload_ground):
    cast = assemble(make_programme())
    enter_centre(cast)
    entry = entry_of(cast, decided_contest(cast), trainee=cast.person())
    gate, answers = threading.Barrier(2), []

    def clerk() -> None:
        try:
            gate.wait(10)
            answers.append(actions.give_award(by=cast.clerk, entry=entry, award="一等奖").serial)
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(str, answers)) == ["1", "award_known"]


# --- whose entry it is --------------------------------------------------------------------------------------------


def address(entry, name: str = "contest_award") -> str:
    return reverse(name, args=[entry.contest.code, entry.pk])


def test_the_file_is_chosen_among_those_that_look_alike(cast, contest, winner):
    cast.person(name="叶那")
    same_name = cast.person(name="艾嘎")
    elsewhere = cast.person(name="艾嘎", township="岩帅镇")
    entry = entry_of(cast, contest)
    client = client_of(cast.clerk)
    page = client.get(address(entry, "contest_entry_file"))
    assert page.context["alike"] == [winner, same_name]
    assert winner.name not in page.content.decode()
    answer = client.post(address(entry, "contest_entry_file"), {"file_number": elsewhere.file_number.lower()})
    assert answer.url == address(entry)
    entry.refresh_from_db()
    assert entry.trainee == elsewhere
    event = AuditEvent.objects.get(event="contest.linked")
    assert event.changes == {"trainee": [None, elsewhere.file_number]}


def test_a_new_file_is_opened_of_the_entry(cast, contest):
    entry = entry_of(cast, contest, leader_name="安社", phone="13900139000")
    client_of(cast.clerk).post(address(entry, "contest_entry_file"), {"new": "on"})
    entry.refresh_from_db()
    person = entry.trainee
    assert (person.name, person.phone, person.township, person.id_kind) == (
        "安社", "13900139000", entry.township, "none",
    )  # fmt: skip


def test_a_wrong_number_is_said(cast, entry):
    page = client_of(cast.clerk).post(address(entry, "contest_entry_file"), {"file_number": "NO-SUCH"})
    assert page.status_code == 422
    page = client_of(cast.clerk).post(address(entry, "contest_entry_file"), {"new": "on", "id_number": "1"})
    assert page.status_code == 422


def test_an_awarded_entry_keeps_its_file(cast, entry):
    actions.give_award(by=cast.clerk, entry=entry, award="一等奖")
    with pytest.raises(Refused) as refusal:
        contests.link_file(by=cast.clerk, entry=entry, trainee=cast.person())
    assert refusal.value.code == "entry_awarded"


def test_the_page_gives_the_award(cast, contest, winner):
    entry, client = entry_of(cast, contest), client_of(cast.clerk)
    assert "contest_entry_file" not in client.get(address(entry)).content.decode()
    contests.link_file(by=cast.clerk, entry=entry, trainee=winner)
    wrong = client.post(address(entry), {"award": "全国一等奖"})
    assert (wrong.status_code, len(wrong.context["form"].non_field_errors())) == (422, 1)
    answer = client.post(address(entry), {"award": "一等奖", "award_en": "First prize"})
    paper = Certificate.objects.get()
    assert answer.url == reverse("certificate_page", args=[paper.number])
    assert client.get(answer.url).status_code == 200
    listed = client.get(reverse("contest_entries", args=[contest.code])).content.decode()
    assert paper.number in listed


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 200), ("manager", 200), ("operator", 403), ("auditor", 403), ("outsider", 403)]
)
def test_who_awards(cast, entry, who, status):
    for name in ("contest_award", "contest_entry_file"):
        assert client_of(getattr(cast, who)).get(address(entry, name)).status_code == status


@pytest.mark.parametrize(("place", "award", "file"), [("勐省镇", 403, 200), ("岩帅镇", 404, 404)])
def test_a_townships_clerk_says_whose_it_is_and_the_county_what_it_wins(cast, entry, place, award, file):
    accounts.grant_role(by=SETUP, user=cast.outsider, role=Role.CLERK, place=cast.township(place))
    client = client_of(cast.outsider)
    assert client.get(address(entry)).status_code == award
    assert client.get(address(entry, "contest_entry_file")).status_code == file
