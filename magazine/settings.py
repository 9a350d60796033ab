"""Settings, read from the environment (and from `.env` beside manage.py, where there is one).

Every variable stands in `.env.example` with what it is for; a test holds the two equal.
"""

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from . import sqlite

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# What the magazine writes is for its own user alone: database, key, outgoing mail. Static files and
# pictures get permissions of their own below.
os.umask(0o077)
VAR_DIR = (BASE_DIR / env.str("VAR_DIR", default="var")).resolve()

DEBUG = env.bool("DEBUG", default=False)


def secret_key() -> str:
    """Return the key from the environment, else the one that quickstart keeps in `var/`.

    Without either, a key that lives as long as this process: enough for commands and tests.
    """
    kept = VAR_DIR / "secret_key"
    if key := env.str("SECRET_KEY", default=""):
        return key
    return kept.read_text().strip() if kept.is_file() else secrets.token_urlsafe(50)


SECRET_KEY = secret_key()
# Former keys: what they signed and encrypted stays good.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# The address readers use, and whether it is reached over TLS (then HSTS and secure cookies hold).
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_FAILURE_VIEW = "magazine.errors.form_too_old"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

INSTALLED_APPS = [
    "magazine",
    "newsletter",
    "articles",
    "django_prose_editor",
    "taggit",
    "csp",
    "articles.apps.NewsroomConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "magazine.headers.headers",
    "magazine.errors.read_as_utf8",
    "csp.middleware.CSPMiddleware",
    "magazine.files.FilesMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "magazine.errors.refuse_methods",
    "magazine.errors.ConflictMiddleware",
]

ROOT_URLCONF = "magazine.urls"
# One canonical address per page; the 404 handler leads the other forms to it in a single step.
APPEND_SLASH = False
# Inputs of the newsroom have templates of their own.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "magazine.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context_processors.site_context",
            ],
        },
    },
]

if database_url := env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url_config(database_url)}
else:
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "db.sqlite3"}
    }
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers queue instead of failing (IMMEDIATE), and take turns.
    DATABASES["default"]["ENGINE"] = "magazine.backends.sqlite3"
    # Opening the file and setting it up anew would cost each page a millisecond.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": sqlite.init_command(),
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"] = {
        # In seconds, the last one in milliseconds: a server that fell off the network is noticed,
        # by commands that take hours too.
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", default=8),
            "timeout": 5,
        },
        **DATABASES["default"].get("OPTIONS", {}),
    }
# What a request waits for PostgreSQL at most, in seconds: with these no thread is held for longer
# than four. Only the gateway's processes take them over: the statements of an import, a migration
# or the newsletter's worker may take long.
DATABASE_LIMITS = {
    # Less than a second: so soon is a reader told that a page cannot be made now.
    "pool": 0.7,
    "connect": 2,
    "lock": 2,
    "statement": 2.5,
    "answer": 3,
    # The content stamp is one row: who waits for it so long knows that the database is away.
    "stamp": 1,
    "idle": 60,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# One backend, so that there is one way in: allauth's, with its counters and its second step.
AUTHENTICATION_BACKENDS = ["articles.accounts.backend.StaffBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
# Who must have a second factor before the newsroom opens: chief, all, or nobody when left out.
SECOND_FACTOR = env.str("SECOND_FACTOR", default="")

ACCOUNT_ADAPTER = "articles.accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# The invitation that made the account has proved its address.
ACCOUNT_EMAIL_VERIFICATION = "none"
# Nobody gets mail because a stranger typed his address into our form.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # The key is a name and a network; the slow count is of the name alone, from all networks.
    "login_failed": "20/5m/ip,5/5m/key",
    "login_failed_by_name": "50/1h/key",
    "reset_password": "10/10m/ip,3/10m/key",
}
MFA_ADAPTER = "articles.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "add_webauthn": "articles.accounts.forms.NewPasskeyForm",
    "login_webauthn": "articles.accounts.forms.PasskeyLoginForm",
    "authenticate_webauthn": "articles.accounts.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "articles.accounts.forms.PasskeyProofForm",
}
# The counters of failed attempts: in the database, so that all processes count together and a
# restart forgets nothing. A stranger cannot push them out by making many: each makes few.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "login_counters",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

