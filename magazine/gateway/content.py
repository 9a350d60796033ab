"""What this process knows of the public content: whether it has changed."""

import logging
import sqlite3
import threading
import time
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from articles.content_stamp.moments import next_moment
from articles.models import Article, ContentStamp, FrontPage
from articles.models.revisions import publish_due_revisions
from magazine.errors import RETRY_AFTER
from magazine.sqlite import shorten_log

from .answers import Refusal
from .database import PATIENCE

logger = logging.getLogger(__name__)

# Seconds between two looks at the stamp, and from a failure to the next attempt to publish or to
# shorten the log.
INTERVAL = 0.2
PAUSE = 5
# So many failures one after the other mean that the database is away: a single one may be a
# connection that broke, and the next one stands.
FAILURES = 2


class Version(NamedTuple):
    """A state of the public content: the stamp, and how many moments this process has seen pass at
    which content changed by itself."""

    stamp: int
    moments: int


class Content(threading.Thread):
    """Reads the content stamp a few times a second, publishes what is due, and keeps the log of
    SQLite short.

    `version` is None until the stamp was read once, and `before` is the one that it replaced. They
    stay while `database_is_away`; then `checked_at` grows old.
    """

    def __init__(self) -> None:
        super().__init__(name="content", daemon=True)
        self.version: Version | None = None
        self.before: Version | None = None
        self.failures = 0
        # Both by time.monotonic(): when the version was last seen to be the newest, and first.
        self.checked_at = self.changed_at = 0.0
        self.publishes_at = self.shortens_at = 0.0
        self.now = self.moment = timezone.now()

    @property
    def database_is_away(self) -> bool:
        return self.failures >= FAILURES

    def run(self) -> None:
        PATIENCE.seconds = settings.DATABASE_LIMITS["stamp"]
        while True:
            try:
                self.publish()
                self.look()
            except Exception:  # whatever it is: without this thread no page would change any more
                self.count_failure(
                    "Nothing can be made public, or the content stamp cannot be read."
                )
            else:
                if self.database_is_away:
                    logger.warning("The database is back.")
                self.failures = 0
            self.shorten_log()
            close_old_connections()
            time.sleep(INTERVAL)

    def count_failure(self, words: str) -> None:
        if not self.database_is_away:
            logger.exception(words)
        self.failures += 1
        if self.failures == FAILURES:
            logger.error("The database is away: readers are given the pages that are kept.")

    def require_database(self) -> None:
        """Raise Refusal, 503, while the database is away: at once, so that nobody waits for what
        cannot come, and nothing that comes back is met by a crowd."""
        if self.database_is_away:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, retry_after=RETRY_AFTER)

    def publish(self) -> None:
        """Release what is due, and publish the scheduled revisions that are; after a failure not
        again at once, so that the stamp is read all the same."""
        if time.monotonic() < self.publishes_at:
            return
        self.publishes_at = time.monotonic() + PAUSE
        Article.objects.release_due()
        FrontPage.objects.release_due()
        publish_due_revisions()
        self.publishes_at = 0.0

    def shorten_log(self) -> None:
        """Measure the log, and shorten a long one; where that fails, try again later."""
        if connection.vendor != "sqlite" or time.monotonic() < self.shortens_at:
            return
        is_done = False
        try:
            is_done = shorten_log(Path(connection.settings_dict["NAME"]))
        except (sqlite3.Error, OSError):
            logger.exception("The log of the database cannot be shortened.")
        if not is_done:
            self.shortens_at = time.monotonic() + PAUSE

    def look(self) -> None:
        """Take over the newest version. Raises DatabaseError where the database is away."""
        asked_at, before, self.now = time.monotonic(), self.now, timezone.now()
        stamp, moments = ContentStamp.objects.read(), 0
        if self.version:
            # A clock that was put back has such moments before it once more.
            has_passed = self.now >= self.moment or self.now < before
            moments = self.version.moments + has_passed
        if (found := Version(stamp, moments)) != self.version:
            # Before any page is rendered under it, so that none outlives the moment.
            self.moment = next_moment(self.now)
            self.before, self.version, self.changed_at = self.version, found, asked_at
        self.checked_at = asked_at


CONTENT = Content()
