"""What the people of the demo county agreed to and asked: one signed list, one withdrawal, two requests."""

import datetime

from courses.schedule.models import TrainingClass
from lms.accounts.models import Agent, User
from trainees.consent import actions as consents
from trainees.consent.enums import Channel, ConsentKind
from trainees.consent.queries import texts_in_force
from trainees.registry.models import Trainee
from trainees.rights import actions as rights

from .activities import a_page

BASIS = "沧政办发〔2018〕32号，县级财政项目履行法定职责（演示）"


def agree_and_ask(*, users: dict[str, User], today: datetime.date, by: Agent) -> None:
    """Idempotent: texts are published once, a consent is recorded once, an open request is found again."""
    clerk = users["clerk"]
    consents.publish_samples(by=users["manager"])
    texts = texts_in_force()
    running = TrainingClass.objects.filter(state="open").earliest("pk")
    consents.set_policy(by=users["manager"], programme=running.programme, required=False, basis=BASIS)
    people = list(Trainee.objects.filter(enrolments__training_class=running).order_by("pk"))
    lines = [
        consents.Ticked(person, (ConsentKind.ORDINARY, ConsentKind.SENSITIVE) if n % 3 else (ConsentKind.ORDINARY,))
        for n, person in enumerate(people)
    ]
    consents.record_list(by=clerk, lines=lines, given_on=today, data=a_page(), texts=texts)
    own = Trainee.objects.get(user=users["trainee"])
    consents.give(by=users["trainee"], trainee=own, text=texts[ConsentKind.ORDINARY], channel=Channel.SCREEN)
    last = people[-1]
    consents.withdraw(by=clerk, trainee=last, kind=ConsentKind.PUBLICATION, reason="电话告知不愿公开照片（演示）")
    rights.record_request(
        by=by, trainee=own, kind="correction", asked="phone", text="村民小组写错了，应为三组。",
        received_on=today - datetime.timedelta(days=12),
    )  # fmt: skip
    rights.record_request(
        by=by, trainee=people[0], kind="access", asked="counter", received_on=today - datetime.timedelta(days=33)
    )