LANGUAGE_CODE = "en"
USE_I18N = True
# The magazine's own time: what bylines, LATEST and the newsroom show.
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# A web server in front may serve both.
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "magazine.stylesheets.JoinedStaticFilesStorage"
    },
}
# Source maps are for developers' tools: not worth the seconds that packing them takes.
WHITENOISE_MIMETYPES = {".speculationrules": "application/speculationrules+json"}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
# Largest picture an editor may upload, in megabytes.
PICTURE_MAX_MB = env.int("PICTURE_MAX_MB", default=40)
# Memory of each process for readers' pages.
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", default=64)
# The CDN that is told when readers' pages are out of date: cloudflare://TOKEN@ZONE,
# fastly://TOKEN@SERVICE or varnish://HOST:PORT.
CDN_PURGE_URL = env.str("CDN_PURGE_URL", default="")
# Of a form with files, in all.
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=128)

TAGGIT_CASE_INSENSITIVE = True

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="newsroom@localhost")
# Seconds to wait for each answer of the mail server and, longer, for the one to the mail itself:
# who gives up on that sooner is in doubt about mails that did arrive (RFC 5321, 4.5.3.2).
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=300)
EMAIL_DATA_TIMEOUT = env.int("EMAIL_DATA_TIMEOUT", default=600)
if email_url := env.str("EMAIL_URL", default=""):
    try:
        vars().update(env.email_url_config(email_url))
    except ValueError:
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read. In a password, write # as %23, / as %2F and ? as %3F."
        ) from None  # which would tell a part of the password
else:
    # No mail server: every message becomes a file that can be read.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "outbox"

# Issues of the newsletter go out only where the operator says so: a copy of the magazine on another
# machine must not mail its readers.
NEWSLETTER_SENDING = env.bool("NEWSLETTER_SENDING", default=False)
NEWSLETTER_FROM = env.str("NEWSLETTER_FROM", default="") or DEFAULT_FROM_EMAIL
# Where refusals come back, marked for each recipient: bounces@… becomes bounces+mark@….
NEWSLETTER_BOUNCES = env.str("NEWSLETTER_BOUNCES", default="")
# How much all workers may send together, such as 10/s,5000/h,50000/d; what is left out is free.
NEWSLETTER_RATES = env.list("NEWSLETTER_RATES", default=[])
# Where `manage.py process_bounces` reads what came back: maildir:/path, mbox:/path,
# imaps://user:password@host/INBOX, the same by imap+starttls, or pop3s://user:password@host.
NEWSLETTER_BOUNCE_MAILBOX = env.str("NEWSLETTER_BOUNCE_MAILBOX", default="")

# The provider that tells us of bounces and complaints at /newsletter/provider/, as django-anymail
# names it; its secret is what it logs in with there, its key what it signs with, if it does.
ANYMAIL_PROVIDER = env.str("ANYMAIL_PROVIDER", default="").lower().replace("-", "_")
ANYMAIL = {"WEBHOOK_SECRET": env.str("ANYMAIL_WEBHOOK_SECRET", default="")}
if anymail_key := env.str("ANYMAIL_KEY", default=""):
    # Each provider has a word of its own for it.
    for word in (
        *("API_KEY", "SIGNING_SECRET", "WEBHOOK_KEY", "WEBHOOK_SIGNING_KEY"),
        "TRACKING_WEBHOOK_VERIFICATION_KEY",
    ):
        ANYMAIL[f"{ANYMAIL_PROVIDER.upper()}_{word}"] = anymail_key

# Everything worth an operator's eye goes to standard error; a missing page is not.
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "magazine.logs.LineFormatter"},
        "json": {"()": "magazine.logs.JSONFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            # A check names a mistyped word.
            "formatter": "json" if LOG_FORMAT == "json" else "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # The pool tells of each of its attempts.
    "loggers": {"django.request": {"level": "ERROR"}, "psycopg.pool": {"level": "ERROR"}},
}

# Who may read /healthz/metrics; without it there is no such address.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# The providers whose players a reader may open; nothing is loaded from them before the click.
EMBED_HOSTS = [
    "https://www.youtube-nocookie.com",
    "https://player.vimeo.com",
    "https://platform.twitter.com",
    "https://embed.bsky.app",
    "https://embed.documentcloud.org",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": EMBED_HOSTS,
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # The counters want the visitor's address: the last one, which the proxy itself wrote.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
