"""Schemes are read or refused in words, and every scheme's numbers are read back as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import numbers
from certificates.enums import CertificateKind
from lms.refusals import Refused

FACTS = {"county_name": "沧源佤族自治县", "county_code": "530927000000", "year": 2018, "class_code": "2018-B1-03"}


def facts(kind: str = "completion", **other) -> numbers.Facts:
    return numbers.Facts(**{**FACTS, **other}, kind=kind)


def first_of(pattern: str, kind: str = "completion", **other) -> str:
    scheme = numbers.read_scheme(pattern)
    return numbers.number_of(numbers.series_of(scheme, facts(kind, **other)), 1, scheme.digits)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{county}-{year}-{serial:5}-{check}", "CY530927-2018-00001-"),
        ("CYDS-{year}-B-{serial:4}-{check}", "CYDS-2018-B-0001-"),
        ("{county}.{year}.{kind}-{serial:3}-{check}", "CY530927.2018.J-001-"),
        ("{class}-{serial:3}-{check}", "2018-B1-03-001-"),
        ("{kind}{year}-{serial:8}-{check}", "J2018-00000001-"),
    ],
)
def test_a_scheme_is_a_line_of_parts(pattern, number):
    assert first_of(pattern)[:-1] == number


def test_each_kind_has_its_letter():
    letters = [first_of("{kind}{year}-{serial:3}-{check}", kind)[0] for kind in CertificateKind.values]
    assert letters == ["J", "C", "S", "H"]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("", "scheme_end"),
        ("{county}-{year}", "scheme_end"),
        ("{county}-{year}-{serial:5}", "scheme_end"),
        ("{serial:5}-{check}", "scheme_end"),
        ("{county}-{year}-{check}-{serial:5}", "scheme_end"),
        ("{county}-{year}-{serial:2}-{check}", "scheme_end"),
        ("{county}-{year}-{serial:9}-{check}", "scheme_end"),
        ("{county}-{serial:5}-{serial:5}-{check}", "scheme_letters"),
        ("{town}-{year}-{serial:5}-{check}", "scheme_part"),
        ("{county.name}-{serial:5}-{check}", "scheme_letters"),
        ("第{year}号-{serial:5}-{check}", "scheme_letters"),
        ("a{year}-{serial:5}-{check}", "scheme_letters"),
        ("-{year}-{serial:5}-{check}", "scheme_letters"),
        ("{year}--{serial:5}-{check}", "scheme_letters"),
        ("{year}/{county}-{serial:5}-{check}", "scheme_letters"),
        ("{class}-{class}-{serial:5}-{check}", "scheme_long"),
    ],
)
def test_what_could_number_nothing_is_refused(pattern, code):
    with pytest.raises(Refused) as refusal:
        numbers.read_scheme(pattern)
    assert refusal.value.code == code


def test_a_class_number_that_nobody_could_type_is_refused():
    with pytest.raises(Refused) as refusal:
        first_of("{class}-{serial:3}-{check}", class_code="2018-基-03")
    assert refusal.value.code == "series_letters"


SERIES = st.text(alphabet="AKZ019.-", max_size=16).map(lambda text: f"C{text}8")


@given(SERIES, st.integers(1, 99_999_999), st.sampled_from(["", " ", "-", " — ", ".", "·"]))
def test_numbers_of_every_scheme_are_read_as_typed(series, serial, between):
    number = numbers.number_of(series, serial)
    typed = between.join(number.replace(".", "-").split("-")).lower()
    if len(numbers.plain(number)) >= 8:
        assert numbers.read_number(typed) == numbers.plain(number)


@given(SERIES, st.integers(1, 99_999), st.data())
def test_one_mistyped_character_is_always_found(series, serial, data):
    plain = numbers.plain(numbers.number_of(series, serial))
    at = data.draw(st.integers(0, len(plain) - 1))
    wrong = data.draw(st.sampled_from([char for char in "0189AIKOZ" if char != plain[at]]))
    assert numbers.read_number(plain[:at] + wrong + plain[at + 1 :]) == ""


@pytest.mark.parametrize("text", ["", "1234567", "' OR 1=1 --", "Z" * 10_000, "\0" * 20, "艾" * 20, "-" * 100])
def test_what_is_no_number_reads_as_nothing(text):
    assert numbers.read_number(text) == ""
