"""Every kind of document: which number it takes, what follows from it, who waits for review."""

import datetime
import importlib

import pytest
from django.apps import apps

from lms.audit.models import AuditEvent
from lms.refusals import Refused
from tests.cast import TODAY, client_of, synthetic_id
from trainees.registry import actions, queries
from trainees.registry.enums import IdKind, IdState, Sex
from trainees.registry.identity import read_identity
from trainees.registry.models import Trainee

WOMAN = "533528198506159964"
CHILD = "533528201012319969"


def read(text, kind):
    return read_identity(text, today=TODAY, kind=kind)


@pytest.mark.parametrize(
    ("kind", "text", "number", "state", "warnings"),
    [
        ("resident_id", WOMAN, WOMAN, "valid", ()),
        ("household_only", WOMAN, WOMAN, "valid", ()),
        ("resident_id_15", "533528850615996", WOMAN, "review", ("id_legacy",)),
        ("resident_id_15", WOMAN, WOMAN, "review", ("id_legacy",)),
        ("resident_id", "533528850615996", WOMAN, "review", ("id_legacy",)),
        ("hmt_residence", "81000019900101997X", "81000019900101997X", "valid", ()),
        ("hkmo_permit", "h12345678", "H12345678", "review", ("id_unproved",)),
        ("tw_permit", "12345678", "12345678", "review", ("id_unproved",)),
        ("foreign_pr", "900156199001019979", "900156199001019979", "valid", ()),
        ("foreign_pr_old", "ABC123456789012", "ABC123456789012", "review", ("id_unproved",)),
        ("passport", "e12345678", "E12345678", "review", ("id_unproved",)),
        ("passport", "H12345678", "H12345678", "review", ("id_unproved",)),  # looks like a permit; the person's word
        ("none", "边民证 YN-0042", "边民证YN-0042", "review", ("id_unproved",)),
    ],
)
@pytest.mark.django_db
def test_a_number_of_every_kind(cast, kind, text, number, state, warnings):
    trainee = cast.person(id_kind=kind, id_number=text)
    assert (trainee.id_number, trainee.id_state, tuple(trainee.id_note.split())) == (number, state, warnings)


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("resident_id", "H12345678", "id_kind"),
        ("household_only", "533528850615996", "id_kind"),
        ("household_only", "533528198506159970", "id_checksum"),
        ("resident_id", "900156199001019979", "id_kind"),
        ("foreign_pr", "ABC123456789012", "id_kind"),
        ("foreign_pr_old", "900156199001019979", "id_kind"),
        ("foreign_pr", "900156199001019978", "id_checksum"),
        ("hmt_residence", WOMAN, "id_kind"),
        ("passport", "E-12", "id_kind"),
        ("passport", "1234", "id_kind"),
        ("passport", WOMAN, "id_kind"),
        ("tw_permit", "1234567", "id_format"),
        ("none", "1" * 41, "id_format"),
    ],
)
def test_a_number_that_is_not_of_its_kind(kind, text, problem):
    assert read(text, kind).problem == problem


@pytest.mark.parametrize("word", ["无", "没有", "none", " "])
@pytest.mark.django_db
def test_words_for_nothing_are_no_number(cast, word):
    """Two families who both wrote "无" are not one person."""
    first, second = (cast.person(id_kind="none", id_number=word) for _ in range(2))
    assert (first.id_number, first.id_hash, second.id_state) == ("", "", IdState.REVIEW)


@pytest.mark.django_db
def test_the_same_number_on_another_paper_is_the_same_person(cast):
    cast.person(id_kind="household_only", id_number=WOMAN)
    with pytest.raises(Refused) as refused:
        cast.person(id_kind="resident_id", id_number=WOMAN)
    assert refused.value.code == "id_known"


