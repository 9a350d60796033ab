"""What a new issue is filled with: what has come out since the one before was filled, by section;
and issues that open by themselves."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from articles.models import Article, Publication, Section
from articles.models.articles import ArticleQuerySet
from articles.structured_data import summary

from .approval import approve
from .checklist import SUBJECT_READS_WELL, IssueReview
from .models import Issue, IssueItem, Letterhead, MailingList
from .models.lists import Opening

DAY, USUALLY = timedelta(days=1), timedelta(days=7)
# A publication may be stored a little later than the moment that it names.
OVERLAP = timedelta(minutes=1)
# A worker that was away for longer opens nothing for a moment that is past: nor does a database
# that was restored from a backup.
TOO_LATE = timedelta(hours=12)
MOST = 30


def articles_for(mailing_list: MailingList) -> list[Article]:
    """Return the public articles that the list has not been offered, the newest `MOST`. The quick
    takes come last and give way to the others; the rest stands in the order of the sections,
    articles without a section at the end."""
    decided = Issue.objects.decided().filter(list=mailing_list)
    was_sent = IssueItem.objects.filter(article=OuterRef("pk"), issue__in=decided)
    found = (
        followed_by(mailing_list)
        .published_since(filled_until(mailing_list))
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


def filled_until(mailing_list: MailingList) -> datetime:
    # What came out while a draft waited for its approval is not in it, and what was in a cancelled
    # issue has reached nobody.
    issues = Issue.objects.filter(list=mailing_list)
    last = issues.decided().aggregate(last=Max("filled_at"))["last"]
    if last:
        return last - OVERLAP
    first = issues.aggregate(first=Min("filled_at"))["first"]
    usually = DAY if mailing_list.opens_on == Opening.DAILY else USUALLY
    return (first or timezone.now()) - usually


def followed_by(mailing_list: MailingList) -> ArticleQuerySet:
    articles = Article.objects.all()
    if mailing_list.section:
        return articles.in_section(mailing_list.section)
    if mailing_list.author:
        return articles.by_author(mailing_list.author)
    if mailing_list.series:
        return articles.filter(series=mailing_list.series)
    return articles.tagged(mailing_list.tag_id) if mailing_list.tag_id else articles


def by_section(articles: list[Article]) -> list[Article]:
    """Sort by section, stably: within a section the newest stays first."""
    sections = Section.objects.values_list("pk", flat=True)
    places: dict[int | None, int] = {key: place for place, key in enumerate(sections)}
    return sorted(articles, key=lambda article: places.get(article.section_id, len(places)))


@transaction.atomic
def begin(mailing_list: MailingList, by: User | None) -> Issue:
    issue = Issue.objects.create(list=mailing_list, created_by=by)  # filled from now on
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


def open_due_issues() -> int:
    """Open the issues whose time has come, each once whichever workers run; return how many."""
    now = timezone.now()
    lists = MailingList.objects.exclude(opens_on=Opening.NEVER).select_related(
        "section", "author", "series", "tag"
    )
    return sum(open_by_itself(one, now) for one in lists)


@transaction.atomic
def open_by_itself(mailing_list: MailingList, now: datetime) -> bool:
    """Open an issue of this list if one is due, with a subject; send it if the letterhead says so
    and its checklist has no point. Nothing opens without a new article, nor while a draft waits."""
    due = mailing_list.last_opening(now)
    opened_at = mailing_list.opened_at
    if due is None or now - due > TOO_LATE or (opened_at and opened_at >= due):
        return False
    if not MailingList.objects.filter(pk=mailing_list.pk, opened_at=opened_at).update(
        opened_at=now
    ):
        return False  # another worker was faster
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    own = Issue.objects.filter(list=mailing_list, created_by=None, created_at__gte=today)
    if own.exists():
        return False  # its hour was changed since
    waits = Issue.objects.filter(list=mailing_list, state=Issue.State.DRAFT).exists()
    if waits or not articles_for(mailing_list):
        return False
    issue = begin(mailing_list, None)
    first, *others = [item.article for item in issue.items.for_mail() if item.article]
    is_short = len(first.headline) <= SUBJECT_READS_WELL
    day = date_format(timezone.localdate(), "j F Y")
    issue.subject = first.headline if is_short else f"{mailing_list}, {day}"
    preheader = "; ".join(article.headline for article in others) or summary(first)
    issue.preheader = Truncator(preheader).chars(200)
    issue.save()
    if Letterhead.objects.current().sends_by_itself and not IssueReview(issue).checks:
        approve(issue, None)
    return True
