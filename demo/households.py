"""Some households of the poverty register with their history, and certificates in every state."""

import datetime

from lms.accounts.models import User
from trainees.registry import actions as registry
from trainees.registry.enums import CertificateKind, Evidence
from trainees.registry.models import Household, Trainee
from trainees.registry.rules import DISABLED

LIST = "扶贫办建档立卡名册（演示）"
HOUSEHOLDS = 6
# Two of each household, and those with certificates.
ENOUGH = 2 * HOUSEHOLDS + 12


def enter_households(clerk: User, manager: User, people: list[Trainee], today: datetime.date) -> None:
    """Once, as soon as there are people: a county that has households is left as it is."""
    if len(people) < ENOUGH or Household.objects.exists():
        return
    for n in range(HOUSEHOLDS):
        head, member = people[2 * n], people[2 * n + 1]
        household = registry.open_household(
            by=clerk, number=f"530927{n + 1:010d}", township=head.township, village=head.village, head_name=head.name
        )
        since = today - datetime.timedelta(days=900)
        period = registry.set_poverty(
            by=clerk, household=household, poverty_type=("general_poor", "low_income_poor")[n % 2], valid_from=since,
            evidence=Evidence.OFFICIAL_LIST, evidence_note=LIST, main_cause="7", other_causes=["9"],
        )  # fmt: skip
        registry.join_household(by=clerk, trainee=head, household=household, valid_from=since, relation="02")
        registry.join_household(by=clerk, trainee=member, household=household, valid_from=since, relation="10")
        if n % 3 == 0:
            registry.verify_period(by=manager, period=period, evidence_note=LIST)
        if n % 3 == 1:
            registry.leave_poverty(
                by=clerk, household=household, left_on=today - datetime.timedelta(days=120),
                evidence=Evidence.OFFICIAL_LIST, poverty_type="lifted_enjoying", evidence_note=LIST,
            )  # fmt: skip
    _certificates(clerk, people[2 * HOUSEHOLDS :], today)


def _certificates(clerk: User, people: list[Trainee], today: datetime.date) -> None:
    """One complete, one without its issue date, one issued after what the roster claims, one of a soldier."""
    people = [person for person in people if len(person.id_number) == 18]
    disabled = (person for person in people if person.memberships.as_of(today).filter(group=DISABLED).exists())
    late = next(disabled, people[-1])
    complete, undated, soldier = [person for person in people if person != late][:3]
    old, new = today - datetime.timedelta(days=1500), today - datetime.timedelta(days=3)
    registry.record_disability(by=clerk, trainee=complete, number=f"{complete.id_number}43", issued_on=old)
    registry.record_disability(
        by=clerk, trainee=undated, number=f"{undated.id_number}12", evidence=Evidence.ROSTER, reported_on=today
    )
    registry.record_disability(by=clerk, trainee=late, number=f"{late.id_number}64", issued_on=new)
    registry.record_disability(
        by=clerk, trainee=soldier, number="滇军残字第 009961 号", kind=CertificateKind.SOLDIER, issued_on=old
    )
