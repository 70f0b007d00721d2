"""Designs are frozen when they are published: nothing that happens later changes a certificate's paper."""

import io
import threading

import pytest
from django.core.files.images import ImageFile
from django.db import connections
from django.db.models import ProtectedError
from PIL import Image, ImageDraw
from wagtail.images import get_image_model

from certificates import actions, pdf
from certificates.designs import design_for
from certificates.enums import CertificateKind
from certificates.freezing import digest_of
from certificates.models import Certificate, CertificateDesign, DesignVersion
from certificates.wording import TEXTS
from lms.audit.models import AuditEvent
from lms.paper import raster
from lms.records import RecordRefused
from lms.refusals import Refused
from tests.cast import SETUP, assemble
from tests.certificates.classes import finished_class


def picture(title="印章", *, name="seal.png", colour=(190, 20, 30)):
    drawn = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(drawn).ellipse((10, 10, 290, 290), outline=colour, width=20)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return get_image_model().objects.create(title=title, file=ImageFile(io.BytesIO(out.getvalue()), name=name))


def completion() -> CertificateDesign:
    return CertificateDesign.objects.get(kind=CertificateKind.COMPLETION, programme=None, live=True)


@pytest.fixture
def certificate(cast, centre) -> Certificate:
    (issued,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    return issued


def test_every_kind_has_its_design_from_the_first_day(db):
    assert {design_for(kind, None).kind for kind in CertificateKind} == set(CertificateKind)
    assert actions.load_default_designs(by=SETUP) == 0


def test_a_certificate_keeps_the_version_it_was_issued_with(cast, certificate):
    before = raster.png(pdf.print_one(certificate), width=400)
    design = completion()
    design.title, design.text = "培训结业证书", "于{days}学习《{course}》课程，准予结业。"
    version = actions.publish_design(by=cast.manager, design=design)
    assert (version.version, design_for(CertificateKind.COMPLETION, None)) == (2, version)
    assert Certificate.objects.get().design.version == 1
    assert raster.png(pdf.print_one(Certificate.objects.get()), width=400) == before
    (newer,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    assert newer.design == version
    event = AuditEvent.objects.filter(event="design.published").latest("pk")
    assert (event.actor, event.record_label) == (cast.manager.label, "结业证书, 2")


def test_a_version_never_changes_and_never_goes(certificate):
    version = certificate.design
    version.title = "另一个"
    for write in (version.save, version.delete, DesignVersion.objects.all().delete):
        with pytest.raises(RecordRefused):
            write()
    with pytest.raises(ProtectedError):
        completion().delete()


def test_the_digest_is_of_all_that_is_printed(certificate):
    version = certificate.design
    words = {name: getattr(version, name) for name in CertificateDesign.CONTENT}
    assert version.digest == digest_of(words, seal=b"", signature=b"")
    assert digest_of({**words, "title": "x"}, seal=b"", signature=b"") != version.digest
    assert digest_of(words, seal=b"1", signature=b"") != version.digest


def test_the_same_words_make_no_new_version(cast):
    first = design_for(CertificateKind.COMPLETION, None)
    assert actions.publish_design(by=cast.manager, design=completion()) == first


def test_a_deleted_picture_changes_no_version(cast, certificate):
    design = completion()
    design.seal = picture()
    actions.publish_design(by=cast.manager, design=design)
    (sealed,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    before = raster.png(pdf.print_one(sealed), width=500)
    design.seal.delete()
    assert completion().seal is None
    again = Certificate.objects.get(pk=sealed.pk)
    assert raster.png(pdf.print_one(again), width=500) == before
    assert raster.png(pdf.print_one(certificate), width=500) != before


def test_a_draft_whose_picture_was_deleted_is_not_published_without_it(cast):
    design = completion()
    design.seal = picture()
    design.save_revision()
    design.seal.delete()
    drawn = CertificateDesign.objects.get(pk=design.pk).get_latest_revision_as_object()
    assert drawn.seal is None
    with pytest.raises(Refused) as refusal:
        actions.publish_design(by=cast.manager, design=drawn)
    assert (refusal.value.code, refusal.value.facts["pictures"]) == ("picture_deleted", ["seal"])
    # Saved without it: that is what the centre wants now.
    revision = drawn.save_revision()
    with pytest.raises(Refused):
        actions.publish_design(by=cast.manager, design=drawn, revision=revision)
    drawn.refresh_from_db()
    assert actions.publish_design(by=cast.manager, design=drawn).version == 1


def test_a_picture_whose_file_is_gone_is_named(cast):
    design = completion()
    design.signature = picture("签名", name="gone.png")
    design.signature.file.storage.delete(design.signature.file.name)
    with pytest.raises(Refused) as refusal:
        actions.publish_design(by=cast.manager, design=design)
    assert refusal.value.code == "picture_deleted"
    assert "签名" in refusal.value.message


def test_an_emblem_is_refused(cast):
    design = completion()
    design.seal = picture("国徽")
    with pytest.raises(Refused) as refusal:
        actions.publish_design(by=cast.manager, design=design)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("design_refused", "seal")


@pytest.mark.parametrize("name", TEXTS)
def test_a_forbidden_word_is_never_published(cast, name):
    design = completion()
    setattr(design, name, f"{getattr(design, name)} 国家")
    with pytest.raises(Refused) as refusal:
        actions.publish_design(by=cast.manager, design=design)
    assert (refusal.value.code, refusal.value.facts["field"]) == ("design_refused", name)
    assert completion().versions.count() == 1


def own_design(cast, **facts) -> CertificateDesign:
    words = {name: getattr(completion(), name) for name in CertificateDesign.CONTENT}
    return CertificateDesign.objects.create(
        **{**words, "name": "项目样式", "programme": cast.programme, "live": False, **facts}
    )


def test_a_programmes_own_design_goes_before_the_countys(cast):
    county = design_for(CertificateKind.COMPLETION, cast.programme)
    own = actions.publish_design(by=cast.manager, design=own_design(cast, paper="a5l"))
    assert design_for(CertificateKind.COMPLETION, cast.programme) == own
    assert design_for(CertificateKind.COMPLETION, None) == county
    actions.withdraw_design(by=cast.manager, design=own.design)
    assert design_for(CertificateKind.COMPLETION, cast.programme) == county


def test_a_second_design_takes_the_place_of_the_first(cast):
    first = completion()
    second = own_design(cast, programme=None, title="结业证明")
    version = actions.publish_design(by=cast.manager, design=second)
    first.refresh_from_db()
    assert (first.live, design_for(CertificateKind.COMPLETION, None)) == (False, version)
    assert AuditEvent.objects.filter(event="design.withdrawn", record_label=first.name).count() == 1


def test_the_countys_only_design_is_not_withdrawn(cast):
    with pytest.raises(Refused) as refusal:
        actions.withdraw_design(by=cast.manager, design=completion())
    assert refusal.value.code == "last_design"
    assert completion().live is True


def test_a_published_design_keeps_its_kind(cast):
    design = completion()
    design.kind = CertificateKind.AWARD
    with pytest.raises(Refused) as refusal:
        actions.publish_design(by=cast.manager, design=design)
    assert refusal.value.code == "design_has_its_place"


def test_wagtails_own_door_is_closed(cast):
    design = completion()
    with pytest.raises(RecordRefused):
        design.save_revision().publish(user=cast.manager)


def test_without_a_design_nothing_is_issued(cast, centre):
    training_class = finished_class(cast, 1)
    CertificateDesign.objects.filter(kind=CertificateKind.COMPLETION).update(live=False)
    with pytest.raises(Refused) as refusal:
        actions.issue(by=cast.clerk, training_class=training_class)
    assert refusal.value.code == "no_design"
    assert Certificate.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_managers_publish_at_the_same_moment(reload_ground, programme):
    cast = assemble(programme)
    designs = [own_design(cast, name=name, title=name) for name in ("甲", "乙")]
    start = threading.Barrier(2)

    def publish(design):
        start.wait()
        try:
            actions.publish_design(by=cast.manager, design=design)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=[design]) for design in designs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert DesignVersion.objects.filter(design__in=designs).count() == 2
    assert CertificateDesign.objects.filter(kind="completion", programme=programme, live=True).count() == 1
