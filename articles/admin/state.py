"""What the public sees of an article, in plain words."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article
from articles.models.articles import ArticleQuerySet


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    READY = "ready", "Ready"
    SCHEDULED = "scheduled", "Scheduled"
    EMBARGOED = "embargoed", "Under embargo"
    PUBLIC = "public", "Public"


def state_of(article: Article) -> State:
    if article.is_public:
        return State.PUBLIC
    if article.published_at is None:
        return State(article.stage)
    embargo = article.embargoed_until
    return State.EMBARGOED if embargo and embargo >= article.published_at else State.SCHEDULED


def public_from(article: Article) -> datetime | None:
    """The moment from which on the public sees it, past or to come; None where there is none."""
    if article.published_at is None:
        return None
    return max(filter(None, (article.published_at, article.embargoed_until)))


def in_words(article: Article) -> str:
    """The sentence that stands over the buttons: “Scheduled for 3 May 2026, 18:00 (UTC)”."""
    state = state_of(article)
    match state:
        case State.PUBLIC:
            return f"Public since {moment(public_from(article))}{waiting(article)}"
        case State.SCHEDULED:
            return f"Scheduled for {moment(article.published_at)}"
        case State.EMBARGOED:
            return f"Embargoed until {moment(article.embargoed_until)}"
    return f"{state.label} — not public"


def waiting(article: Article) -> str:
    """What of a public article's text readers do not have yet, as the end of a sentence."""
    if article.change_at:
        return f"; a change goes public on {moment(article.change_at)}"
    return "" if article.is_in_step else "; the newest changes are not public"


def moment(value: datetime | None) -> str:
    """A moment in the magazine's time, with the name of its time zone."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{date_format(local, 'j F Y, H:i')} ({local.tzname()})"


def in_state(articles: ArticleQuerySet, state: State) -> ArticleQuerySet:
    """The rows of which `state_of()` says this."""
    now = timezone.now()
    coming = Q(published_at__gt=now) | Q(embargoed_until__gt=now)
    held = Q(embargoed_until__gte=models.F("published_at"))
    match state:
        case State.PUBLIC:
            return articles.published(now)
        case State.SCHEDULED:
            # `held` is unknown, not false, where there is no embargo.
            free = Q(embargoed_until__isnull=True) | ~held
            return articles.filter(coming, free, published_at__isnull=False)
        case State.EMBARGOED:
            return articles.filter(coming, held, published_at__isnull=False)
    return articles.filter(published_at__isnull=True, stage=state)
