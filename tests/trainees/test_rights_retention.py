"""A person goes, the figures stay: listed, proposed by one, confirmed by another, wiped by their classes."""

import datetime
import json
from functools import partial
from pathlib import Path

import pytest
from django.apps import apps
from django.core import serializers
from django.urls import reverse

from certificates import actions as certificates
from certificates.enums import Collector
from certificates.handover import actions as handover
from certificates.handover.actions import Collected
from courses.schedule import actions as schedule
from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.audit.models import AuditEvent
from lms.jobs.models import Job
from lms.privacy.actions import record_view
from lms.privacy.models import FileView
from lms.refusals import Refused
from tests.cast import SETUP, TODAY, _account, client_of
from tests.certificates.classes import enter_centre
from tests.house.tree import PACKAGES
from trainees.attendance import actions as attendance
from trainees.consent import actions as consents
from trainees.consent.models import Consent
from trainees.consent.queries import texts_in_force
from trainees.merging import actions as merging
from trainees.merging.models import DuplicatePair, MatchKey
from trainees.practice.actions import ResultEntry, record_results
from trainees.progress import actions as progress
from trainees.progress.queries import by_group, by_township, ledger, progress_of
from trainees.registry import actions as registry
from trainees.registry import followers
from trainees.registry.groups.queries import to_verify
from trainees.registry.households.queries import lines_of, shown
from trainees.registry.models import Trainee
from trainees.rights import actions, queries, wiping
from trainees.rights.enums import DueState, RetentionKind
from trainees.rights.models import DueItem
from trainees.rights.rules import defaults, months_after, months_before
from trainees.rosters import actions as rosters
from trainees.rosters.imports import enter_import, read_import

pytestmark = pytest.mark.django_db

LATER = datetime.date(2029, 1, 2)
NUMBER, PHONE = "533528198506159964", "13912345678"


@pytest.fixture
def officer(cast):
    return _account("officer", "安全员", (Role.SECURITY_OFFICER, None))


@pytest.fixture
def person(cast, programme):
    """Somebody with a row in nearly every table."""
    csv = f"姓名,身份证号,乡镇,村,电话,是否建档立卡,户编号\n岩嘎,{NUMBER},勐省镇,回珠村,{PHONE},是,5309271234567890\n"
    training_class = cast.training_class(open=False)
    roster = rosters.start_import(
        by=cast.clerk, data=csv.encode(), file_name="名册.csv", place=programme.county,
        report_day=TODAY - datetime.timedelta(days=9), training_class=training_class,
    )  # fmt: skip
    list(read_import(roster))
    roster.refresh_from_db()
    list(enter_import(rosters.commit_import(by=cast.clerk, roster=roster), by=cast.clerk, enrol=attendance.enrol))
    trainee = Trainee.objects.get(name="岩嘎")
    registry.correct_trainee(
        by=cast.clerk, trainee=trainee, reason="本人说",
        changes={"aliases": "艾那", "village_group": "三组", "ethnic": "41", "education": "60"},
    )  # fmt: skip
    registry.link_account(by=cast.clerk, trainee=trainee, user=cast.trainee_user)
    schedule.open_class(by=cast.clerk, training_class=training_class)
    training_class.refresh_from_db()
    cast.mark(training_class, [trainee])
    entry = ResultEntry(
        task=training_class.tasks.get(), trainee=trainee, outcome="passed", score=None, note="岩嘎做得好"
    )
    record_results(by=cast.trainer, training_class=training_class, results=[entry], assessed_on=TODAY)
    progress.close_and_count(by=cast.clerk, training_class=training_class)
    enter_centre(cast)
    certificates.issue(by=cast.clerk, training_class=training_class)
    consents.publish_samples(by=cast.manager)
    consents.record_one(
        by=cast.clerk, trainee=trainee, texts=texts_in_force().values(), channel="paper", given_on=TODAY,
        witness="田主任", guardian="", data=b"%PDF-1 signed",
    )  # fmt: skip
    actions.record_request(by=cast.clerk, trainee=trainee, kind="correction", text="岩嘎的电话错了")
    record_view(by=cast.clerk, file_number=trainee.file_number, unmasked="phone", reason="岩嘎来电")
    return Trainee.objects.get(pk=trainee.pk)


