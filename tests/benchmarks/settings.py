"""The magazine's own settings, with one empty view beside its pages to compare them with."""

from magazine.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
