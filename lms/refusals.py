"""How an action says no: in the user's language, what was refused and how to mend it. Nothing was written."""

from typing import Any

from django.utils.functional import Promise


class Refused(Exception):
    """`code` is for programs and tests, `message` for people; `facts` carries what a caller may want."""

    def __init__(self, code: str, message: str | Promise, **facts: Any):
        super().__init__(code)
        self.code = code
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
