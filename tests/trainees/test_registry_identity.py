import csv
import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from trainees.registry import rules
from trainees.registry.enums import IdKind, IdState, Sex
from trainees.registry.identity import read_identity

TODAY = datetime.date(2026, 11, 24)
DATA = Path(__file__).parent.parent / "data"
VECTORS = list(csv.DictReader((DATA / "id_test_vectors.csv").read_text(encoding="utf-8").splitlines()))


def read(text, **facts):
    return read_identity(text, **{"today": TODAY, **facts})


def outcome(identity) -> str:
    """The words of the vectors."""
    if identity.problem:
        return "invalid"
    if identity.disability:
        return "disability"
    if identity.legacy:
        return "legacy"
    if identity.kind in (IdKind.FOREIGN_PR, IdKind.HKMO_PERMIT, IdKind.TW_PERMIT):
        return str(identity.kind)
    return "valid_warn" if identity.warnings else "valid"


def test_there_are_47_vectors():
    assert len(VECTORS) == 47


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["input"])
def test_vector(vector):
    identity = read(vector["input"])
    assert outcome(identity) == vector["expected"], vector["why"]
    if vector["normalised"]:
        assert identity.number == vector["normalised"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "id_missing"),
        ("无", "id_format"),
        ("5.33528E+17", "id_numeric"),
        ("5.33528198506159e+017", "id_format"),
        ("000000198506159972", "id_area"),
        ("533528199002299976", "id_date"),
        ("530927209912319971", "id_future"),
        ("533528198506159970", "id_checksum"),
        ("53352819850615997", "id_format"),
    ],
)
def test_what_is_wrong_has_a_name(text, problem):
    assert read(text).problem == problem


def test_sex_and_birth_are_read_from_the_number():
    woman, man = read("533528198506159964"), read("533528198506159972")
    assert (woman.sex, woman.birth_date) == (Sex.FEMALE, datetime.date(1985, 6, 15))
    assert man.sex == Sex.MALE


def test_nothing_is_derived_from_a_foreign_card():
    card = read("900156199001019979")
    assert (card.kind, card.birth_date, card.sex) == (IdKind.FOREIGN_PR, None, Sex.UNKNOWN)


def test_the_old_county_code_is_as_local_as_the_new_one():
    assert read("533528198506159964").warnings == ()
    assert read("530927198506159967").warnings == ()
    assert read("533528200802299961").warnings == ("id_area_old",)


def test_an_unknown_area_warns_and_never_refuses():
    body = "99" + "0000" + "19850615" + "996"
    digits = "16" + body[2:]
    identity = read(digits + mod_11_2.calc_check_digit(digits))
    assert (identity.problem, identity.warnings) == ("", ("id_area_unknown",))


@pytest.mark.parametrize("letter", ["Х", "х", "Χ", "χ", "×", "*"])
def test_letters_that_look_like_x_are_read_as_x_with_a_warning(letter):
    identity = read("53352819700101997" + letter)
    assert (identity.number, identity.problem, identity.warnings) == ("53352819700101997X", "", ("id_x_replaced",))


def test_a_kind_chosen_by_hand_must_fit():
    assert read("H12345678", kind=IdKind.RESIDENT).problem == "id_kind"
    assert read("H12345678", kind=IdKind.HKMO_PERMIT).problem == ""


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("533528198506159964", IdState.VALID),
        ("533528202006159975", IdState.REVIEW),  # a child
        ("533528850615996", IdState.REVIEW),  # a number of the first generation
        ("H12345678", IdState.REVIEW),  # no check digit
        ("53352819850615997243", IdState.VALID),
    ],
)
def test_only_a_check_digit_settles_an_identity(text, state):
    assert rules.state_of(read(text)) == state


@given(
    day=st.dates(datetime.date(1930, 1, 1), datetime.date(2005, 12, 31)),
    serial=st.integers(0, 999),
    area=st.sampled_from(["533528", "530927", "110105"]),
)
def test_every_right_number_is_accepted_and_every_single_wrong_digit_refused(day, serial, area):
    body = f"{area}{day:%Y%m%d}{serial:03d}"
    number = body + mod_11_2.calc_check_digit(body)
    assert read(number).problem == ""
    place = serial % 17
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert read(wrong).problem != ""


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text):
    identity = read(text)
    assert identity.problem or identity.number
