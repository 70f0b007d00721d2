"""Reads one variable of the environment, or refuses with a sentence that names it and says how to mend it.

lms/settings.py puts the values where Django looks for them; docs/settings.md lists them for people.
"""

import base64
import binascii
import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from lms.paper import badge_keys as badge_keys_of
from lms.paper import signing_keys as signing_keys_of

MAKE_KEYS = "bin/setup --keys writes one to DATA_DIR/secrets.env."
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# A socket's address has 108 bytes on Linux and 104 on macOS.
LONGEST_SOCKET = 100

YES = {"1", "true", "yes", "on"}
NO = {"", "0", "false", "no", "off"}
BROKERS = ("redis", "rediss", "redis+socket", "amqp", "amqps")
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtps", "consolemail", "filemail", "dummymail")


class Refusal(ImproperlyConfigured):
    def __init__(self, name: str, problem: str, mend: str):
        super().__init__(f"{name}: {problem} {mend}")


class Environment:
    """The process's variables over those of a file of `NAME=value` lines."""

    def __init__(self, variables: Mapping[str, str] | None = None):
        self.variables = dict(os.environ if variables is None else variables)

    def read_file(self, path: Path) -> None:
        """Lines of a file, where the process has no value of its own."""
        if not path.is_file():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            name, found, value = line.partition("=")
            if found and not name.lstrip().startswith("#"):
                self.variables.setdefault(name.strip(), value.strip().strip("'\""))

    def text(self, name: str, default: str = "") -> str:
        return self.variables.get(name, "").strip() or default

    def required(self, name: str, mend: str) -> str:
        value = self.text(name)
        if not value:
            raise Refusal(name, "is not set.", mend)
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        if name not in self.variables:
            return default
        value = self.variables[name].strip().lower()
        if value in YES:
            return True
        if value in NO:
            return False
        raise Refusal(name, f"{value} is neither yes nor no.", "Write 1 or 0.")

    def number(self, name: str, *, default: int, least: int = 1, most: int = 2**31) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise Refusal(name, f"{value} will not do.", f"Write a whole number from {least} to {most}.")
        return int(value)

    def words(self, name: str) -> list[str]:
        return [word for entry in self.text(name).split(",") if (word := entry.strip())]


def data_dir(env: Environment, default: Path) -> Path:
    """Where an installation keeps what is its own; made for its owner's eyes alone."""
    path = Path(env.text("DATA_DIR", str(default))).expanduser().resolve()
    try:
        # An existing folder keeps its mode: it may be shared on purpose, and a check says so.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            "DATA_DIR", f"{path} cannot be made ({error.strerror}).", "Name a folder you may write to."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise Refusal("DATA_DIR", f"{path} cannot be written to.", "Give yourself the right, or name another.")
    return path


def secret_key(env: Environment) -> str:
    value = env.required("SECRET_KEY", MAKE_KEYS)
    if len(value) < 40:
        raise Refusal("SECRET_KEY", f"has {len(value)} characters, 40 are the least.", MAKE_KEYS)
    return value


def field_keys(env: Environment) -> str:
    """The key ring of lms.privacy.crypto, each key read once so that a mistyped one stops here."""
    ring = env.required("FIELD_KEYS", MAKE_KEYS)
    names = set()
    for entry in ring.split(","):
        name, found, key = entry.strip().partition(":")
        if not found or not name or name in names or _bytes_of(key, altchars=b"-_") != 32:
            raise Refusal(
                "FIELD_KEYS",
                "reads name:key[,name:key...], each name once, each key 32 bytes in url-safe base64.",
                "Put back the keys the data was written with; " + MAKE_KEYS,
            )
        names.add(name)
    return ring


def field_index_key(env: Environment) -> str:
    value = env.required("FIELD_INDEX_KEY", MAKE_KEYS)
    if _bytes_of(value) < 32:
        raise Refusal("FIELD_INDEX_KEY", "is no base64 of at least 32 bytes.", MAKE_KEYS)
    return value


def signing_keys(env: Environment) -> str:
    """May be empty: then everything runs but the handing out of certificates."""
    text = env.text("SIGNING_KEYS")
    try:
        signing_keys_of.read_ring(text)
    except ValueError as error:
        raise Refusal("SIGNING_KEYS", "cannot be read.", f"{error} A lost one comes back from the backup.") from error
    return text


