"""Texts with fields: what is filled in, what is left out, and what must not be printed."""

import pytest

from certificates import design_rules, forbidden, layouts, samples, sheets, wording
from certificates.default_designs import DEFAULTS
from certificates.models import CertificateDesign, DesignVersion
from certificates.values import values_of

COMPLETION = DEFAULTS[0]


def draft(**changes) -> CertificateDesign:
    return CertificateDesign(**{**COMPLETION, **changes})


def errors(*, is_draft: bool = False, **changes) -> list[tuple[str, str]]:
    return list(design_rules.errors_of(draft(**changes), draft=is_draft))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("兹证明{name}同志", "兹证明艾嘎同志"),
        ("兹证明{姓名}同志", "兹证明艾嘎同志"),
        ("满{ hours }学时[，{assessed}]。", "满16学时。"),
        ("[{course}][，{award}]完", "店铺注册完"),
        ("没有字段", "没有字段"),
        ("一行\r\n两行", "一行\n两行"),
        ("", ""),
    ],
)
def test_fields_are_filled_and_empty_phrases_left_out(text, said):
    values = {"name": "艾嘎", "hours": "16", "course": "店铺注册", "assessed": "", "award": ""}
    assert wording.filled(text, values) == said


@pytest.mark.parametrize("text", ["{nme}", "{}", "{name", "name}", "[{name}", "{name}]", "[a[b]]", "{na{me}}"])
def test_a_wrong_mark_is_named(text):
    assert wording.wrong_marks(text) != ""


def test_every_field_has_a_value_and_a_chinese_name():
    sample = samples.certificate(DesignVersion(**COMPLETION))
    assert values_of(sample).keys() == {field.code for field in wording.FIELDS}
    assert len(wording.CODES) == 2 * len(wording.FIELDS)


@pytest.mark.parametrize("default", DEFAULTS, ids=lambda facts: facts["kind"].value)
def test_what_we_ship_may_be_published(default):
    assert list(design_rules.errors_of(CertificateDesign(**default), draft=False)) == []


@pytest.mark.parametrize("name", wording.TEXTS)
@pytest.mark.parametrize(
    "word",
    [
        *forbidden.CHINESE,
        "中 国",
        "中[国]",
        "职业[资格]",
        "中{class_word}国",
        "中\u200b国",
        "National",
        "PRC",
        "vocational qualification",
    ],
)
def test_a_forbidden_word_is_refused_in_every_text_of_a_draft(name, word):
    before = COMPLETION.get(name) or ""
    found = errors(is_draft=True, **{name: f"{before} {word}"})
    assert [field for field, _sentence in found] == [name]
    assert "人社部函〔2022〕25号" in found[0][1]


@pytest.mark.parametrize("text", ["international trade", "internationally", "a Chinaware shop", "国际贸易"])
def test_a_word_that_only_looks_like_it_passes(text):
    assert wording.forbidden_word(text) == ""


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [("holder", "兹证明该同志", "name"), ("number_line", "证书编号：", "number"), ("closing", "{issuer}", "issued_on")],
)
def test_an_obligatory_field_is_asked_for_when_it_is_published(name, text, field):
    assert errors(is_draft=True, **{name: text}) == []
    ((wrong, sentence),) = errors(**{name: text})
    assert wrong == name
    assert f"{{{field}}}" in sentence


def test_the_name_stands_once():
    assert [name for name, _sentence in errors(holder="{name}即{姓名}")] == ["holder"]


@pytest.mark.parametrize(("name", "text"), [("text", "参加培训[，{assessed}]。"), ("closing", "[{考核}]{issued_on}")])
@pytest.mark.parametrize("is_draft", [True, False])
def test_attendance_never_says_that_an_assessment_was_passed(name, text, is_draft):
    changes = {"text": "参加培训。", name: text}
    assert [field for field, _said in errors(is_draft=is_draft, kind="attendance", **changes)] == [name]
    assert errors(is_draft=is_draft, kind="trainer", **changes) == []


def test_a_character_without_a_glyph_is_refused_in_a_text():
    ((name, sentence),) = errors(text="于{days}学习𮯰。")
    assert name == "text"
    assert "U+2EBF0" in sentence


def test_a_text_without_room_is_refused():
    ((name, _sentence),) = errors(text="长" * 400 + "{class}{course}{contest}")
    assert name == "text"


@pytest.mark.parametrize("title", ["国徽", "国旗.png", "National_Emblem", "party flag"])
def test_a_picture_named_as_an_emblem_is_known(title):
    assert wording.emblem_in("seal.png", title) != ""


def test_the_shipped_designs_hold_the_fullest_certificate():
    for default in DEFAULTS:
        version = DesignVersion(**default)
        assert sheets.too_long(samples.fullest(version), version) == []


def test_longer_text_takes_smaller_type():
    sizes = [layouts.LANDSCAPE.body.size_for("字" * count) for count in (100, 170, 400, 700, 900)]
    assert [size and size.name for size in sizes] == ["", "long", "longest", "tiny", None]
