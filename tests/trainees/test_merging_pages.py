"""Pages of duplicates: who sees which pair, what a form may say, and what an old number leads to."""

import pytest

from lms.accounts import actions as accounts
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.privacy.models import FileView
from tests.cast import SETUP, client_of, synthetic_id
from tests.trainees.merged import closed_class
from trainees.merging.actions import look_at, merge_files
from trainees.merging.models import DuplicatePair, Merge
from trainees.registry.models import Trainee

pytestmark = pytest.mark.django_db

ID = synthetic_id(7000)


@pytest.fixture
def two(cast):
    kept = cast.person(name="岩嘎", id_number=ID, phone="13900010001")
    other = cast.person(name="艾嘎", id_number=synthetic_id(7100), phone="13900010001", ethnic="21")
    look_at([kept.pk, other.pk])
    return kept, other


@pytest.fixture
def across(cast):
    """One in the operator's township, one beyond it."""
    here = cast.person(name="田强", phone="13900010009")
    there = cast.person(name="田强", phone="13900010009", township="岩帅镇")
    look_at([here.pk, there.pk])
    return here, there


def compare(*people, page: str = "") -> str:
    return f"/duplicates/{people[0].file_number}/{people[1].file_number}/{page}"


def listed(client) -> set[tuple]:
    page = client.get("/duplicates/").context["page"]
    return {(pair.first.file_number, pair.second.file_number) for pair in page}


def filled(kept, other, **changed) -> dict:
    """The form as it is given out, with some fields changed."""
    choices = dict.fromkeys(("name", "identity", "birth_date", "ethnic"), kept.file_number)
    return {"stays": kept.file_number, "reason": "ID card seen", "step": "preview", **choices, **changed}


# --- Who sees what ------------------------------------------------------------------------------------------------


def test_the_centre_sees_every_pair_and_a_township_its_own(cast, two, across):
    inside, beyond = (tuple(one.file_number for one in pair) for pair in (two, across))
    assert listed(client_of(cast.clerk)) == listed(client_of(cast.manager)) == {inside, beyond}
    assert listed(client_of(cast.operator)) == {inside}
    assert listed(client_of(cast.operator_elsewhere)) == set()


@pytest.mark.parametrize("who", ["trainer", "auditor", "trainee_user", "outsider", "admin"])
@pytest.mark.parametrize("page", ["", "merge/"])
def test_no_other_role_opens_a_pair(cast, two, who, page):
    client = client_of(cast.users[who])
    assert client.get(compare(*two, page=page)).status_code == 403
    assert client.get("/duplicates/").status_code == 403


def test_a_pair_beyond_the_township_is_not_there(cast, across):
    client = client_of(cast.operator)
    done = merge_files(by=cast.clerk, survivor=across[0], loser=across[1])
    answers = [
        client.get(compare(*across)), client.get(compare(*across, page="merge/")),
        client.post(compare(*across, page="merge/"), filled(*across)),
        client.post(compare(*across, page="different/"), {"reason": ""}),
        client.get(f"/merges/{done.pk}/"), client.post(f"/merges/{done.pk}/undo/", {"reason": "x"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 6


def test_a_match_beyond_is_said_without_detail(cast, across):
    here, there = across
    page = client_of(cast.operator).get(f"/trainees/{here.file_number}/")
    assert "县中心的核对清单中已有此项" in page.text
    assert (there.file_number in page.text, "岩帅" in page.text) == (False, False)
    assert there.file_number in client_of(cast.clerk).get(f"/trainees/{here.file_number}/").text


def test_somebody_who_may_only_read_the_file_is_told_nothing(cast, two):
    text = client_of(cast.auditor).get(f"/trainees/{two[0].file_number}/").text
    assert two[1].file_number not in text


# --- List and comparison --------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_one_pair_and_for_three(cast, two, django_assert_num_queries):
    client = client_of(cast.clerk)
    client.get("/duplicates/")
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(client)) == 1
    for n in (1, 2):
        people = [
            cast.person(name="田强", phone=f"1390001002{n}", id_number=synthetic_id(7200 + 10 * n + 2 * place))
            for place in range(2)
        ]
        look_at([person.pk for person in people])
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(client)) == 3


LIST_QUERIES = 5


def test_side_by_side_is_masked_and_marks_what_differs(cast, two):
    page = client_of(cast.clerk).get(compare(*two))
    lines = {line.name: (line.one, line.other, line.differs, line.hidden) for line in page.context["lines"]}
    assert lines["name"] == ("岩嘎", "艾嘎", True, False)
    assert lines["phone"] == ("139****0001", "139****0001", False, False)
    assert lines["birth_date"][2:] == (True, True)
    assert lines["ethnic"][2:] == (True, False)
    assert (ID in page.text, "13900010001" in page.text) == (False, False)
    assert set(FileView.objects.values_list("file_number", flat=True)) == {one.file_number for one in two}


def test_two_people_leave_the_list(cast, two):
    client = client_of(cast.operator)
    answer = client.post(compare(*two, page="different/"), {"reason": "both phoned"}, follow=True)
    assert (listed(client), answer.redirect_chain[-1][0]) == (set(), "/duplicates/")
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.reason, pair.decided_by) == ("different", "both phoned", cast.operator.label)
    assert pair.decided_by in client.get(compare(*two)).text


