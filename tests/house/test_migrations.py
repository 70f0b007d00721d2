from io import StringIO

import pytest
from django.core.management import call_command

from .tree import BASE, PACKAGES


@pytest.mark.django_db
def test_models_and_migrations_agree():
    told = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=told)
    assert told.getvalue() == "No changes detected\n"


def test_migrations_hold_no_page_blocks():
    """A stream's definition in a migration is thousands of lines that nobody reads: see courses.streams."""
    heavy = [
        str(path.relative_to(BASE))
        for package in PACKAGES
        for path in (BASE / package / "migrations").glob("*.py")
        if "wagtail.blocks" in path.read_text(encoding="utf-8")
    ]
    assert heavy == []
