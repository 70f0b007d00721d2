"""The file, section by section. A room that has something about a person adds one line to SECTIONS: a template and
what it needs. The facts of all sections meet in one page, so their names differ."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User
from lms.places.queries import code_name
from trainees.consent import queries as consent
from trainees.ledgers.queries import entries_of
from trainees.merging import queries as merging
from trainees.merging.forms import OtherFileForm
from trainees.outcomes import queries as outcomes
from trainees.outcomes.models import Outcome
from trainees.outcomes.rules import may_record
from trainees.profiles import queries as profiles
from trainees.registry import queries as registry
from trainees.registry.enums import IdState
from trainees.registry.forms import AcceptForm, UnmaskForm
from trainees.registry.groups.queries import groups_of_file
from trainees.registry.models import Trainee
from trainees.rights import queries as rights

from . import history, training
from .forms import PaperForm
from .profile import photo_address, profile_lines

# On the file itself; everything has a page of its own.
SHOWN = 12
RECENT = 6


@dataclass
class Glance:
    """One person looking at one file."""

    by: User
    trainee: Trainee
    # Groups and households are shown as they were on this day.
    as_of: datetime.date
    unmasked: bool
    may_edit: bool
    may_accept: bool
    # Asked for by two sections, read once.
    outcomes: list[Outcome] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    anchor: str
    title: str | Promise
    template: str
    facts: Callable[[Glance], dict[str, Any]]
    # The fact without which the section has nothing to say and is left out.
    needs: str = ""


def identity(glance: Glance) -> dict[str, Any]:
    trainee = glance.trainee
    return {
        "ethnic": code_name("ethnic", trainee.ethnic),
        "education": code_name("education", trainee.education),
        "review_reasons": registry.review_reasons(trainee) if trainee.id_state == IdState.REVIEW else [],
        "unmask_form": UnmaskForm(auto_id="unmask_%s"),
        "accept_form": AcceptForm(prefix="accept"),
    }


def needs(glance: Glance) -> dict[str, Any]:
    profile = profiles.profile_of(glance.trainee)
    return {"profile_lines": profile_lines(profile, full=glance.unmasked), "photo": photo_address(profile)}


def duplicates(glance: Glance) -> dict[str, Any]:
    """Beside the identity they put in doubt."""
    of_file = merging.of_file(glance.trainee, by=glance.by)
    return {"of_file": of_file, "may_merge": of_file.may_merge, "form": OtherFileForm(auto_id="other_%s")}


def groups(glance: Glance) -> dict[str, Any]:
    return {"groups": groups_of_file(glance.trainee, by=glance.by, as_of=glance.as_of)}


def classes(glance: Glance) -> dict[str, Any]:
    enrolments = list(training.enrolments_of(glance.trainee)[: SHOWN + 1])
    lines = training.training_of(glance.trainee, enrolments[:SHOWN], glance.outcomes)
    return {"lines": lines, "more_classes": len(enrolments) > SHOWN}


def ledgers(glance: Glance) -> dict[str, Any]:
    return {"entries": list(entries_of(glance.trainee))}


def remote(glance: Glance) -> dict[str, Any]:
    lessons = glance.trainee.lesson_progress.select_related("lesson").order_by("-last_opened_at")
    return {"lessons": list(lessons[:SHOWN])}


def what_became(glance: Glance) -> dict[str, Any]:
    return {
        "outcome_lines": outcomes.outcome_lines(glance.trainee, glance.outcomes, by=glance.by),
        "may_record_outcome": may_record(glance.by, glance.trainee.township.code),
    }


def certificates(glance: Glance) -> dict[str, Any]:
    # By the reverse name: certificates stand above the trainees.
    return {"certificates": list(glance.trainee.certificates.order_by("-issued_on", "-pk")[:SHOWN])}


def agreed(glance: Glance) -> dict[str, Any]:
    return {"consent": consent.of_file(glance.trainee, by=glance.by)}


def asked(glance: Glance) -> dict[str, Any]:
    return {"rights": rights.of_file(glance.trainee, by=glance.by)}


def log(glance: Glance) -> dict[str, Any]:
    return {
        "looks": history.looks(history.looks_of(glance.trainee)[:RECENT]),
        "deeds": history.deeds(history.events_of(glance.trainee)[:RECENT]),
    }


def paper(glance: Glance) -> dict[str, Any]:
    return {"paper_form": PaperForm(auto_id="paper_%s")}


SECTIONS = (
    Section("identity", _("Identity"), "trainees/dossier/identity.html", identity),
    Section("duplicates", _("Possible duplicates"), "trainees/merging/of_file.html", duplicates, needs="may_merge"),
    Section("groups", _("Groups"), "trainees/registry/groups_of_file.html", groups),
    Section("needs", _("Needs, work, wishes"), "trainees/dossier/needs.html", needs),
    Section("classes", _("Training"), "trainees/dossier/training.html", classes),
    Section("ledgers", _("From ledgers kept elsewhere"), "trainees/ledgers/of_file.html", ledgers, needs="entries"),
    Section("remote", _("Remote lessons"), "trainees/dossier/remote.html", remote),
    Section("outcomes", _("Outcomes"), "trainees/dossier/outcomes.html", what_became),
    Section("certificates", _("Certificates"), "trainees/dossier/certificates.html", certificates),
    Section("consent", _("Consent"), "trainees/consent/of_file.html", agreed),
    Section("rights", _("Requests"), "trainees/rights/of_file.html", asked),
    Section("paper", _("On paper"), "trainees/dossier/on_paper.html", paper),
    Section("log", _("Who looked, who changed"), "trainees/dossier/log.html", log),
)
