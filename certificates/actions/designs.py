"""Designs are published and withdrawn here, and nowhere else; drafts are Wagtail's own."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import Revision

from lms.accounts.models import Agent, User
from lms.audit.actions import record_event
from lms.refusals import Refused

from .. import default_designs
from ..design_rules import errors_of
from ..designs import label_of, refuse_lost_pictures
from ..enums import CertificateKind
from ..freezing import frozen
from ..models import CertificateDesign, DesignVersion


def _account(by: User | Agent) -> User | None:
    return by if isinstance(by, User) else None


def lock_designs() -> None:
    """Who publishes takes all of them first, in one order: two managers wait for each other, never in a ring."""
    list(CertificateDesign.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def publish_design(*, by: User | Agent, design: CertificateDesign, revision: Revision | None = None) -> DesignVersion:
    """From now on certificates of its kind are issued with this; another design in the same place is withdrawn.

    `revision`: the draft to publish, or else the design as it stands. The same words and pictures make no new version.
    """
    lock_designs()
    before = _revision_before(revision) if revision else design.latest_revision
    refuse_lost_pictures(revision.as_object() if revision else design, before)
    # Not cleaned by Wagtail: our own words say what is wrong.
    revision = revision or design.save_revision(user=_account(by), clean=False)
    draft = revision.as_object()
    refuse_lost_pictures(draft, revision)
    _refuse_errors(draft)
    rivals = Q(pk=draft.pk) | Q(kind=draft.kind, programme=draft.programme)
    held = list(CertificateDesign.objects.filter(rivals).order_by("pk"))
    version = _freeze(by, draft)
    for rival in held:
        if rival.pk != draft.pk and rival.live:
            _withdraw(by, rival)
    PublishRevisionAction(revision, user=_account(by)).execute(skip_permission_checks=True)
    design.refresh_from_db()
    record_event(
        by=by, event="design.published", record=design, label=f"{design.name}, {version.version}",
        changes={"digest": [None, version.digest]},
    )  # fmt: skip
    return version


def _revision_before(revision: Revision) -> Revision | None:
    try:
        return revision.get_previous()
    except Revision.DoesNotExist:
        return None


def _refuse_errors(draft: CertificateDesign) -> None:
    said = {*CertificateDesign.CONTENT, "name"}
    try:
        draft.clean_fields(exclude=[field.name for field in draft._meta.fields if field.name not in said])
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise Refused("design_refused", f"{label_of(name)}: {sentences[0]}", field=name) from error
    for name, sentence in errors_of(draft, draft=False):
        raise Refused("design_refused", f"{label_of(name)}: {sentence}", field=name)
    first = draft.versions.order_by("version").first()
    if first and (first.kind, first.programme_id) != (draft.kind, draft.programme_id):
        raise Refused(
            "design_has_its_place",
            _(
                "“%(name)s” was published for another kind or programme, and certificates name it. "
                "Make a new design for this one."
            )
            % {"name": draft.name},
        )


def _freeze(by: User | Agent, draft: CertificateDesign) -> DesignVersion:
    version = frozen(draft)
    newest = draft.versions.order_by("-version").first()
    if newest and newest.digest == version.digest:
        return newest
    version.design, version.version, version.published_by = draft, newest.version + 1 if newest else 1, by.label
    version.save_appended()
    return version


@transaction.atomic
def withdraw_design(*, by: User | Agent, design: CertificateDesign) -> None:
    """The county's design of the kind is used again. That one itself is only ever replaced by another."""
    locked = CertificateDesign.objects.select_for_update().get(pk=design.pk)
    if not locked.live:
        return
    if locked.programme_id is None:
        raise Refused(
            "last_design",
            _(
                "“%(name)s” is the county's design for “%(kind)s”: without it nothing of this kind could be issued. "
                "Publish another one; it takes its place."
            )
            % {"name": locked.name, "kind": CertificateKind(locked.kind).label},
        )
    _withdraw(by, locked)


def _withdraw(by: User | Agent, design: CertificateDesign) -> None:
    UnpublishAction(design, user=_account(by)).execute(skip_permission_checks=True)
    record_event(by=by, event="design.withdrawn", record=design, label=design.name)


@transaction.atomic
def load_default_designs(*, by: User | Agent) -> int:
    """A design for each kind that has none for the whole county; as often as you like. How many were added."""
    kinds = set(CertificateDesign.objects.filter(live=True, programme=None).values_list("kind", flat=True))
    missing = [facts for facts in default_designs.DEFAULTS if facts["kind"] not in kinds]
    for facts in missing:
        design = CertificateDesign.objects.create(**facts, live=False)
        publish_design(by=by, design=design)
    return len(missing)