def test_the_other_file_can_be_named(cast, two):
    kept, _other = two
    third = cast.person()
    client = client_of(cast.clerk)
    answer = client.post(f"/trainees/{kept.file_number}/duplicate/", {"other": f" {third.file_number} "})
    assert answer.url == compare(kept, third)
    for wrong in ("530927-999999", kept.file_number, "", "😀" * 30, "' or 1=1"):
        answer = client.post(f"/trainees/{kept.file_number}/duplicate/", {"other": wrong})
        assert answer.url == f"/trainees/{kept.file_number}/"


# --- Merge --------------------------------------------------------------------------------------------------------


def test_choose_see_merge_and_undo(cast, two):
    kept, other = two
    closed_class(cast, {kept: 2, other: 2})
    client = client_of(cast.operator)
    assert client.get(compare(*two, page="merge/")).context["form"].facts == [
        "name",
        "identity",
        "birth_date",
        "ethnic",
    ]
    form = filled(kept, other, name=other.file_number, ethnic=other.file_number)
    preview = client.post(compare(*two, page="merge/"), form)
    assert (preview.context["preview"].units.twice, Merge.objects.count()) == (1, 0)
    assert "其中 1 个人次在两份档案下重复计入" in preview.text
    done = client.post(
        compare(*two, page="merge/"), {**form, "step": "merge", "seen": preview.context["preview"].seen}, follow=True
    )
    merge = Merge.objects.get()
    assert done.redirect_chain == [(f"/merges/{merge.pk}/", 302)]
    kept.refresh_from_db()
    assert (kept.name, kept.ethnic, kept.id_number, merge.reason) == ("艾嘎", "21", ID, "ID card seen")
    assert listed(client) == set()
    assert f'/merges/{merge.pk}/"' in client.get(f"/trainees/{kept.file_number}/").text
    client.post(f"/merges/{merge.pk}/undo/", {"reason": ""})
    assert Merge.objects.standing().count() == 1
    client.post(f"/merges/{merge.pk}/undo/", {"reason": "brothers"})
    assert (Merge.objects.standing().count(), Trainee.objects.live().count()) == (0, 2)
    assert "brothers" in client.get(f"/merges/{merge.pk}/").text


def test_a_form_sent_twice_is_one_merge(cast, two):
    client = client_of(cast.clerk)
    for _time in range(2):
        client.post(compare(*two, page="merge/"), filled(*two, step="merge"))
    assert Merge.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"stays": "530927-999999"},
        {"name": "x"},
        {"reason": ""},
        {"reason": "因" * 201},
        {"identity": "=cmd|' /C calc'"},
    ],
)
def test_a_form_with_a_mistake_comes_back(cast, two, changed):
    answer = client_of(cast.clerk).post(compare(*two, page="merge/"), filled(*two, step="merge", **changed))
    assert (answer.status_code, list(answer.context["form"].errors), Merge.objects.count()) == (200, list(changed), 0)


