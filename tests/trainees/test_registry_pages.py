import datetime
import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.audit.models import AuditEvent
from lms.privacy.models import FileView
from tests.cast import SETUP, TODAY, client_of, synthetic_id
from trainees.registry import actions, queries
from trainees.registry.enums import IdKind, IdState
from trainees.registry.models import Trainee

pytestmark = pytest.mark.django_db

ID = "533528198506159964"


@pytest.fixture
def trainee(cast):
    return cast.person(
        name="岩嘎", id_number=ID, phone="13912345678", aliases=["艾那"], groups=["poor_household", "rural_youth"]
    )


def address(trainee, page: str = "") -> str:
    return f"/trainees/{trainee.file_number}/{page}"


def found(client, **query) -> list[str]:
    answer = client.post("/trainees/", query, follow=True) if query else client.get("/trainees/")
    return [trainee.name for trainee in answer.context["page"]]


# --- List -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["岩嘎", "岩", " 岩嘎 ", "aiga", "AIGA", "ag", "yanga", "yg", "ai ga", "艾那", "aina", ID, f"'{ID}", "13912345678",
     "139 1234 5678"],
)  # fmt: skip
def test_a_person_is_found_by(cast, trainee, text):
    cast.person(name="田强")
    assert found(client_of(cast.clerk), q=text) == ["岩嘎"]


@pytest.mark.parametrize("text", ["田", "533528198506159972", "9965", "5679", "%", "xyz"])
def test_a_person_is_not_found_by(cast, trainee, text):
    assert found(client_of(cast.clerk), q=text) == []


def test_a_person_is_found_by_file_number(cast, trainee):
    cast.person(name="田强")
    assert found(client_of(cast.clerk), q=trainee.file_number) == ["岩嘎"]


@pytest.mark.parametrize("number", [ID, f"'{ID}", "13912345678", "139 1234 5678", ID[:10]])
def test_a_number_of_a_person_stands_in_no_address(cast, trainee, number):
    client = client_of(cast.clerk)
    answer = client.post("/trainees/", {"q": number})
    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert "no-store" in answer.headers["Cache-Control"]
    typed = client.get("/trainees/", {"q": number})
    assert (list(typed.context["page"]), list(typed.context["form"].errors)) == ([], ["q"])


def test_a_name_and_the_filters_have_an_address(cast, trainee):
    answer = client_of(cast.clerk).post("/trainees/", {"q": "岩", "township": "530927103000", "group": ""})
    assert answer.status_code == 302
    assert found(client_of(cast.clerk), q=trainee.file_number) == ["岩嘎"]
    assert answer.url == "/trainees/?q=%E5%B2%A9&township=530927103000"
    assert client_of(cast.clerk).post("/trainees/", {"q": ""}).url == "/trainees/"


def test_filters_by_township_and_group(cast, trainee):
    cast.person(name="田强", township="岩帅镇")
    client = client_of(cast.clerk)
    assert found(client, township="530927102000") == ["田强"]
    assert found(client, group="poor_household") == ["岩嘎"]
    assert sorted(found(client, group="women")) == sorted(
        person.name for person in Trainee.objects.all() if person.sex == "2"
    )


def test_a_group_that_ended_no_longer_filters(cast, trainee):
    membership = trainee.memberships.get(group="poor_household")
    actions.end_membership(by=cast.clerk, membership=membership, valid_to=TODAY, reason="moved on")
    client = client_of(cast.clerk)
    assert found(client, group="poor_household") == ["岩嘎"], "the last day still belongs"
    membership.valid_from -= datetime.timedelta(days=9)
    membership.valid_to = TODAY - datetime.timedelta(days=1)
    membership.save()
    assert found(client, group="poor_household") == []


def test_the_list_is_masked(cast, trainee):
    html = client_of(cast.clerk).get("/trainees/").content.decode()
    assert "岩*" in html
    assert "533528********9964" in html
    for secret in ("岩嘎", ID, "13912345678"):
        assert secret not in html


