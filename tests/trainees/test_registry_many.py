"""Files opened by the hundred: what register does, for many at once."""

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, synthetic_id
from trainees.registry import rules
from trainees.registry.actions import NewPerson, register, register_many
from trainees.registry.models import GroupMembership, Household, Trainee

pytestmark = pytest.mark.django_db
QUERIES = 18


def person(cast, n: int, **facts) -> NewPerson:
    known = {"name": "艾嘎", "id_number": synthetic_id(n), "township": cast.township("勐省镇"), "phone": "13800138000"}
    return NewPerson(**{**known, **facts})


def facts_of(trainee: Trainee) -> dict:
    """All that is stored but for what names the row itself."""
    own = {"id", "file_number", "created_at", "id_number", "id_hash", "birth_date", "sex"}
    return {
        field.attname: getattr(trainee, field.attname)
        for field in Trainee._meta.concrete_fields
        if field.attname not in own
    }


def test_many_are_what_one_is(cast):
    facts = {
        "name": "岩 嘎", "township": cast.township("勐省镇"), "village": cast.village("勐省镇", "回珠"), "ethnic": "21",
        "phone": "+86 138 0013 8000", "groups": ["disabled", "women"], "groups_from": TODAY,
        "household_number": "53092700001", "village_group": "三组", "aliases": ["嘎那"], "source": "x #2",
    }  # fmt: skip
    one = register(by=cast.clerk, **facts, id_number=synthetic_id(1))
    many = register_many(by=cast.clerk, people=[NewPerson(**facts, id_number=synthetic_id(n)) for n in (2, 3)])
    one.refresh_from_db()
    for trainee in many:
        trainee.refresh_from_db()
        assert facts_of(trainee) == facts_of(one)
        assert trainee.file_number == rules.file_number("530927", trainee.pk)
    assert (Household.objects.count(), GroupMembership.objects.filter(group="disabled").count()) == (1, 3)
    events = AuditEvent.objects.filter(event="trainee.registered").values_list("record_label", "place", "changes")
    assert sorted(events) == sorted(
        (trainee.file_number, facts["village"].code, {"groups": [[], ["disabled"]]}) for trainee in (one, *many)
    )


def test_each_refusal_stands_in_the_place_of_its_person(cast):
    known = cast.person(id_number=synthetic_id(9))
    people = [
        person(cast, 1), person(cast, 2, name="张3"), person(cast, 9), person(cast, 1, name="尼茸"),
        person(cast, 4, phone="12"), person(cast, 5, household_number="?"), person(cast, 6, id_number=""),
        person(cast, 7, id_number=""),
    ]  # fmt: skip
    found = register_many(by=cast.clerk, people=people)
    said = [one.code if isinstance(one, Refused) else "" for one in found]
    assert said == ["", "name_invalid", "id_known", "id_known", "phone_invalid", "household_number_invalid", "", ""]
    assert (found[2].facts["trainee"], found[3].facts["trainee"]) == (known, found[0])
    assert Trainee.objects.count() == 4
    assert register_many(by=cast.clerk, people=[]) == []


def test_the_number_of_queries_does_not_grow(cast):
    register_many(by=cast.clerk, people=[person(cast, 9, groups=["disabled"])])  # what is cached is cached from here on
    counts = []
    for people in ([1], [2, 3, 4]):
        new = [person(cast, n, household_number=f"53092700{n}", groups=["disabled"]) for n in people]
        with CaptureQueriesContext(connection) as queries:
            register_many(by=cast.clerk, people=new)
        counts.append(len(queries))
    assert counts == [QUERIES, QUERIES]


def test_file_numbers_beyond_a_million(cast, monkeypatch):
    monkeypatch.setattr(rules, "SERIAL_DIGITS", 1)
    people = register_many(by=cast.clerk, people=[person(cast, n) for n in range(20)])
    for trainee in people:
        stored = Trainee.objects.get(pk=trainee.pk).file_number
        assert stored == trainee.file_number == f"530927-{trainee.pk}"


@pytest.mark.django_db(transaction=True)
def test_the_same_people_from_several_sides_are_opened_once(reload_ground, cast):
    """Two lists in opposite order and a desk with one of the people: nobody fails, nobody is doubled."""
    outcomes: list[object] = []
    start = threading.Barrier(3)

    def work(open_files):
        try:
            start.wait()
            outcomes.extend(open_files())
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    people = [person(cast, n) for n in range(1, 7)]
    desk = {"name": "艾嘎", "township": people[0].township, "id_number": synthetic_id(3)}
    works = [
        lambda: register_many(by=cast.clerk, people=people),
        lambda: register_many(by=cast.manager, people=people[::-1]),
        lambda: [register(by=cast.clerk, **desk)],
    ]
    threads = [threading.Thread(target=work, args=[one]) for one in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened = [one for one in outcomes if isinstance(one, Trainee)]
    refused = [one.code for one in outcomes if isinstance(one, Refused)]
    assert (len(opened), refused, len(outcomes)) == (6, ["id_known"] * 7, 13)
    assert Trainee.objects.count() == 6
