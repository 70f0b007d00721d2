"""No upload grows past the bound, on whatever page it arrives."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from lms.uploads import too_large_fields

pytestmark = pytest.mark.django_db


def sent(*sizes: int):
    files = {f"file{n}": SimpleUploadedFile(f"{n}.bin", b"0" * size) for n, size in enumerate(sizes)}
    return RequestFactory().post("/", {"text": "kept", **files})


@pytest.mark.parametrize(
    ("sizes", "kept", "dropped"),
    [
        ((1000,), {"file0"}, set()),
        ((1001,), set(), {"file0"}),
        ((600, 600), {"file0"}, {"file1"}),
        ((100_000, 10), set(), {"file0", "file1"}),
    ],
)
def test_all_files_of_a_request_share_the_bound(settings, sizes, kept, dropped):
    settings.UPLOAD_MAX_BYTES = 1000
    request = sent(*sizes)
    assert request.POST["text"] == "kept"
    assert (set(request.FILES), too_large_fields(request)) == (kept, dropped)


def test_a_public_page_that_takes_no_file_keeps_none(client, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    data = {"file": SimpleUploadedFile("big.bin", b"0" * 2000)}
    request = client.post(reverse("account_login"), data).wsgi_request
    assert (dict(request.FILES), too_large_fields(request)) == ({}, {"file"})
