"""Every row of the table of masks, as it is written."""

import csv
import datetime
from pathlib import Path

import pytest
from django.apps import apps

from lms.privacy import masking

TABLE = Path(__file__).parents[1] / "data" / "masking_rules.csv"
RULES = {row["field"]: row for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())}
MASKS = {
    "name_list": masking.name,
    "name_two": masking.name,
    "name_dot": masking.name,
    "name_one": masking.name,
    "id18": masking.id_number,
    "phone": masking.phone,
    "landline": masking.phone,
    "disability_no": masking.disability_number,
    "address": masking.address,
    "birth": masking.birth,
    "household_no": masking.household_number,
}


def test_every_row_is_looked_at():
    assert RULES.keys() == MASKS.keys() | {"bank"}


@pytest.mark.parametrize("field", MASKS)
def test_a_value_is_masked_as_the_table_says(field):
    # What stands in brackets behind a mask is a note on who sees more.
    assert MASKS[field](RULES[field]["example_in"]) == RULES[field]["example_out"].split(" (")[0]


def test_a_bank_account_is_never_collected():
    words = ("bank", "account_number", "card_number", "iban")
    named = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if model._meta.app_label in {"lms", "courses", "trainees", "certificates", "content"}
        and any(word in field.name for word in words)
    ]
    assert named == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("勐省镇回珠村委会大寨2组", "勐省镇回珠村委会"),
        ("勐董镇永和社区5号", "勐董镇永和社区"),
        ("班洪乡", "班洪乡"),
        ("岩帅镇联合街12号", "岩帅镇"),
        ("3组12号", "*****"),
        ("", ""),
    ],
)
def test_an_address_ends_at_the_village(text, masked):
    assert masking.address(text) == masked


def test_a_birthday_is_a_year():
    assert masking.birth(datetime.date(1985, 6, 15)) == "1985年"
    assert (masking.birth(None), masking.birth("unknown")) == ("", "*******")