@pytest.mark.django_db
def test_a_card_settles_an_old_number(cast):
    trainee = cast.person(id_kind="resident_id_15", id_number="533528850615996")
    changed = actions.set_identity(
        by=cast.clerk, trainee=trainee, id_kind="resident_id", id_number=WOMAN, reason="card seen"
    )
    assert (changed.id_kind, changed.id_state) == (IdKind.RESIDENT, IdState.VALID)
    event = AuditEvent.objects.get(event="trainee.identity_set")
    assert event.changes == {"id_kind": ["resident_id_15", "resident_id"]}


@pytest.mark.django_db
def test_nothing_is_derived_where_the_number_says_nothing(cast):
    trainee = cast.person(
        id_kind="passport", id_number="E12345678", sex="2", birth_date=datetime.date(1990, 2, 3)
    )  # fmt: skip
    assert (trainee.sex, trainee.birth_date) == (Sex.FEMALE, datetime.date(1990, 2, 3))
    actions.correct_trainee(by=cast.clerk, trainee=trainee, changes={"sex": "1"})
    trainee.refresh_from_db()
    assert trainee.sex == Sex.MALE


# --- What was typed and what the number says ------------------------------------------------------------------


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"] if message.level_tag == "warning"]


def walk_in(client, **facts):
    known = {"name": "艾嘎", "id_number": WOMAN, "id_kind": "resident_id", "phone": "", "place": "530927103000"}
    return client.post("/trainees/new/", {**known, **facts}, follow=True)


@pytest.mark.django_db
def test_the_walk_in_shows_what_the_number_overruled(cast):
    response = walk_in(client_of(cast.clerk), sex="1", birth_date="1985-06-16")
    assert said(response) == [
        "性别：填写的是“男”，证件号码显示为“女”，以证件号码为准。",
        "出生日期：填写的是 1985-06-16，证件号码显示为 1985-06-15，以证件号码为准。",
    ]
    trainee = Trainee.objects.get()
    assert (trainee.sex, trainee.birth_date) == (Sex.FEMALE, datetime.date(1985, 6, 15))


@pytest.mark.django_db
def test_the_walk_in_says_nothing_where_both_agree_or_nothing_was_typed(cast):
    assert said(walk_in(client_of(cast.clerk), sex="2", birth_date="1985-06-15")) == []
    assert said(walk_in(client_of(cast.clerk), id_number=synthetic_id(3))) == []


@pytest.mark.django_db
def test_the_walk_in_takes_sex_and_birth_where_no_number_says_them(cast):
    response = walk_in(client_of(cast.clerk), id_kind="none", id_number="", sex="2", birth_date="1990-01-02")
    trainee = Trainee.objects.get()
    assert (said(response), trainee.sex, trainee.birth_date) == ([], Sex.FEMALE, datetime.date(1990, 1, 2))


@pytest.mark.django_db
def test_nobody_is_born_tomorrow(cast):
    response = walk_in(client_of(cast.clerk), id_kind="none", id_number="", birth_date="2018-06-16")
    assert list(response.context["form"].errors) == ["birth_date"]


@pytest.mark.django_db
def test_an_edit_shows_what_the_number_overruled_and_saves_the_rest(cast):
    trainee = cast.person(id_number=WOMAN)
    client = client_of(cast.clerk)
    address = f"/trainees/{trainee.file_number}/edit/"
    form = client.get(address).context["form"]
    values = {key: form[key].value() or "" for key in form.fields}
    assert (values["sex"], values["birth_date"]) == ("", "")
    response = client.post(address, {**values, "sex": "1", "village_group": "3组"}, follow=True)
    assert said(response) == ["性别：填写的是“男”，证件号码显示为“女”，以证件号码为准。"]
    trainee.refresh_from_db()
    assert (trainee.sex, trainee.village_group) == (Sex.FEMALE, "3组")


@pytest.mark.django_db
def test_another_document_tells_what_it_overruled(cast):
    trainee = cast.person(id_kind="none", id_number="", sex="1", birth_date=datetime.date(1985, 6, 15))
    facts = {"id_kind": "resident_id", "id_number": WOMAN, "reason": "card seen"}
    response = client_of(cast.clerk).post(f"/trainees/{trainee.file_number}/identity/", facts, follow=True)
    assert said(response) == ["性别：填写的是“男”，证件号码显示为“女”，以证件号码为准。"]


