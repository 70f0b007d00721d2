"""bin/setup --keys: made once, for its owner's eyes, never over old ones. And the scripts hold to bash's grammar."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from lms import environment
from lms.environment import Environment

BASE = Path(settings.BASE_DIR)


def setup_keys(data: Path, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "lms.keys", str(data)], cwd=BASE, env={"PATH": os.environ["PATH"], **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_keys_are_made_once_and_satisfy_the_settings(tmp_path):
    data = tmp_path / "data"
    assert setup_keys(data).returncode == 0
    first = (data / "secrets.env").read_text()
    assert [line.split("=")[0] for line in first.splitlines()] == [
        "SECRET_KEY", "FIELD_KEYS", "FIELD_INDEX_KEY", "SIGNING_KEYS", "BADGE_KEYS",
    ]  # fmt: skip
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "secrets.env").stat().st_mode) == 0o600

    env = Environment({})
    env.read_file(data / "secrets.env")
    assert environment.secret_key(env)
    assert environment.field_keys(env).startswith("k1:")
    assert environment.field_index_key(env)
    assert environment.signing_keys(env)

    assert setup_keys(data).returncode == 0
    assert (data / "secrets.env").read_text() == first


def test_keys_of_the_process_are_not_written_again(tmp_path):
    setup_keys(tmp_path, SECRET_KEY="x" * 50)
    names = [line.split("=")[0] for line in (tmp_path / "secrets.env").read_text().splitlines()]
    assert names == ["FIELD_KEYS", "FIELD_INDEX_KEY", "SIGNING_KEYS", "BADGE_KEYS"]


def test_lost_keys_are_not_replaced_beside_data(tmp_path):
    (tmp_path / "county.sqlite3").touch()
    outcome = setup_keys(tmp_path)
    assert outcome.returncode == 1
    assert "lacks FIELD_KEYS, FIELD_INDEX_KEY" in outcome.stderr
    assert "Put the file back from the backup" in outcome.stderr
    assert not (tmp_path / "secrets.env").exists()


@pytest.mark.parametrize("script", ["bin/setup", "bin/start", "bin/test", ".ci/run"])
def test_scripts_are_bash_and_may_be_run(script):
    path = BASE / script
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", str(path)], check=True)
