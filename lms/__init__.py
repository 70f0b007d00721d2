# Every process that queues work needs the app: without it a task would be sent to Celery's own default broker.
from .celery import app as celery_app

__all__ = ["celery_app"]