# --- The list of those who wait -------------------------------------------------------------------------------


@pytest.fixture
def waiting(cast):
    return [
        cast.person(name="叶无证", id_kind="none", id_number=""),
        cast.person(name="艾护照", id_kind="passport", id_number="E12345678"),
        cast.person(name="岩岩帅", id_kind="none", id_number="", township="岩帅镇"),
        cast.person(name="田小童", id_number=CHILD),
    ]


def listed(user, **query):
    return [row.trainee.name for row in client_of(user).get("/trainees/review/", query).context["rows"]]


@pytest.mark.django_db
def test_the_review_list_ends_where_the_role_ends(cast, waiting):
    cast.person(name="艾有证")
    everybody = ["叶无证", "艾护照", "岩岩帅", "田小童"]
    assert {who: listed(getattr(cast, who)) for who in ("clerk", "auditor", "operator", "operator_elsewhere")} == {
        "clerk": everybody, "auditor": everybody, "operator": ["叶无证", "艾护照", "田小童"],
        "operator_elsewhere": ["岩岩帅"],
    }  # fmt: skip
    for who in ("trainer", "outsider", "trainee_user", "admin"):
        assert client_of(getattr(cast, who)).get("/trainees/review/").status_code == 403


@pytest.mark.django_db
def test_the_review_list_says_why_and_filters(cast, waiting):
    rows = client_of(cast.clerk).get("/trainees/review/").context["rows"]
    assert [row.reasons for row in rows] == [
        ["档案中没有证件号码，请核对本人证件。"],
        [queries.sentence("id_unproved")],
        ["档案中没有证件号码，请核对本人证件。"],
        [queries.sentence("id_area_old"), queries.sentence("id_minor")],
    ]
    assert listed(cast.clerk, id_kind="passport") == ["艾护照"]
    assert listed(cast.clerk, township="530927102000") == ["岩岩帅"]


@pytest.mark.django_db
def test_an_accepted_file_leaves_the_list_and_counts(cast, waiting):
    actions.accept_identity(by=cast.clerk, trainee=waiting[0], reason="border pass seen")
    assert "叶无证" not in listed(cast.clerk)


@pytest.mark.django_db
def test_the_review_list_asks_the_same_number_of_questions(cast, django_assert_num_queries):
    client = client_of(cast.clerk)
    cast.person(id_kind="none", id_number="")
    client.get("/trainees/review/")
    with django_assert_num_queries(7):
        client.get("/trainees/review/")
    cast.person(id_kind="none", id_number="")
    cast.person(id_kind="none", id_number="")
    with django_assert_num_queries(7):
        client.get("/trainees/review/")


@pytest.mark.django_db
def test_the_list_masks_and_turns_pages(cast, waiting, settings):
    html = client_of(cast.clerk).get("/trainees/review/").content.decode()
    assert ("叶**" in html, "叶无证" in html, "E12345678" in html) == (True, False, False)


@pytest.mark.django_db
def test_files_of_before_are_told_apart_by_their_number(cast):
    """What the migration does to kinds that shared a name."""
    split = importlib.import_module("trainees.migrations.0003_identity").split_kinds
    old_card = cast.person(id_kind="foreign_pr_old", id_number="ABC123456789012")
    new_card = cast.person(id_kind="foreign_pr", id_number="900156199001019979")
    old_number = cast.person(id_kind="resident_id_15", id_number="533528850615996")
    Trainee.objects.filter(pk=old_card.pk).update(id_kind="foreign_pr")
    Trainee.objects.filter(pk=old_number.pk).update(id_kind="resident_id")
    split(apps, None)
    kinds = [Trainee.objects.get(pk=one.pk).id_kind for one in (old_card, new_card, old_number)]
    assert kinds == ["foreign_pr_old", "foreign_pr", "resident_id_15"]