def badge_keys(env: Environment) -> str:
    """May be empty: then everything runs but the handing out of Open Badges."""
    text = env.text("BADGE_KEYS")
    try:
        badge_keys_of.read_ring(text)
    except ValueError as error:
        raise Refusal("BADGE_KEYS", "cannot be read.", f"{error} A lost one comes back from the backup.") from error
    return text


def _bytes_of(text: str, *, altchars: bytes | None = None) -> int:
    try:
        return len(base64.b64decode(text.strip(), altchars=altchars, validate=True))
    except (binascii.Error, ValueError):
        return 0


def site_url(env: Environment, port: int) -> str:
    """The address people know, without a slash at its end: QR codes print it."""
    value = env.text("SITE_URL", f"http://localhost:{port}").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise Refusal("SITE_URL", f"{value} is no site's address.", "Write it like https://school.example.cn")
    return value


def allowed_hosts(env: Environment, site: str) -> list[str]:
    """The names the site answers to; unset, this machine's own and that of SITE_URL."""
    hosts = env.words("ALLOWED_HOSTS")
    name = urlsplit(site).hostname or ""
    if not hosts:
        return [*LOCAL_HOSTS, *([] if name in LOCAL_HOSTS else [name])]
    if "*" in hosts:
        raise Refusal(
            "ALLOWED_HOSTS", "* lets links in mails carry any name.", f"List the site's names, such as {name}"
        )
    if name not in hosts and not any(host.startswith(".") and name.endswith(host) for host in hosts):
        raise Refusal("ALLOWED_HOSTS", f"lacks {name}, the name in SITE_URL.", f"Add {name} to the list.")
    return hosts


def database(env: Environment, data: Path) -> dict[str, Any]:
    """SQLite in DATA_DIR, unless DATABASE_URL names a PostgreSQL."""
    url = env.text("DATABASE_URL")
    mend = "Write postgres://user:password@host:5432/name, or leave it out for SQLite in DATA_DIR."
    if not url:
        return sqlite(data / "county.sqlite3", data)
    scheme = url.partition(":")[0]
    if scheme not in ("postgres", "postgresql", "sqlite"):
        raise Refusal("DATABASE_URL", f"{scheme} is no database we run on.", mend)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url)
    except ValueError as error:
        raise Refusal(
            "DATABASE_URL", "cannot be read; a password's special characters are written as %XX.", mend
        ) from error
    if not config["NAME"]:
        raise Refusal("DATABASE_URL", "names no database.", mend)
    if scheme == "sqlite":
        return sqlite(Path(config["NAME"]), data)
    return {
        **config,
        "CONN_MAX_AGE": env.number("DATABASE_KEEP_SECONDS", default=60, least=0),
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path: Path, data: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            # A writer takes its lock at BEGIN and waits for it; a lock taken halfway cannot be waited for.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
        },
        "TEST": {"NAME": str(data / "test.sqlite3")},
    }


def broker_socket(data: Path) -> Path:
    """Where the embedded broker listens: in DATA_DIR, or under a short name of it where that path is too long."""
    inside = data / "valkey" / "valkey.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET:
        return inside
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    short = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    return short / f"county-lms-{os.getuid()}-{mark}" / "valkey.sock"


def broker_url(env: Environment, socket: Path) -> str:
    url = env.text("BROKER_URL")
    if not url:
        return f"redis+socket://{quote(str(socket))}"
    scheme = url.partition(":")[0]
    if scheme not in BROKERS:
        raise Refusal(
            "BROKER_URL", f"{scheme} loses work when a worker is killed, or is unknown.",
            "Write redis://host:6379/0 or amqp://user:password@host:5672/, or leave it out for the embedded broker.",
        )  # fmt: skip
    return url


def cache(env: Environment, data: Path) -> dict[str, Any]:
    url = env.text("CACHE_URL")
    if not url:
        return {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(data / "cache")}
    if url.partition(":")[0] not in ("redis", "rediss"):
        raise Refusal(
            "CACHE_URL", "is no Redis.", "Write redis://host:6379/1, or leave it out for files in DATA_DIR/cache."
        )
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}


