"""Rows mended, decided, set aside and chosen in the preview."""

import datetime

import pytest

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, synthetic_id
from tests.trainees.rosters import HEADER, bring, codes, enter, line, warnings, workbook
from trainees.registry.actions import (
    add_membership,
    correct_trainee,
    join_household,
    leave_household,
    open_household,
    set_poverty,
)
from trainees.registry.models import Trainee
from trainees.rosters import actions
from trainees.rosters.enums import Decision, ImportState, Verdict
from trainees.rosters.matching import key_of_offers

pytestmark = pytest.mark.django_db
BAD_ID = "533528198506159970"


def verdicts(roster) -> dict[int, str]:
    return dict(roster.rows.values_list("number", "verdict"))


def mend(by, roster, number: int, **texts):
    version = roster.rows.get(number=number).version
    return actions.edit_row(by=by, roster=roster, number=number, version=version, texts=texts)


def decide(by, roster, number: int, decision: str, trainee: Trainee | None = None):
    version = roster.rows.get(number=number).version
    return actions.decide_row(
        by=by, roster=roster, number=number, version=version, decision=decision, trainee=trainee
    )  # fmt: skip


def take(by, roster, number: int, *fields: str):
    row = roster.rows.get(number=number)
    taken = [at for at, offer in enumerate(row.offers) if offer["field"] in fields]
    return actions.take_offers(
        by=by, roster=roster, number=number, offers_key=key_of_offers(row.offers), taken=taken
    )  # fmt: skip


def offers(roster, number: int = 2) -> dict[str, tuple]:
    return {
        offer["field"]: (offer["old"], offer["new"], offer["take"]) for offer in roster.rows.get(number=number).offers
    }


def refusal(call, *args, **facts) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value.code


# --- Mending --------------------------------------------------------------------------------------------------


def test_a_mended_row_is_judged_by_the_rules_of_reading(cast):
    roster = bring(cast.clerk, workbook(line(1, id_number=BAD_ID, village="没有村"), line(2)))
    mend(cast.clerk, roster, 2, id_number=synthetic_id(1))
    assert codes(roster) == {2: ["village_unknown"]}
    mend(cast.clerk, roster, 2, village="回珠")
    assert (codes(roster), verdicts(roster)) == ({}, {2: Verdict.NEW, 3: Verdict.NEW})
    enter(cast.clerk, roster)
    assert Trainee.objects.by_id_number(synthetic_id(1)).get().village.short_name == "回珠"


def test_what_stood_in_the_file_stays_in_the_record(cast):
    roster = bring(cast.clerk, workbook(line(1, id_number=BAD_ID)))
    mend(cast.clerk, roster, 2, id_number=synthetic_id(1))
    row = roster.rows.get()
    assert (row.cells[1], row.edits, row.version) == (BAD_ID, {"id_number": synthetic_id(1)}, 1)
    mend(cast.clerk, roster, 2, id_number=BAD_ID)
    assert (roster.rows.get().edits, codes(roster)) == (None, {2: ["id_checksum"]})


def test_mending_is_logged_with_masked_values(cast):
    roster = bring(cast.clerk, workbook(line(1, id_number=BAD_ID)))
    mend(cast.operator, roster, 2, id_number=synthetic_id(1), name="艾新名")
    event = AuditEvent.objects.get(event="roster.row_edited")
    number = synthetic_id(1)
    assert (event.actor, event.changes) == (
        cast.operator.label,
        {
            "id_number": ["533528********9970", f"533528********{number[-4:]}"],
            "name": ["艾*", "艾**"],
        },
    )


def test_a_field_that_the_file_has_no_column_for_can_be_written(cast):
    roster = bring(cast.clerk, workbook(["艾嘎", synthetic_id(1), "勐省"], header=["姓名", "身份证号", "乡镇"]))
    mend(cast.clerk, roster, 2, phone="13900000001", ethnic="佤族", groups="残疾人")
    enter(cast.clerk, roster)
    trainee = Trainee.objects.get()
    assert (trainee.phone, trainee.ethnic) == ("13900000001", "21")
    assert list(trainee.memberships.values_list("group", flat=True)) == ["disabled"]


