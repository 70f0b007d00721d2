"""What each stored record says of itself, over all models: nothing here is a sample."""

import pytest
from django.apps import apps
from django.db import models
from wagtail.models import Page

from lms.records import AppendOnly, FieldClass, Mutability, RecordRefused

from .tree import PACKAGES

ABOUT_PEOPLE = {FieldClass.PERSONAL, FieldClass.SENSITIVE}
# Public pages are Wagtail's: it keeps their revisions and they hold nothing about anyone.
MODELS = [
    model for package in PACKAGES for model in apps.get_app_config(package).get_models() if not issubclass(model, Page)
]
PAGES = [
    model for package in PACKAGES for model in apps.get_app_config(package).get_models() if issubclass(model, Page)
]

# Personal, and yet without visible_to: how else they are kept from strangers.
GUARDED_OTHERWISE = {
    "lms.User": "accounts are opened by the manager's and the administrator's pages alone",
    "lms.RoleGrant": "shown beside its account, by the same pages",
    "lms.AuditEvent": "read by auditors through lms.audit.queries, which ends at their places",
    "lms.FileView": "read by auditors beside the file it is about",
    "trainees.RosterRow": "reached from its roster alone, which has visible_to",
}

# Deeds of people that name no doer in a column of their own, and where the doer stands instead.
DOER_ELSEWHERE = {
    "lms.CountingPolicy.frozen_at": "frozen by the first class that opens; its audit row names who opened it",
    "lms.Station.opened_on": "a fact about the place",
    "lms.Station.closed_on": "a fact about the place",
    "courses.TrainingClass.created_at": "the audit row of the planning",
    "trainees.DisabilityCertificate.issued_on": "a fact of the paper; recorded_by put it into the file",
    "trainees.RosterImport.created_at": "started_by",
    "trainees.RosterImport.committed_at": "the audit row of the entering",
    "trainees.Entry.submitted_at": "entered_by, empty where the public form was used",
    "certificates.Certificate.revoked_on": "the audit row of the revocation",
}
DEEDS = (
    "created", "granted", "ended", "decided", "frozen", "opened", "closed", "cancelled", "refused", "voided",
    "recorded", "enrolled", "committed", "issued", "revoked", "submitted", "merged", "sealed",
)  # fmt: skip


def label(model: type[models.Model]) -> str:
    return model._meta.label


def plain_fields(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if not field.primary_key and not field.is_relation}


def test_there_are_models():
    assert len(MODELS) > 20
    assert PAGES


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_it_says_whether_it_may_change(model):
    assert isinstance(getattr(model, "mutability", None), Mutability)
    assert issubclass(model, AppendOnly) == (model.mutability is Mutability.APPEND_ONLY)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_field_has_its_class(model):
    classes = model.field_classes
    assert all(isinstance(kind, FieldClass) for kind in classes.values())
    if "*" in classes:
        assert not set(classes.values()) & ABOUT_PEOPLE, "'*' is for records that hold nothing about a person"
        assert classes.keys() - plain_fields(model) == {"*"}
    else:
        assert classes.keys() == plain_fields(model)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_pages_hold_nothing_about_anyone(page):
    """No key to a person's record, and no encrypted field: what is on a page is on the internet."""
    personal = {label(model) for model in MODELS if set(model.field_classes.values()) & ABOUT_PEOPLE}
    own = [field for field in page._meta.local_concrete_fields if not field.primary_key]
    assert [field.name for field in own if field.is_relation and label(field.related_model) in personal] == []
    assert [field.name for field in own if type(field).__name__.startswith("Encrypted")] == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_records_about_people_end_at_the_askers_places(model):
    to_trainee = any(field.is_relation and label(field.related_model) == "trainees.Trainee" for field in related(model))
    about_people = to_trainee or bool(set(model.field_classes.values()) & ABOUT_PEOPLE)
    scoped = hasattr(model._default_manager, "visible_to")
    if about_people and not scoped:
        assert label(model) in GUARDED_OTHERWISE
    if scoped:
        assert label(model) not in GUARDED_OTHERWISE, "it has visible_to by now: strike it from the list"


def related(model: type[models.Model]) -> list:
    return [field for field in model._meta.concrete_fields if field.is_relation]


@pytest.mark.django_db
@pytest.mark.parametrize("model", [one for one in MODELS if one.mutability is Mutability.APPEND_ONLY], ids=label)
def test_an_event_has_one_door(model):
    row, before = model(), model.objects.count()
    for write in (
        row.save,
        row.delete,
        model.objects.create,
        model.objects.get_or_create,
        model.objects.update_or_create,
        model.objects.delete,
        lambda: model.objects.all().delete(),
        lambda: model.objects.update(pk=1),
        lambda: model.objects.bulk_create([row]),
        lambda: model.objects.bulk_update([row], ["pk"]),
    ):
        with pytest.raises((RecordRefused, AttributeError)):
            write()
    assert model.objects.count() == before


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_deed_has_its_day_and_its_doer(model):
    names = {field.name for field in model._meta.concrete_fields}
    stems = {name.removesuffix("_by") for name in names if name.endswith("_by")}
    dayless = [stem for stem in stems if stem in DEEDS and not {f"{stem}_at", f"{stem}_on"} & names]
    days = [name for name in names if name.endswith(("_at", "_on")) and name[:-3] in DEEDS]
    doerless = [
        name for name in days if f"{name[:-3]}_by" not in names and f"{label(model)}.{name}" not in DOER_ELSEWHERE
    ]
    assert (dayless, doerless) == ([], [])


def test_the_lists_of_exceptions_name_what_exists():
    fields = {f"{label(model)}.{field.name}" for model in MODELS for field in model._meta.concrete_fields}
    assert DOER_ELSEWHERE.keys() <= fields
    assert GUARDED_OTHERWISE.keys() <= {label(model) for model in MODELS}


def test_constraints_are_named_for_people():
    """The database holds the rule; a rule that a person can break says so in words."""
    named = [one.name for model in MODELS for one in model._meta.constraints]
    assert len(named) == len(set(named))
