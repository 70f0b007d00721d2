"""What free text may keep: its words, its dates, the numbers of files; never the whole number of a person."""

import pytest

from lms.privacy import masking
from lms.privacy.locked import Locked


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("电话 13955556666 核实", "电话 139****6666 核实"),
        ("139 5555 6666", "139****6666"),
        ("139-5555-6666，家里", "139****6666，家里"),
        ("533528198506159964", "533528********9964"),
        ("53352819850615996X", "533528********996X"),
        ("0883-7121234", "0883-*****34"),
        ("7121234", "*****34"),
        ("2018-06-15 3组", "2018-06-15 3组"),
        ("2018-06-15 13955556666", "2018-06-15 139****6666"),
        ("2018.6.5 见 530927-000123", "2018.6.5 见 530927-000123"),
        ("4000 元，58 人", "4000 元，58 人"),
        ("", ""),
    ],
)
def test_numbers_in_words(written, kept):
    assert masking.digits(written) == kept


def test_a_remark_is_not_masked():
    locked = Locked.of("token", "abcd0123")
    assert {masking.phone(locked), masking.id_number(locked), masking.household_number(locked)} == {str(locked)}
