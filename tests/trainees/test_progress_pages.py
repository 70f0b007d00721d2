import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import client_of
from tests.trainees.test_progress_counting import closed_class


def test_every_figure_opens_to_its_people(cast):
    trainee = cast.person()
    closed_class(cast, {trainee: 2, cast.person(): 0})
    client = client_of(cast.clerk)
    page = client.get(reverse("progress"))
    assert page.status_code == 200
    assert page.context["progress"].person_times == 1
    people = client.get(reverse("progress_people"), {"stage": "countable", "tier": "entrepreneur"})
    assert [row["unit"].trainee for row in people.context["rows"]] == [trainee]
    assert trainee.name not in people.content.decode()
    lost = client.get(reverse("progress_people"), {"loss": "never_signed"})
    assert lost.context["total"] == 1


def test_a_township_operator_sees_the_own_township_only(cast):
    closed_class(cast, {cast.person(): 2})
    closed_class(cast, {cast.person(township="岩帅镇"): 2, cast.person(township="岩帅镇"): 2}, township="岩帅镇")
    figures = {}
    for user in (cast.clerk, cast.operator, cast.operator_elsewhere):
        page = client_of(user).get(reverse("progress"))
        figures[user.username] = page.context["progress"].person_times
    assert figures == {"clerk": 3, "operator": 1, "operator2": 2}
    behind = client_of(cast.operator).get(reverse("progress_people"), {"township": cast.township("岩帅镇").code})
    assert behind.context["total"] == 0


@pytest.mark.parametrize("name", ["trainer", "trainee_user", "outsider", "admin"])
def test_the_ledger_is_not_for_everybody(cast, name):
    client = client_of(getattr(cast, name))
    assert client.get(reverse("progress")).status_code == 403
    assert client.get(reverse("progress_people")).status_code == 403


def test_nonsense_in_the_address_is_no_error_500(cast):
    client = client_of(cast.clerk)
    assert client.get(reverse("progress"), {"as_of": "soon"}).status_code == 200
    assert client.get(reverse("progress_people"), {"month": "2018-13", "township": "' OR 1"}).status_code == 400
    assert client.get(reverse("progress_people"), {"page": "9999"}).status_code == 200


@pytest.mark.parametrize("name", ["progress", "progress_people", "desk"])
def test_the_number_of_queries_does_not_grow(cast, name):
    client = client_of(cast.clerk)
    counts = []
    for people in (1, 3):
        closed_class(cast, {cast.person(): 2 for _ in range(people)})
        client.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse(name))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_progress_command_speaks_json(cast, capsys):
    closed_class(cast, {cast.person(): 2, cast.person(): 1})
    call_command("progress", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["target"], report["person_times"], report["persons"], report["hours"]) == (4000, 1, 1, 8.0)
    assert report["funnel"] == {"enrolled": 2, "signed": 2, "attended": 1, "countable": 1}
    assert report["losses"] == {"attendance_too_low": 1}
    assert {line["key"]: line["person_times"] for line in report["by_tier"]} == {"entrepreneur": 1}
    assert sum(line["person_times"] for line in report["by_township"]) == 1


def test_recount_check_tells_by_its_exit_code(cast, capsys):
    from trainees.progress.models import PersonTime  # after Django is set up

    closed_class(cast, {cast.person(): 2})
    call_command("recount", "--check", "--json")
    assert json.loads(capsys.readouterr().out)["differences"] == []
    PersonTime.objects.all().delete()
    with pytest.raises(SystemExit) as stopped:
        call_command("recount", "--check", "--json")
    assert stopped.value.code == 1


def test_where_everybody_lands(cast):
    assert client_of(cast.clerk).get(reverse("desk")).status_code == 200
    assert client_of(cast.trainer).get(reverse("desk")).headers["Location"] == reverse("teach")
    assert client_of(cast.trainee_user).get(reverse("desk")).headers["Location"] == reverse("my_learning")
    assert client_of(cast.outsider).get(reverse("desk")).status_code == 200


@pytest.mark.parametrize("query", ["month=0000-01", "month=0001-01", "month=9999-12", "as_of=0001-01-01"])
def test_a_month_or_a_day_out_of_any_calendar_is_answered(cast, query):
    closed_class(cast, {cast.person(): 2})
    assert client_of(cast.clerk).get(f"{reverse('progress_people')}?{query}").status_code in (200, 400)
