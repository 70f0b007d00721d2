"""The one door for every change of the schedule."""

from courses.schedule.rules import SessionPlan

from .planning import add_session, drop_session, edit_class, move_session, plan_class, set_sessions
from .rows import lock_class
from .running import cancel_class, close_class, open_class, refuse_class, reopen_class
from .trainers import add_trainer, save_trainer

__all__ = [
    "SessionPlan", "add_session", "add_trainer", "cancel_class", "close_class", "drop_session", "edit_class",
    "lock_class", "move_session", "open_class", "plan_class", "refuse_class", "reopen_class", "save_trainer",
    "set_sessions",
]  # fmt: skip
