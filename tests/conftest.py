import datetime
import zoneinfo

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.utils import translation

from lms.paper import badge_keys, signing_keys
from tests.cast import TODAY, Cast, assemble, make_programme

# Valid from before the day on which time stands still.
SIGNING_RING = signing_keys.new_ring(now=datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC))
BADGE_RING = badge_keys.new_ring()
SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The reference data, the programme and the site's page tree are there for every test."""
    with django_db_blocker.unblock():
        load_ground()


def load_ground() -> None:
    from content.actions import load_contest, load_site  # Django is set up only now
    from courses.catalogue.actions import load_plan_courses  # as above
    from tests.cast import SETUP

    call_command("load_reference")
    call_command("load_designs")
    programme = make_programme()
    load_site(by=SETUP)
    load_contest(by=SETUP, programme=programme)
    load_plan_courses(by=SETUP)


@pytest.fixture(autouse=True)
def quiet_day(request):
    """Time stands still at noon of a working day of the programme."""
    if "browser" in request.keywords or "real_time" in request.keywords:
        yield None
        return
    noon = datetime.datetime.combine(TODAY, datetime.time(12), tzinfo=SHANGHAI)
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def the_default_language(settings):
    """A request leaves its language behind in the thread; no test inherits the one of the test before."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def files_in_a_temporary_place(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media"), "base_url": "/media/"},
        },
        "sealed": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "sealed")},
        },
    }


@pytest.fixture
def programme(db):
    return make_programme()


@pytest.fixture
def cast(programme) -> Cast:
    return assemble(programme)


@pytest.fixture
def reload_ground(transactional_db):
    """For tests with transaction=True: the clean-up of the one before emptied every table, so lay the ground first.

    They run after all others (pytest-django sorts them so), and nothing may be laid before the clean-up itself.
    """
    from lms.places.models import Division  # Django is set up only now

    if not Division.objects.exists():
        load_ground()


@pytest.fixture(autouse=True)
def a_signing_key(settings):
    """Certificates are handed out signed; one key serves the whole run."""
    settings.SIGNING_KEYS = SIGNING_RING
    settings.BADGE_KEYS = BADGE_RING
