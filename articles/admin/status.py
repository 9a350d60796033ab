"""The status of an article, as the newsroom names it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.dates import moment_in_words
from articles.models import Article
from articles.models.articles import ArticleQuerySet


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    READY = "ready", "Ready"
    SCHEDULED = "scheduled", "Scheduled"
    EMBARGOED = "embargoed", "Under embargo"
    PUBLIC = "public", "Public"


def status_of(article: Article) -> Status:
    if article.is_public:
        return Status.PUBLIC
    if article.published_at is None:
        return Status(article.stage)
    embargo = article.embargoed_until
    return Status.EMBARGOED if embargo and embargo >= article.published_at else Status.SCHEDULED


def status_in_words(article: Article) -> str:
    """The sentence that stands over the buttons: “Scheduled for 3 May 2026, 18:00 (UTC)”."""
    status = status_of(article)
    match status:
        case Status.PUBLIC:
            return f"Public since {moment_in_words(article.public_from)}" + unpublished_note(
                article
            )
        case Status.SCHEDULED:
            return f"Scheduled for {moment_in_words(article.published_at)}"
        case Status.EMBARGOED:
            return f"Embargoed until {moment_in_words(article.embargoed_until)}"
    return f"{status.label} — not public"


def unpublished_note(article: Article) -> str:
    """Name the text of a public article that readers do not have yet, as the end of a sentence."""
    if article.scheduled_at:
        return f"; a change goes public on {moment_in_words(article.scheduled_at)}"
    return "; the newest changes are not public" if article.has_unpublished_changes else ""


def with_status(articles: ArticleQuerySet, status: Status) -> ArticleQuerySet:
    now = timezone.now()
    is_ahead = Q(published_at__gt=now) | Q(embargoed_until__gt=now)
    coming = is_ahead & ~articles.was_released()
    held = Q(embargoed_until__gte=models.F("published_at"))
    match status:
        case Status.PUBLIC:
            return articles.published()
        case Status.SCHEDULED:
            # `held` is unknown, not false, where there is no embargo.
            free = Q(embargoed_until__isnull=True) | ~held
            return articles.filter(coming, free, published_at__isnull=False)
        case Status.EMBARGOED:
            return articles.filter(coming, held, published_at__isnull=False)
    return articles.filter(published_at__isnull=True, stage=status)