def figures(programme) -> list:
    units, policy = ledger(programme), programme.policies.get()
    return [progress_of(units, programme, policy), by_township(units, policy), by_group(units, policy)]


def wipe(cast, officer, trainee, kind=RetentionKind.TRAINEE_FILE) -> DueItem:
    actions.list_due(LATER)
    item = DueItem.objects.get(kind=kind, subject=trainee.pk)
    actions.propose(by=cast.manager, items=[item])
    actions.confirm(by=officer, items=[item])
    list(actions.carry_out(by=officer))
    item.refresh_from_db()
    return item


def code_of(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


# --- The rules ------------------------------------------------------------------------------------------------
MODELS = [model for package in PACKAGES for model in apps.get_app_config(package).get_models()]
PERSONAL = [model for model in MODELS if hasattr(model, "field_classes") and wiping.personal_fields(model)]


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model._meta.label)
def test_every_table_with_personal_fields_says_what_it_loses(model):
    label = model._meta.label
    places = [label in known for known in (wiping.RULES, wiping.BY_THEIR_OWN_STEP, wiping.OUT_OF_REACH)]
    assert places.count(True) == 1
    if label in wiping.RULES:
        rule = wiping.RULES[label]
        assert set(rule.keep) <= set(wiping.personal_fields(model))
        assert all(rule.keep.values())
        wiping.rows_about(label, Trainee(pk=0)).exists()


def test_rules_name_what_exists():
    labels = {model._meta.label for model in MODELS}
    assert wiping.RULES.keys() | wiping.BY_THEIR_OWN_STEP.keys() | wiping.OUT_OF_REACH.keys() <= labels


# --- One person -----------------------------------------------------------------------------------------------
def test_the_person_goes_and_every_figure_stays(cast, programme, officer, person, django_capture_on_commit_callbacks):
    before = figures(programme)
    assert before[0].person_times == 1
    with django_capture_on_commit_callbacks(execute=True):
        item = wipe(cast, officer, person)
    assert figures(programme) == before
    assert progress.recount(by=cast.clerk, programme=programme, check=True).differences == []
    gone = Trainee.objects.get(pk=person.pk)
    assert (gone.name, gone.id_number, gone.phone, gone.birth_date, gone.sex, gone.user, gone.household) == (
        "已匿名", "", "", None, "2", None, None,
    )  # fmt: skip
    assert (item.state, item.proposed_by, item.confirmed_by) == (DueState.DONE, cast.manager, officer)
    assert item.wiped["trainees.Trainee"] == 1
    assert list(Trainee.objects.live().filter(pk=person.pk)) == []


def test_nothing_of_the_person_is_left_anywhere(cast, officer, person, django_capture_on_commit_callbacks, settings):
    with django_capture_on_commit_callbacks(execute=True):
        wipe(cast, officer, person)
    left = []
    for model in MODELS:
        if model is Consent:
            continue  # the proof of a consent has a period of its own, see below
        for row in serializers.serialize("python", model._default_manager.all()):
            text = json.dumps(row["fields"], ensure_ascii=False, default=str)
            left += [
                (row["model"], row["pk"], word)
                for word in (
                    "岩嘎",
                    NUMBER,
                    "533528********9964",
                    PHONE,
                    "139****5678",
                    "aiga",
                    "三组",
                    "5309271234567890",
                )
                if word in text
            ]
    assert left == []
    assert list((Path(settings.STORAGES["sealed"]["OPTIONS"]["location"]) / "rosters").iterdir()) == []
    user = type(cast.trainee_user).objects.get(pk=cast.trainee_user.pk)
    assert (user.is_active, user.name, user.username) == (False, "", f"gone-{user.pk}")
    looks = FileView.objects.filter(file_number=person.file_number)
    assert set(looks.values_list("reason", "unmasked")) == {("", "")}
    events = AuditEvent.objects.filter(record_type="trainees.trainee", record_id=str(person.pk))
    assert [(event.changes, event.reason) for event in events] == [({}, "")] * len(events)
    assert len(events) > 3


def test_personal_fields_are_empty_where_no_rule_keeps_them(cast, officer, person):
    wipe(cast, officer, person)
    for label, rule in wiping.RULES.items():
        if rule.with_the == wiping.FILE and rule.reshape is None:
            model = apps.get_model(label)
            expected = wiping.wiped_values(model, rule)
            for row in wiping.rows_about(label, person):
                found = {name: getattr(row, name) for name in expected}
                plain = {name: str(value) if hasattr(value, "storage") else value for name, value in found.items()}
                assert plain == expected, label


