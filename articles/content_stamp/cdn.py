"""Telling a CDN that the pages it keeps are out of date: one call for all of them.

Which pages a change touches nobody has to guess: all reader pages bear the same tag. A CDN that
keeps pages by their `Cache-Control` alone, for a second or two, needs none of this.
"""

import json
import logging
import re
import time
from datetime import datetime
from urllib.parse import parse_qsl
from urllib.request import Request, urlopen

from django.conf import settings
from django.utils import timezone

from articles.models import ContentStamp

from .moments import next_moment

logger = logging.getLogger(__name__)

TAG = "reader-pages"
# What all reader pages say: Cloudflare reads the first, Fastly and Varnish the second.
HEADERS = {"Cache-Tag": TAG, "Surrogate-Key": TAG}
KINDS = "cloudflare://TOKEN@ZONE, fastly://TOKEN@SERVICE or varnish://HOST:PORT"
# The host is taken as it stands: a service of Fastly has capital letters in its name.
SETTING = re.compile(
    r"(?P<kind>cloudflare|fastly|varnish)://(?:(?P<token>[^@\s]+)@)?(?P<name>[\w.:\[\]-]+)"
    r"(?:\?(?P<options>api=https?://[\w.:\[\]/-]+))?"
)
SECONDS_TO_ANSWER = 10
# By then every process of ours, and nginx before them, gives the new pages: a CDN that asked sooner
# would fetch an old one, and keep it.
SETTLED_AFTER = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0


class NoCdn(ValueError):
    """A fault of CDN_PURGE_URL, in words for the operator; never with the token."""


def purge_request(setting: str) -> Request:
    """Return the call by which the CDN of CDN_PURGE_URL forgets all reader pages. Raises NoCdn."""
    found = SETTING.fullmatch(setting)
    if found is None or bool(found["token"]) == (found["kind"] == "varnish"):
        raise NoCdn(f"CDN_PURGE_URL is none of {KINDS}.")
    api = dict(parse_qsl(found["options"] or "")).get("api", "").rstrip("/")
    name, token = found["name"], found["token"]
    if found["kind"] == "cloudflare":
        return Request(  # noqa: S310 (the operator's own)
            f"{api or 'https://api.cloudflare.com/client/v4'}/zones/{name}/purge_cache",
            json.dumps({"tags": [TAG]}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method="POST",
        )
    if found["kind"] == "fastly":
        # Soft: the pages are out of date, and still there for when ours does not answer.
        return Request(  # noqa: S310 (the operator's own)
            f"{api or 'https://api.fastly.com'}/service/{name}/purge/{TAG}",
            headers={"Fastly-Key": token, "Fastly-Soft-Purge": "1"},
            method="POST",
        )
    return Request(f"http://{name}/", headers={"Surrogate-Key": TAG}, method="BAN")


class Purger:
    """Purges once what changed has settled, at the first look of a process too: what changed while
    none ran is not known. What fails is tried again, ever more seldom."""

    def __init__(self, request: Request) -> None:
        self.request = request
        # The stamp, and how many moments have passed that raise none.
        self.version: tuple[int, int] | None = None
        self.moment: datetime = timezone.now()
        # By time.monotonic(): the last change that was seen, and when to purge, if at all.
        self.changed_at = 0.0
        self.due_at: float | None = None
        self.pause = 0.0

    def look(self) -> None:
        self.see(timezone.now())
        if self.due_at is not None and time.monotonic() >= self.due_at:
            self.purge()

    def see(self, now: datetime) -> None:
        stamp = ContentStamp.objects.read()
        moments = self.version[1] + (now >= self.moment) if self.version else 0
        if (found := (stamp, moments)) == self.version:
            return
        self.moment = next_moment(now)
        self.version, self.changed_at = found, time.monotonic()
        if self.due_at is None:
            self.due_at = self.changed_at + SETTLED_AFTER

    def purge(self) -> None:
        # For a change that may have been too young for this call, another one follows.
        begun = time.monotonic()
        try:
            with urlopen(self.request, timeout=SECONDS_TO_ANSWER):  # noqa: S310 (the operator's own)
                pass
        except OSError as fault:
            if not self.pause:
                logger.error("The CDN cannot be purged, and is asked again: %s", fault)
            self.pause = min(max(FIRST_PAUSE, 2 * self.pause), LONGEST_PAUSE)
            self.due_at = time.monotonic() + self.pause
            return
        if self.pause:
            logger.error("The CDN can be purged again.")
        self.pause = 0.0
        settled_at = self.changed_at + SETTLED_AFTER
        self.due_at = max(settled_at, begun + 1) if settled_at > begun else None


def purger() -> Purger | None:
    return Purger(purge_request(settings.CDN_PURGE_URL)) if settings.CDN_PURGE_URL else None
