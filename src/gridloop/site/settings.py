"""Django's settings, all of them derived from `config.py` (environment and one TOML file)."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("GRIDLOOP_VAR", ROOT / "var"))


def _database(url: str) -> dict[str, object]:
    """Django's dictionary for a `postgresql://` address; `?host=` may name a socket directory."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": parts.port or query.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "gridloop", **query},
    }


SECRET_KEY = os.environ.get("GRIDLOOP_SECRET_KEY", "insecure-only-for-tests")
DEBUG = False
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql://gridloop@/gridloop?host=" + str(VAR / "run")))}
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
    "gridloop.site",
]
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
