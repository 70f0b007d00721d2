import datetime
import threading

import pytest
from django.db import connection
from django.utils import translation

from lms.audit.models import AuditEvent
from lms.places.models import Division
from lms.programme import actions, queries
from lms.programme.models import CountingPolicy
from lms.refusals import Refused
from tests.cast import client_of, make_programme


def refused(call, **facts) -> str:
    with pytest.raises(Refused) as caught:
        call(**facts)
    return caught.value.code


def plan(by, **facts) -> dict:
    return {
        "by": by,
        "code": "CY2019",
        "name": "另一个项目",
        "county": Division.objects.get(code="530927000000"),
        "starts_on": datetime.date(2019, 1, 1),
        "deadline": datetime.date(2019, 12, 31),
        "target_person_times": 500,
        **facts,
    }


def test_a_new_programme_counts_a_class_once_at_80_percent(cast):
    programme = actions.create_programme(**plan(cast.manager))
    policy = queries.policy_of(programme)
    assert (policy.version, policy.unit, policy.min_attendance_percent, policy.counts_remote, policy.frozen_at) == (
        1, "per_class", 80, False, None,
    )  # fmt: skip
    assert queries.current_programme() == programme


def test_a_programme_is_refused_with_the_reason(cast):
    assert refused(actions.create_programme, **plan(cast.manager, code="CY2018")) == "programme_known"
    assert refused(actions.create_programme, **plan(cast.manager, county=cast.township("勐省镇"))) == "not_a_county"
    early = datetime.date(2018, 1, 1)
    assert refused(actions.create_programme, **plan(cast.manager, deadline=early)) == "deadline_before_start"


def test_each_change_is_a_new_version(cast):
    programme = cast.programme
    first = queries.policy_of(programme)
    same = actions.set_policy(by=cast.manager, programme=programme)
    assert same == first
    second = actions.set_policy(by=cast.manager, programme=programme, unit="per_day", min_attendance_percent=70)
    assert (second.version, queries.policy_of(programme)) == (first.version + 1, second)
    event = AuditEvent.objects.filter(event="policy.set").first()
    assert event.changes == {"unit": ["per_class", "per_day"], "min_attendance_percent": [80, 70]}
    assert refused(actions.set_policy, by=cast.manager, programme=programme, min_attendance_percent=0) == "bad_percent"
    assert refused(actions.set_policy, by=cast.manager, programme=programme, minutes_per_hour=0) == "bad_hour"


def test_frozen_once_it_stays(cast):
    first = actions.freeze_policy(by=cast.clerk, programme=cast.programme)
    assert actions.freeze_policy(by=cast.manager, programme=cast.programme).frozen_at == first.frozen_at
    assert AuditEvent.objects.filter(event="policy.frozen").count() == 1
    assert refused(actions.set_policy, by=cast.manager, programme=cast.programme, unit="per_day") == "policy_frozen"


@pytest.mark.django_db(transaction=True)
def test_two_classes_opening_at_once_freeze_once(reload_ground):
    programme = make_programme()
    gate, problems = threading.Barrier(2), []

    def open_a_class() -> None:
        from lms.accounts.models import Agent  # each thread its own

        try:
            gate.wait(10)
            actions.freeze_policy(by=Agent("tests"), programme=programme)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_a_class) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []
    assert AuditEvent.objects.filter(event="policy.frozen").count() == 1


def test_the_policy_is_written_out_in_words():
    policy = CountingPolicy(unit="per_class", min_attendance_percent=80, counts_remote=False, minutes_per_hour=45)
    with translation.override("en"):
        assert queries.policy_in_words(policy) == (
            "One person who completes one class counts as one person-time. "
            "It counts only if the person attended at least 80 % of all planned sessions of the class. "
            "A session counts as attended if the person was there for at least 80 % of its minutes. "
            "The person's identity must be valid or reviewed, and the class must be closed and not refused. "
            "Remote lessons do not count; they are shown on a line of their own. "
            "One training hour is 45 minutes of attendance."
        )


# --- The page -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("clerk", 200), ("operator", 200), ("trainer", 200), ("auditor", 200), ("trainee_user", 403),
     ("outsider", 403)],
)  # fmt: skip
def test_who_reads_the_page(cast, who, status):
    assert client_of(getattr(cast, who)).get("/programme/").status_code == status


CHANGE = {"unit": "per_session", "min_attendance_percent": "75", "minutes_per_hour": "45", "note": "会议纪要"}


def test_the_manager_changes_it_and_nobody_else(cast):
    assert client_of(cast.clerk).post("/programme/", CHANGE).status_code == 403
    answer = client_of(cast.manager).post("/programme/", CHANGE)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/programme/")
    policy = queries.policy_of(cast.programme)
    assert (policy.unit, policy.min_attendance_percent, policy.decided_by) == ("per_session", 75, cast.manager.label)


def test_a_frozen_policy_has_no_form_and_takes_none(cast):
    actions.freeze_policy(by=cast.clerk, programme=cast.programme)
    client = client_of(cast.manager)
    page = client.get("/programme/")
    assert b'name="unit"' not in page.content
    assert client.post("/programme/", CHANGE).status_code == 200
    assert queries.policy_of(cast.programme).unit == "per_class"


def test_a_wrong_share_is_explained_and_nothing_stored(cast):
    client = client_of(cast.manager)
    client.cookies["django_language"] = "en"
    page = client.post("/programme/", {**CHANGE, "min_attendance_percent": "120"})
    assert "Nothing was saved yet" in page.content.decode()
    assert queries.policy_of(cast.programme).version == 1
