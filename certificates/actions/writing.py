"""How a paper comes into the register, and how one ends: what issuing, re-issuing and awarding have in common."""

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.privacy.locked import opened
from lms.refusals import Refused
from trainees.registry.models import Trainee

from .. import numbers
from ..designs import design_for
from ..enums import CertificateState
from ..models import Certificate, NumberScheme, NumberSeries
from ..queries import current_of


@dataclass(frozen=True)
class Issuing:
    """Who issues, by which scheme, dated when; `class_code` is the contest's code for an award."""

    by: User | Agent
    scheme: NumberScheme
    issued_on: datetime.date
    class_code: str


def person_facts(trainee: Trainee) -> dict:
    """Who holds it, as the file says today."""
    return {
        "trainee": trainee,
        "name": trainee.name,
        "id_kind": trainee.id_kind,
        "id_number": opened(trainee.id_number),
    }


def number_and_write(issuing: Issuing, papers: Sequence[Certificate], *, reason: str = "") -> list[Certificate]:
    """Give these, in their order, the next numbers of their series, and write them with their audit rows.

    They follow the design of today, unless they bring the one of a paper that they repeat.
    """
    design = design_for(issuing.scheme.kind, issuing.scheme.programme)
    scheme = numbers.read_scheme(issuing.scheme.pattern)
    county = issuing.scheme.programme.county
    series = numbers.series_of(
        scheme,
        numbers.Facts(
            county_name=county.name, county_code=county.code, year=issuing.issued_on.year,
            class_code=issuing.class_code, kind=issuing.scheme.kind,
        ),
    )  # fmt: skip
    for paper, serial in zip(papers, _take_serials(series, len(papers)), strict=True):
        paper.design = design if paper.design_id is None else paper.design
        paper.series, paper.serial = series, serial
        paper.number = numbers.number_of(series, serial, scheme.digits)
        paper.token = secrets.token_urlsafe(16)
        paper.issued_on, paper.issued_by = issuing.issued_on, issuing.by.label
    written = _write(papers)
    for paper in written:
        _record_issue(issuing.by, paper, reason)
    return written


def _take_serials(series: str, count: int) -> range:
    """The next `count` serials. The row stays locked to the end of the transaction: a failed issue leaves no gap."""
    NumberSeries.objects.get_or_create(key=series)
    row = NumberSeries.objects.select_for_update().get(key=series)
    first = row.last_serial + 1
    row.last_serial += count
    row.save(update_fields=["last_serial"])
    return range(first, first + count)


def _write(papers: Sequence[Certificate]) -> list[Certificate]:
    try:
        with transaction.atomic():
            return Certificate.objects.bulk_create(papers)
    except IntegrityError:
        # Series of two schemes that differ only in their hyphens would meet in one number.
        plain = {numbers.plain(number) for number in Certificate.objects.values_list("number", flat=True)}
        taken = [paper.number for paper in papers if numbers.plain(paper.number) in plain]
        if not taken:
            raise
        raise Refused(
            "number_taken",
            _("%(number)s would have the letters and digits of a number of another series. Choose another scheme.")
            % {"number": taken[0]},
        ) from None


def _record_issue(by: User | Agent, paper: Certificate, reason: str) -> None:
    changes: dict = {"trainee": [None, paper.trainee.file_number]}
    if paper.replaces:
        changes |= {"replaces": [None, paper.replaces.number], "reissue_reason": ["", str(paper.reissue_reason)]}
    record_event(
        by=by, event="certificate.issued", record=paper, label=paper.number, place=paper.place_code,
        changes=changes, reason=reason,
    )  # fmt: skip


def hold(certificate: Certificate) -> Certificate:
    """Its row, held to the end of the transaction."""
    return Certificate.objects.select_for_update(of=("self",)).select_related("trainee").get(pk=certificate.pk)


def refuse_ended(certificate: Certificate) -> None:
    """What is over stays as it is."""
    if certificate.state == CertificateState.REVOKED and certificate.revoked_on:
        raise Refused(
            "already_revoked",
            _("%(number)s was already revoked on %(day)s.")
            % {"number": certificate.number, "day": date_format(certificate.revoked_on, "DATE_FORMAT")},
        )
    if certificate.state == CertificateState.REPLACED and certificate.replaced_on:
        raise Refused(
            "already_replaced",
            _("%(number)s was replaced on %(day)s. The current one is %(current)s: go on with that.")
            % {
                "number": certificate.number,
                "day": date_format(certificate.replaced_on, "DATE_FORMAT"),
                "current": current_of(certificate).number,
            },
            current=current_of(certificate).number,
        )


def give_way(*, by: User | Agent, certificate: Certificate, reason: str, note: str = "") -> None:
    """A valid certificate whose place is taken in the same transaction."""
    certificate.state, certificate.replaced_on = CertificateState.REPLACED, timezone.localdate()
    certificate.save(update_fields=["state", "replaced_on"])
    record_event(
        by=by, event="certificate.replaced", record=certificate, label=certificate.number,
        place=certificate.place_code, reason=note,
        changes={
            "state": [CertificateState.VALID.value, CertificateState.REPLACED.value],
            "reissue_reason": ["", str(reason)],
        },
    )  # fmt: skip