@pytest.mark.parametrize("number", [533528198506159000, 5.33528198506159e17, 12345678])
def test_a_number_in_the_id_column_stays_refused_until_it_is_written_anew(cast, number):
    roster = bring(cast.clerk, workbook(line(1, id_number=number)))
    actions.edit_row(by=cast.clerk, roster=roster, number=2, version=0, texts={"phone": "13900000001"})
    assert codes(roster) == {2: ["id_numeric"]}
    mend(cast.clerk, roster, 2, id_number=synthetic_id(1))
    assert codes(roster) == {}


def test_a_saved_form_without_a_change_changes_nothing(cast):
    roster = bring(cast.clerk, workbook(line(1, name=" 艾　嘎\n")))
    mend(cast.clerk, roster, 2, name="艾　嘎", phone="13800138001")
    assert (roster.rows.get().version, AuditEvent.objects.filter(event="roster.row_edited").count()) == (0, 0)


def test_a_repeat_follows_the_row_it_repeats(cast):
    roster = bring(cast.clerk, workbook(line(1, village="没有村"), line(1), line(2)))
    assert verdicts(roster) == {2: Verdict.REFUSED, 3: Verdict.NEW, 4: Verdict.NEW}
    changed = mend(cast.clerk, roster, 2, village="回珠")
    assert [row.number for row in changed] == [2, 3]
    assert verdicts(roster) == {2: Verdict.NEW, 3: Verdict.REPEAT, 4: Verdict.NEW}
    mend(cast.clerk, roster, 4, id_number=synthetic_id(1))
    assert codes(roster) == {4: ["id_duplicate_other_name"]}
    mend(cast.clerk, roster, 2, id_number=synthetic_id(7))
    assert verdicts(roster) == {2: Verdict.NEW, 3: Verdict.NEW, 4: Verdict.REFUSED}


def test_two_clerks_do_not_overwrite_each_other(cast):
    roster = bring(cast.clerk, workbook(line(1)))
    actions.edit_row(by=cast.clerk, roster=roster, number=2, version=0, texts={"phone": "13900000001"})
    code = refusal(
        actions.edit_row, by=cast.manager, roster=roster, number=2, version=0, texts={"phone": "13900000002"}
    )  # fmt: skip
    assert (code, roster.rows.get().values["phone"]) == ("row_changed", "13900000001")


def test_a_row_is_left_alone_while_it_is_entered_and_afterwards(cast):
    roster = bring(cast.clerk, workbook(line(1)))
    actions.commit_import(by=cast.clerk, roster=roster)
    assert refusal(mend, cast.clerk, roster, 2, name="别人") == "roster_busy"
    enter(cast.clerk, roster)
    assert refusal(mend, cast.clerk, roster, 2, name="别人") == "row_entered"


# --- Left out -------------------------------------------------------------------------------------------------


def test_rows_left_out_are_not_entered_and_come_back(cast):
    roster = bring(cast.clerk, workbook(line(1), line(1), line(2)))
    actions.skip_rows(by=cast.clerk, roster=roster, numbers=[2], skip=True)
    assert verdicts(roster)[3] == Verdict.NEW  # what it repeats is not there
    roster = enter(cast.clerk, roster)
    assert list(roster.rows.filter(committed=True).values_list("number", flat=True)) == [3, 4]
    assert refusal(mend, cast.clerk, roster, 2, phone="1") == "row_skipped"
    actions.skip_rows(by=cast.clerk, roster=roster, numbers=[2], skip=False)
    assert verdicts(roster)[2] == Verdict.MATCHED
    roster = enter(cast.clerk, roster)
    assert (roster.rows.filter(committed=True).count(), Trainee.objects.count()) == (3, 2)
    events = (
        AuditEvent.objects.filter(event__startswith="roster.rows_").order_by("pk").values_list("changes", flat=True)
    )
    assert list(events) == [{"rows": [[], [2]]}, {"rows": [[], [2]]}]


# --- Something new of a known person --------------------------------------------------------------------------


def known(cast, n: int = 5, **facts) -> Trainee:
    """The person of line(n), with the facts of that line."""
    facts = {"name": line(n)[0], "id_number": synthetic_id(n), "phone": line(n)[4], **facts}
    return cast.person(**{"village": cast.village("勐省镇", "回珠"), **facts})


