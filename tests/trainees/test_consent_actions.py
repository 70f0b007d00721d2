"""What people said yes to, and what a no stops."""

import datetime

import pytest

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, synthetic_id
from trainees.attendance import actions as attendance
from trainees.consent import actions, queries
from trainees.consent.enums import Channel, ConsentKind, StandingState
from trainees.consent.models import Consent, ConsentSheet, ConsentText
from trainees.merging.actions import merge_files
from trainees.progress import actions as progress
from trainees.progress.queries import ledger, progress_of
from trainees.registry import actions as registry
from trainees.registry.enums import Limit
from trainees.registry.models import Trainee
from trainees.rosters import actions as rosters
from trainees.rosters.imports import enter_import, read_import

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 signed"


@pytest.fixture
def texts(cast):
    actions.publish_samples(by=cast.manager)
    return queries.texts_in_force()


@pytest.fixture
def person(cast):
    return cast.person(name="岩嘎")


def give(cast, trainee, text, **facts):
    return actions.give(**{"by": cast.clerk, "trainee": trainee, "text": text, "channel": Channel.SCREEN, **facts})


def states(trainee) -> dict:
    return {
        one.kind: one.state for one in queries.standings_of(trainee.consents.order_by("-id"), queries.texts_in_force())
    }


def code_of(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def require(cast, programme):
    actions.set_policy(by=cast.manager, programme=programme, required=True, basis="")


# --- Texts ----------------------------------------------------------------------------------------------------
def test_a_published_text_is_never_edited(cast, texts):
    first = texts[ConsentKind.ORDINARY]
    draft = actions.save_draft(by=cast.manager, kind="ordinary", title="新", body="新的内容")
    first.refresh_from_db()
    assert (first.version, first.title) == (1, "个人信息处理告知与同意书")
    assert (draft.version, draft.published_at) == (2, None)
    assert queries.texts_in_force()[ConsentKind.ORDINARY] == first
    again = actions.save_draft(by=cast.manager, kind="ordinary", title="更新", body="新的内容")
    assert (again.pk, again.title) == (draft.pk, "更新")
    actions.publish_text(by=cast.manager, text=draft)
    assert queries.texts_in_force()[ConsentKind.ORDINARY] == draft
    assert actions.publish_text(by=cast.clerk, text=draft).published_by == cast.manager.label


def test_samples_are_published_once_in_both_languages(cast, texts):
    assert actions.publish_samples(by=cast.manager) == []
    assert list(texts) == list(ConsentKind)
    assert all(text.title_en and text.body_en and text.published_at for text in texts.values())


# --- Yes ------------------------------------------------------------------------------------------------------
def test_yes_is_recorded_once_with_its_form(cast, texts, person):
    text = texts[ConsentKind.ORDINARY]
    one = give(cast, person, text)
    assert give(cast, person, text) == one
    assert (one.kind, one.channel, one.given_on, one.recorded_by) == ("ordinary", "screen", TODAY, cast.clerk.label)
    event = AuditEvent.objects.get(event="consent.given")
    assert (event.record_label, event.changes["text"]) == (person.file_number, [None, "ordinary v1"])


def test_a_draft_gets_no_yes(cast, person):
    draft = actions.save_draft(by=cast.manager, kind="ordinary", title="草", body="稿")
    assert code_of(lambda: give(cast, person, draft)) == "text_not_published"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"channel": Channel.PAPER}, "scan_missing"),
        ({"channel": Channel.WITNESS}, "witness_missing"),
        ({"channel": Channel.WITNESS, "witness": "  "}, "witness_missing"),
        ({"given_on": TODAY + datetime.timedelta(days=1)}, "given_in_future"),
    ],
)
def test_a_yes_that_would_prove_nothing_is_refused(cast, texts, person, facts, code):
    assert code_of(lambda: give(cast, person, texts[ConsentKind.ORDINARY], **facts)) == code
    assert Consent.objects.count() == 0


