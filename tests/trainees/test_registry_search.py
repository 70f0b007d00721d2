"""People are found by what a clerk remembers of them, and by nobody outside the place of the role."""

import importlib
import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation

from tests.cast import client_of, synthetic_id
from trainees.registry import actions, finding
from trainees.registry.enums import KeyKind
from trainees.registry.models import SearchKey, Trainee
from trainees.registry.search_keys import keys_of

pytestmark = pytest.mark.django_db

ID = "533528198506159964"
PHONE = "13912345678"


@pytest.fixture
def yan(cast):
    return cast.person(name="岩嘎", id_number=ID, phone=PHONE, aliases=["艾那"], village=cast.village("勐省镇", "回珠"))


def everybody(user=None):
    people = Trainee.objects.live() if user is None else Trainee.objects.visible_to(user).live()
    return people.select_related("township", "village")


def hits(text: str, user=None, **options) -> list[str]:
    return [trainee.name for trainee in finding.first_hits(everybody(user), text, **options)]


def typed(client, **query):
    return client.post("/trainees/", query, headers={"HX-Request": "true"})


# --- By what --------------------------------------------------------------------------------------------------

FOUND = [
    ("岩嘎", "Name"),
    ("岩", "Name"),
    ("嘎", "Part of the name"),
    ("艾那", "Other name"),
    ("那", "Part of another name"),
    ("aiga", "Pinyin"),
    ("yanga", "Pinyin"),
    ("AIG", "Pinyin"),
    ("ga", "Pinyin of a part"),
    ("ag", "First letters"),
    ("a g", "First letters"),
    ("yg", "First letters"),
    ("aina", "Pinyin of another name"),
    ("艾嘎", "Sounds the same"),
    ("勐省", "Village or township"),
    ("回珠", "Village or township"),
    ("回珠村", "Village or township"),
    ("9964", "End of the ID number"),
    ("5678", "End of the phone number"),
    (ID, "ID number"),
    (f"'{ID}", "ID number"),
    (PHONE, "Phone"),
    ("139 1234 5678", "Phone"),
]


@pytest.mark.parametrize(("text", "reason"), FOUND)
def test_a_person_is_found_and_the_reason_is_said(cast, yan, text, reason):
    cast.person(name="田强", township="岩帅镇")
    answer = typed(client_of(cast.clerk), q=text)
    assert [trainee.pk for trainee in answer.context["page"]] == [yan.pk]
    with translation.override("en"):
        assert [str(one) for one in answer.context["page"][0].found_by] == [reason]
    assert list(finding.search(everybody(), text)) == [yan]


@pytest.mark.parametrize("text", ["%", "_", "\\", "。", "#", "x" * 60, "嘎岩", "0000", "爱", "😀", "省镇"])
def test_what_fits_nobody_finds_nobody(cast, yan, text):
    assert (hits(text), list(finding.search(everybody(), text))) == ([], [])


def test_no_words_are_no_search(cast, yan):
    assert [hits(text) for text in ("", " ", "\x00")] == [["岩嘎"]] * 3


def test_by_the_file_number_whole_and_by_its_serial(cast, yan):
    other = cast.person(name="田强")
    serial = int(yan.file_number.rpartition("-")[2])
    for text in (yan.file_number, str(serial), f"{serial:06d}"):
        assert hits(text) == ["岩嘎"], text
    assert hits(other.file_number) == ["田强"]


def test_an_id_that_ends_in_x_is_found_by_its_end(cast):
    number = next(one for one in map(synthetic_id, range(2000)) if one.endswith("X"))
    cast.person(name="田强", id_number=number)
    assert (hits(number[-4:].lower()), hits(number[-4:])) == (["田强"], ["田强"])


def test_a_name_with_a_dot_or_in_latin_letters(cast):
    cast.person(name="玉罕·香勐")
    cast.person(name="John Smith", id_kind="none", id_number="")
    for text in ("玉罕·香勐", "玉罕香勐", "玉罕•香勐", "香勐", "yuhanxiang", "yhxm"):
        assert hits(text) == ["玉罕·香勐"], text
    for text in ("john", "smith", "John Smith", "smi", "JS"):
        assert hits(text) == ["John Smith"], text


def test_several_words_all_have_to_fit(cast, yan):
    cast.person(name="岩嘎", township="岩帅镇", id_number=synthetic_id(40), phone="13900001111")
    assert len(hits("岩嘎")) == 2
    for text in ("岩嘎 回珠", "回珠 岩嘎", "ag 9964", "9964 ag", "岩嘎 5678", f"岩 {ID}", "aiga 勐省", "ai ga 艾那"):
        assert finding.first_hits(everybody(), text) == [yan], text
        assert list(finding.search(everybody(), text)) == [yan], text
    for text in ("岩嘎 田", "ag 1112", "岩嘎 勐董"):
        assert (hits(text), list(finding.search(everybody(), text))) == ([], []), text