def test_choosing_differently_keeps_what_was_chosen(cast, two):
    kept, other = two
    answer = client_of(cast.clerk).post(
        compare(*two, page="merge/"), filled(kept, other, name=other.file_number, again="1")
    )
    assert (answer.context["form"]["name"].value(), Merge.objects.count()) == (other.file_number, 0)


def test_a_change_between_preview_and_merge_shows_the_preview_again(cast, two):
    client = client_of(cast.clerk)
    answer = client.post(compare(*two, page="merge/"), filled(*two, step="merge", seen="0" * 64))
    assert (answer.status_code, "其中一份档案有变动" in answer.text, Merge.objects.count()) == (200, True, 0)
    assert answer.context["preview"].seen != "0" * 64


def test_person_times_are_lost_only_with_a_tick(cast):
    kept = cast.person(name="岩嘎")
    other = cast.person(name="岩嘎", id_kind="none", id_number="", phone=kept.phone)
    closed_class(cast, {kept: 2})
    client, address = client_of(cast.clerk), compare(kept, other, page="merge/")
    form = {
        "stays": kept.file_number, "reason": "seen", "step": "preview",
        **dict.fromkeys(("identity", "sex", "birth_date"), other.file_number),
    }  # fmt: skip
    preview = client.post(address, form)
    assert ("将减少人次" in preview.text, 'name="accept_losses"' in preview.text) == (True, True)
    client.post(address, {**form, "step": "merge"})
    assert Merge.objects.count() == 0
    client.post(address, {**form, "step": "merge", "accept_losses": "on"})
    assert Merge.objects.count() == 1


def test_a_clerk_who_comes_second_is_led_away(cast, two):
    merge_files(by=cast.clerk, survivor=two[0], loser=two[1])
    client = client_of(cast.manager)
    assert client.get(compare(*two)).url == client.get(compare(*two, page="merge/")).url == "/duplicates/"
    assert client.post(compare(*two, page="different/"), {"reason": ""}).url == "/duplicates/"


# --- What an old number leads to ------------------------------------------------------------------------------------


def test_the_old_number_leads_to_the_file_that_stays(cast, two):
    kept, other = two
    last = cast.person()
    merge_files(by=cast.clerk, survivor=kept, loser=other)
    merge_files(by=cast.clerk, survivor=last, loser=kept)
    client = client_of(cast.operator)
    for old in (kept, other):
        answer = client.get(f"/trainees/{old.file_number}/", follow=True)
        assert answer.redirect_chain == [(f"/trainees/{last.file_number}/", 302)]
    found = client.post("/trainees/", {"q": other.file_number}, follow=True).context["page"]
    assert [trainee.file_number for trainee in found] == [last.file_number]


def test_the_old_number_does_not_lead_out_of_the_township(cast, across):
    here, there = across
    merge_files(by=cast.clerk, survivor=there, loser=here)
    assert client_of(cast.operator).get(f"/trainees/{here.file_number}/").status_code == 404
    assert client_of(cast.clerk).get(f"/trainees/{here.file_number}/").url == f"/trainees/{there.file_number}/"


def test_a_role_for_two_townships_reaches_a_pair_across_them(cast, across):
    both = User.objects.create(username="both", name="两镇操作员")
    for name in ("勐省镇", "岩帅镇"):
        accounts.grant_role(by=SETUP, user=both, role=Role.TOWNSHIP_OPERATOR, place=cast.township(name))
    assert len(listed(client_of(both))) == 1


def test_the_desk_says_how_many_pairs_wait(cast, two):
    assert client_of(cast.clerk).get("/desk/").context["waiting"].duplicates == 1
    assert client_of(cast.operator_elsewhere).get("/desk/").context["waiting"].duplicates == 0
