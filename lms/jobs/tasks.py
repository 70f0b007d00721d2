"""Envelopes only: ids in, delegate to an action. Actions import this module, so it imports them late."""

from celery import shared_task
from django.utils.module_loading import import_string


@shared_task
def run_job(job_id: int) -> None:
    from . import actions  # actions.start needs run_job: the one knot of this room, cut here

    actions.work(job_id)


@shared_task
def sweep() -> None:
    from . import actions  # as above

    actions.sweep()


@shared_task
def run_wagtail_task(module_path: str, args: list, kwargs: dict) -> None:
    import_string(module_path).func(*args, **kwargs)