def test_a_wiped_file_opens_to_nobody(cast, officer, person):
    wipe(cast, officer, person)
    client = client_of(cast.clerk)
    for page in ("", "consent/", "rights/", "edit/"):
        assert client.get(f"/trainees/{person.file_number}/{page}").status_code == 404
    assert client.get("/trainees/").status_code == 200


def test_the_proof_of_a_consent_outlives_the_file_by_its_own_period(
    cast, officer, person, django_capture_on_commit_callbacks, quiet_day
):
    wipe(cast, officer, person)
    assert {one.witness for one in Consent.objects.all()} == {"田主任"}
    actions.list_due(months_after(TODAY, 35))
    assert not DueItem.objects.filter(kind=RetentionKind.CONSENT_PROOF).exists()
    actions.list_due(months_after(TODAY, 36))
    item = DueItem.objects.get(kind=RetentionKind.CONSENT_PROOF)
    actions.propose(by=officer, items=[item])
    with django_capture_on_commit_callbacks(execute=True):
        actions.confirm(by=cast.manager, items=[item])
    item.refresh_from_db()
    sheets = [str(one.sheet.file) for one in Consent.objects.select_related("sheet")]
    assert (item.state, {one.witness for one in Consent.objects.all()}, set(sheets)) == ("done", {"已匿名"}, {""})


def test_a_household_lives_while_a_member_does(cast, officer, person):
    other = cast.person(household_number="5309271234567890")
    wipe(cast, officer, person)
    other.refresh_from_db()
    assert other.household.number == "5309271234567890"


def test_nobody_merges_an_anonymous_file_or_is_asked_about_it(
    cast, officer, person, django_capture_on_commit_callbacks
):
    other = cast.person(name="岩嘎", phone=PHONE, id_kind="none", id_number="")
    merging.look_at([person.pk, other.pk])
    assert DuplicatePair.objects.waiting().count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        wipe(cast, officer, person)
    assert (DuplicatePair.objects.count(), set(MatchKey.objects.values_list("trainee", flat=True))) == (0, {other.pk})
    person.refresh_from_db()
    for files in ({"survivor": person, "loser": other}, {"survivor": other, "loser": person}):
        assert code_of(partial(merging.preview_merge, by=cast.clerk, **files)) == "file_anonymised"
        assert code_of(partial(merging.merge_files, by=cast.clerk, **files)) == "file_anonymised"
    assert code_of(lambda: merging.decide_different(by=cast.clerk, one=person, other=other)) == "file_anonymised"
    page = client_of(cast.clerk).get(reverse("duplicate_compare", args=[person.file_number, other.file_number]))
    assert (page.status_code, page.headers["Location"]) == (302, reverse("duplicate_list"))


def test_an_anonymous_person_is_on_no_list(cast, officer, person):
    household = person.household
    assert [row.trainee for row in to_verify(cast.clerk)] == [person]
    assert shown(household, by=cast.clerk, day=TODAY).members[0].row.trainee == person
    assert lines_of([household], TODAY)[0].people == 1
    wipe(cast, officer, person)
    assert list(to_verify(cast.clerk)) == []
    assert shown(household, by=cast.clerk, day=TODAY).members == []
    assert lines_of([household], TODAY)[0].people == 0


def test_followers_are_told(cast, officer, person):
    followers.waiting().clear()
    wipe(cast, officer, person)
    assert followers.waiting() == {person.pk}


# --- The list and its two people ------------------------------------------------------------------------------
def test_what_came_due_is_listed_once(cast, person):
    deadline = datetime.date(2018, 12, 31)
    assert actions.list_due(months_after(deadline, 120) - datetime.timedelta(days=1)) == 0
    assert actions.list_due(months_after(deadline, 120)) == 1
    assert actions.list_due(LATER) == 0
    item = DueItem.objects.get()
    assert (item.kind, item.trainee, item.due_on) == ("trainee_file", person, datetime.date(2028, 12, 31))