def test_the_list_asks_the_same_number_of_questions_at_any_length(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    cast.person()
    client.get("/trainees/")
    with django_assert_num_queries(7):
        client.get("/trainees/")
    cast.person()
    cast.person()
    with django_assert_num_queries(7):
        client.get("/trainees/")


def test_the_list_ends_where_the_role_ends(cast, trainee):
    other = cast.person(name="田强", township="岩帅镇")
    cast.training_class(people=[other])
    shown = {who: sorted(found(client_of(getattr(cast, who)))) for who in ("manager", "auditor", "operator", "trainer")}
    assert shown == {
        "manager": ["岩嘎", "田强"], "auditor": ["岩嘎", "田强"], "operator": ["岩嘎"], "trainer": ["田强"]
    }  # fmt: skip
    assert found(client_of(cast.operator_elsewhere)) == ["田强"]
    for who in ("outsider", "trainee_user", "admin"):
        assert client_of(getattr(cast, who)).get("/trainees/").status_code == 403


def test_a_trainer_does_not_filter_by_sensitive_groups(cast, trainee):
    cast.training_class(people=[trainee, cast.person(name="田强")])
    client = client_of(cast.trainer)
    assert "group" not in client.get("/trainees/").context["form"].fields
    assert sorted(found(client, group="poor_household")) == ["岩嘎", "田强"]


# --- File -----------------------------------------------------------------------------------------------------

WHO = [
    ("clerk", 200), ("manager", 200), ("auditor", 200), ("operator", 200), ("operator_elsewhere", 404),
    ("trainer", 403), ("outsider", 403), ("trainee_user", 403), ("admin", 403),
]  # fmt: skip


@pytest.mark.parametrize(("who", "status"), WHO)
def test_who_sees_a_file(cast, trainee, who, status):
    assert client_of(getattr(cast, who)).get(address(trainee)).status_code == status
    assert FileView.objects.filter(file_number=trainee.file_number).count() == (status == 200)


@pytest.mark.parametrize("page", ["edit/", "identity/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("operator", 200), ("operator_elsewhere", 404), ("auditor", 403), ("trainer", 403)],
)
def test_who_corrects_a_file(cast, trainee, who, status, page):
    assert client_of(getattr(cast, who)).get(address(trainee, page)).status_code == status


def test_a_trainer_lists_the_people_of_the_own_classes_and_opens_no_file(cast, trainee):
    cast.training_class(people=[trainee])
    client = client_of(cast.trainer)
    assert found(client) == ["岩嘎"]
    assert address(trainee) not in client.get("/trainees/").content.decode()
    assert address(trainee) in client_of(cast.clerk).get("/trainees/").content.decode()
    assert client.get(address(trainee)).status_code == 403
    assert client.post(address(trainee, "unmask/"), {"reason": "x"}).status_code == 403
    assert FileView.objects.count() == 0


def test_the_file_is_masked_until_a_reason_is_given_and_for_five_minutes(cast, trainee, quiet_day):
    client = client_of(cast.clerk)
    secrets = (ID, "13912345678", "1985-06-15")

    def shown():
        html = client.get(address(trainee)).content.decode()
        return [secret for secret in secrets if secret in html]

    assert shown() == []
    client.post(address(trainee, "unmask/"), {"reason": " "})
    assert shown() == []
    response = client.post(address(trainee, "unmask/"), {"reason": "phone check"})
    assert (response.status_code, response.url) == (302, address(trainee))
    assert shown() == list(secrets)
    view = FileView.objects.first()
    assert (view.viewer, view.unmasked, view.reason) == (cast.clerk.label, "id_number,phone", "phone check")
    quiet_day.shift(datetime.timedelta(minutes=6))
    assert shown() == []
    assert FileView.objects.first().unmasked == ""


def test_unmasking_one_file_shows_no_other(cast, trainee):
    other = cast.person(id_number=synthetic_id(77))
    client = client_of(cast.clerk)
    client.post(address(trainee, "unmask/"), {"reason": "phone check"})
    assert synthetic_id(77) not in client.get(address(other)).content.decode()


def test_a_whole_file_on_one_page(cast, trainee):
    training_class = cast.training_class(people=[trainee], days=2)
    cast.mark(training_class, [trainee], sessions=1)
    page = client_of(cast.clerk).get(address(trainee))
    line = page.context["lines"][0]
    assert (line.enrolment.training_class, line.present, line.planned) == (training_class, 1, 2)
    assert [line.row.group for line in page.context["groups"].lines] == [
        "poor_household", "rural_youth"
    ]  # fmt: skip


def test_a_voided_file_is_not_found(cast, trainee):
    Trainee.objects.filter(pk=trainee.pk).update(voided_at="2018-06-01T00:00:00Z", voided_by="x", void_reason="x")
    client = client_of(cast.clerk)
    assert client.get(address(trainee)).status_code == 404
    assert found(client) == []


@pytest.fixture
def two_roles(cast):
    """An operator of one township who reads the files of the whole county as an auditor."""
    accounts.grant_role(by=SETUP, user=cast.operator, role=Role.AUDITOR)
    return client_of(User.objects.get(pk=cast.operator.pk))


@pytest.mark.parametrize(
    "page", ["groups/", "groups/{membership}/end/", "edit/", "identity/", "accept/"]
)  # fmt: skip
def test_the_right_to_change_does_not_reach_as_far_as_the_right_to_read(cast, two_roles, page):
    elsewhere = cast.person(township="岩帅镇", groups=["rural_youth"])
    here = cast.person(groups=["rural_youth"])
    membership = elsewhere.memberships.get()
    facts = {"reason": "x", "group": "disabled", "valid_from": "2018-06-01", "evidence": "document",
             "valid_to": "2018-06-15", "accept-reason": "x"}  # fmt: skip
    assert two_roles.get(address(elsewhere)).status_code == 200
    assert two_roles.post(address(elsewhere, page.format(membership=membership.pk)), facts).status_code == 403
    own = two_roles.post(address(here, page.format(membership=here.memberships.get().pk)), facts)
    assert own.status_code == (403 if page == "accept/" else 200 if page in ("edit/", "identity/") else 302)


def test_sensitive_groups_end_where_the_role_that_knows_them_ends(cast):
    accounts.grant_role(by=SETUP, user=cast.trainer, role=Role.TOWNSHIP_OPERATOR, place=cast.township("勐省镇"))
    elsewhere = cast.person(name="田强", township="岩帅镇", groups=["poor_household", "rural_youth"])
    here = cast.person(name="岩嘎", groups=["poor_household"])
    cast.training_class(people=[elsewhere])
    client = client_of(User.objects.get(pk=cast.trainer.pk))
    assert sorted(found(client)) == ["岩嘎", "田强"]
    assert found(client, group="poor_household") == ["岩嘎"]
    assert client.get(address(elsewhere)).status_code == 403
    shown = client.get(address(here)).context["groups"].lines
    assert [line.row.group for line in shown] == ["poor_household"]
    assert client.post(address(elsewhere, "unmask/"), {"reason": "x"}).status_code == 403
    assert client.post(address(here, "unmask/"), {"reason": "x"}).status_code == 302


# --- Registering, correcting ----------------------------------------------------------------------------------


def walk_in(client, **facts):
    known = {
        "name": "艾嘎", "id_number": synthetic_id(5), "id_kind": "resident_id", "phone": "", "place": "530927103000"
    }  # fmt: skip
    return client.post("/trainees/new/", {**known, **facts})


def test_a_walk_in_is_registered(cast):
    village = cast.village("勐省镇", "回珠")
    response = walk_in(client_of(cast.operator), place=village.code, phone="138 0013 8000")
    trainee = Trainee.objects.get()
    assert (response.status_code, response.url) == (302, address(trainee))
    assert (trainee.township, trainee.village, trainee.phone) == (village.parent, village, "13800138000")
    assert (trainee.source, trainee.created_by) == ("walk-in", cast.operator.label)


def test_a_person_without_a_document_is_registered_only_when_said(cast):
    client = client_of(cast.clerk)
    assert list(walk_in(client, id_number="").context["form"].errors) == ["id_number"]
    assert walk_in(client, id_number="", id_kind="none").status_code == 302
    assert Trainee.objects.get().id_state == IdState.REVIEW


def test_the_same_page_sent_twice_registers_once(cast):
    client = client_of(cast.clerk)
    sent = client.get("/trainees/new/").context["form"]["sent"].value()
    facts = {"id_number": "", "id_kind": "none", "sent": str(sent)}
    first, second = walk_in(client, **facts), walk_in(client, **facts)
    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    assert Trainee.objects.count() == 1
    walk_in(client, **{**facts, "sent": str(client.get("/trainees/new/").context["form"]["sent"].value())})
    assert Trainee.objects.count() == 2


def test_a_page_that_was_refused_may_be_mended_and_sent_again(cast, trainee):
    client = client_of(cast.clerk)
    sent = str(client.get("/trainees/new/").context["form"]["sent"].value())
    refused = walk_in(client, id_number=ID, sent=sent)
    assert (refused.status_code, str(refused.context["form"]["sent"].value())) == (200, sent)
    assert walk_in(client, sent=sent).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_same_page_sent_six_times_at_once_registers_once(reload_ground, cast):
    first = client_of(cast.clerk)
    sent = str(first.get("/trainees/new/").context["form"]["sent"].value())
    before, gate, answers = Trainee.objects.count(), threading.Barrier(6), []

    def press():
        client = Client()
        client.cookies = first.cookies.copy()
        gate.wait()
        try:
            answers.append(walk_in(client, id_number="", id_kind="none", sent=sent).headers.get("Location"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Trainee.objects.count() - before, len(answers), len(set(answers))) == (1, 6, 1)


def test_an_operator_registers_in_the_own_township_only(cast):
    response = walk_in(client_of(cast.operator), place="530927102000")
    assert list(response.context["form"].errors) == ["place"]
    assert Trainee.objects.count() == 0


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"id_number": "533528198506159970"}, "id_number"), ({"phone": "12"}, "phone"), ({"name": "1"}, "name")],
)
def test_what_is_wrong_stands_at_its_field(cast, facts, field):
    response = walk_in(client_of(cast.clerk), **facts)
    assert list(response.context["form"].errors) == [field]
    assert Trainee.objects.count() == 0


