import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainees.registry.names import clean_name, name_problem, name_warnings, search_text


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("  田　强 ", "田强"),
        ("艾•嘎", "艾·嘎"),
        ("玉罕 ・ 香勐", "玉罕·香勐"),
        ("阿布都热依木．买买提艾力", "阿布都热依木·买买提艾力"),
        ("MARIA  SANTOS", "MARIA SANTOS"),
        ("J. SMITH", "J. SMITH"),
        ("艾\u200b嘎", "艾嘎"),
        ("𠮷 田", "𠮷田"),
        ("李﨑", "李﨑"),
        ("王〇", "王〇"),
        ("", ""),
    ],
)
def test_names_are_cleaned_and_never_normalised(written, clean):
    assert clean_name(written) == clean


@given(st.text(alphabet="艾嘎﨑𠮷〇·• 　A", max_size=30))
def test_cleaning_twice_is_cleaning_once(text):
    assert clean_name(clean_name(text)) == clean_name(text)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("", "name_missing"), ("艾嘎", ""), ("那", ""), ("艾嘎2", "name_invalid"), ("···", "name_invalid"),
     ("艾" * 50, ""), ("艾" * 51, "name_long"), ("王〇", ""), ("MARIA SANTOS", "")],
)  # fmt: skip
def test_what_is_no_name(name, problem):
    assert name_problem(name) == problem


def test_one_character_and_private_characters_warn():
    assert name_warnings("那") == ["name_single"]
    assert name_warnings("艾\ue81e") == ["name_private_use"]
    assert name_warnings("艾嘎") == []


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["艾嘎"], "aiga|ag"),
        (["岩嘎"], "aiga|ag|yanga|yg"),
        (["田岩"], "tianyan|ty"),
        (["艾那", "嘎那"], "aina|an|gana|gn"),
        (["玉罕·香勐"], "yuhanxiangmeng|yhxm"),
        (["MARIA SANTOS"], "mariasantos|ms"),
        ([""], ""),
    ],
)
def test_names_are_found_by_pinyin_and_initials(names, text):
    assert search_text(names) == text
