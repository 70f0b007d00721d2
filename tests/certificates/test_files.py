"""A file or a photograph of a certificate, sent in by anyone: genuine, altered, not ours, revoked."""

import datetime
import io

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from certificates import actions, checking, limits, pdf
from certificates.enums import FileState
from certificates.models import Certificate
from lms.paper import signing, signing_keys
from tests.certificates.classes import decided_contest, entry_of, finished_class


@pytest.fixture
def certificate(cast, centre) -> Certificate:
    people = [cast.person(name="艾嘎")]
    (certificate,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, people))
    return certificate


@pytest.fixture
def signed(certificate) -> bytes:
    return pdf.signed(certificate)


def photograph(content: bytes, *, scale: float = 1.5, kind: str = "JPEG", turned: int = 0) -> bytes:
    page = pypdfium2.PdfDocument(io.BytesIO(content))[0].render(scale=scale).to_pil().convert("RGB")
    out = io.BytesIO()
    page.rotate(turned, expand=True, fillcolor="gray").save(out, kind)
    return out.getvalue()


def send(content: bytes, name: str = "file.pdf"):
    return Client().post(reverse("certificate_file"), {"file": SimpleUploadedFile(name, content)})


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_a_genuine_file_shows_what_the_register_says(certificate, signed):
    page = send(signed)
    content = page.content.decode()
    assert page.status_code == 200
    assert page.context["judged"] == checking.Judged(FileState.GENUINE, certificate)
    assert content.count("此文件真实，未经改动。") == content.count("This file is genuine and unaltered.") == 1
    assert certificate.number in content
    assert "艾嘎" not in content
    assert certificate.id_number not in content
    assert "no-store" in page["Cache-Control"]


def test_a_revoked_one_is_genuine_and_no_longer_valid(cast, certificate, signed):
    actions.revoke(by=cast.manager, certificate=certificate, reason="重复发证")
    assert send(signed).context["judged"].state == FileState.REVOKED


def test_a_replaced_one_is_genuine_and_no_longer_current(cast, certificate, signed):
    newer = actions.reissue(by=cast.clerk, certificate=certificate, reason="damaged")
    page = send(signed)
    assert page.context["judged"].state == FileState.REPLACED
    assert newer.number not in page.content.decode()
    assert send(pdf.signed(newer)).context["judged"].state == FileState.GENUINE


def test_an_expired_one_is_genuine_and_over(cast, centre, quiet_day):
    training_class = finished_class(cast, 1, course="G1")
    (paper,) = actions.issue(by=cast.manager, training_class=training_class, kind="trainer")
    content = pdf.signed(paper)
    assert send(content).context["judged"].state == FileState.GENUINE
    quiet_day.move_to(datetime.datetime(2020, 6, 15, 4, tzinfo=datetime.UTC))
    page = send(content)
    assert page.context["judged"].state == FileState.EXPIRED
    assert "2020-06-14" in page.content.decode()


def test_an_awards_file_carries_the_award(cast, centre):
    entry = entry_of(cast, decided_contest(cast), trainee=cast.person())
    award = actions.give_award(by=cast.clerk, entry=entry, award="一等奖")
    assert send(pdf.signed(award)).context["judged"].state == FileState.GENUINE
    Certificate.objects.filter(pk=award.pk).update(award="二等奖")
    content = pdf.signed(Certificate.objects.get())
    Certificate.objects.filter(pk=award.pk).update(award="一等奖")
    assert send(content).context["judged"].state == FileState.DIFFERS