def test_a_known_person_is_led_to_but_only_within_the_role(cast, trainee):
    response = walk_in(client_of(cast.clerk), id_number=ID)
    assert response.context["known"] == trainee
    elsewhere = walk_in(client_of(cast.operator_elsewhere), id_number=ID, place="530927102000")
    assert list(elsewhere.context["form"].errors) == ["id_number"]
    assert elsewhere.context["known"] is None
    assert trainee.file_number not in elsewhere.content.decode()


def edit(client, trainee, **facts):
    form = client.get(address(trainee, "edit/")).context["form"]
    values = {key: form[key].value() or "" for key in form.fields}
    return client.post(address(trainee, "edit/"), {**values, **facts})


def test_a_file_is_corrected(cast, trainee):
    client = client_of(cast.clerk)
    response = edit(client, trainee, phone="13900139000", village_group="3组", reason="asked her")
    assert response.url == address(trainee)
    trainee.refresh_from_db()
    assert (trainee.phone, trainee.village_group, trainee.aliases) == ("13900139000", "3组", ["艾那"])
    event = AuditEvent.objects.get(event="trainee.corrected")
    assert event.changes == {"phone": ["139****5678", "139****9000"], "village_group": [None, "3组"]}


def test_an_empty_phone_keeps_the_old_one_and_a_dash_removes_it(cast, trainee):
    client = client_of(cast.clerk)
    assert "13912345678" not in client.get(address(trainee, "edit/")).content.decode()
    edit(client, trainee)
    trainee.refresh_from_db()
    assert trainee.phone == "13912345678"
    edit(client, trainee, phone="-")
    trainee.refresh_from_db()
    assert (trainee.phone, trainee.phone_hash) == ("", "")