def test_a_child_says_yes_through_a_guardian(cast, texts):
    text = texts[ConsentKind.ORDINARY]
    child = cast.person(id_number="", id_kind="none", birth_date=datetime.date(2004, 6, 16))
    adult = cast.person(id_number="", id_kind="none", birth_date=datetime.date(2004, 6, 15))
    assert code_of(lambda: give(cast, child, text)) == "guardian_missing"
    assert give(cast, child, text, guardian="岩帅").guardian == "岩帅"
    assert give(cast, adult, text).guardian == ""
    changes = AuditEvent.objects.filter(event="consent.given", record_label=child.file_number).get().changes
    assert changes["guardian"] == [None, "岩*"]


def test_a_scan_is_sealed_and_kept_once(cast, texts, person, settings):
    sheet = actions.keep_sheet(by=cast.clerk, data=PDF)
    assert actions.keep_sheet(by=cast.clerk, data=PDF) == sheet
    with open(f"{settings.STORAGES['sealed']['OPTIONS']['location']}/{sheet.file.name}", "rb") as stored:
        assert PDF not in stored.read()
    assert sheet.file.open().read() == PDF
    assert give(cast, person, texts[ConsentKind.ORDINARY], channel=Channel.PAPER, sheet=sheet).sheet == sheet
    assert code_of(lambda: actions.keep_sheet(by=cast.clerk, data=b"<script>")) == "scan_unreadable"


def test_a_newer_text_leaves_the_older_yes_valid_and_visible(cast, texts, person):
    give(cast, person, texts[ConsentKind.ORDINARY])
    draft = actions.save_draft(by=cast.manager, kind="ordinary", title="二", body="二")
    newer = actions.publish_text(by=cast.manager, text=draft)
    assert states(person)["ordinary"] == StandingState.OLDER
    give(cast, person, newer)
    assert states(person)["ordinary"] == StandingState.GIVEN


# --- No -------------------------------------------------------------------------------------------------------
def test_no_stops_enrolment_and_leaves_what_was_counted(cast, texts, programme):
    training_class = cast.training_class(people=2)
    people = [row.trainee for row in training_class.enrolments.all()]
    cast.mark(training_class, people)
    progress.close_and_count(by=cast.clerk, training_class=training_class)
    policy = programme.policies.get()
    before = progress_of(ledger(programme), programme, policy)
    give(cast, people[0], texts[ConsentKind.ORDINARY])
    actions.withdraw(by=cast.clerk, trainee=people[0], kind="ordinary", reason="电话 13800138000")
    gone = Trainee.objects.get(pk=people[0].pk)
    assert (gone.stopped, states(gone)["ordinary"]) == (Limit.USE, StandingState.WITHDRAWN)
    assert gone.consents.get().withdraw_reason == "电话 138****8000"
    following = cast.training_class(open=False)
    assert (
        code_of(lambda: attendance.enrol(by=cast.clerk, training_class=following, trainees=[gone]))
        == "consent_withdrawn"
    )
    assert progress_of(ledger(programme), programme, policy) == before
    assert progress.recount(by=cast.clerk, programme=programme, check=True).differences == []


def test_yes_after_no_opens_the_file_again(cast, texts, person):
    give(cast, person, texts[ConsentKind.ORDINARY])
    actions.withdraw(by=cast.clerk, trainee=person, kind="ordinary", reason="来信")
    assert actions.withdraw(by=cast.clerk, trainee=person, kind="ordinary", reason="来信") == []
    give(cast, person, texts[ConsentKind.ORDINARY])
    person.refresh_from_db()
    assert (person.stopped, states(person)["ordinary"], person.consents.count()) == (None, StandingState.GIVEN, 2)
    report = attendance.enrol(by=cast.clerk, training_class=cast.training_class(open=False), trainees=[person])
    assert report.enrolled == [person]


def test_the_no_of_a_merged_file_holds_until_the_next_yes(cast, texts, person):
    other = cast.person(name="岩嘎")
    give(cast, person, texts[ConsentKind.ORDINARY])
    actions.withdraw(by=cast.clerk, trainee=other, kind="ordinary", reason="来信")
    merge_files(by=cast.clerk, survivor=person, loser=other)
    person.refresh_from_db()
    assert person.use_withdrawn_at is not None
    give(cast, person, texts[ConsentKind.ORDINARY], given_on=TODAY - datetime.timedelta(days=1))
    person.refresh_from_db()
    assert person.use_withdrawn_at is not None, "older than the no"
    give(cast, person, texts[ConsentKind.ORDINARY])
    person.refresh_from_db()
    assert (person.use_withdrawn_at, person.consents.live().count()) == (None, 1)


