"""How a certificate is dated and worded, and who may what. No database here; numbers are in numbers.py."""

import calendar
import datetime
import re
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.schedule.rules import may_manage
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.refusals import Refused
from trainees.registry.enums import Limit

from . import forbidden
from .enums import CertificateKind, CertificateState

if TYPE_CHECKING:
    from .models import Certificate  # for the signature only

# Whoever works with a class sees its certificates; the office there issues and revokes (schedule.rules.may_manage).
READERS = (Role.MANAGER, Role.CLERK, Role.AUDITOR, Role.TOWNSHIP_OPERATOR, Role.TRAINER)
# Prints, numbers, awards: the roles; where they reach is asked beside.
OFFICE = (Role.MANAGER, Role.CLERK)
# The paper shows the whole ID number: those who hand it over may have the file.
HAND_OVER = (Role.MANAGER, Role.CLERK, Role.TOWNSHIP_OPERATOR)

RENEWAL_DAYS = 90
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,32}")


def refuse_forbidden_words(**texts: str) -> None:
    """`texts`: what is printed, by the name people know it under."""
    for text in texts.values():
        word = forbidden.forbidden_word(text)
        if word:
            raise Refused(
                "forbidden_word",
                _(
                    "“%(text)s” contains “%(word)s”, which a training certificate must not carry "
                    "(人社部函〔2022〕25号). Change this name, then issue again."
                )
                % {"text": text, "word": word},
                word=word,
            )


def same_name(one: str, other: str) -> bool:
    """Spaces and the shape of the dot do not matter; everything else does."""
    return _plain_name(one) == _plain_name(other) != ""


def _plain_name(text: str) -> str:
    return re.sub(r"[•・．‧⋅●﹒･.]", "·", re.sub(r"\s+", "", text)).casefold()


def check_issue_day(issued_on: datetime.date, *, last_day: datetime.date, today: datetime.date) -> None:
    if issued_on < last_day:
        raise Refused(
            "before_last_session",
            _(
                "The last session was on %(last)s: a certificate cannot be dated %(day)s. "
                "Choose that day or a later one."
            )
            % {"last": date_format(last_day, "DATE_FORMAT"), "day": date_format(issued_on, "DATE_FORMAT")},
        )
    if issued_on > today:
        raise Refused(
            "in_the_future",
            _("%(day)s has not come yet. Date the certificates today or earlier.")
            % {"day": date_format(issued_on, "DATE_FORMAT")},
        )


def check_award_day(day: datetime.date, *, final: datetime.date, today: datetime.date) -> None:
    if day < final:
        raise Refused(
            "before_the_final",
            _("The contest is decided on %(final)s: an award cannot be dated %(day)s. Choose that day or a later one.")
            % {"final": date_format(final, "DATE_FORMAT"), "day": date_format(day, "DATE_FORMAT")},
        )
    check_issue_day(day, last_day=final, today=today)


def check_not_older(issued_on: datetime.date, older: "Certificate") -> None:
    """What takes another's place is dated no earlier."""
    if issued_on < older.issued_on:
        raise Refused(
            "before_the_older",
            _("%(number)s, whose place it takes, is dated %(older)s. Choose that day or a later one.")
            % {"number": older.number, "older": date_format(older.issued_on, "DATE_FORMAT")},
        )


def holds_until(first: datetime.date, months: int | None) -> datetime.date | None:
    """The last day: two years from 2018-06-15 end on 2020-06-14. None: for good."""
    if months is None:
        return None
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    if first.day > last:
        return datetime.date(year, month, last)
    return datetime.date(year, month, first.day) - datetime.timedelta(days=1)


def check_renewal(certificate: "Certificate", *, today: datetime.date) -> None:
    """Only what ends is renewed, and only near its end or after it."""
    end = certificate.valid_until
    if end is None:
        raise Refused(
            "holds_for_good", _("%(number)s has no end: there is nothing to renew.") % {"number": certificate}
        )
    opens = end - datetime.timedelta(days=RENEWAL_DAYS)
    if today < opens:
        raise Refused(
            "too_early",
            _("%(number)s holds until %(end)s and can be renewed from %(opens)s on.")
            % {
                "number": certificate.number,
                "end": date_format(end, "DATE_FORMAT"),
                "opens": date_format(opens, "DATE_FORMAT"),
            },
        )


def is_renewable(certificate: "Certificate", *, today: datetime.date) -> bool:
    end = certificate.valid_until
    return end is not None and today >= end - datetime.timedelta(days=RENEWAL_DAYS)


def county_decides(kind: str) -> bool:
    """The county centre itself says who may teach for it and who has won; the rest is the business of the class's
    office."""
    return kind in (CertificateKind.TRAINER, CertificateKind.AWARD)


def may_decide(user: User | AnonymousUser, kind: str, *, place: str, county: str) -> bool:
    """Issue, re-issue, renew and revoke this kind: the office of the class's place, or of the county."""
    return may_manage(user, county if county_decides(kind) else place)


def may_decide_on(user: User | AnonymousUser, certificate: "Certificate") -> bool:
    county = certificate.programme.county.code
    return may_decide(user, certificate.kind, place=certificate.place_code, county=county)


def may_reopen(user: User | AnonymousUser, place: str) -> bool:
    """Run a closed class again: figures go down and papers are revoked, so the manager answers for it."""
    return scope_of(user).covers(place, Role.MANAGER)


def refuse_print(certificate: "Certificate") -> None:
    """What was revoked, or replaced by a newer paper, leaves the printer no more."""
    if certificate.state == CertificateState.REVOKED:
        raise Refused("revoked", _("%(number)s is revoked and is not printed.") % {"number": certificate.number})
    if certificate.state == CertificateState.REPLACED:
        raise Refused(
            "replaced",
            _("%(number)s was replaced by a newer certificate and is not printed.") % {"number": certificate.number},
        )


def hands_over(user: User | AnonymousUser, certificate: "Certificate") -> bool:
    # Where they do: another role of theirs may show certificates of other places without the paper.
    return scope_of(user).covers(certificate.trainee.township.code, *HAND_OVER)


def may_have_file(user: User | AnonymousUser, certificate: "Certificate") -> bool:
    """The person it belongs to, and those who hand it over, unless the person's file is restricted."""
    trainee = certificate.trainee
    return trainee.user_id == user.pk or (trainee.stopped != Limit.RESTRICTED and hands_over(user, certificate))