def test_the_identity_is_changed_for_a_reason(cast, trainee):
    client = client_of(cast.clerk)
    number = synthetic_id(31)
    facts = {"id_kind": "resident_id", "id_number": number}
    assert list(client.post(address(trainee, "identity/"), facts).context["form"].errors) == ["reason"]
    assert client.post(address(trainee, "identity/"), {**facts, "reason": "typing error"}).status_code == 302
    trainee.refresh_from_db()
    assert trainee.id_number == number


def test_the_centre_accepts_an_identity_and_an_operator_does_not(cast):
    trainee = cast.person(id_kind=IdKind.NONE, id_number="")
    assert client_of(cast.operator).post(address(trainee, "accept/"), {"accept-reason": "x"}).status_code == 403
    client_of(cast.clerk).post(address(trainee, "accept/"), {"accept-reason": ""})
    trainee.refresh_from_db()
    assert trainee.id_state == IdState.REVIEW
    client_of(cast.clerk).post(address(trainee, "accept/"), {"accept-reason": "border pass seen"})
    trainee.refresh_from_db()
    assert (trainee.id_state, trainee.id_note) == (IdState.REVIEWED, "border pass seen")


def test_groups_are_added_and_ended_on_the_file(cast, trainee):
    client = client_of(cast.operator)
    facts = {"group": "disabled", "valid_from": "2018-06-01", "evidence": "document"}
    client.post(address(trainee, "groups/"), facts)
    client.post(address(trainee, "groups/"), facts)  # a second press
    membership = trainee.memberships.get(group="disabled")
    client.post(address(trainee, f"groups/{membership.pk}/end/"), {"valid_to": "2018-06-10", "reason": "expired"})
    membership.refresh_from_db()
    assert (membership.valid_from, membership.valid_to) == (datetime.date(2018, 6, 1), datetime.date(2018, 6, 10))
    other = cast.person()
    assert client.post(address(other, f"groups/{membership.pk}/end/")).status_code == 404


def test_places_are_one_choice_grouped_by_township(cast):
    everything = queries.places_of(cast.clerk)
    assert (len(everything), sum(len(villages) for _township, villages in everything)) == (11, 95)
    assert [str(township) for township, _villages in queries.places_of(cast.operator)] == ["勐省镇"]
    assert queries.places_of(cast.auditor) == []


def test_the_desk_leads_to_the_identities_that_wait(cast):
    waiting = cast.person(name="叶无证", id_kind="none", id_number="")
    cast.person(name="艾有证")
    client = client_of(cast.clerk)
    assert reverse("identity_review") in client.get(reverse("desk")).content.decode()
    assert list(client.get(reverse("trainee_list"), {"id_state": "review"}).context["page"]) == [waiting]
    assert list(client.get(reverse("identity_review")).context["page"]) == [waiting]
