"""Django's settings, all from the environment by way of kit.settings."""

import os
from pathlib import Path
from typing import Any

from xiaoer.app.secret import secret_key
from xiaoer.kit import postgres
from xiaoer.kit.settings import settings as read

_environment = read()
_addresses = postgres.addresses(_environment)
_rooms = Path(__file__).resolve().parent.parent

_HTTPS = os.environ.get("XIAOER_HTTPS", "") in {"1", "true", "yes", "on"}
DEBUG = _environment.debug
SECRET_KEY = secret_key(_environment)
ALLOWED_HOSTS = list(_environment.allowed_hosts)
WEB_ROLE = _addresses.web.user

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "xiaoer.kit",
    "xiaoer.kit.screens",
    "xiaoer.sources",
    "xiaoer.branches",
    "xiaoer.customers",
    "xiaoer.evidence",
    "xiaoer.loans",
    "xiaoer.network",
    "xiaoer.products",
    "xiaoer.contacts",
    "xiaoer.contact_policy",
    "xiaoer.satisfaction",
    "xiaoer.features",
    "xiaoer.scores",
    "xiaoer.segments",
    "xiaoer.trials",
    "xiaoer.events",
    "xiaoer.applications",
    "xiaoer.renewals",
    "xiaoer.offers",
    "xiaoer.workbench",
    "xiaoer.app",
]

MIDDLEWARE = [
    "xiaoer.app.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xiaoer.app.middleware.OneTransaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "xiaoer.kit.screens.tongue.HouseTongue",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xiaoer.app.middleware.SignedScope",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "xiaoer.app.urls"
WSGI_APPLICATION = "xiaoer.app.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "xiaoer.app.context.desk",
                "xiaoer.app.context.around",
            ]
        },
    }
]

# The desk enters as the web role, which row-level security binds; migrations and the night as the owner.
DATABASES = {"default": _addresses.web.django(), "owner": _addresses.owner.django()}
for _alias in DATABASES.values():
    _alias |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASE_ROUTERS = ["xiaoer.app.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "branches.Account"
LOGIN_URL = "sign-in"
LOGIN_URL_PATH = "/sign-in/"
SIGN_IN_WINDOW_MINUTES = 15
SIGN_IN_FAILURES_PER_ACCOUNT = 5
SIGN_IN_FAILURES_PER_ADDRESS = 50
SCOPES_REMEMBERED = 2_000
BEHIND_PROXY = _HTTPS
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_ENGINE = "xiaoer.app.sessions"
SESSION_COOKIE_AGE = 10 * 60 * 60  # a working day; longer needs a new sign-in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
# Photos come in a form's body: never wider than this, and never in a temporary file that erasing would not find.
FILE_UPLOAD_MAX_MEMORY_SIZE = 44 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "xiaoer.kit.screens.uploads.NarrowDoor",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [_rooms / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
