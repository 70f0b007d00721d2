"""What was kept before is carried forward, or deleted where nobody would find it again."""

import io

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from certificates import actions
from certificates.default_designs import DEFAULTS
from certificates.enums import PrintKind
from certificates.freezing import digest_of
from certificates.models import Certificate, CertificateDesign, PrintRun
from lms.privacy.storage import SealedStorage
from tests.cast import SETUP, assemble
from tests.certificates.classes import enter_centre, finished_class

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def migrate(targets=None):
    executor = MigrationExecutor(connection)
    return executor.migrate(targets or executor.loader.graph.leaf_nodes()).apps


def test_certificates_from_before_designs_follow_the_first(reload_ground, programme):
    cast = assemble(programme)
    enter_centre(cast)
    (issued,) = actions.issue(by=cast.clerk, training_class=finished_class(cast, 1))
    try:
        migrate([("certificates", "0005_kinds")])
    finally:
        migrate()
    design = Certificate.objects.get(pk=issued.pk).design
    words = {name: str(DEFAULTS[0][name]) for name in CertificateDesign.CONTENT}
    # The word of a re-issue came before the number only later; what was frozen stays.
    words["number_line"] = "证书编号：{number}[（{reissue}）]"
    assert (design.version, design.digest) == (1, digest_of(words, seal=b"", signature=b""))
    assert {name: getattr(design, name) for name in CertificateDesign.CONTENT} == words
    # The other kinds have nothing to carry forward: they come with the next start.
    assert actions.load_default_designs(by=SETUP) == 3


def test_bound_copies_of_print_runs_are_deleted(reload_ground, programme):
    clerk = assemble(programme).clerk
    run = PrintRun.objects.create(kind=PrintKind.SHEETS, title="x", ordered_by=clerk)
    name = SealedStorage().save(f"certificates/{run.public_id}/bound", io.BytesIO(b"%PDF"))
    try:
        migrate([("certificates", "0010_print_kinds")])
    finally:
        migrate()
    assert (SealedStorage().exists(name), PrintRun.objects.get(pk=run.pk).title) == (False, "x")