def mailer(env: Environment) -> dict[str, Any]:
    """Django's MAILERS entry. Unset, mails are printed in the log."""
    url = env.text("EMAIL_URL", "consolemail://")
    parts = urlsplit(url)
    if parts.scheme not in MAIL_SCHEMES:
        raise Refusal(
            "EMAIL_URL", f"{parts.scheme} is no way to send mail.",
            "Write smtp+tls://user:password@host:587 or smtps://user:password@host:465",
        )  # fmt: skip
    if parts.scheme == "consolemail":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "dummymail":
        return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    if parts.scheme == "filemail":
        folder = unquote(parts.path)
        if not folder:
            raise Refusal("EMAIL_URL", "names no folder.", "Write filemail:///var/spool/county")
        return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": folder}}
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": _smtp(url)}


def _smtp(url: str) -> dict[str, Any]:
    mend = "Write smtp+tls://user:password@host:587, special characters of the password as %XX."
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise Refusal("EMAIL_URL", "has no number as its port.", mend) from error
    if not parts.hostname:
        raise Refusal("EMAIL_URL", "names no server.", mend)
    return {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        # A mail server that does not answer must not hold a worker.
        "timeout": int(parse_qs(parts.query).get("timeout", ["20"])[0]),
    }


def bucket(env: Environment) -> dict[str, Any]:
    """Options of django-storages' S3 storage; empty when files stay in DATA_DIR."""
    names = ("MEDIA_ENDPOINT", "MEDIA_ACCESS_KEY", "MEDIA_SECRET_KEY", "MEDIA_REGION")
    given = [name for name in names if env.text(name)]
    if not env.text("MEDIA_BUCKET"):
        if given:
            raise Refusal("MEDIA_BUCKET", f"is not set, {given[0]} is.", "Name the bucket, or drop the others.")
        return {}
    if bool(env.text("MEDIA_ACCESS_KEY")) != bool(env.text("MEDIA_SECRET_KEY")):
        raise Refusal("MEDIA_ACCESS_KEY", "and MEDIA_SECRET_KEY go together.", "Set both, or neither.")
    endpoint = env.text("MEDIA_ENDPOINT")
    if endpoint and not endpoint.startswith(("https://", "http://")):
        raise Refusal("MEDIA_ENDPOINT", f"{endpoint} is no address.", "Write it like https://s3.example.cn")
    return {
        "bucket_name": env.text("MEDIA_BUCKET"),
        "endpoint_url": endpoint or None,
        "access_key": env.text("MEDIA_ACCESS_KEY") or None,
        "secret_key": env.text("MEDIA_SECRET_KEY") or None,
        "region_name": env.text("MEDIA_REGION") or None,
        "signature_version": "s3v4",
        "default_acl": "private",
        "file_overwrite": False,
    }


def bucket_origins(options: dict[str, Any]) -> list[str]:
    """Where a browser fetches the bucket's pictures from: the content policy must let it."""
    if not options:
        return []
    name = options["bucket_name"]
    if options["endpoint_url"]:
        parts = urlsplit(options["endpoint_url"])
        return [f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{name}.{parts.netloc}"]
    region = options["region_name"]
    return [f"https://{name}.s3.amazonaws.com"] + ([f"https://{name}.s3.{region}.amazonaws.com"] if region else [])


def storage(options: dict[str, Any], data: Path, prefix: str) -> dict[str, Any]:
    """One of Django's STORAGES: a folder of DATA_DIR, or a prefix of the bucket."""
    if options:
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, "location": prefix}}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(data / prefix), "base_url": f"/{prefix}/"},
    }


def start_sentry(env: Environment) -> str:
    dsn = env.text("SENTRY_DSN")
    if dsn:
        import sentry_sdk  # only where errors are reported: it costs a quarter of a second
        from sentry_sdk.utils import BadDsn  # as above

        try:
            # A traceback and the line it stands on: forms, searches, local variables and queries of ours hold names
            # and ID numbers.
            sentry_sdk.init(
                dsn=dsn,
                data_collection={
                    "user_info": False,
                    "cookies": {"mode": "off"},
                    "http_headers": {"request": {"mode": "off"}},
                    "http_bodies": [],
                    "url_query_params": {"mode": "off"},
                    "database_query_data": False,
                    "queues": False,
                    "stack_frame_variables": False,
                },
            )
        except BadDsn as error:
            raise Refusal("SENTRY_DSN", f"cannot be read ({error}).", "Copy it from the project's page.") from error
    return dsn
