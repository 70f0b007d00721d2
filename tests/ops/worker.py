"""The product's Celery app as test_broker runs it: with the traced kind of job, and with little patience."""

import datetime

import django

from lms.celery import app

django.setup()

from certificates import queries  # noqa: E402 - models load only now
from lms.jobs import actions  # noqa: E402 - as above
from tests.ops import trace  # noqa: E402, F401 - registers its kind

HAND_BACK_SECONDS = 4
queries.printing.PART_SIZE = 20  # many parts, so that many kills fall between and into them
actions.STALE_AFTER = datetime.timedelta(seconds=HAND_BACK_SECONDS - 1)
app.conf.broker_transport_options = {
    "visibility_timeout": HAND_BACK_SECONDS,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
