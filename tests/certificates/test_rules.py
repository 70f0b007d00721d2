import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from certificates import forbidden, numbers, rules
from lms.refusals import Refused

SERIES = "CY530927-2018"
FACTS = numbers.Facts(
    county_name="沧源佤族自治县", county_code="530927000000", year=2018, class_code="2018-B1-03", kind="completion"
)


def test_a_number_reads_county_year_serial_and_check_character():
    number = numbers.number_of(SERIES, 1)
    assert number[:-1] == "CY530927-2018-00001-"
    assert mod_37_36.is_valid(number.replace("-", ""))


def test_the_series_takes_its_letters_from_the_countys_name():
    assert numbers.series_of(numbers.read_scheme(numbers.DEFAULT_SCHEME), FACTS) == SERIES


@pytest.mark.parametrize("shape", ["{}", " {} ", "{:l}", "no dashes", "full width", "long dashes"])
def test_a_number_is_read_as_people_type_it(shape):
    number = numbers.number_of(SERIES, 42)
    typed = {
        "no dashes": number.replace("-", ""),
        "full width": "".join(chr(ord(char) + 0xFEE0) for char in number),
        "long dashes": number.replace("-", " — "),
        "{:l}": number.lower(),
    }.get(shape) or shape.format(number)
    assert numbers.read_number(typed) == numbers.plain(number)


@given(st.integers(1, 99_999), st.data())
def test_one_mistyped_character_is_always_found(serial, data):
    number = numbers.number_of(SERIES, serial)
    digits = [at for at, char in enumerate(number) if char.isdigit() and at > 8]
    at = data.draw(st.sampled_from(digits))
    wrong = data.draw(st.sampled_from([char for char in "0123456789" if char != number[at]]))
    assert numbers.read_number(number[:at] + wrong + number[at + 1 :]) == ""


@pytest.mark.parametrize("text", ["", "12345", "' OR 1=1 --", "X" * 10_000, "\0", "CY530927-2018-00001"])
def test_what_is_no_number_reads_as_nothing(text):
    assert numbers.read_number(text) == ""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("中国电子商务培训", "中国"),
        ("国家电子商务进农村综合示范", "国家"),
        ("全国农村电商培训班", "全国"),
        ("直播销售员职业资格培训", "职业资格"),
        ("职业技能等级认定班", "职业技能等级"),
        ("沧源佤族自治县农村电子商务公共服务中心", ""),
        ("中 国", "中国"),
        ("中　國", "中国"),
        ("中·国", "中国"),
        ("中（国）", "中国"),
        ("囯家级", "国家"),
        ("中\u200b国", "中国"),
        ("中\u20dd国\u3099", "中国"),
        ("中华人民共和國", "中华人民共和国"),
        ("全國職業資格證書", "全国"),
        ("C H I N A", "china"),
        ("Chi\u00adna", "china"),
        ("Сhina", "china"),
        ("Nаtional", "national"),
        ("P.R.C.", "prc"),
        ("Nationally", "nationally"),
        ("The People’s Republic", "peoples republic"),
        ("vocational  qualifications", "vocational qualifications"),
        ("电商中心，国际贸易", ""),
        ("international trade", ""),
        ("a Chinaware shop", ""),
        ("教务处中级班", ""),
    ],
)
def test_forbidden_words(text, word):
    assert forbidden.forbidden_word(text) == word


def test_a_forbidden_word_is_refused_with_its_reason():
    with pytest.raises(Refused) as refusal:
        rules.refuse_forbidden_words(issuer="县中心", title="全国农村电商培训班")
    assert refusal.value.code == "forbidden_word"
    assert refusal.value.facts["word"] == "全国"
    assert "人社部函〔2022〕25号" in refusal.value.message


LAST, TODAY = datetime.date(2018, 6, 14), datetime.date(2018, 6, 15)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (datetime.date(2018, 6, 13), "before_last_session"),
        (datetime.date(2018, 6, 14), None),
        (datetime.date(2018, 6, 15), None),
        (datetime.date(2018, 6, 16), "in_the_future"),
    ],
)
def test_the_day_on_the_paper(day, code):
    if code is None:
        rules.check_issue_day(day, last_day=LAST, today=TODAY)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_issue_day(day, last_day=LAST, today=TODAY)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("艾嘎", " 艾　嘎 ", True),
        ("玉罕·香勐", "玉罕•香勐", True),
        ("Maria Santos", "MARIA SANTOS", True),
        ("艾嘎", "艾那", False),
        ("", "", False),
    ],
)
def test_same_name(one, other, same):
    assert rules.same_name(one, other) is same
