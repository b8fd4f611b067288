"""Django's settings, all of them derived from `config.py` (environment and one TOML file)."""

from __future__ import annotations

import os
from dataclasses import asdict
from urllib.parse import parse_qs, unquote, urlsplit

from gridloop.site import config as configuration

CONFIG = configuration.load(os.environ)
ROOT = configuration.ROOT
VAR = CONFIG.var_path


def _database(url: str) -> dict[str, object]:
    """Django's dictionary for a `postgresql://` address; `?host=` may name a socket directory."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "gridloop.site.database",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": parts.port or query.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "gridloop",
            "prepare_threshold": 5,  # Django turns preparing off unless this is said
            "options": "-c plan_cache_mode=force_generic_plan",  # see kernel/statements.py
            **query,
        },
    }


def _hosts() -> list[str]:
    """The names we answer to: the public one, those beside it, and this machine."""
    public = urlsplit(CONFIG.address).hostname or "localhost"
    return [public, *CONFIG.allowed_hosts, "localhost", "127.0.0.1", "[::1]"]


SECRET_KEY = CONFIG.secret_key
DEBUG = False
ALLOWED_HOSTS = _hosts()
CSRF_TRUSTED_ORIGINS = [CONFIG.address]
DATABASES = {"default": _database(CONFIG.database_url or f"postgresql://gridloop@/gridloop?host={VAR / 'run' / 'pg'}")}
INSTALLED_APPS = [
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "gridloop.audit",
    "gridloop.identity",
    "gridloop.places",
    "gridloop.notices",
    "gridloop.cases",
    "gridloop.fleet",
    "gridloop.site",
]
# Django warns of a GDAL below 3.9 (Debian 12 has 3.6), which would open files and addresses that a spatial reference names. No
# spatial reference ever comes from outside: our SRIDs are numbers in our own statements, and geometry is read by PostGIS and Shapely.
# The landing page of OGC API Features is /ogc, its documents lie below: their paths begin with the slash between (urls.W002).
SILENCED_SYSTEM_CHECKS = ["gis.W001", "urls.W002"]
MIDDLEWARE = [
    "gridloop.site.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "gridloop.site.middleware.ContentSecurity",
    "gridloop.site.middleware.CallerMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "gridloop.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "src/gridloop/site/templates"],
        "OPTIONS": {"context_processors": []},
    }
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = False
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # JSON and forms; photos have a limit of their own
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

SECURE = CONFIG.address.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.behind_proxy else None

GRIDLOOP_LIVE_URL = CONFIG.live_url
GRIDLOOP_SMTP = asdict(CONFIG.smtp)
GRIDLOOP_SMS = asdict(CONFIG.sms)
GRIDLOOP_PUSH = asdict(CONFIG.push)
GRIDLOOP_OIDC = asdict(CONFIG.oidc)
GRIDLOOP_PHOTOS = (
    {
        "driver": "s3",
        "endpoint": CONFIG.storage.s3_endpoint,
        "bucket": CONFIG.storage.s3_bucket,
        "key_id": CONFIG.storage.s3_access_key,
        "secret": CONFIG.storage.s3_secret_key,
        "region": CONFIG.storage.s3_region or "us-east-1",
    }
    if CONFIG.storage.s3_bucket
    else {"driver": "disk", "root": str(CONFIG.photos_path)}
)
GRIDLOOP_PHOTOS_PUBLIC = CONFIG.photos.public
GRIDLOOP_PHOTO_BYTES_MAX = CONFIG.limits.photo_mb_max * 1024 * 1024
GRIDLOOP_REPORTS_PER_HOUR = CONFIG.limits.report_per_hour
GRIDLOOP_PHOTOS_PER_HOUR = CONFIG.limits.photo_per_hour
GRIDLOOP_JURISDICTION = CONFIG.jurisdiction
GRIDLOOP_OPEN311_KEY_REQUIRED = CONFIG.open311_key_required
GRIDLOOP_DEMO = CONFIG.demo
LEDGER_HASH = CONFIG.ledger_hash
LEDGER_ORIGIN = CONFIG.ledger_origin
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # each room's jobs.py, loaded when the apps are ready
PROCRASTINATE_IMPORT_PATHS = [
    "gridloop.cases.photos.jobs",
    "gridloop.cases.alarms.jobs",
    "gridloop.cases.announcements.jobs",
    "gridloop.cases.components.jobs",
    "gridloop.cases.digest.jobs",
    "gridloop.cases.forecast.jobs",
    "gridloop.cases.intake_help.jobs",
    "gridloop.cases.mass.jobs",
    "gridloop.cases.nearby.jobs",
    "gridloop.cases.own_data.jobs",
    "gridloop.cases.simulation.jobs",
    "gridloop.cases.walks.jobs",
]  # jobs that stand deeper in a room
GRIDLOOP_FLEET = asdict(CONFIG.fleet)
GRIDLOOP_WALKS = asdict(CONFIG.walks)
GRIDLOOP_LIMITS = asdict(CONFIG.limits)
GRIDLOOP_SESSION_HOURS = CONFIG.session_hours
GRIDLOOP_BEHIND_PROXY = CONFIG.behind_proxy
GRIDLOOP_PUBLIC_URL = CONFIG.public_url