def test_no_counts_without_an_earlier_yes_and_needs_its_reason(cast, person):
    assert (
        code_of(lambda: actions.withdraw(by=cast.clerk, trainee=person, kind="ordinary", reason=" "))
        == "reason_missing"
    )
    actions.withdraw(by=cast.clerk, trainee=person, kind="ordinary", reason="到场")
    person.refresh_from_db()
    assert person.stopped == Limit.USE


def test_whoever_said_no_while_waiting_gets_no_place(cast, texts):
    training_class = cast.training_class(people=3, capacity=1, open=False)
    first, second, third = training_class.enrolments.order_by("id")
    actions.withdraw(by=cast.clerk, trainee=second.trainee, kind="ordinary", reason="到场")
    promoted = attendance.cancel_enrolment(by=cast.clerk, enrolment=first, reason="病")
    assert [row.pk for row in promoted] == [third.pk]


def test_no_to_sensitive_data_keeps_poverty_out(cast, person):
    actions.withdraw(by=cast.clerk, trainee=person, kind="sensitive", reason="到场")
    person.refresh_from_db()
    facts = {"by": cast.clerk, "trainee": person, "valid_from": TODAY, "evidence": "document"}
    assert code_of(lambda: registry.add_membership(**facts, group="poor_household")) == "sensitive_withdrawn"
    assert registry.add_membership(**facts, group="rural_youth").group == "rural_youth"
    assert person.stopped is None


# --- Where consent is waited for ------------------------------------------------------------------------------
def test_by_default_nobody_is_kept_out(cast, person):
    report = attendance.enrol(by=cast.clerk, training_class=cast.training_class(open=False), trainees=[person])
    assert report.enrolled == [person]


def test_where_it_is_required_enrolment_waits(cast, texts, programme, person):
    require(cast, programme)
    training_class = cast.training_class(open=False)
    enrol = lambda: attendance.enrol(by=cast.clerk, training_class=training_class, trainees=[person])  # noqa: E731
    assert code_of(enrol) == "consent_missing"
    give(cast, person, texts[ConsentKind.ORDINARY])
    assert enrol().enrolled == [person]


