"""What must hold between the parts before the magazine runs; Django's `check` reports it."""

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.urls import URLPattern, URLResolver, get_resolver

from articles.content_stamp import cdn
from articles.models.redirects import RESERVED_SLUGS

from . import sqlite
from .logs import LOG_FORMATS


@register(Tags.urls)
def fixed_urls_are_reserved(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a first URL segment that an article or a page could take as its slug."""
    return [
        Error(
            f"The address /{segment}/ is not among the reserved slugs.",
            hint="Add it to RESERVED_SLUGS in articles/models/redirects.py.",
            id="magazine.E001",
        )
        for segment in sorted(first_segments(get_resolver().url_patterns) - RESERVED_SLUGS)
    ]


def first_segments(patterns: Sequence[URLPattern | URLResolver]) -> set[str]:
    """Return the fixed first segments of the URLconf; patterns that begin with a variable have
    none."""
    segments: set[str] = set()
    for pattern in patterns:
        segment = str(pattern.pattern).lstrip("^").split("/")[0]
        if not segment and isinstance(pattern, URLResolver):
            segments |= first_segments(pattern.url_patterns)
        elif segment and "<" not in segment:
            segments.add(segment.split(".")[0])
    return segments


@register(Tags.security, deploy=True)
def site_url_is_secure(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS:
        return []
    return [
        Warning(
            "SITE_URL does not begin with https://.",
            hint="Cookies are then sent in the clear, and HSTS is not sent.",
            id="magazine.W002",
        )
    ]


@register()
def second_factor_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a mistyped word, which would leave the newsroom open."""
    if settings.SECOND_FACTOR in ("", "chief", "all"):
        return []
    return [
        Error(
            f"SECOND_FACTOR is “{settings.SECOND_FACTOR}”.",
            hint="Say chief or all, or leave it out.",
            id="magazine.E003",
        )
    ]


@register()
def log_format_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.LOG_FORMAT in LOG_FORMATS:
        return []
    return [
        Error(
            f"LOG_FORMAT is “{settings.LOG_FORMAT}”.",
            hint=f"Say {' or '.join(LOG_FORMATS)}, or leave it out.",
            id="magazine.E006",
        )
    ]


@register()
def cdn_is_one_we_can_purge(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        cdn.purger()
    except cdn.NoCdn as fault:
        hint = "Left out, a CDN keeps pages by their Cache-Control alone, two seconds at most."
        return [Error(str(fault), hint=hint, id="magazine.E007")]
    return []


@register(Tags.security, deploy=True)
def second_factor_is_asked(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR:
        return []
    return [
        Warning(
            "SECOND_FACTOR is empty: a password alone opens every account, a chief's included.",
            hint="Set it to chief or to all; each person is then led to set one up.",
            id="magazine.W003",
        )
    ]


FORMER_DATABASE = (
    "The database was made by a version from before the first release, which this version cannot "
    "take over. Move var/ away, or name an empty database in DATABASE_URL, then run quickstart."
)


def is_former_database(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether the tables were made by the migrations from before they were folded."""
    return ("articles", "0001_initial") in MigrationRecorder(connection).applied_migrations()


@register(Tags.database)
def database_is_not_a_former_one(
    app_configs: Any, databases: Collection[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Stop `migrate` before it touches a former table, where Django would end in a traceback."""
    former = [alias for alias in databases or () if is_former_database(connections[alias])]
    return [Error(FORMER_DATABASE, id="magazine.E004") for _ in former]


# Of production alone: elsewhere nothing has to be done about it, and every command would say it.
@register(Tags.compatibility, deploy=True)
def sqlite_is_mended(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if connections["default"].vendor != "sqlite" or sqlite.is_mended():
        return []
    return [
        Warning(
            f"SQLite {sqlite3.sqlite_version} can damage the database when several connections "
            "checkpoint and write at the same moment. Therefore only one process checkpoints, "
            "while nobody writes.",
            hint="No other program may write the database. The better remedy is SQLite 3.51.3 or "
            "newer (3.50.7 and 3.44.6 are mended too), or a PostgreSQL database in DATABASE_URL.",
            id="magazine.W005",
        )
    ]


SHARED_DATABASE = (
    "The database {path} is on a network file system ({kind}), where SQLite loses data. Keep it "
    "on a local disk, or name a PostgreSQL database in DATABASE_URL."
)


def shared_database() -> str:
    """Say what is wrong with the place of the database; empty where nothing is."""
    connection = connections["default"]
    path = Path(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or not (kind := sqlite.network_file_system(path)):
        return ""
    return SHARED_DATABASE.format(path=path, kind=kind)


@register()
def database_is_on_a_local_disk(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [Error(text, id="magazine.E008") for text in [shared_database()] if text]
