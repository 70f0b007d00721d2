"""Logs keep no number of a person, whatever an error quotes: a traceback may hold the cell that broke a parser."""

import logging
import re

from . import masking

# Eleven digits and more: phones, also in groups, resident IDs, disability and household numbers. Times, ports and
# amounts are shorter.
NUMBER = re.compile(r"(?<!\d)(?:\d{11,30}[Xx]?|1[3-9]\d[ -]\d{4}[ -]\d{4}|0\d{2,3}-\d{7,8})(?!\d)")


def without_numbers(text: str) -> str:
    return NUMBER.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    number = found[0].replace(" ", "")
    return masking.id_number(number) if len(number) >= 15 else masking.phone(number)


class MaskingFormatter(logging.Formatter):
    """The last hand on a line, after message, arguments and traceback have been put together."""

    def format(self, record: logging.LogRecord) -> str:
        return without_numbers(super().format(record))
