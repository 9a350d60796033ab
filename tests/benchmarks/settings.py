"""The magazine's own settings, with pages beside its own to compare them with."""

from magazine.settings import *  # noqa: F403
from magazine.settings import CACHES

ROOT_URLCONF = "tests.benchmarks.urls"
CACHES = {**CACHES, "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TEMPLATES[0]["DIRS"] += [BASE_DIR / "tests" / "benchmarks" / "templates"]  # noqa: F405
