"""Files that look alike: some wait for a decision, one pair was found to be one person."""

from lms.accounts.models import User
from trainees.merging.actions import look_at, merge_files
from trainees.registry import actions as registry
from trainees.registry.models import Trainee


def look_alikes(clerk: User, known: dict[str, list[Trainee]]) -> None:
    """A name or a phone of another file, as rosters bring them. Nobody is added."""
    here, there = known["勐省镇"][-12:], known["岩帅镇"][-3:]
    for one, twin in zip(here[:4], here[4:8], strict=True):
        registry.correct_trainee(by=clerk, trainee=twin, changes={"name": one.name, "phone": one.phone})
    registry.correct_trainee(by=clerk, trainee=there[0], changes={"aliases": here[8].name, "phone": here[8].phone})
    registry.correct_trainee(by=clerk, trainee=here[10], changes={"phone": here[9].phone})
    merge_files(by=clerk, survivor=here[9], loser=here[10], reason="已看身份证，同一人报了两次名")
    look_at([trainee.pk for trainee in (*here, *there)])