def test_the_exact_name_comes_first_then_its_beginning_then_the_rest(cast):
    for name in ("王艾嘎", "艾嘎木", "艾嘎", "爱嘎"):
        cast.person(name=name)
    cast.person(name="田强", aliases=["艾嘎"])
    assert hits("艾嘎") == ["艾嘎", "田强", "艾嘎木", "王艾嘎", "爱嘎"]
    assert hits("艾嘎", limit=2) == ["艾嘎", "田强"]
    assert [trainee.name for trainee in finding.search(everybody(), "艾嘎")][:2] == ["艾嘎", "艾嘎木"]


def test_a_common_word_in_a_small_place_is_found_behind_many_others(cast, monkeypatch):
    monkeypatch.setattr(finding, "CHUNKS", (2, 3))
    for _ in range(5):
        cast.person(name="艾嘎")
    cast.person(name="艾嘎", township="岩帅镇")
    assert hits("艾嘎", cast.operator_elsewhere) == ["艾嘎"]
    assert len(hits("艾", cast.clerk)) == 6
    assert len(hits("ag", cast.operator)) == 5


# --- Who -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["岩嘎", "嘎", "aiga", "ag", "9964", "5678", "勐省", "回珠", "艾那", ID, PHONE])
def test_nobody_outside_the_place_of_the_role_is_found(cast, yan, text):
    cast.person(name="田强", township="岩帅镇")
    for user, found in ((cast.operator, ["岩嘎"]), (cast.operator_elsewhere, []), (cast.trainer, [])):
        assert hits(text, user) == found
        answer = typed(client_of(user), q=text)
        assert [trainee.name for trainee in answer.context["page"]] == found
        chosen = client_of(user).post("/trainees/choose/", {"p_words": text}, headers={"X-Chooser": "p"})
        assert (yan.file_number in chosen.content.decode()) == bool(found)
    assert list(SearchKey.objects.visible_to(cast.operator_elsewhere).filter(trainee=yan)) == []


def test_a_voided_file_is_not_found(cast, yan):
    Trainee.objects.filter(pk=yan.pk).update(voided_at="2018-06-01T00:00:00Z", voided_by="x", void_reason="x")
    assert [hits(text) for text in ("岩嘎", "9964", ID, yan.file_number)] == [[], [], [], []]


# --- While somebody types ---------------------------------------------------------------------------------------


def test_the_list_answers_a_key_press_with_the_hits_alone(cast, yan):
    answer = typed(client_of(cast.clerk), q="岩")
    html = answer.content.decode()
    assert (answer.status_code, "<html" in html, "岩*" in html, yan.file_number in html) == (200, False, True, True)
    for secret in ("岩嘎", "艾那", ID, PHONE):
        assert secret not in html
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_field_posts_what_is_typed(cast):
    html = client_of(cast.clerk).get("/trainees/").content.decode()
    assert 'hx-post="/trainees/"' in html
    assert 'hx-target="#people"' in html


def test_the_filters_hold_while_somebody_types(cast, yan):
    cast.person(name="岩嘎", township="岩帅镇")
    answer = typed(client_of(cast.clerk), q="岩嘎", township="530927102000")
    assert [trainee.township.name for trainee in answer.context["page"]] == ["岩帅镇"]
    assert len(typed(client_of(cast.clerk), q="").context["page"]) == 2
    assert list(typed(client_of(cast.clerk), q="岩嘎", township="1").context["page"]) == []


def test_it_says_when_there_are_others(cast, monkeypatch):
    monkeypatch.setattr(finding, "FIRST", 2)
    for _ in range(3):
        cast.person(name="岩嘎")
    answer = typed(client_of(cast.clerk), q="岩嘎")
    assert (len(answer.context["page"]), answer.context["more"]) == (2, True)


@pytest.mark.parametrize("number", ["9964", "岩嘎 9964", "000012"])
def test_the_end_of_a_number_stands_in_no_address(cast, yan, number):
    client = client_of(cast.clerk)
    answer = client.post("/trainees/", {"q": number})
    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert list(client.get("/trainees/", {"q": number}).context["form"].errors) == ["q"]


@pytest.mark.parametrize(("text", "count"), [("岩嘎", 14), ("9964", 9), ("岩 勐省", 13)])
def test_a_search_asks_the_same_number_of_questions_for_any_number_of_hits(
    cast, yan, text, count, django_assert_num_queries
):
    client = client_of(cast.clerk)
    typed(client, q=text)
    with django_assert_num_queries(count):
        typed(client, q=text)
    for n in (51, 52):
        cast.person(name="岩嘎", id_number=synthetic_id(n))
    with django_assert_num_queries(count):
        typed(client, q=text)


# --- The table -------------------------------------------------------------------------------------------------


def stored(trainee) -> set[tuple[int, str]]:
    return set(SearchKey.objects.filter(trainee=trainee).values_list("kind", "key"))


