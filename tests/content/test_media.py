"""Files of pages: open ones to everybody, those of a closed collection to nobody it is closed to."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from tests.cast import client_of

pytestmark = pytest.mark.django_db
MINUTES = b"%PDF-1.4 minutes"


def document(collection: Collection):
    made = get_document_model()(title="minutes", collection=collection)
    made.file.save("minutes.pdf", ContentFile(MINUTES), save=True)
    made.file.close()
    return made


@pytest.fixture
def closed() -> str:
    """The path of a document two collections below one that only the signed in see."""
    collection = Collection.get_first_root_node().add_child(name="closed")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    return document(collection.add_child(name="below")).file.name


def test_an_open_document_is_kept_by_no_proxy():
    path = document(Collection.get_first_root_node()).file.name
    answer = Client().get(f"/media/{path}")
    assert b"".join(answer.streaming_content) == MINUTES
    assert answer.headers["Cache-Control"] == "private, max-age=86400"


def test_a_picture_is_kept_by_all():
    default_storage.save("images/tea.png", ContentFile(b"png"))
    answer = Client().get("/media/images/tea.png")
    answer.close()
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    "spelling", ["{}", "./{}", "images/../{}", "documents/./minutes.pdf", "documents//minutes.pdf"]
)
def test_a_closed_document_is_not_found_however_it_is_spelt(closed, spelling):
    assert closed == "documents/minutes.pdf"
    default_storage.save("images/tea.png", ContentFile(b"png"))
    # As a server sends it: the test client would tidy the address up.
    answer = Client().get("/media/", PATH_INFO="/media/" + spelling.format(closed))
    assert answer.status_code == 404


def test_a_closed_document_is_for_those_it_is_open_to(closed, cast):
    answer = client_of(cast.trainee_user).get(f"/media/{closed}", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"%PDF")
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("asked", ["bytes={}-", "bytes=-{}", "bytes=0-{}"])
def test_a_range_of_thousands_of_digits_is_no_range(asked):
    default_storage.save("images/tea.png", ContentFile(b"png"))
    answer = Client().get("/media/images/tea.png", headers={"Range": asked.format("9" * 4400)})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"png")