def test_the_smallest_change_is_seen(signed):
    ends = signed.index(b"/ByteRange")
    for at in (20, len(signed) // 3, ends + 3, len(signed) - 20):
        assert checking.judge(flipped(signed, at)).state in (FileState.ALTERED, FileState.FOREIGN)
    assert checking.judge(flipped(signed, len(signed) // 3)).state == FileState.ALTERED
    assert checking.judge(signed + b"\n% more").state == FileState.ALTERED
    assert checking.judge(signed[:-10]).state == FileState.ALTERED


def test_an_update_behind_the_signature_is_seen(signed):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # slow, and only for this

    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert checking.judge(out.getvalue()).state == FileState.ALTERED


def test_a_file_without_our_signature_is_not_ours(certificate, settings, signed):
    assert checking.judge(pdf.print_one(certificate)).state == FileState.FOREIGN
    settings.SIGNING_KEYS = signing_keys.new_ring()
    assert checking.judge(signed).state == FileState.FOREIGN


def test_somebody_elses_signature_under_our_certificates_name_is_refused(certificate, settings):
    """A forger can put our public certificate beside a signature by another key."""
    ours = signing_keys.read_ring(settings.SIGNING_KEYS)[0]
    other = signing_keys.read_ring(signing_keys.new_ring())[0]
    genuine = settings.SIGNING_KEYS
    name, key, _certificate = signing_keys.new_ring().split(":")
    assert other.fingerprint != ours.fingerprint
    settings.SIGNING_KEYS = ":".join((name, key, genuine.split(":")[2]))
    forged = signing.sign(pdf.print_one(certificate), reason="x")
    settings.SIGNING_KEYS = genuine
    assert checking.judge(forged).state == FileState.ALTERED


def test_files_of_a_retired_key_are_still_known(certificate, signed, settings):
    name, _key, public = settings.SIGNING_KEYS.split(":")
    settings.SIGNING_KEYS = f"{signing_keys.new_ring()},{name}::{public}"
    assert checking.judge(signed).state == FileState.GENUINE
    assert checking.judge(pdf.signed(certificate)).state == FileState.GENUINE


def test_a_register_that_says_something_else_is_said(certificate, signed):
    Certificate.objects.filter(pk=certificate.pk).update(hours=999)
    assert checking.judge(signed).state == FileState.DIFFERS
    assert certificate.number not in send(signed).content.decode()


def test_a_certificate_the_register_has_lost(certificate, signed):
    certificate.delete()
    assert checking.judge(signed).state == FileState.UNLISTED


@pytest.mark.parametrize(("kind", "turned"), [("JPEG", 0), ("PNG", 90), ("WEBP", 180), ("JPEG", 7)])
def test_a_photograph_leads_to_the_check(certificate, signed, kind, turned):
    answer = send(photograph(signed, kind=kind, turned=turned), "photo.jpg")
    assert answer.url == reverse("certificate_check", args=[certificate.token])


def test_pictures_without_our_code(certificate, signed):
    blank = io.BytesIO()
    Image.new("L", (400, 300), 255).save(blank, "PNG")
    assert checking.judge(blank.getvalue()).state == FileState.NO_CODE
    picture = photograph(signed)
    certificate.delete()
    assert checking.judge(picture).state == FileState.OTHER_CODE


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"\xff\xd8\xff\xe0" + b"\1" * 500, "结业证书".encode()]
)
def test_what_is_no_picture_gets_a_clear_answer(db, content):
    assert checking.judge(content).state == FileState.UNREADABLE


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"%PDF-1.7 /ByteRange [0 5 9999999999 9999999999]",
        b"%PDF-1.7 /ByteRange [0 10 20 5] <zz>",
        b"%PDF-1.7 /ByteRange[9 9 0 0]" + b"\0" * 100,
        b"%PDF-1.7" + b"/ByteRange [0 1 4 2]<3080>" * 1000,
    ],
)
def test_strange_pdf_files_are_not_ours(db, content):
    assert checking.judge(content).state == FileState.FOREIGN


def test_a_picture_of_a_billion_points_is_not_opened(db):
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 200_000
    assert checking.judge(bomb.getvalue()).state == FileState.UNREADABLE


def test_without_a_file_or_with_too_large_a_one(db, settings):
    assert Client().get(reverse("certificate_file")).url == reverse("certificate_verify")
    answer = Client().post(reverse("certificate_file"))
    assert (answer.status_code, list(answer.context["file_form"].errors)) == (400, ["file"])
    settings.UPLOAD_MAX_BYTES = 1000
    large = send(b"%PDF" + b"x" * 5000)
    assert (large.status_code, large.context["too_large"]) == (400, True)


def test_sending_files_is_slowed_down(db):
    for _ in range(limits.FILES):
        assert send(b"x").status_code == 200
    assert send(b"x").status_code == 429


def test_the_signature_is_explained_and_its_certificate_given(db, settings):
    (key,) = signing_keys.read_ring(settings.SIGNING_KEYS)
    page = Client().get(reverse("certificate_trust"))
    assert key.fingerprint_in_groups in page.content.decode()
    given = Client().get(reverse("certificate_authority", args=[key.fingerprint]))
    assert (given.content, given["Content-Type"]) == (key.certificate, "application/pkix-cert")
    assert Client().get(reverse("certificate_authority", args=["00"])).status_code == 404
    settings.SIGNING_KEYS = ""
    assert Client().get(reverse("certificate_trust")).status_code == 200