def test_the_keys_of_a_file(cast, yan):
    plain = {(kind, key) for kind, key in stored(yan) if not key.startswith("#")}
    serial = str(int(yan.file_number.rpartition("-")[2]))
    assert plain == {
        (KeyKind.NAME, "岩嘎"), (KeyKind.NAME_PART, "嘎"), (KeyKind.PINYIN, "aiga"), (KeyKind.PINYIN, "yanga"),
        (KeyKind.PINYIN_PART, "ga"), (KeyKind.INITIALS, "ag"), (KeyKind.INITIALS, "yg"), (KeyKind.ALIAS, "艾那"),
        (KeyKind.ALIAS_PART, "那"), (KeyKind.ALIAS_PINYIN, "aina"), (KeyKind.ALIAS_PINYIN_PART, "na"),
        (KeyKind.ALIAS_INITIALS, "an"), (KeyKind.FILE, serial),
    }  # fmt: skip
    hashed = {kind: key for kind, key in stored(yan) if key.startswith("#")}
    assert sorted(hashed) == [KeyKind.ID_TAIL, KeyKind.PHONE_TAIL]
    assert all("9964" not in key and "5678" not in key for key in hashed.values())


def test_the_keys_follow_every_correction(cast, yan):
    actions.correct_trainee(
        by=cast.clerk, trainee=yan, changes={"name": "田志强", "aliases": "岩嘎", "phone": "13900009999"}
    )
    assert (hits("5678"), hits("艾那"), hits("9999"), hits("tzq"), hits("岩嘎")) == (
        [], [], ["田志强"], ["田志强"], ["田志强"]
    )  # fmt: skip
    actions.set_identity(by=cast.clerk, trainee=yan, id_kind="resident_id", id_number=synthetic_id(61), reason="typo")
    assert (hits("9964"), hits(synthetic_id(61)[-4:])) == ([], ["田志强"])
    yan.refresh_from_db()
    assert stored(yan) == keys_of(yan)


def test_a_correction_that_is_undone_leaves_the_keys(cast, yan):
    before = stored(yan)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.correct_trainee(by=cast.clerk, trainee=yan, changes={"name": "田志强"})
        raise ZeroDivisionError
    assert stored(yan) == before


def test_rebuilding_mends_the_table_and_then_finds_nothing_to_do(cast, yan):
    other = cast.person(name="田强")
    SearchKey.objects.filter(trainee=yan).delete()
    SearchKey.objects.create(trainee=other, kind=KeyKind.NAME, key="错")
    told = StringIO()
    call_command("rebuild_search", "--json", "--batch", "1", stdout=told)
    assert json.loads(told.getvalue()) == {"people": 2, "added": len(keys_of(yan)), "removed": 1}
    assert (stored(yan), stored(other)) == (keys_of(yan), keys_of(other))
    told = StringIO()
    call_command("rebuild_search", stdout=told)
    assert told.getvalue() == "2 files, 0 keys added, 0 removed\n"


def test_the_migration_gives_keys_to_the_files_already_there(cast, yan):
    SearchKey.objects.all().delete()
    importlib.import_module("trainees.migrations.0004_search").fill(apps, None)
    assert stored(yan) == keys_of(yan)


@pytest.mark.parametrize("text", ["岩", "aig", "a%", "a_", "ai\\"])
def test_a_beginning_is_looked_up_through_the_index(yan, text):
    """In a table of some size: in an empty one a planner takes whichever index it likes."""
    SearchKey.objects.bulk_create(SearchKey(trainee=yan, kind=n, key=f"k{n}") for n in range(100, 3000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE trainees_searchkey")
    plan = SearchKey.objects.filter(key__begins=text).explain()
    assert "search_by_key" in plan
    if connection.vendor == "postgresql":
        assert "Index Cond" in plan
    else:
        assert "key>? AND key<?" in plan


def test_whose_number_it_is_is_looked_up_through_the_index(cast, yan):
    """As a roster asks, some at a time: reading every file each time makes a long roster slower row by row."""
    people = [
        Trainee(
            name="x", township=yan.township, file_number=f"x{n}", id_kind="none", id_state="reviewed",
            id_hash=f"{n:064d}",
        )
        for n in range(2000)
    ]  # fmt: skip
    Trainee.objects.bulk_create(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE trainees_trainee")
    hashes = [f"{n:064d}" for n in range(1997, 2002)]
    assert Trainee.objects.holding(hashes).count() == 3
    plan = Trainee.objects.holding(hashes).explain()
    assert "one_live_file_per_id" in plan, plan


def test_a_beginning_is_the_text_itself(cast, yan):
    SearchKey.objects.filter(trainee=yan).delete()
    for n, key in enumerate(("a%b", "a_b", "a\\b", "axb", "Axb")):
        SearchKey.objects.create(trainee=yan, kind=n, key=key)
    found = {text: sorted(SearchKey.objects.filter(key__begins=text).values_list("key", flat=True))
             for text in ("a%", "a_", "a\\", "ax", "a")}  # fmt: skip
    assert found == {
        "a%": ["a%b"], "a_": ["a_b"], "a\\": ["a\\b"], "ax": ["axb"], "a": ["a%b", "a\\b", "a_b", "axb"]
    }  # fmt: skip