def test_a_known_person_without_anything_new_is_just_known(cast):
    known(cast)
    roster = bring(cast.clerk, workbook(line(5)))
    assert (verdicts(roster), roster.rows.get().offers) == ({2: Verdict.MATCHED}, None)


def test_what_fills_a_gap_is_ticked_and_what_replaces_is_not(cast):
    person = known(cast, phone="13911111111", village=None, education="70")
    header = [*HEADER, "文化程度", "民族", "组", "户编号"]
    roster = bring(
        cast.clerk, workbook([*line(5, groups="残疾人"), "大专", "佤族", "三组", "5309271234"], header=header)
    )
    huizhu, township = cast.village("勐省镇", "回珠"), person.township_id
    assert offers(roster) == {
        "phone": ("13911111111", "13800138005", False),
        "place": ([township, None], [township, huizhu.pk], True),
        "education": ("70", offers(roster)["education"][1], False),
        "ethnic": ("", "21", True),
        "village_group": ("", "三组", True),
        "household_number": ("", "5309271234", True),
        "group": ("", "disabled", True),
    }


def test_only_what_is_ticked_goes_into_the_file(cast):
    person = known(cast, phone="13911111111", education="70")
    header = [*HEADER, "文化程度", "民族"]
    roster = bring(cast.clerk, workbook([*line(5, groups="残疾人"), "大专", "佤族"], header=header))
    take(cast.clerk, roster, 2, "phone", "group")
    enter(cast.clerk, roster)
    person.refresh_from_db()
    assert (person.phone, person.education, person.ethnic) == ("13800138005", "70", "")
    assert list(person.memberships.values_list("group", flat=True)) == ["disabled"]
    event = AuditEvent.objects.get(event="trainee.corrected")
    assert event.changes == {"phone": ["139****1111", "138****8005"]}
    assert event.reason == "roster.xlsx #2"


def test_a_file_corrected_after_the_preview_is_shown_again_before_it_is_written(cast):
    person = known(cast, phone="")
    roster = bring(cast.clerk, workbook(line(5), line(6)))
    assert offers(roster) == {"phone": ("", "13800138005", True)}
    correct_trainee(by=cast.manager, trainee=person, changes={"phone": "13922222222"})
    roster = enter(cast.clerk, roster)
    assert (roster.state, list(roster.rows.filter(committed=True).values_list("number", flat=True))) == (
        ImportState.COMMITTED, [3],
    )  # fmt: skip
    assert (offers(roster), warnings(roster)) == (
        {"phone": ("13922222222", "13800138005", False)}, {2: ["changed_meanwhile"]},
    )  # fmt: skip
    person.refresh_from_db()
    assert person.phone == "13922222222"


def test_ticks_of_values_that_are_no_longer_offered_are_refused(cast):
    known(cast, phone="")
    roster = bring(cast.clerk, workbook(line(5)))
    key = key_of_offers(roster.rows.get().offers)
    mend(cast.manager, roster, 2, phone="13933333333")
    code = refusal(actions.take_offers, by=cast.clerk, roster=roster, number=2, offers_key=key, taken=[])
    assert (code, offers(roster)) == ("row_changed", {"phone": ("", "13933333333", True)})


def test_ticks_survive_a_mended_cell_beside_them(cast):
    known(cast, phone="13911111111")
    roster = bring(cast.clerk, workbook(line(5)))
    take(cast.clerk, roster, 2, "phone")
    mend(cast.clerk, roster, 2, ethnic="佤族")
    assert offers(roster) == {"phone": ("13911111111", "13800138005", True), "ethnic": ("", "21", True)}


# --- Who is it? -----------------------------------------------------------------------------------------------


def test_the_same_phone_and_name_is_asked_about(cast):
    person = known(cast, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(line(5), line(6)))
    row = roster.rows.get(number=2)
    assert (row.verdict, row.candidates, row.trainee) == (Verdict.UNDECIDED, [person.pk], None)
    assert codes(roster) == {2: ["perhaps_known"]}
    roster = enter(cast.clerk, roster)
    assert list(roster.rows.filter(committed=True).values_list("number", flat=True)) == [3]


