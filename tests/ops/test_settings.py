"""Each variable's refusal names the variable and the fix; each default works without any."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import mailers
from django.db import connection

from lms import environment
from lms.celery import app
from lms.environment import Environment, Refusal

FERNET = base64.urlsafe_b64encode(b"k" * 32).decode()
INDEX = base64.b64encode(b"i" * 32).decode()
DATA = Path("/srv/county")


def env(**variables: str) -> Environment:
    return Environment(variables)


def cache(variables: Environment):
    return environment.cache(variables, DATA)


def database(variables: Environment):
    return environment.database(variables, DATA)


def broker(variables: Environment):
    return environment.broker_url(variables, DATA / "valkey.sock")


def site(variables: Environment):
    return environment.site_url(variables, 8000)


def hosts(variables: Environment):
    return environment.allowed_hosts(variables, "https://school.example.cn")


def port(variables: Environment):
    return variables.number("PORT", default=8000, most=65535)


def debug(variables: Environment):
    return variables.flag("DEBUG", default=False)


def folder(variables: Environment):
    return environment.data_dir(variables, DATA)


@pytest.mark.parametrize(
    ("read", "variables", "told"),
    [
        (folder, {"DATA_DIR": "/proc/county"}, "DATA_DIR: /proc/county cannot be made"),
        (environment.secret_key, {}, "SECRET_KEY: is not set. bin/setup --keys"),
        (environment.secret_key, {"SECRET_KEY": "short"}, "SECRET_KEY: has 5 characters"),
        (environment.field_keys, {}, "FIELD_KEYS: is not set. bin/setup --keys"),
        (environment.field_keys, {"FIELD_KEYS": FERNET}, "FIELD_KEYS: reads name:key"),
        (environment.field_keys, {"FIELD_KEYS": "k1:c2hvcnQ="}, "FIELD_KEYS: reads name:key"),
        (environment.field_keys, {"FIELD_KEYS": f"k1:{FERNET},k1:{FERNET}"}, "FIELD_KEYS: reads name:key"),
        (environment.field_index_key, {"FIELD_INDEX_KEY": "%%%"}, "FIELD_INDEX_KEY: is no base64"),
        (debug, {"DEBUG": "perhaps"}, "DEBUG: perhaps is neither yes nor no"),
        (port, {"PORT": "http"}, "PORT: http will not do. Write a whole number from 1 to 65535"),
        (port, {"PORT": "70000"}, "PORT: 70000 will not do"),
        (site, {"SITE_URL": "school.example.cn"}, "SITE_URL: school.example.cn is no site's address"),
        (site, {"SITE_URL": "https://school.example.cn/lms"}, "SITE_URL: https://school.example.cn/lms is no"),
        (hosts, {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS: * lets"),
        (hosts, {"ALLOWED_HOSTS": "other.cn"}, "ALLOWED_HOSTS: lacks school.example.cn"),
        (database, {"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL: mysql is no database we run on"),
        (database, {"DATABASE_URL": "postgres://a:b@host:port/d"}, "DATABASE_URL: cannot be read"),
        (database, {"DATABASE_URL": "postgres://a:b@host/"}, "DATABASE_URL: names no database"),
        (broker, {"BROKER_URL": "filesystem://"}, "BROKER_URL: filesystem loses work"),
        (cache, {"CACHE_URL": "memcache://x"}, "CACHE_URL: is no Redis"),
        (environment.mailer, {"EMAIL_URL": "pigeon://x"}, "EMAIL_URL: pigeon is no way to send mail"),
        (environment.mailer, {"EMAIL_URL": "smtps://user:word@"}, "EMAIL_URL: names no server"),
        (environment.mailer, {"EMAIL_URL": "smtp://host:abc"}, "EMAIL_URL: has no number as its port"),
        (environment.mailer, {"EMAIL_URL": "filemail://"}, "EMAIL_URL: names no folder"),
        (environment.bucket, {"MEDIA_ENDPOINT": "https://s3.cn"}, "MEDIA_BUCKET: is not set, MEDIA_ENDPOINT is"),
        (environment.bucket, {"MEDIA_BUCKET": "b", "MEDIA_ACCESS_KEY": "a"}, "MEDIA_ACCESS_KEY: and MEDIA_SECRET"),
        (environment.bucket, {"MEDIA_BUCKET": "b", "MEDIA_ENDPOINT": "s3"}, "MEDIA_ENDPOINT: s3 is no address"),
        (environment.start_sentry, {"SENTRY_DSN": "nonsense"}, "SENTRY_DSN: cannot be read"),
    ],
)
def test_a_refusal_names_the_variable(read, variables, told):
    with pytest.raises(Refusal) as refusal:
        read(env(**variables))
    assert str(refusal.value).startswith(told)


def test_nothing_set_means_this_machine_alone():
    config = database(env())
    assert config["ENGINE"] == "django.db.backends.sqlite3"
    assert config["NAME"] == "/srv/county/county.sqlite3"
    assert broker(env()) == "redis+socket:///srv/county/valkey.sock"
    assert cache(env()) == {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": "/srv/county/cache",
    }
    assert environment.allowed_hosts(env(), "http://localhost:8000") == ["localhost", "127.0.0.1", "[::1]"]
    assert hosts(env()) == ["localhost", "127.0.0.1", "[::1]", "school.example.cn"]
    assert environment.storage({}, DATA, "media")["OPTIONS"]["location"] == "/srv/county/media"


def test_postgres_by_address_or_by_socket():
    config = database(env(DATABASE_URL="postgres://lms:p%40ss@db.example.cn:5433/county"))
    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.postgresql", "county")
    assert (config["USER"], config["PASSWORD"]) == ("lms", "p@ss")
    assert (config["HOST"], config["PORT"], config["CONN_MAX_AGE"]) == ("db.example.cn", 5433, 60)

    config = database(env(DATABASE_URL="postgres://lms@//run/postgresql/county"))
    assert (config["HOST"], config["NAME"], config["USER"]) == ("/run/postgresql", "county", "lms")


def test_mail_by_url():
    mail = environment.mailer(env(EMAIL_URL="smtp+tls://centre%40x.cn:p%2Fw@mail.x.cn"))
    assert mail["OPTIONS"] == {
        "host": "mail.x.cn", "port": None, "username": "centre@x.cn", "password": "p/w",
        "use_tls": True, "use_ssl": False, "timeout": 20,
    }  # fmt: skip
    assert environment.mailer(env(EMAIL_URL="smtps://mail.x.cn:465"))["OPTIONS"]["use_ssl"] is True


def test_bucket_is_private_and_named_in_the_content_policy():
    options = environment.bucket(env(MEDIA_BUCKET="county", MEDIA_ENDPOINT="https://oss.example.cn"))
    assert options["default_acl"] == "private"
    assert environment.bucket_origins(options) == ["https://oss.example.cn", "https://county.oss.example.cn"]
    assert environment.storage(options, DATA, "sealed")["OPTIONS"]["location"] == "sealed"


def test_a_socket_path_never_passes_its_limit():
    short = environment.broker_socket(Path("/srv/county"))
    assert short == Path("/srv/county/valkey/valkey.sock")
    first, second = (environment.broker_socket(Path("/srv") / ("数据" * 20) / name) for name in "ab")
    assert first != second
    assert len(os.fsencode(first)) <= 100


def test_file_of_keys_yields_to_the_process(tmp_path):
    keys = tmp_path / "secrets.env"
    keys.write_text("# kept by bin/setup\nSECRET_KEY='from the file'\nPORT=9000\n", encoding="utf-8")
    variables = env(PORT="8001")
    variables.read_file(keys)
    assert (variables.text("SECRET_KEY"), variables.text("PORT")) == ("from the file", "8001")


def test_data_dir_is_for_its_owner(tmp_path):
    path = environment.data_dir(env(DATA_DIR=str(tmp_path / "new")), DATA)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.django_db
def test_the_database_is_one_we_run_on():
    """SQLite waits for its lock and journals ahead; PostgreSQL is 15 or newer."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            assert connection.pg_version >= 150000
            return
        answers = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "busy_timeout")]
    assert answers == ["wal", 20000]
    assert connection.transaction_mode == "IMMEDIATE"