def test_a_file_that_was_merged_away_is_due_with_the_one_it_went_on_in(cast, person):
    """Its classes went along, so by itself it would count from its opening."""
    first, second = (cast.person(name="岩嘎", id_kind="none", id_number="") for _ in range(2))
    merging.merge_files(by=cast.clerk, survivor=first, loser=second)
    merging.merge_files(by=cast.clerk, survivor=person, loser=first)
    deadline = datetime.date(2018, 12, 31)
    assert actions.list_due(months_after(deadline, 120) - datetime.timedelta(days=1)) == 0
    assert actions.list_due(months_after(deadline, 120)) == 3
    items = DueItem.objects.order_by("subject").values_list("subject", "due_on")
    assert list(items) == [(one.pk, datetime.date(2028, 12, 31)) for one in (person, first, second)]


def test_one_person_never_does_both(cast, officer, person):
    actions.list_due(LATER)
    items = list(DueItem.objects.all())
    assert actions.propose(by=officer, items=items) == 1
    assert actions.propose(by=officer, items=items) == 0
    assert code_of(lambda: actions.confirm(by=officer, items=items)) == "own_proposal"
    assert DueItem.objects.get().state == DueState.PROPOSED
    assert list(actions.carry_out(by=officer)) == []
    assert Trainee.objects.get(pk=person.pk).anonymised_at is None


def test_what_is_kept_longer_comes_back(cast, officer, person):
    actions.list_due(LATER)
    keep = {"by": cast.manager, "items": DueItem.objects.all(), "until": TODAY + datetime.timedelta(days=30)}
    assert code_of(lambda: actions.keep_longer(**keep, reason=" ")) == "reason_missing"
    assert code_of(lambda: actions.keep_longer(**{**keep, "until": TODAY}, reason="诉讼")) == "until_passed"
    assert actions.keep_longer(**keep, reason="诉讼") == 1
    actions.list_due(TODAY + datetime.timedelta(days=30))
    assert DueItem.objects.get().state == DueState.KEPT
    actions.list_due(TODAY + datetime.timedelta(days=31))
    assert DueItem.objects.get().state == DueState.DUE


def test_the_work_goes_on_where_it_stopped(cast, officer, person):
    cast.person()
    actions.list_due(LATER)
    items = list(DueItem.objects.all())
    actions.propose(by=cast.manager, items=items)
    actions.confirm(by=officer, items=items)
    steps = actions.carry_out(by=officer)
    next(steps)
    steps.close()
    assert DueItem.objects.filter(state=DueState.DONE).count() == 1
    list(actions.carry_out(by=officer))
    assert DueItem.objects.filter(state=DueState.DONE).count() == 2


def test_a_cancelled_enrolment_goes_alone(cast, officer, programme):
    training_class = cast.training_class(people=3)
    first, second, third = training_class.enrolments.order_by("id")
    cast.mark(training_class, [third.trainee])
    for enrolment in (first, third):
        attendance.cancel_enrolment(by=cast.clerk, enrolment=enrolment, reason="病")
    actions.list_due(months_after(TODAY, 6))
    item = DueItem.objects.get(kind=RetentionKind.CANCELLED_ENROLMENT)
    actions.propose(by=cast.manager, items=[item])
    actions.confirm(by=officer, items=[item])
    list(actions.carry_out(by=officer))
    assert list(training_class.enrolments.order_by("id")) == [second, third]
    assert Trainee.objects.get(pk=first.trainee_id).anonymised_at is None


def test_periods_come_from_the_table_and_the_centre_may_decide(cast, person):
    assert {kind: one.months for kind, one in defaults().items()} == {
        "trainee_file": 120, "cancelled_enrolment": 6, "consent_proof": 36, "roster": 12, "satisfaction": 12,
        "impact_report": 36,
    }  # fmt: skip
    assert (
        code_of(lambda: actions.set_rule(by=cast.manager, kind="trainee_file", months=60, source=""))
        == "source_missing"
    )
    actions.set_rule(by=cast.manager, kind="trainee_file", months=60, source="县档案馆〔2018〕1号")
    assert actions.list_due(datetime.date(2023, 12, 31)) == 1
    assert [one.months for one in queries.periods() if one.decided] == [60]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2018-08-31", 6, "2018-02-28"), ("2020-02-29", 12, "2019-02-28"), ("2018-01-15", 1, "2017-12-15")],
)
def test_months_are_those_of_the_calendar(day, months, before):
    assert months_before(datetime.date.fromisoformat(day), months) == datetime.date.fromisoformat(before)


