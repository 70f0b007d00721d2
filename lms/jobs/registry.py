"""Kinds of background work. A kind is a word in the database; its handler is named by the room that owns it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

from .models import Job

# A handler does its work in small committed steps and yields after each one: (done, failed, total).
Handler = Callable[[Job], Iterator[tuple[int, int, int]]]
# Whether the starter's roles reach what the job works on, asked whenever it is taken up: work waits, roles end.
Allowed = Callable[[Job], bool]


@dataclass(frozen=True)
class Kind:
    key: str
    label: str | Promise
    handler: Handler
    # Where the page of the finished work lies.
    address: Callable[[Job], str]
    allowed: Allowed


KINDS: dict[str, Kind] = {}


def register(
    key: str,
    *,
    label: str | Promise,
    handler: Handler,
    address: Callable[[Job], str],
    allowed: Allowed = lambda job: True,
) -> None:
    """Called from an app's ready(); the same key twice is a mistake in the code."""
    if key in KINDS and KINDS[key].handler is not handler:
        raise ValueError(f"Two handlers for jobs of kind {key}.")
    KINDS[key] = Kind(key, label, handler, address, allowed)
