"""Two files of one person find each other: after every change, at night, and never twice about the same facts."""

import itertools
import json
from io import StringIO

import pytest
from django.core.management import call_command

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import synthetic_id
from trainees.merging.actions import decide_different, find_all, look_at, merge_files
from trainees.merging.models import DuplicatePair, MatchKey
from trainees.merging.tasks import find_duplicates
from trainees.registry import actions as registry
from trainees.registry.models import Trainee

pytestmark = pytest.mark.django_db

BORN = synthetic_id(300)
SERIAL = itertools.count()


def found() -> list[tuple]:
    return [(pair.first_id, pair.second_id, pair.grounds, pair.state) for pair in DuplicatePair.objects.all()]


def look(*trainees) -> list[tuple]:
    look_at([trainee.pk for trainee in trainees])
    return found()


def person(cast, **facts):
    """No two of them born on one day."""
    return cast.person(**{"id_number": synthetic_id(2000 + 2 * next(SERIAL)), **facts})


def without_papers(cast, **facts):
    return cast.person(**{"id_kind": "none", "id_number": "", **facts})


def test_phone_and_name_however_it_is_spelt(cast):
    one = person(cast, name="岩嘎", phone="13900010001")
    two = without_papers(cast, name="艾嘎", phone="13900010001")
    person(cast, name="田强", phone="13900010001")
    for _batch in find_all():
        pass
    assert found() == [(one.pk, two.pk, ["phone_name"], "open")]


def test_another_name_counts_as_a_name(cast):
    one = person(cast, name="岩嘎", aliases=["李明"], phone="13900010001")
    two = person(cast, name="李明", phone="13900010001")
    assert look(one, two) == [(one.pk, two.pk, ["phone_name"], "open")]


@pytest.mark.parametrize(("other", "alike"), [("回珠", True), (None, True), ("曼来", False)])
def test_name_birth_and_village(cast, other, alike):
    village = cast.village("勐省镇", "回珠")
    one = person(cast, name="田强", id_number=BORN, village=village)
    others = [place for place in cast.township("勐省镇").children.all() if place != village]
    two = without_papers(
        cast, name="田强", birth_date=one.birth_date, village={"回珠": village, None: None}.get(other, others[0]),
    )  # fmt: skip
    assert look(one, two) == ([(one.pk, two.pk, ["name_birth"], "open")] if alike else [])


def test_all_grounds_of_a_pair_the_strongest_first(cast):
    one = person(cast, name="田强", id_number=BORN, phone="13900010001")
    two = without_papers(cast, name="田强", phone="13900010001", birth_date=one.birth_date)
    assert look(one, two) == [(one.pk, two.pk, ["phone_name", "name_birth"], "open")]


def test_looking_twice_changes_nothing(cast):
    one, two = person(cast, name="田强", phone="13900010001"), person(cast, name="田强", phone="13900010001")
    look(one, two)
    before = list(DuplicatePair.objects.values()), list(MatchKey.objects.values())
    result = look_at([one.pk, two.pk])
    assert (result.new, result.again, result.gone) == (0, 0, 0)
    assert (list(DuplicatePair.objects.values()), list(MatchKey.objects.values())) == before


def test_a_pair_goes_when_the_files_are_no_longer_alike(cast):
    one, two = person(cast, name="田强", phone="13900010001"), person(cast, name="田强", phone="13900010001")
    look(one, two)
    registry.correct_trainee(by=cast.clerk, trainee=two, changes={"phone": "13900010002"})
    assert look(two) == []