def test_the_same_name_birth_and_village_is_asked_about(cast):
    twin = synthetic_id(11)  # born on the day of synthetic_id(10)
    person = cast.person(name="艾同名", id_number=synthetic_id(10), village=cast.village("勐省镇", "回珠"))
    cast.person(name="艾同名", id_number=synthetic_id(30), village=cast.village("勐省镇", "回珠"))
    roster = bring(cast.clerk, workbook(line(1, name="艾同名", id_number=twin)))
    assert roster.rows.get().candidates == [person.pk]


def test_this_person_gets_what_is_new_and_no_second_file(cast):
    person = known(cast, id_number="", id_kind="none")
    roster = bring(cast.clerk, workbook(line(5, groups="残疾人")))
    decide(cast.clerk, roster, 2, Decision.SAME, person)
    assert offers(roster) == {"id_number": ("", synthetic_id(5), True), "group": ("", "disabled", True)}
    enter(cast.clerk, roster)
    person.refresh_from_db()
    assert (person.id_number, person.id_state, Trainee.objects.count()) == (synthetic_id(5), "valid", 1)
    event = AuditEvent.objects.get(event="roster.row_decided")
    assert event.changes == {"decision": ["", "same"], "file": [None, person.file_number]}


def test_another_number_of_this_person_is_said_and_the_file_keeps_its_own(cast):
    person = known(cast, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(line(5)))
    decide(cast.clerk, roster, 2, Decision.SAME, person)
    assert (verdicts(roster), warnings(roster)) == ({2: Verdict.MATCHED}, {2: ["id_differs"]})
    enter(cast.clerk, roster)
    person.refresh_from_db()
    assert (person.id_number, roster.rows.get().trainee) == (synthetic_id(800), person)


def test_not_this_person_is_remembered_until_the_row_speaks_of_others(cast):
    known(cast, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(line(5)))
    decide(cast.clerk, roster, 2, Decision.OTHER)
    assert verdicts(roster) == {2: Verdict.NEW}
    mend(cast.clerk, roster, 2, ethnic="佤族")
    assert verdicts(roster) == {2: Verdict.NEW}
    other = cast.person(name="艾别人", phone="13944444444")
    mend(cast.clerk, roster, 2, name="艾别人", phone="13944444444")
    row = roster.rows.get()
    assert (row.verdict, row.candidates, row.decision) == (Verdict.UNDECIDED, [other.pk], "")
    decide(cast.clerk, roster, 2, Decision.OTHER)
    enter(cast.clerk, roster)
    assert Trainee.objects.count() == 3


def test_a_decision_can_be_taken_back(cast):
    person = known(cast, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(line(5)))
    decide(cast.clerk, roster, 2, Decision.SAME, person)
    decide(cast.clerk, roster, 2, Decision.NONE)
    row = roster.rows.get()
    assert (row.verdict, row.trainee, row.decision) == (Verdict.UNDECIDED, None, "")


def test_a_row_with_a_wrong_number_may_be_somebody_we_know(cast):
    person = known(cast)
    roster = bring(cast.clerk, workbook(line(5, id_number=BAD_ID), line(6, id_number=BAD_ID)))
    assert codes(roster) == {2: ["id_checksum", "perhaps_known"], 3: ["id_checksum"]}
    decide(cast.clerk, roster, 2, Decision.SAME, person)
    assert (codes(roster), warnings(roster)) == ({3: ["id_checksum"]}, {2: ["id_checksum"]})
    enter(cast.clerk, roster)
    assert (roster.rows.get(number=2).trainee, person.id_number) == (person, synthetic_id(5))
    decide_other = bring(cast.manager, workbook(line(5, id_number=BAD_ID)))
    decide(cast.manager, decide_other, 2, Decision.OTHER)
    assert verdicts(decide_other) == {2: Verdict.REFUSED}


