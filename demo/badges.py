"""The demo's trainee has one certificate as an Open Badge, without the name: the choice is left to be tried."""

from certificates.badges import actions
from certificates.models import Certificate
from lms.accounts.models import User


def make_badge(user: User) -> None:
    certificate = Certificate.objects.filter(trainee__user=user, state="valid").earliest("pk")
    actions.make(by=user, certificate=certificate)
