from courses.schedule.models import TrainingClass

from .models import PracticalResult


def latest_results(training_class: TrainingClass) -> dict[tuple[int, int], PracticalResult]:
    """(task id, trainee id) -> the last attempt, which is the result. One query."""
    attempts = PracticalResult.objects.filter(task__training_class=training_class).order_by("attempt")
    return {(row.task_id, row.trainee_id): row for row in attempts}
