"""Wagtail's own tasks (search index, renditions) run in the same Celery workers as ours."""

from typing import Any

from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskResult, TaskResultStatus
from django.utils import timezone
from django.utils.crypto import get_random_string

from .tasks import run_wagtail_task


class CeleryBackend(BaseTaskBackend):
    supports_defer = True

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        self.validate_task(task)
        result: TaskResult = TaskResult(
            task=task, id=get_random_string(32), status=TaskResultStatus.READY, enqueued_at=timezone.now(),
            started_at=None, finished_at=None, last_attempted_at=None, args=args, kwargs=kwargs,
            backend=self.alias, errors=[], worker_ids=[],
        )  # fmt: skip
        self._send(task, list(args), dict(kwargs))
        return result

    @staticmethod
    def _send(task: Task, args: list, kwargs: dict) -> None:
        """To a worker; without a broker (a command on a bare machine) the work is done here and now."""
        try:
            run_wagtail_task.apply_async(args=[task.module_path, args, kwargs], eta=task.run_after, retry=False)
        except run_wagtail_task.OperationalError:
            task.func(*args, **kwargs)
