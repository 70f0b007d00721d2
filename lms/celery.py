import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
app = Celery("lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Every room whose tasks the beat sends: what a worker has not been told of, it drops.
app.autodiscover_tasks(["lms.jobs", "trainees.merging", "trainees.progress", "trainees.rights"], related_name="tasks")
