"""How long lists are kept, how many rows they take, who may have what."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from certificates.enums import ListForm, ListKind
from certificates.rules import HAND_OVER
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.programme.models import Programme

from .enums import EnvelopeSize, LabelLayout

READERS = (*HAND_OVER, Role.AUDITOR)
# The whole register is for those who answer for the whole county.
COUNTY = (Role.MANAGER, Role.CLERK, Role.AUDITOR)
FILE_LIVES = datetime.timedelta(days=7)
# Made while the clerk waits; longer ones are work in the background.
SHORT = 200
MOST = {ListKind.REGISTER: 100_000, ListKind.SHEET: 5_000, ListKind.LABELS: 20_000, ListKind.ENVELOPES: 5_000}
MOST_ON_PAPER = 20_000


def most(kind: str, form: str) -> int:
    limit = MOST[ListKind(kind)]
    return min(limit, MOST_ON_PAPER) if form == ListForm.PDF else limit


def sees_county(user: User | AnonymousUser, programme: Programme) -> bool:
    """Whether a gap in the numbers can be told from a row of another place."""
    return scope_of(user).covers(programme.county.code, *COUNTY)


@dataclass(frozen=True)
class Grid:
    """A sheet of labels in millimetres."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap: float = 0

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    def corner(self, at: int) -> tuple[float, float]:
        """Left and top of label `at`, row by row from 0."""
        row, column = divmod(at, self.columns)
        return round(self.left + column * (self.width + self.gap), 2), round(self.top + row * self.height, 2)


GRIDS = {
    LabelLayout.L24: Grid(3, 8, 70, 37, 0, 0.5),
    LabelLayout.L14: Grid(2, 7, 99.1, 38.1, 4.65, 15.15, 2.5),
}
SIZES = {EnvelopeSize.DL: (220, 110), EnvelopeSize.ZL: (230, 120), EnvelopeSize.C5: (229, 162)}
