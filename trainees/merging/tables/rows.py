"""The two plain rules: rows that stay where they are, and rows that simply go along."""

from django.apps import apps

from .moving import Moving
from .registry import Rule


def keep(_moving: Moving) -> None:
    """The row says what was true of the old file; its number leads on to the surviving one."""


def move(label: str) -> Rule:
    """For tables in which nothing can collide: any number of rows a person."""

    def rule(moving: Moving) -> None:
        for row in moving.of_loser(apps.get_model(label)):
            moving.move(row)

    return rule