def run(*command: str, **variables: str) -> subprocess.CompletedProcess:
    """A fresh process with only these variables, every warning an error."""
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def keys(tmp_path: Path) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), "SECRET_KEY": "s" * 50, "FIELD_KEYS": f"k1:{FERNET}", "FIELD_INDEX_KEY": INDEX}


def test_checks_are_clean_without_any_warning(tmp_path):
    outcome = run("manage.py", "check", **keys(tmp_path))
    assert (outcome.stdout, outcome.stderr) == ("System check identified no issues (0 silenced).\n", "")


def test_production_behind_https(tmp_path):
    told = "from django.conf import settings as s; print(s.ALLOWED_HOSTS[-1], s.SESSION_COOKIE_SECURE, s.DEBUG, s.DEMO)"
    address = {"SITE_URL": "https://school.example.cn", "DJANGO_SETTINGS_MODULE": "lms.settings"}
    assert run("-c", told, **keys(tmp_path), **address).stdout == "school.example.cn True False False\n"
    refused = run("-c", told, **keys(tmp_path), **address, DEBUG="1").stderr
    assert refused.splitlines()[-1] == (
        "lms.environment.Refusal: DEBUG: shows people's data on its error pages to anyone. "
        "Leave it out where SITE_URL is https."
    )


def test_one_process_alone_names_what_it_lacks(tmp_path):
    outcome = run("-m", "lms.serve", DATA_DIR=str(tmp_path))
    assert outcome.returncode == 1
    assert outcome.stdout == "SECRET_KEY: is not set. bin/setup --keys writes one to DATA_DIR/secrets.env.\n"
    assert outcome.stderr == ""


def test_mails_can_be_made_without_a_deprecation():
    assert mailers.default is not None


def test_every_process_queues_to_the_broker_of_the_settings():
    assert app.conf.broker_url == settings.CELERY_BROKER_URL
    from celery import current_app  # read only now: what a shared task would use

    assert current_app.main == "lms"


def test_error_reports_carry_nothing_about_people(tmp_path):
    told = (
        "from django.conf import settings; settings.DEBUG; import sentry_sdk as s;"
        "o = s.get_client().options; c = o['data_collection'];"
        "print(c['user_info'], c['http_bodies'], c['url_query_params']['mode'], c['stack_frame_variables'])"
    )
    outcome = run(
        "-c", told, **keys(tmp_path), SENTRY_DSN="https://abc@127.0.0.1/1", DJANGO_SETTINGS_MODULE="lms.settings"
    )
    assert (outcome.stdout, outcome.stderr) == ("False [] off False\n", "")
