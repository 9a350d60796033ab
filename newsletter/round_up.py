"""What a new issue is filled with: what has come out since the one before, by section."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from articles.models import Article, Publication

from .models import Issue, IssueItem, MailingList

USUALLY = timedelta(days=7)
MOST = 30


def articles_for(mailing_list: MailingList) -> list[Article]:
    """What readers see and the list has not been sent: since its last issue was approved, or of
    the last week; the newest `MOST`. The quick takes come last and give way to the others; the
    rest stands in the order of the sections, what is in none at the end of it."""
    decided = Issue.objects.decided().filter(list=mailing_list)
    last = decided.aggregate(last=Max("approved_at"))["last"]
    was_sent = IssueItem.objects.filter(article=OuterRef("pk"), issue__in=decided)
    found = (
        Article.objects.published_since(last or timezone.now() - USUALLY)
        .exclude(Exists(was_sent))
        .select_related("section")
        .defer("body", "teaser")
        .newest_first()
    )
    quick = Publication.objects.current().quick_takes_id
    if quick is None:
        return by_section(list(found[:MOST]))
    others = by_section(list(found.exclude(section=quick)[:MOST]))
    return others + list(found.filter(section=quick)[: MOST - len(others)])


def by_section(articles: list[Article]) -> list[Article]:
    """Stable: within a section the newest stays first."""

    def place(article: Article) -> tuple[bool, int, str]:
        section = article.section
        return (
            section is None,
            section.position if section else 0,
            section.name if section else "",
        )

    return sorted(articles, key=place)


@transaction.atomic
def begin(mailing_list: MailingList, by: User) -> Issue:
    """A draft filled with them."""
    issue = Issue.objects.create(list=mailing_list, created_by=by)
    IssueItem.objects.bulk_create(
        IssueItem(
            issue=issue,
            article=article,
            position=position,
            heading=article.section.name[:80] if article.section else "",
        )
        for position, article in enumerate(articles_for(mailing_list), start=1)
    )
    return issue