def test_a_known_number_under_another_name(cast):
    person = known(cast, name="艾那")
    roster = bring(cast.clerk, workbook(line(5, name="嘎那")))
    assert (verdicts(roster), codes(roster)) == ({2: Verdict.UNDECIDED}, {2: ["id_known_other_name"]})
    assert refusal(decide, cast.clerk, roster, 2, Decision.SAME, person) == "nothing_to_decide"
    decide(cast.clerk, roster, 2, Decision.WRONG)
    assert (verdicts(roster), codes(roster)) == ({2: Verdict.REFUSED}, {2: ["id_known_other_name"]})
    decide(cast.clerk, roster, 2, Decision.ALIAS)
    assert (verdicts(roster), offers(roster)) == ({2: Verdict.CHANGED}, {"aliases": ("", "嘎那", True)})
    enter(cast.clerk, roster)
    person.refresh_from_db()
    assert (person.aliases, Trainee.objects.count()) == (["嘎那"], 1)


def test_somebody_outside_the_township_is_said_without_detail(cast):
    outside = cast.person(name=line(5)[0], phone=line(5)[4], township="岩帅镇", id_number=synthetic_id(800))
    roster = bring(cast.operator, workbook(line(5)), place=cast.township("勐省镇"))
    assert (verdicts(roster), codes(roster)) == ({2: Verdict.UNDECIDED}, {2: ["perhaps_elsewhere"]})
    assert refusal(decide, cast.operator, roster, 2, Decision.SAME, outside) == "candidate_gone"
    decide(cast.operator, roster, 2, Decision.OTHER)
    assert verdicts(roster) == {2: Verdict.NEW}


def test_a_stranger_is_not_chosen_for_a_row(cast):
    known(cast, id_number=synthetic_id(800))
    roster = bring(cast.clerk, workbook(line(5), line(6)))
    assert refusal(decide, cast.clerk, roster, 2, Decision.SAME, cast.person()) == "candidate_gone"
    assert refusal(decide, cast.clerk, roster, 3, Decision.SAME, cast.person()) == "nothing_to_decide"


# --- Choosing -------------------------------------------------------------------------------------------------


def entered(roster) -> list[int]:
    return list(roster.rows.filter(committed=True).order_by("number").values_list("number", flat=True))


def go_on(by, roster, **which):
    actions.commit_import(by=by, roster=roster, **which)
    return enter(by, roster)


def test_chosen_rows_now_and_the_others_later(cast):
    training_class = cast.training_class()
    roster = bring(cast.clerk, workbook(*[line(n) for n in range(1, 5)]), training_class=training_class)
    roster = go_on(cast.clerk, roster, numbers=[3, 5])
    assert (entered(roster), roster.state, training_class.enrolments.count()) == ([3, 5], ImportState.COMMITTED, 2)
    roster = go_on(cast.clerk, roster, numbers=[2, 3])
    roster = go_on(cast.clerk, roster)
    assert (entered(roster), Trainee.objects.count()) == ([2, 3, 4, 5], 4)
    assert roster.notes[-1] == {"code": "enrolled", "facts": {"enrolled": 4, "already": 0, "waitlisted": 0}}
    told = AuditEvent.objects.filter(event="roster.entered").order_by("pk").values_list("changes", flat=True)
    assert list(told) == [{"rows": [0, 2]}, {"rows": [0, 1]}, {"rows": [0, 1]}]


def test_one_tab_of_the_preview(cast):
    known(cast, phone="")
    roster = bring(cast.clerk, workbook(line(5), line(6), line(7, name=None)))
    roster = go_on(cast.clerk, roster, verdict=Verdict.NEW)
    assert entered(roster) == [3]


def test_rows_that_cannot_be_entered_yet_are_not_chosen(cast):
    roster = bring(cast.clerk, workbook(line(1, name=None), line(2)))
    assert refusal(actions.commit_import, by=cast.clerk, roster=roster, numbers=[2]) == "nothing_chosen"
    assert refusal(actions.commit_import, by=cast.clerk, roster=roster, numbers=[]) == "nothing_chosen"
    roster.refresh_from_db()
    assert roster.state == ImportState.PREVIEW


def test_refused_rows_are_mended_and_entered_after_the_others(cast):
    roster = enter(cast.clerk, bring(cast.clerk, workbook(line(1, name=None), line(2))))
    mend(cast.clerk, roster, 2, name="艾补")
    roster = go_on(cast.clerk, roster)
    assert (entered(roster), Trainee.objects.count()) == ([2, 3], 2)


