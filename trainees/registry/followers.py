"""Who wants to know when a file was opened or corrected. Rooms above the registry enlist in the app's ready().

Told after the commit and once for all files of the transaction: a roster of 3,000 people is one question.
"""

import threading
from collections.abc import Callable, Collection

from django.db import transaction

Follower = Callable[[Collection[int]], object]
FOLLOWERS: list[Follower] = []
_changed = threading.local()


def enlist(follower: Follower) -> None:
    if follower not in FOLLOWERS:
        FOLLOWERS.append(follower)


def tell(trainee_id: int) -> None:
    """Call it in the transaction of the change. What a rolled-back one left behind is told with the next: harmless."""
    waiting().add(trainee_id)
    # Robust: the file is written; a follower that fails is caught up with by its own nightly task.
    transaction.on_commit(_pass_on, robust=True)


def waiting() -> set[int]:
    if not hasattr(_changed, "files"):
        _changed.files = set()
    return _changed.files


def _pass_on() -> None:
    files = set(waiting())
    waiting().clear()
    for follower in FOLLOWERS if files else ():
        follower(files)