# --- Pages ----------------------------------------------------------------------------------------------------
def test_the_page_is_for_those_who_decide_and_those_who_check(cast, officer, person):
    actions.list_due(LATER)
    for user, status in (
        (cast.manager, 200), (officer, 200), (cast.auditor, 200), (cast.clerk, 403), (cast.operator, 403),
        (cast.trainer, 403), (cast.trainee_user, 403),
    ):  # fmt: skip
        assert client_of(user).get("/retention/").status_code == status
    assert "岩嘎" not in client_of(officer).get("/retention/").content.decode()
    item = DueItem.objects.get()
    assert client_of(cast.auditor).post("/retention/decide/", {"deed": "propose", "item": item.pk}).status_code == 403


def test_two_people_through_the_pages(cast, officer, person, django_capture_on_commit_callbacks):
    actions.list_due(LATER)
    item = DueItem.objects.get()
    manager, other = client_of(cast.manager), client_of(officer)
    manager.post("/retention/decide/", {"deed": "propose", "item": item.pk})
    refused = manager.post("/retention/decide/", {"deed": "confirm", "item": item.pk}, follow=True)
    assert "必须由另一人确认" in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        other.post("/retention/decide/", {"deed": "confirm", "item": item.pk})
    item.refresh_from_db()
    assert (item.state, Trainee.objects.get(pk=person.pk).name) == ("done", "已匿名")
    assert other.get("/retention/?state=done").context["page"].paginator.count == 1


def test_odd_posts_are_answered(cast, person):
    client = client_of(cast.manager)
    actions.list_due(LATER)
    item = DueItem.objects.get()
    for data in (
        {},
        {"item": "x"},
        {"item": item.pk},
        {"item": item.pk, "deed": "keep"},
        {"item": 10**30, "deed": "keep"},
    ):
        assert client.post("/retention/decide/", data, follow=True).status_code == 200
    item.refresh_from_db()
    assert item.state == DueState.DUE
    assert client.post("/retention/rules/trainee_file/", {"months": 60, "source": "县规定"}).status_code == 302
    assert client.get("/retention/rules/nothing/").status_code == 404


def test_the_list_costs_the_same_for_one_and_three(cast, person, django_assert_num_queries):
    client = client_of(cast.manager)
    actions.list_due(LATER)
    client.get("/retention/")
    with django_assert_num_queries(6):
        client.get("/retention/")
    for _ in range(2):
        cast.person()
    actions.list_due(LATER)
    with django_assert_num_queries(6):
        assert client.get("/retention/").context["page"].paginator.count == 3


def test_staff_keep_the_account_that_they_work_with(cast, officer, person):
    accounts.grant_role(by=SETUP, user=cast.trainee_user, role=Role.CLERK)
    wipe(cast, officer, person)
    user = type(cast.trainee_user).objects.get(pk=cast.trainee_user.pk)
    assert (user.is_active, user.name) == (True, "学员")


# --- What used to slip through --------------------------------------------------------------------------------
def test_what_is_confirmed_while_the_work_runs_is_carried_out_too(cast, officer, person):
    cast.person()
    actions.list_due(LATER)
    first, second = DueItem.objects.order_by("pk")
    actions.propose(by=cast.manager, items=[first, second])
    actions.confirm(by=officer, items=[first])
    steps = actions.carry_out(by=officer)
    next(steps)
    actions.confirm(by=officer, items=[second])
    assert list(steps) == [(2, 0, 2)]
    assert set(DueItem.objects.values_list("state", flat=True)) == {DueState.DONE}


def test_the_night_takes_up_what_was_left(cast, officer, person, django_capture_on_commit_callbacks):
    actions.list_due(LATER)
    actions.propose(by=cast.manager, items=DueItem.objects.all())
    actions.confirm(by=officer, items=DueItem.objects.all())
    assert DueItem.objects.get().state == DueState.CONFIRMED, "the job of the button never ran"
    Job.objects.update(state="failed")
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.restart_leftovers() == 1
    assert DueItem.objects.get().state == DueState.DONE
    assert actions.restart_leftovers() == 0