def test_a_repeat_alone_opens_the_file_and_the_first_row_meets_it(cast):
    roster = bring(cast.clerk, workbook(line(1), line(1, phone="13955555555")))
    roster = go_on(cast.clerk, roster, numbers=[3])
    assert (Trainee.objects.get().phone, verdicts(roster)[3]) == ("13955555555", Verdict.NEW)
    roster = go_on(cast.clerk, roster)
    row = roster.rows.get(number=2)
    assert (row.committed, row.verdict) == (False, Verdict.CHANGED)  # its phone is news by now


def test_groups_of_a_repeat_belong_to_a_new_person_and_to_no_known_one(cast):
    person = known(cast)
    roster = enter(cast.clerk, bring(cast.clerk, workbook(
        line(5), line(5, groups="残疾人"), line(6), line(6, groups="残疾人")
    )))  # fmt: skip
    assert person.memberships.count() == 0
    assert list(roster.rows.get(number=5).trainee.memberships.values_list("group", flat=True)) == ["disabled"]


def test_a_group_added_by_hand_meanwhile_is_no_error(cast):
    person = known(cast)
    roster = bring(cast.clerk, workbook(line(5, groups="残疾人")))
    add_membership(
        by=cast.clerk, trainee=person, group="disabled", valid_from=roster.report_day, evidence="document"
    )  # fmt: skip
    roster = enter(cast.clerk, roster)
    assert (entered(roster), verdicts(roster)) == ([], {2: Verdict.MATCHED})
    roster = go_on(cast.clerk, roster)
    assert entered(roster) == [2]


def test_rows_entered_before_with_another_file_are_told(cast):
    first = enter(cast.clerk, bring(cast.clerk, workbook(line(1), line(2))))
    again = bring(cast.clerk, workbook(line(2), line(3)))
    assert again.notes == [{"code": "same_rows", "facts": {"rows": 1, "numbers": str(first.pk)}}]
    whole = bring(cast.clerk, first.file.read())
    assert whole.notes == [{"code": "same_file", "facts": {"day": "2018-06-15", "number": first.pk}}]
    enter(cast.clerk, whole)
    assert Trainee.objects.count() == 2


# --- All of a row or nothing ------------------------------------------------------------------------------------


def test_a_row_refused_half_way_has_changed_nothing(cast):
    person = known(cast, 7, id_number="", id_kind="none", birth_date=datetime.date(1988, 8, 8), sex="2")
    household = open_household(by=cast.clerk, number="5309270001", township=person.township)
    stay = join_household(by=cast.clerk, trainee=person, household=household, valid_from=TODAY)
    leave_household(by=cast.clerk, member=stay, valid_to=TODAY, reason="x")
    roster = bring(cast.clerk, workbook([*line(7), "5309271234"], header=[*HEADER, "户编号"]))
    decide(cast.clerk, roster, 2, Decision.SAME, person)
    take(cast.clerk, roster, 2, "id_number", "household_number")
    enter(cast.clerk, roster)
    row, now = roster.rows.get(), Trainee.objects.get(pk=person.pk)
    assert (row.verdict, row.committed, codes(roster)) == (Verdict.REFUSED, False, {2: ["entry_refused"]})
    assert (now.id_number, now.id_kind, now.household) == ("", "none", None)


def test_poor_by_the_household_of_the_same_row_is_poor_once(cast):
    person = known(cast, 5)
    household = open_household(by=cast.clerk, number="5309271234", township=person.township)
    set_poverty(
        by=cast.clerk, household=household, poverty_type="general_poor", valid_from=datetime.date(2015, 1, 1),
        evidence="document",
    )  # fmt: skip
    data = workbook([*line(5, groups="建档立卡贫困户"), "5309271234"], header=[*HEADER, "户编号"])
    roster = bring(cast.clerk, data)
    take(cast.clerk, roster, 2, "household_number", "group")
    enter(cast.clerk, roster)
    assert (roster.rows.get().committed, codes(roster)) == (True, {})
    assert list(person.memberships.live().values_list("group", "valid_from")) == [("poor_household", TODAY)]
