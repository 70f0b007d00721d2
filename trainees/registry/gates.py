"""Where a room above the registry is asked before a sensitive group is entered; trainees/apps.py opens the gates."""

from collections.abc import Callable

from .models import Trainee

# Raises Refused; None stands for a person whose file is only being opened.
Gate = Callable[[Trainee | None], None]

SENSITIVE_GROUP: list[Gate] = []


def pass_sensitive_group(trainee: Trainee | None) -> None:
    for gate in SENSITIVE_GROUP:
        gate(trainee)
