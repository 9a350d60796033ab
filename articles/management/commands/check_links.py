import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from rich.progress import track

from articles.link_check import LinkChecker, faults, links_of, own_path
from articles.models import Article, LinkFinding, Page, Publication
from articles.models.link_findings import LinkLocation
from articles.prose.tree import blocks

TEXTS_AT_ONCE = 100
LONGEST: int = LinkFinding._meta.get_field("url").max_length or 0

# Addresses with the texts in which they stand.
Standing = dict[str, list[LinkLocation]]


class Command(BaseCommand):
    help = (
        "Looks for dead links in all articles and pages; the newsroom shows them under “Dead "
        "links”. Links within the magazine are judged by the database; with --external other "
        "websites are asked, one after the other. It can be stopped at any time and keeps what "
        "it has found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--external", action="store_true", help="Ask other websites as well.")
        parser.add_argument(
            "--since",
            type=float,
            default=7,
            metavar="DAYS",
            help="Do not ask again what was asked within so many days (7). So a second run goes "
            "on where the first was stopped.",
        )
        parser.add_argument(
            "--limit", type=int, metavar="N", help="Ask other websites for N addresses at most."
        )
        parser.add_argument(
            "--allow-private",
            action="store_true",
            help="Also ask machines in private networks: only for tests.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            elsewhere = self.look_within()
            if options["external"]:
                self.ask(elsewhere, options)
        except KeyboardInterrupt:
            self.stdout.write("Stopped. What was found is kept; run it again to go on.")

    def look_within(self) -> Standing:
        """Read every text and keep its dead links within the magazine; return the other links."""
        elsewhere: Standing = defaultdict(list)
        dead: dict[str, str] = {}
        places: Standing = defaultdict(list)
        texts = Article.objects.count() + Page.objects.count()
        for batch in track(batches(), "Texts", total=texts // TEXTS_AT_ONCE + 2):
            links = [
                (link.href, LinkLocation(text._meta.model_name, text.pk, link.words))
                for text in batch
                for link in links_of(blocks(text.body))
            ]
            dead.update(faults({url for url, _ in links}))
            for url, place in links:
                if url in dead:
                    places[url].append(place)
                elif own_path(url) is None and url.lower().startswith("http"):
                    elsewhere[url].append(place)
        for url, words in dead.items():
            if len(url) <= LONGEST:
                LinkFinding.objects.record(
                    url, is_own=True, is_dead=True, words=words, places=places[url]
                )
        # What was mended, and what stands nowhere any more.
        LinkFinding.objects.filter(is_own=True).exclude(url__in=dead).delete()
        known = LinkFinding.objects.filter(is_own=False)
        for finding in known.iterator():
            if finding.url not in elsewhere:
                finding.delete()
            elif finding.dead_since:
                finding.stand_in(elsewhere[finding.url])
        self.stdout.write(f"{len(dead)} dead addresses within the magazine.")
        return elsewhere

    def ask(self, elsewhere: Standing, options: dict[str, Any]) -> None:
        asked = LinkFinding.objects.checked_after(timezone.now() - timedelta(days=options["since"]))
        urls = [one for one in elsewhere if one not in asked and len(one) <= LONGEST]
        urls = list(itertools.islice(by_turns(urls), options["limit"]))
        checker = LinkChecker(name=own_name(), allow_private=options["allow_private"])
        dead = 0
        for url in track(urls, "Addresses"):
            answer = checker.check(url)
            LinkFinding.objects.record(url, is_own=False, places=elsewhere[url], **answer._asdict())
            dead += answer.is_dead
        left = len(elsewhere) - len(urls)
        self.stdout.write(
            f"{len(urls)} addresses elsewhere asked, {dead} of them dead; {left} not asked: "
            "asked lately, over the limit, or longer than "
            f"{LONGEST} characters."
        )


def batches() -> Iterator[list[Any]]:
    """Yield all articles and pages with links in them, some at a time, without unread columns."""
    for model in (Article, Page):
        rows: Any = model._default_manager.only("pk", "body").order_by("pk")
        last = 0
        while texts := list(rows.filter(pk__gt=last)[:TEXTS_AT_ONCE]):
            last = texts[-1].pk
            yield [text for text in texts if "<a " in text.body]


def by_turns(urls: Iterable[str]) -> Iterator[str]:
    """Order the URLs so that no host is asked twice in a row while there is another."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[urlsplit(url).netloc.lower()].append(url)
    turns = itertools.zip_longest(*hosts.values())
    return (url for turn in turns for url in turn if url)


def own_name() -> str:
    """Return our User-Agent: the magazine's name and where to find it."""
    name = str(Publication.objects.current()).encode("ascii", "ignore").decode()
    return f"{name.strip() or 'Magazine'} link check (+{settings.SITE_URL})"