def test_registering_and_correcting_look_after_the_commit(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        one = person(cast, name="田强", phone="13900010001")
        two = person(cast, name="田强", phone="13900010002")
    assert found() == []
    with django_capture_on_commit_callbacks(execute=True):
        registry.correct_trainee(by=cast.clerk, trainee=two, changes={"phone": "13900010001"})
    assert found() == [(one.pk, two.pk, ["phone_name"], "open")]
    with django_capture_on_commit_callbacks(execute=True):
        registry.set_identity(by=cast.clerk, trainee=one, id_kind="resident_id", id_number=BORN, reason="card seen")
        three = without_papers(cast, name="田强", birth_date=Trainee.objects.get(pk=one.pk).birth_date)
    assert found() == [
        (one.pk, two.pk, ["phone_name"], "open"), (one.pk, three.pk, ["name_birth"], "open"),
    ]  # fmt: skip


def test_two_people_is_remembered_until_a_fact_that_matters_changes(cast):
    one, two = person(cast, name="田强", phone="13900010001"), person(cast, name="田强", phone="13900010001")
    look(one, two)
    decide_different(by=cast.clerk, one=one, other=two, reason="father and son, both phoned on 13900010001")
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.decided_by, pair.reason) == (
        "different", cast.clerk.label, "father and son, both phoned on 139****0001",
    )  # fmt: skip
    registry.correct_trainee(by=cast.clerk, trainee=two, changes={"ethnic": "21"})
    assert look(one, two) == [(one.pk, two.pk, ["phone_name"], "different")]
    registry.correct_trainee(by=cast.clerk, trainee=two, changes={"aliases": "田小强"})
    assert look(two) == [(one.pk, two.pk, ["phone_name"], "open")]


def test_the_decision_stands_in_both_files(cast):
    one, two = person(cast), person(cast)
    decide_different(by=cast.clerk, one=two, other=one, reason="phoned")
    decide_different(by=cast.clerk, one=one, other=two, reason="again")
    events = AuditEvent.objects.filter(event="trainee.another_person").order_by("record_label")
    assert [(event.record_label, event.changes) for event in events] == [
        (one.file_number, {"duplicate_of": [two.file_number, None]}),
        (two.file_number, {"duplicate_of": [one.file_number, None]}),
    ]


def test_a_file_is_not_compared_with_itself(cast):
    one = person(cast)
    with pytest.raises(Refused, match="same_file"):
        decide_different(by=cast.clerk, one=one, other=one)


def test_a_merged_file_still_finds_who_comes_back_under_its_number(cast):
    survivor, loser = person(cast, name="田强", id_number=BORN), without_papers(cast, name="田强")
    old = person(cast, name="岩嘎", id_number=synthetic_id(302))
    merge_files(by=cast.clerk, survivor=survivor, loser=old)
    merge_files(by=cast.clerk, survivor=survivor, loser=loser)
    look(survivor, loser, old)
    assert set(MatchKey.objects.values_list("trainee", flat=True)) == {survivor.pk}
    back = person(cast, name="王五", id_number=synthetic_id(302))
    assert (survivor.pk, back.pk, ["id"], "open") in look(back)


def test_a_crowd_at_one_phone_does_not_make_a_thousand_pairs(cast):
    people = [person(cast, name="田强", phone="13900010001") for _ in range(12)]
    assert len(look(*people)) == 11


def test_the_nightly_look_and_the_command_agree(cast):
    one = person(cast, name="田强", phone="13900010001")
    two = person(cast, name="田强", phone="13900010001")
    out = StringIO()
    call_command("find_duplicates", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "files": 2, "new": 1, "again": 0, "gone": 0, "waiting": 1,
        "pairs": [{"files": [one.file_number, two.file_number], "grounds": ["phone_name"]}],
    }  # fmt: skip
    assert find_duplicates() == 0


def test_a_look_asks_the_same_number_of_questions_for_one_file_and_for_many(cast, django_assert_num_queries):
    people = [person(cast, name="田强", phone="13900010001") for _ in range(6)]
    look_at([people[0].pk])
    with django_assert_num_queries(LOOK_QUERIES):
        look_at([people[1].pk])
    with django_assert_num_queries(LOOK_QUERIES):
        look_at([person.pk for person in people[2:]])


LOOK_QUERIES = 16


def test_an_id_taken_back_is_no_ground_any_more(cast, django_capture_on_commit_callbacks):
    one = person(cast, id_number=BORN, phone="")
    look(one)
    assert MatchKey.objects.filter(trainee=one, ground="id").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        registry.withdraw_identity(
            by=cast.clerk, trainee=one, id_kind="none", id_state="review", id_note="", reason="roster taken back"
        )
    assert MatchKey.objects.filter(trainee=one, ground="id").count() == 0
