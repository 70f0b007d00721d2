"""What the beat sends, a worker knows."""

import json
import os
import subprocess
import sys

from django.conf import settings

# In a process of its own, which has imported what a worker imports and nothing besides.
ASK = """
import json
from lms.celery import app
app.loader.import_default_modules()
print(json.dumps(sorted(app.tasks)))
"""


def test_a_worker_knows_every_task_of_the_schedule():
    keys = {name: getattr(settings, name) for name in ("FIELD_KEYS", "FIELD_INDEX_KEY", "SIGNING_KEYS", "SITE_URL")}
    run = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR,
        env={**os.environ, **keys, "SECRET_KEY": "s" * 50},
    )  # fmt: skip
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sorted(scheduled - set(json.loads(run.stdout))) == []
