"""Who may hand over, what may be handed over and on which day."""

import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.enums import CertificateState, Collector
from certificates.models import Certificate
from certificates.rules import HAND_OVER
from lms.access.scope import scope_of
from lms.accounts.enums import Role
from lms.accounts.models import Agent, User
from lms.refusals import Refused

READERS = (*HAND_OVER, Role.AUDITOR)


def may_hand_over(user: User | Agent | AnonymousUser, certificate: Certificate) -> bool:
    """Where the person lives counts, as for the file; a command or the demo stands for the centre."""
    return isinstance(user, Agent) or scope_of(user).covers(certificate.trainee.township.code, *HAND_OVER)


def refuse_stranger(user: User | Agent, certificate: Certificate) -> None:
    if not may_hand_over(user, certificate):
        raise Refused(
            "outside_places",
            _("%(number)s is of another place. It is recorded there, or by the county centre.")
            % {"number": certificate.number},
        )


def refuse_ended(certificate: Certificate) -> None:
    if certificate.state != CertificateState.VALID:
        raise Refused(
            "not_valid",
            _("%(number)s is not valid any more (%(state)s) and is not handed over. Take it from the pile.")
            % {"number": certificate.number, "state": certificate.get_state_display()},
        )


def check_day(certificate: Certificate, collected_on: datetime.date, *, today: datetime.date) -> None:
    facts = {"number": certificate.number, "day": date_format(collected_on, "DATE_FORMAT")}
    if collected_on > today:
        raise Refused("in_the_future", _("%(day)s has not come yet. Write the day of the hand-over.") % facts)
    if collected_on < certificate.issued_on:
        issued = date_format(certificate.issued_on, "DATE_FORMAT")
        raise Refused(
            "before_issue",
            _("%(number)s was issued on %(issued)s: it cannot be collected on %(day)s.") % {**facts, "issued": issued},
        )


def check_collector(collector: str, *, receiver: str, relation: str) -> None:
    if collector == Collector.OTHER and not (receiver and relation):
        raise Refused(
            "relation_missing" if receiver else "receiver_missing",
            _("Write who collected it for the person, and how the two are related; nothing was saved."),
        )