def test_the_household_writes_nothing_into_the_file_of_nobody(cast, officer, person):
    household = person.household
    cast.person(household_number="5309271234567890")
    wipe(cast, officer, person)
    assert list(person.household_entries.live().filter(valid_to=None)) == []
    before = list(person.memberships.values_list("pk", flat=True))
    registry.set_poverty(
        by=cast.clerk, household=household, poverty_type="general_poor", valid_from=datetime.date(2018, 1, 1),
        evidence="document",
    )  # fmt: skip
    assert list(person.memberships.values_list("pk", flat=True)) == before


def test_the_reason_for_keeping_names_no_number(cast, person):
    actions.list_due(LATER)
    until = TODAY + datetime.timedelta(days=30)
    actions.keep_longer(by=cast.manager, items=DueItem.objects.all(), until=until, reason=f"诉讼 {PHONE}")
    assert DueItem.objects.get().keep_reason == "诉讼 139****5678"


def test_a_merged_file_comes_due_with_the_one_it_went_on_in(cast, person, programme, quiet_day):
    loser = cast.person()
    Trainee.objects.filter(pk=loser.pk).update(created_at="2008-01-01T00:00Z")
    merging.merge_files(by=cast.clerk, survivor=person, loser=loser)
    deadline = datetime.date(2018, 12, 31)
    assert list(queries.due_subjects(RetentionKind.TRAINEE_FILE, TODAY)) == []
    due = months_after(deadline, 120)
    assert sorted(queries.due_subjects(RetentionKind.TRAINEE_FILE, due)) == [
        (person.pk, person.pk, due), (loser.pk, loser.pk, due),
    ]  # fmt: skip


CSV = "姓名,身份证号,乡镇,村\n岩嘎,{0},勐省镇,回珠村\n玉香,123,勐省镇,回珠村\n"


def test_rows_of_a_roster_that_became_nobody_are_emptied(cast, programme, django_capture_on_commit_callbacks):
    roster = rosters.start_import(
        by=cast.clerk, data=CSV.format(NUMBER).encode(), file_name="名册.csv", place=programme.county, report_day=TODAY
    )
    list(read_import(roster))
    roster.refresh_from_db()
    list(enter_import(rosters.commit_import(by=cast.clerk, roster=roster), by=cast.clerk, enrol=attendance.enrol))
    stored, storage = roster.file.name, roster.file.storage
    assert actions.empty_rosters(months_after(TODAY, 12) - datetime.timedelta(days=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.empty_rosters(months_after(TODAY, 12)) == 1
    assert actions.empty_rosters(months_after(TODAY, 12)) == 0
    entered, refused = roster.rows.order_by("number")
    assert (entered.values["name"], refused.values["name"], refused.skipped) == ("岩嘎", "已匿名", True)
    assert "玉香" not in json.dumps([refused.cells, refused.values, refused.reasons, refused.offers])
    assert storage.exists(stored) is False
    assert client_of(cast.clerk).get(f"/imports/{roster.pk}/").status_code in (200, 302, 404)


def test_what_was_written_about_the_certificates_goes_too(cast, officer, person):
    paper = certificates.reissue(by=cast.clerk, certificate=person.certificates.get(), reason="lost", note="岩嘎家失火")
    handover.hand_over(by=cast.clerk, certificates=[paper], collected=Collected(on=TODAY))
    handover.withdraw(by=cast.clerk, certificate=paper, reason="岩嘎没来")
    other = Collected(on=TODAY, collector=Collector.OTHER, receiver="岩温", relation="spouse", note="岩嘎病了")
    handover.hand_over(by=cast.clerk, certificates=[paper], collected=other)
    certificates.revoke(by=cast.manager, certificate=paper, reason="岩嘎转让")
    wipe(cast, officer, person)
    # What was empty stays empty: 已匿名 would say that somebody else collected.
    assert list(paper.hand_overs.order_by("turn").values_list("receiver", "reason", "note")) == [
        ("", "", ""), ("", "已匿名", ""), ("已匿名", "", ""),
    ]  # fmt: skip
    assert set(person.certificates.values_list("name", "reissue_note", "revoke_reason")) == {("已匿名", "", "")}
    events = AuditEvent.objects.filter(record_type__in=["certificates.certificate", "certificates.handover"])
    assert events.count() == 7
    assert [(row.reason, row.changes) for row in events] == [("", {})] * 7
