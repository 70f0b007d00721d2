"""All settings, read from the environment. docs/settings.md lists them.

Nothing but the environment chooses the database, the broker, the cache and the media storage. What is
missing in development gets a local default under DATA_DIR; what is missing in production is refused with the
name of the variable and how to make a value for it.
"""

import sys
from pathlib import Path

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from lms import environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environment.Environment()

DATA_DIR = environment.data_dir(env, default=BASE_DIR / ".data")
# Written once by bin/setup --keys: the keys of an installation that set none of its own.
env.read_file(DATA_DIR / "secrets.env")

TESTING = "pytest" in sys.modules
DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)

if TESTING:
    SECRET_KEY = "for-tests-only"  # noqa: S105
    FIELD_KEYS = "t1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    FIELD_INDEX_KEY = "dGVzdHMtb25seS1pbmRleC1rZXktMDEyMzQ1Njc4OTA="
    SIGNING_KEYS = ""
    BADGE_KEYS = ""
else:
    SECRET_KEY = environment.secret_key(env)
    FIELD_KEYS = environment.field_keys(env)
    FIELD_INDEX_KEY = environment.field_index_key(env)
    SIGNING_KEYS = environment.signing_keys(env)
    BADGE_KEYS = environment.badge_keys(env)

# The address printed in QR codes; nothing else may depend on the request's host.
SITE_URL = environment.site_url(env, port=env.number("PORT", default=8000, most=65535))
WAGTAILADMIN_BASE_URL = SITE_URL
BEHIND_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = environment.allowed_hosts(env, SITE_URL)
CSRF_TRUSTED_ORIGINS = [SITE_URL, *env.words("CSRF_TRUSTED_ORIGINS")]
if DEBUG and BEHIND_HTTPS:
    raise environment.Refusal(
        "DEBUG", "shows people's data on its error pages to anyone.", "Leave it out where SITE_URL is https."
    )

INSTALLED_APPS = [
    "lms",
    "courses",
    "trainees",
    "certificates",
    "content",
    "demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.access.middleware.LoginByDefault",
    "lms.access.middleware.PrivatePages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lms.access.middleware.SecondFactorForStaff",
    "lms.ui.middleware.RefusalPage",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "lms" / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.ui.context.interface",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------------------------
DATABASES = {"default": environment.database(env, DATA_DIR)}
if TESTING:
    # A killed run leaves its journal, and SQLite would read it into the next run's empty file.
    for leftover in DATA_DIR.glob("test.sqlite3-*"):
        leftover.unlink()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Background work ------------------------------------------------------------------------------------------
# Unset, bin/start runs an embedded Valkey on this socket; Redis and RabbitMQ are chosen by BROKER_URL alone.
BROKER_SOCKET = environment.broker_socket(DATA_DIR)
BROKER_EMBEDDED = not env.text("BROKER_URL")
CELERY_BROKER_URL = environment.broker_url(env, BROKER_SOCKET)
# A broker that is away must not hold up a page: one more try, then the row waits for the sweep.
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
if CELERY_BROKER_URL.startswith(("redis", "rediss")):
    # Unacknowledged work comes back: kombu sweeps every interval x throttle seconds.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "visibility_timeout": 900,
        "unacked_restore_interval": 3,
        "unacked_restore_throttle": 1,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = TESTING and not env.flag("TEST_REAL_BROKER", default=False)
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # An unheard sweep expires: behind a long job they would only pile up.
    "sweep-jobs": {"task": "lms.jobs.tasks.sweep", "schedule": 30.0, "options": {"expires": 25}},
    "retention": {"task": "trainees.rights.tasks.nightly", "schedule": crontab(hour=3, minute=10)},
    "find-duplicates": {"task": "trainees.merging.tasks.find_duplicates", "schedule": crontab(hour=1, minute=40)},
    "recount": {"task": "trainees.progress.tasks.recount_all", "schedule": crontab(hour=2, minute=30)},
    "forget-print-files": {"task": "certificates.tasks.forget_print_files", "schedule": crontab(hour=3, minute=10)},
    "forget-lists": {"task": "certificates.lists.tasks.forget_lists", "schedule": crontab(hour=3, minute=15)},
}
TASKS = {"default": {"BACKEND": "lms.jobs.backend.CeleryBackend"}}
if TESTING:
    TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

CACHES = {"default": environment.cache(env, DATA_DIR)}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "lms" / "ui" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if TESTING or DEBUG:
    STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG

BUCKET = environment.bucket(env)
STORAGES = {
    "default": environment.storage(BUCKET, DATA_DIR, "media"),
    # Ciphertext only: rosters, entries, results; see lms.privacy.storage.
    "sealed": environment.storage(BUCKET, DATA_DIR, "sealed"),
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
# Made by bin/setup, the same for every installation of this code.
PAPER_FONTS = Path(env.text("PAPER_FONTS", str(BASE_DIR / ".tools" / "fonts")))
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_MB", default=20, most=500) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "lms.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- People ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "lms.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "lms.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
# By address first: a low limit by name lets anybody lock a clerk out. See docs/decisions/0005.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/ip,30/15m/key"}
# How many proxies of ours add to X-Forwarded-For; with 0 it is not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", default=0, least=0, most=10)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", default=not DEMO and not TESTING)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"

# --- Language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
FORMAT_MODULE_PATH = ["lms.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Wagtail --------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = env.text("SITE_NAME", default="沧源电商培训" if DEMO or TESTING else "县域电商培训")
SITE_NAME_EN = env.text(
    "SITE_NAME_EN", default="Cangyuan e-commerce training" if DEMO or TESTING else "County e-commerce training"
)
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["h3", "h4", "bold", "ol", "ul", "link", "image"]},
    }
}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "mp4", "webm", "vtt", "mp3"]
WAGTAILEMBEDS_FINDERS: list = []  # videos are our own files: a village line reaches no foreign player

# --- Safety ---------------------------------------------------------------------------------------------------
BUCKET_ORIGINS = environment.bucket_origins(BUCKET)
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:", *BUCKET_ORIGINS],
    "media-src": ["'self'", "blob:", *BUCKET_ORIGINS],
    "style-src": ["'self'", "'unsafe-inline'"],
    "script-src": ["'self'", "<CSP_NONCE_SENTINEL>"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "object-src": ["'none'"],
}
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "lms.ui.views.sign_in_expired"
SECURE_HSTS_SECONDS = 31536000 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
X_FRAME_OPTIONS = "SAMEORIGIN"

# --- Mail, errors, logs ---------------------------------------------------------------------------------------
MAILERS = {"default": environment.mailer(env)}
DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", "centre@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SENTRY_DSN = environment.start_sentry(env)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "lms.privacy.logs.MaskingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
