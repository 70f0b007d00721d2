"""What happens to certificates after they were issued, once each: re-issue, revocation, other kinds, a prize."""

import datetime
import uuid

from django.utils import timezone

from certificates import actions as certificates
from certificates.enums import CertificateKind
from certificates.models import Certificate
from courses.schedule.models import TrainingClass
from lms.accounts.models import User
from lms.programme.models import Programme
from trainees.contest import actions as contests
from trainees.registry import actions as registry
from trainees.registry.models import Trainee

from .activities import a_page


def other_papers(programme: Programme, users: dict[str, User], winner: Trainee) -> None:
    """Attendance, a lost and a renamed one, one revoked, a trainer of the centre, an award."""
    clerk, manager = users["clerk"], users["manager"]
    with_tasks = TrainingClass.objects.filter(programme=programme, tasks__required=True, certificates__isnull=False)
    classes = list(with_tasks.distinct())
    training_class = classes[len(classes) // 2]
    held = list(Certificate.objects.filter(training_class=training_class).order_by("pk")[:3])
    certificates.issue(
        by=clerk, training_class=training_class, issued_on=held[0].issued_on, kind=CertificateKind.ATTENDANCE
    )
    _happened(clerk, manager, *held)
    _trainer_of_the_centre(manager, programme)
    _prize(clerk, programme, winner)


def _happened(clerk: User, manager: User, lost: Certificate, renamed: Certificate, wrong: Certificate) -> None:
    certificates.reissue(by=clerk, certificate=lost, reason="lost", note="遗失声明登于县融媒体中心公众号")
    # A man is called after his first child from its birth on.
    registry.correct_trainee(
        by=clerk, trainee=renamed.trainee, changes={"name": f"嘎{renamed.name[-1]}"}, reason="父子连名，已换身份证"
    )
    certificates.reissue(by=clerk, certificate=renamed, reason="name_change")
    certificates.revoke(by=manager, certificate=wrong, reason="本人未参加全部课次，签到系他人代签")


def _trainer_of_the_centre(manager: User, programme: Programme) -> None:
    for training_class in TrainingClass.objects.filter(programme=programme, tier="local_trainer", state="closed"):
        if certificates.issue(by=manager, training_class=training_class, kind=CertificateKind.TRAINER):
            return


def _prize(clerk: User, programme: Programme, winner: Trainee) -> None:
    """A contest that is decided today; the large one of the demo is still open."""
    today = timezone.localdate()
    contest = contests.create_contest(
        by=clerk, programme=programme, code=f"XX{today.year}", title=f"{winner.township.name}农村电商创业选拔赛",
        title_en=f"{winner.township.name_en} rural e-commerce heats", final_on=today,
        entries_open_on=today - datetime.timedelta(days=30), entries_close_on=today,
    )  # fmt: skip
    entry = contests.enter(
        by=clerk, contest=contest, client_uuid=uuid.uuid4(), kind="person", leader_name=winner.name,
        phone="19800009999", township=winner.township, project_title="佤山核桃进昆明",
        summary="把本村的核桃洗净分级，装成小袋卖到昆明。", plan=a_page(), plan_name="核桃.png", trainee=winner,
    )  # fmt: skip
    certificates.give_award(by=clerk, entry=entry, award="一等奖", award_en="First prize")
