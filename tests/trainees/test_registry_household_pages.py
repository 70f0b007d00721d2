"""Pages of households: found by number, with their periods and people, inside the places of the role."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from tests.cast import TODAY, client_of
from tests.trainees.papers import PDF
from trainees.registry import actions
from trainees.registry.models import Household

pytestmark = pytest.mark.django_db

NUMBER = "5309270000000042"
SINCE = datetime.date(2016, 1, 1)


@pytest.fixture
def household(cast):
    return actions.open_household(by=cast.clerk, number=NUMBER, township=cast.township("勐省镇"), head_name="田大山")


@pytest.fixture
def period(cast, household):
    return actions.set_poverty(
        by=cast.operator, household=household, poverty_type="general_poor", valid_from=SINCE, evidence="official_list",
        main_cause="7", document=PDF,
    )  # fmt: skip


@pytest.fixture
def member(cast, household):
    return actions.join_household(
        by=cast.operator, trainee=cast.person(name="岩嘎"), household=household, valid_from=SINCE
    )


def path(household, page: str = "", **ids) -> str:
    return f"/households/{household.pk}/" + page.format(**ids)


@pytest.mark.parametrize("page", ["", "periods/{p}/", "periods/{p}/document/", "members/{m}/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("manager", 200), ("operator", 200), ("auditor", 200), ("operator_elsewhere", 404),
     ("trainer", 403), ("outsider", 403), ("trainee_user", 403), ("admin", 403)],
)  # fmt: skip
def test_who_sees_a_household(cast, household, period, member, page, who, status):
    answer = client_of(getattr(cast, who)).get(path(household, page, p=period.pk, m=member.pk))
    assert answer.status_code == status


@pytest.mark.parametrize(
    "page",
    ["edit/", "periods/", "lifted/", "periods/{p}/void/", "members/", "members/{m}/end/", "members/{m}/void/",
     "periods/{p}/verify/"],
)  # fmt: skip
def test_who_changes_a_household(cast, household, period, member, page):
    address = path(household, page, p=period.pk, m=member.pk)
    assert client_of(cast.auditor).post(address, {}).status_code == 403
    elsewhere, own = client_of(cast.operator_elsewhere), client_of(cast.operator)
    if page.endswith("verify/"):  # of the centre alone, wherever the household lies
        assert (elsewhere.post(address, {}).status_code, own.post(address, {}).status_code) == (403, 403)
    else:
        assert elsewhere.post(address, {}).status_code == 404
        assert own.post(address, {}).status_code in (200, 302)
    assert (household.periods.live().count(), household.member_entries.live().count()) == (1, 1)


def test_a_household_is_found_by_its_whole_number_which_stands_in_no_address(cast, household):
    client = client_of(cast.operator)
    answer = client.post("/households/", {"number": f" {NUMBER} "})
    assert (answer.status_code, answer.url) == (302, f"/households/{household.pk}/")
    for number in (NUMBER[:-1], "42", "", "9" * 30, "\x00"):
        assert list(client.post("/households/", {"number": number}).context["form"].errors) == ["number"]
    elsewhere = client_of(cast.operator_elsewhere).post("/households/", {"number": NUMBER})
    assert list(elsewhere.context["form"].errors) == ["number"]
    assert NUMBER not in client.get("/households/").content.decode()


def test_the_page_is_masked_and_every_look_is_in_the_files(cast, household, period, member):
    html = client_of(cast.clerk).get(path(household)).content.decode()
    shown = {text: text in html for text in (NUMBER, "************0042", "岩嘎", "岩*", "田大山", "一般贫困户")}
    assert shown == {
        NUMBER: False, "************0042": True, "岩嘎": False, "岩*": True, "田大山": False, "一般贫困户": True
    }  # fmt: skip
    assert FileView.objects.get().file_number == member.trainee.file_number


def test_a_household_without_a_member_in_sight_is_looked_at_too(cast, household):
    client_of(cast.clerk).get(path(household))
    event = AuditEvent.objects.get(event="household.seen")
    assert (event.actor, event.record_id, event.record_label, event.place, FileView.objects.count()) == (
        cast.clerk.label, str(household.pk), "************0042", household.township.code, 0
    )  # fmt: skip


def test_the_page_as_of_a_day(cast, household, period):
    client = client_of(cast.clerk)
    actions.leave_poverty(
        by=cast.clerk, household=household, left_on=datetime.date(2018, 1, 1), evidence="official_list",
        poverty_type="lifted_enjoying",
    )  # fmt: skip

    def on(day: str) -> str | None:
        line = client.get(path(household), {"on": day}).context["shown"].on_day
        return line.name if line else None

    assert [on("2015-12-31"), on("2017-12-31"), on("2018-01-01")] == [None, "一般贫困户", "脱贫户(继续享受政策)"]


def test_from_a_new_household_to_lifted_by_its_pages(cast):
    client = client_of(cast.operator)
    place = cast.village("勐省镇", "回珠")
    answer = client.post("/households/new/", {"number": NUMBER, "place": place.code, "head_name": "田大山"})
    household = Household.objects.get()
    assert answer.url == path(household)
    known = client.post("/households/new/", {"number": NUMBER, "place": place.code})
    assert (list(known.context["form"].errors), known.context["known"]) == (["number"], household)

    attribute = {
        "poverty_type": "general_poor", "valid_from": "2016-01-01", "main_cause": "7", "other_causes": ["9", "1"],
        "evidence": "official_list", "document": SimpleUploadedFile("名册.pdf", PDF),
    }  # fmt: skip
    many = client.post(path(household, "periods/"), {**attribute, "other_causes": ["1", "2", "3"], "document": ""})
    assert list(many.context["form"].errors) == ["other_causes"]
    assert client.post(path(household, "periods/"), attribute).url == path(household)
    person = cast.person()
    client.post(path(household, "members/"), {
        "file_number": person.file_number, "relation": "20", "valid_from": "2017-01-01",
    })  # fmt: skip
    client.post(path(household, "lifted/"), {
        "left_on": "2018-03-01", "poverty_type": "lifted_enjoying", "evidence": "official_list",
    })  # fmt: skip
    entry = person.memberships.live().get()
    assert (str(entry.valid_from), str(entry.valid_to)) == ("2017-01-01", "2018-02-28")
    period = household.periods.get(poverty_type="general_poor")
    taken = client.get(path(household, f"periods/{period.pk}/document/"))
    assert (b"".join(taken.streaming_content), taken.headers["Content-Type"]) == (PDF, "application/pdf")
    assert FileView.objects.first().unmasked == "household_document"
    assert AuditEvent.objects.first().event == "household.document_taken"

    client_of(cast.clerk).post(path(household, f"periods/{period.pk}/verify/"), {"evidence_note": "2016 list"})
    entry.refresh_from_db()
    assert entry.verified_by == cast.clerk.label
    period.refresh_from_db()
    assert period.verified_by == cast.clerk.label
    lifted = household.periods.get(poverty_type="lifted_enjoying")
    client.post(path(household, f"periods/{lifted.pk}/void/"), {"reason": "next year", "reopen": "on"})
    assert person.memberships.live().get().valid_to is None
    member = household.member_entries.get()
    client.post(path(household, f"members/{member.pk}/end/"), {"valid_to": "2018-06-01", "reason": "married away"})
    assert str(person.memberships.live().get().valid_to) == "2018-06-01"
    client.post(path(household, f"members/{member.pk}/void/"), {"reason": "wrong person"})
    assert person.memberships.live().count() == 0
    facts = {"number": "", "place": place.code, "head_name": "田二山", "reason": "read again"}
    assert client.post(path(household, "edit/"), facts).url == path(household)
    household.refresh_from_db()
    assert (household.number, household.head_name) == (NUMBER, "田二山")


@pytest.mark.parametrize("number", ["530927-999999", "nonsense", "'; drop", "艾"])
def test_nobody_unknown_is_added(cast, household, number):
    client_of(cast.clerk).post(path(household, "members/"), {"file_number": number, "valid_from": "2018-01-01"})
    assert household.member_entries.count() == 0


def test_an_operator_adds_nobody_of_another_township(cast, household):
    there = cast.person(township="岩帅镇")
    facts = {"file_number": there.file_number, "valid_from": "2018-01-01"}
    answer = client_of(cast.operator).post(path(household, "members/"), facts, follow=True)
    assert household.member_entries.count() == 0
    said = str(next(iter(answer.context["messages"])))
    missing = client_of(cast.operator).post(
        path(household, "members/"), {**facts, "file_number": "530927-999999"}, follow=True
    )
    assert said == str(next(iter(missing.context["messages"]))), "there is no telling it from a number that is none"


def test_lists_and_pages_ask_the_same_number_of_questions_at_any_length(cast, household, django_assert_num_queries):
    client = client_of(cast.clerk)

    def grow(n: int):
        other = actions.open_household(by=cast.clerk, number=f"53092700000001{n:02d}", township=household.township)
        for one, first in ((other, SINCE), (household, datetime.date(2010 + n, 1, 1))):
            actions.set_poverty(
                by=cast.clerk, household=one, poverty_type="general_poor", valid_from=first, evidence="document"
            )
            actions.join_household(by=cast.clerk, trainee=cast.person(), household=one, valid_from=TODAY)

    grow(1)
    for address, queries in (("/households/", 9), (path(household), 10)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)
    grow(2)
    grow(3)
    for address, queries in (("/households/", 9), (path(household), 10)):
        with django_assert_num_queries(queries):
            client.get(address)


def test_a_look_is_written_down_where_no_member_is_visible(cast, household):
    actions.set_poverty(
        by=cast.clerk, household=household, poverty_type="general_poor", valid_from=SINCE, evidence="document",
        document=PDF,
    )  # fmt: skip
    period = household.periods.get()
    client = client_of(cast.clerk)
    client.get(path(household))
    client.get(path(household, f"periods/{period.pk}/document/"))
    events = AuditEvent.objects.filter(record_type="trainees.household", record_id=str(household.pk), event__in=(
        "household.seen", "household.document_taken",
    ))  # fmt: skip
    assert sorted(events.values_list("event", "actor")) == [
        ("household.document_taken", cast.clerk.label), ("household.seen", cast.clerk.label),
    ]  # fmt: skip