def test_where_it_is_required_poverty_waits_for_its_own_consent(
    cast, texts, programme, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        require(cast, programme)
    assert code_of(lambda: cast.person(groups=["disabled"])) == "sensitive_consent_missing"
    person = cast.person(groups=["rural_youth"])
    facts = {"by": cast.clerk, "trainee": person, "valid_from": TODAY, "evidence": "document", "group": "disabled"}
    assert code_of(lambda: registry.add_membership(**facts)) == "sensitive_consent_missing"
    give(cast, person, texts[ConsentKind.SENSITIVE])
    assert registry.add_membership(**facts).group == "disabled"


CSV = "姓名,身份证号,乡镇,村,是否建档立卡\n岩一,{0},勐省镇,回珠村,是\n岩二,{1},勐省镇,回珠村,否\n"


def test_a_roster_enters_the_people_and_says_what_it_left_out(cast, programme, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        require(cast, programme)
    training_class = cast.training_class(open=False)
    roster = rosters.start_import(
        by=cast.clerk, data=CSV.format(synthetic_id(9001), synthetic_id(9003)).encode(), file_name="名册.csv",
        place=programme.county, report_day=TODAY, training_class=training_class,
    )  # fmt: skip
    list(read_import(roster))
    roster.refresh_from_db()
    roster = rosters.commit_import(by=cast.clerk, roster=roster)
    list(enter_import(roster, by=cast.clerk, enrol=attendance.enrol))
    roster.refresh_from_db()
    rows = list(roster.rows.filter(committed=True).order_by("number"))
    assert [row.values["name"] for row in rows] == ["岩一", "岩二"]
    assert [w["code"] for w in rows[0].warnings if w["code"] == "group_unconsented"] == ["group_unconsented"]
    assert list(rows[0].trainee.memberships.all()) == []
    notes = [note["facts"]["text"] for note in roster.notes if note["code"] == "not_enrolled"]
    assert len(notes) == 2
    assert training_class.enrolments.count() == 0


def test_one_withdrawn_person_keeps_nobody_else_of_the_roster_out(cast, programme):
    known = cast.person(name="岩一", id_number=synthetic_id(9005), village=cast.village("勐省镇", "回珠"))
    actions.withdraw(by=cast.clerk, trainee=known, kind="ordinary", reason="到场")
    training_class = cast.training_class(open=False)
    roster = rosters.start_import(
        by=cast.clerk, data=CSV.format(synthetic_id(9005), synthetic_id(9007)).encode(), file_name="名册.csv",
        place=programme.county, report_day=TODAY, training_class=training_class,
    )  # fmt: skip
    list(read_import(roster))
    roster.refresh_from_db()
    roster = rosters.commit_import(by=cast.clerk, roster=roster)
    list(enter_import(roster, by=cast.clerk, enrol=attendance.enrol))
    assert [row.trainee.name for row in training_class.enrolments.all()] == ["岩二"]
    assert known.memberships.count() == 1


# --- Lists ----------------------------------------------------------------------------------------------------
def test_a_signed_list_is_recorded_at_once_and_once(cast, texts):
    people = [cast.person() for _ in range(3)]
    lines = [actions.Ticked(p, (ConsentKind.ORDINARY, ConsentKind.SENSITIVE)) for p in people[:2]]
    lines.append(actions.Ticked(people[2], (ConsentKind.ORDINARY,), witness="田主任"))
    assert actions.record_list(by=cast.clerk, lines=lines, given_on=TODAY, data=PDF) == 5
    assert actions.record_list(by=cast.clerk, lines=lines, given_on=TODAY, data=PDF) == 0
    assert (ConsentSheet.objects.count(), Consent.objects.count()) == (1, 5)
    assert people[2].consents.get().channel == "witness"


def test_a_signed_list_is_recorded_whole_or_not_at_all(cast, texts):
    child = cast.person(id_number="", id_kind="none", birth_date=datetime.date(2010, 1, 1))
    lines = [actions.Ticked(p, (ConsentKind.ORDINARY,)) for p in (cast.person(), child)]
    refused = code_of(lambda: actions.record_list(by=cast.clerk, lines=lines, given_on=TODAY, data=PDF))
    assert (refused, Consent.objects.count(), ConsentSheet.objects.count()) == ("guardian_missing", 0, 0)


def test_who_is_missing_ends_at_the_township(cast, texts):
    here, there = cast.person(), cast.person(township="岩帅镇")
    said_no, said_yes = cast.person(), cast.person()
    actions.withdraw(by=cast.clerk, trainee=said_no, kind="ordinary", reason="到场")
    give(cast, said_yes, texts[ConsentKind.ORDINARY])
    assert list(queries.without_consent(cast.operator)) == [here]
    assert list(queries.without_consent(cast.operator_elsewhere)) == [there]
    assert list(queries.without_consent(cast.trainer)) == []
    assert set(queries.without_consent(cast.operator, kind="sensitive")) == {here, said_no, said_yes}


def test_texts_of_one_kind_have_one_draft(cast):
    first = actions.save_draft(by=cast.manager, kind="ordinary", title="一", body="一")
    second = actions.save_draft(by=cast.clerk, kind="ordinary", title="一", body="一")
    assert (first, ConsentText.objects.count()) == (second, 1)


# --- A no, and paper that is older ----------------------------------------------------------------------------
def test_older_paper_is_kept_and_lifts_no_later_no(cast, texts, person):
    for kind in (ConsentKind.ORDINARY, ConsentKind.SENSITIVE, ConsentKind.PUBLICATION):
        give(cast, person, texts[kind], given_on=TODAY - datetime.timedelta(days=20))
        actions.withdraw(by=cast.clerk, trainee=person, kind=kind, reason="到场")
        old = TODAY - datetime.timedelta(days=9)
        kept = give(cast, person, texts[kind], given_on=old)
        assert kept == give(cast, person, texts[kind], given_on=old)
        assert (kept.given_on, kept.withdrawn_by, kept.withdraw_reason) == (old, cast.clerk.label, "到场")
    person.refresh_from_db()
    assert set(person.limits) == {Limit.USE, Limit.SENSITIVE}
    assert list(person.consents.live()) == []
    for kind in (ConsentKind.ORDINARY, ConsentKind.SENSITIVE, ConsentKind.PUBLICATION):
        give(cast, person, texts[kind])
    person.refresh_from_db()
    assert (person.limits, person.consents.live().count()) == ([], 3)


# --- Numbers that say what a group says -----------------------------------------------------------------------
HOUSEHOLD = "5309271234567890"


def test_certificates_and_household_numbers_wait_for_consent_too(cast, texts, person):
    number = synthetic_id(900) + "43"
    actions.withdraw(by=cast.clerk, trainee=person, kind="sensitive", reason="到场")
    household = registry.open_household(by=cast.clerk, number=HOUSEHOLD, township=person.township)
    calls = (
        lambda: registry.record_disability(by=cast.clerk, trainee=person, number=number),
        lambda: registry.join_household(by=cast.clerk, trainee=person, household=household, valid_from=TODAY),
        lambda: registry.correct_trainee(by=cast.clerk, trainee=person, changes={"household_number": HOUSEHOLD}),
    )
    assert [code_of(call) for call in calls] == ["sensitive_withdrawn"] * 3
    assert Trainee.objects.get(pk=person.pk).household is None


def test_a_new_file_with_such_a_number_waits_where_consent_is_required(
    cast, texts, programme, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        require(cast, programme)
    for facts in ({"household_number": HOUSEHOLD}, {"disability_number": synthetic_id(900) + "43"}):
        assert code_of(lambda facts=facts: cast.person(**facts)) == "sensitive_consent_missing"


def test_a_roster_leaves_out_the_numbers_and_enters_the_people(cast, programme, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        require(cast, programme)
    number, known = synthetic_id(900), cast.person(id_number=synthetic_id(903), name="岩二", phone="")
    csv = (
        "姓名,身份证号,乡镇,村,电话,户编号,残疾证号\n"
        f"岩一,{number},勐省镇,回珠村,13800138000,{HOUSEHOLD},{number}43\n"
        f"岩二,{known.id_number},勐省镇,回珠村,13800138001,{HOUSEHOLD},\n"
    )
    roster = rosters.start_import(
        by=cast.clerk, data=csv.encode(), file_name="名册.csv", place=programme.county, report_day=TODAY
    )
    list(read_import(roster))
    roster.refresh_from_db()
    for row in roster.rows.filter(verdict="changed"):
        row.offers = [{**offer, "take": True} for offer in row.offers]
        row.save()
    roster = rosters.commit_import(by=cast.clerk, roster=roster)
    list(enter_import(roster, by=cast.clerk, enrol=attendance.enrol))
    rows = list(roster.rows.order_by("number"))
    assert [row.committed for row in rows] == [True, True]
    assert [[said["code"] for said in row.warnings if said["code"] == "group_unconsented"] for row in rows] == [
        ["group_unconsented"], ["group_unconsented"],
    ]  # fmt: skip
    first, second = (Trainee.objects.get(pk=row.trainee_id) for row in rows)
    assert (first.household, second.household, second.phone) == (None, None, "13800138001")
    assert first.disability_certificates.count() == 0


# --- Seen at the moment of writing ----------------------------------------------------------------------------
def test_enrolling_looks_at_the_file_as_it_is_now(cast, person):
    training_class = cast.training_class(open=False)
    read_before = Trainee.objects.get(pk=person.pk)
    actions.withdraw(by=cast.clerk, trainee=person, kind="ordinary", reason="到场")
    assert read_before.stopped is None
    call = lambda: attendance.enrol(by=cast.clerk, training_class=training_class, trainees=[read_before])  # noqa: E731
    assert code_of(call) == "consent_withdrawn"
