"""One merge under way, as the rules of the tables see it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet

from lms.accounts.models import Agent, User
from trainees.merging.journal import Journal
from trainees.registry.models import Trainee


@dataclass
class Tally:
    """For the preview: rows that went to the surviving file, and rows that were joined with one it had."""

    moved: int = 0
    joined: int = 0


@dataclass
class Moving:
    """Rules move rows in the order in which they enlisted; what is derived comes last and asks what was touched."""

    survivor: Trainee
    loser: Trainee
    by: User | Agent
    journal: Journal = field(default_factory=Journal)
    tallies: dict[str, Tally] = field(default_factory=dict)
    # Sessions whose presence, and classes whose units, have to be derived again.
    sessions: set[int] = field(default_factory=set)
    classes: set[int] = field(default_factory=set)
    # Of these, the classes the losing file was in.
    brought: set[int] = field(default_factory=set)

    def of_loser(self, model: type[models.Model], column: str = "trainee") -> QuerySet[Any]:
        return model._base_manager.filter(**{column: self.loser}).order_by("pk")

    def of_survivor(self, model: type[models.Model], column: str = "trainee") -> QuerySet[Any]:
        return model._base_manager.filter(**{column: self.survivor}).order_by("pk")

    def tally(self, model: type[models.Model]) -> Tally:
        return self.tallies.setdefault(model._meta.label, Tally())

    def move(self, row: models.Model, column: str = "trainee_id", **also: Any) -> None:
        self.journal.change(row, **{column: self.survivor.pk}, **also)
        self.tally(type(row)).moved += 1

    def join(self, into: models.Model, **columns: Any) -> None:
        """The surviving file's row takes over what the other one knew better. The other one stays where it is."""
        self.journal.change(into, **columns)
        self.tally(type(into)).joined += 1
