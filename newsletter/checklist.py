"""What stands between an issue and its sending, each point with its remedy.

What blocks is what readers or the law would not forgive; the rest is advice. The number of queries
is the same for any number of articles.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from django.urls import reverse

from articles import link_check
from articles.checklist import SHOWN, Check, Found, beginning, found_dead, judged
from articles.models.images import shown
from articles.prose.tree import blocks

from .models import Issue, IssueItem, Letterhead
from .rendering import TOO_LARGE, RenderedMail, pictures_of, render

SUBJECT_READS_WELL = 60  # characters; phones show about forty
PREHEADER_READS_WELL = (40, 110)


@dataclass
class IssueReview:
    """An issue as the checks read it: its articles, its mail and its audience, each looked up once.
    `field` of a check is the id of an input in the issue's form, or a URL."""

    issue: Issue

    @cached_property
    def items(self) -> list[IssueItem]:
        return list(self.issue.items.for_mail())

    @cached_property
    def mail(self) -> RenderedMail:
        """Return the mail as it will be sent, byte for byte but for each recipient's key."""
        issue = self.issue
        if not issue.is_open:
            return RenderedMail(issue.subject, issue.html, issue.text)
        issue.slug = issue.slug or issue.free_slug()
        return render(issue, self.items)

    @cached_property
    def audience(self) -> int:
        return self.issue.audience().count()

    @property
    def blocking(self) -> list[Check]:
        """Return the points because of which it cannot be approved."""
        return judged(self, BLOCKING, is_blocking=True)

    @property
    def checks(self) -> list[Check]:
        """Return every point that is not well, the blocking ones first."""
        return [*self.blocking, *judged(self, ADVISORY, is_blocking=False)]


def some(items: Iterable[IssueItem]) -> Iterator[str]:
    for item in list(items)[:SHOWN]:
        yield beginning(str(item))


# What blocks


def subject(review: IssueReview) -> Found:
    if not review.issue.subject.strip():
        yield "It has no subject.", "Write one.", "subject"


def emptiness(review: IssueReview) -> Found:
    if not review.items and not review.issue.opening:
        yield "There is nothing in it.", "Add articles, or write an opening note.", "items"


def unpublished(review: IssueReview) -> Found:
    for name in some(review.issue.items.hidden().select_related("article")):
        yield f"“{name}” is not public.", "Publish the article, or take it out.", "items"


def dead_links(review: IssueReview) -> Found:
    links = link_check.links_of(blocks(review.issue.opening))
    yield from islice(found_dead(links, "opening"), SHOWN)


def missing_alt(review: IssueReview) -> Found:
    leads = filter(None, (shown(item.article.lead_image) for item in review.items if item.article))
    images = [*leads, *pictures_of(review.issue.opening).values()]
    wordless = [image for image in images if not image.alt.strip()]
    for image in list(dict.fromkeys(wordless))[:SHOWN]:
        place = reverse("admin:articles_image_change", args=[image.pk])
        yield f"Picture {image.pk} has no alternative text.", "Say what is seen on it.", place


def size(review: IssueReview) -> Found:
    if review.mail.is_too_large:
        what = f"The mail has {review.mail.kilobytes}; the most is {TOO_LARGE // 1024}."
        remedy = "Take articles out: Gmail hides what comes after, the way to unsubscribe with it."
        yield what, remedy, "items"


def audience(review: IssueReview) -> Found:
    if not review.audience:
        if review.issue.joined_from or review.issue.joined_until:
            remedy = "Choose other dates of joining."
        else:
            remedy = "Wait until somebody has subscribed and confirmed the address."
        yield "Nobody would get it.", remedy, "joined_from"


def postal_address(review: IssueReview) -> Found:
    if not Letterhead.objects.current().postal_address.strip():
        what = "The letterhead has no postal address."
        remedy = "Write it into the letterhead: the law of many countries wants it in the mail."
        yield what, remedy, reverse("admin:newsletter_letterhead_changelist")


# What is only advice


def preheader(review: IssueReview) -> Found:
    if not review.issue.preheader.strip():
        remedy = "Say in a line what is in it; inboxes show it beside the subject."
        yield "It has no preheader.", remedy, "preheader"


def subject_length(review: IssueReview) -> Found:
    if (length := len(review.issue.subject)) > SUBJECT_READS_WELL:
        what = f"The subject has {length} characters."
        yield what, f"Cut it to {SUBJECT_READS_WELL}: inboxes show no more.", "subject"


def large_size(review: IssueReview) -> Found:
    if review.mail.is_large:
        what = f"The mail has {review.mail.kilobytes}."
        yield what, f"Not more than {TOO_LARGE // 1024} can be sent.", "items"


def sent_before(review: IssueReview) -> Found:
    earlier = (
        IssueItem.objects.filter(
            issue__in=Issue.objects.decided()
            .filter(list=review.issue.list_id)
            .exclude(pk=review.issue.pk),
            article__in=[item.article_id for item in review.items if item.article_id],
        )
        .values_list("article", flat=True)
        .distinct()
    )
    again = set(earlier) if review.items else set()
    for name in some(item for item in review.items if item.article_id in again):
        what = f"“{name}” stood in an earlier issue of this list."
        yield what, "Take it out, unless readers should get it again.", "items"


def doubled_headlines(review: IssueReview) -> Found:
    names = {item.shown_headline.casefold().strip(): item for item in review.items}
    counted = Counter(item.shown_headline.casefold().strip() for item in review.items)
    for name in some(item for name, item in names.items() if counted[name] > 1):
        yield f"Two articles are called “{name}”.", "Rewrite a headline for the mail.", "items"


BLOCKING: tuple[Callable[[IssueReview], Found], ...] = (
    subject,
    emptiness,
    unpublished,
    dead_links,
    missing_alt,
    size,
    audience,
    postal_address,
)
ADVISORY: tuple[Callable[[IssueReview], Found], ...] = (
    preheader,
    subject_length,
    large_size,
    sent_before,
    doubled_headlines,
)
