"""What stands between an issue and its sending, each point with its remedy.

What blocks is what readers or the law would not forgive; the rest is advice. The number of queries
is the same for any number of articles.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from articles import link_check
from articles.checklist import Check, Found, beginning
from articles.models import Image
from articles.models.images import shown
from articles.prose.tree import blocks

from .models import Issue, IssueItem, Letterhead, Subscription
from .rendering import LARGE, TOO_LARGE, Mail, pictures_of, rendered

SUBJECT_READS_WELL = 60  # characters; phones show about forty
PREHEADER_READS_WELL = (40, 110)
SHOWN = 3  # of each kind: whoever mends three finds the others


@dataclass
class Proof:
    """An issue as the checks read it: its articles, its mail and its audience, each looked up
    once. `field` of a check is the id of an input in the issue's form, or an address."""

    issue: Issue

    @cached_property
    def items(self) -> list[IssueItem]:
        return list(self.issue.items.for_mail())

    @cached_property
    def hidden(self) -> list[IssueItem]:
        return list(self.issue.items.hidden().select_related("article"))

    @cached_property
    def pictures(self) -> dict[int, Image]:
        """The pictures of the opening note, by key."""
        return pictures_of(self.issue.opening)

    @cached_property
    def mail(self) -> Mail:
        """As it will be sent, byte for byte but for each recipient's key."""
        issue = self.issue
        if not issue.is_open:
            return Mail(issue.subject, issue.html, issue.text)
        issue.slug = issue.slug or issue.free_slug()
        return rendered(issue, self.items)

    @cached_property
    def audience(self) -> int:
        return Subscription.objects.audience(self.issue).count()

    @cached_property
    def links(self) -> list[link_check.StandingLink]:
        return link_check.links_of(blocks(self.issue.opening))

    @property
    def blocking(self) -> list[Check]:
        """The points because of which it cannot be approved."""
        return judged(self, BLOCKING, is_blocking=True)

    @property
    def checks(self) -> list[Check]:
        """Every point that is not well, the blocking ones first."""
        return [*self.blocking, *judged(self, ADVISORY, is_blocking=False)]


def judged(
    proof: Proof, by: Iterable[Callable[[Proof], Found]], *, is_blocking: bool
) -> list[Check]:
    return [
        Check(check.__name__.replace("_", "-"), is_blocking, *found)
        for check in by
        for found in check(proof)
    ]


def some(items: Iterable[IssueItem]) -> Iterator[str]:
    """The names of the first few."""
    for item in list(items)[:SHOWN]:
        yield beginning(str(item))


# What blocks


def subject(proof: Proof) -> Found:
    if not proof.issue.subject.strip():
        yield "It has no subject.", "Write one.", "subject"


def emptiness(proof: Proof) -> Found:
    if not proof.items and not proof.issue.opening:
        yield "There is nothing in it.", "Add articles, or write an opening note.", "items"


def unpublished(proof: Proof) -> Found:
    for name in some(proof.hidden):
        yield f"“{name}” is not public.", "Publish the article, or take it out.", "items"


def dead_links(proof: Proof) -> Found:
    faults = link_check.faults(link.href for link in proof.links)
    dead = [link for link in proof.links if link.href in faults]
    for link in dead[:SHOWN]:
        what = f"The link “{beginning(link.words)}” ({link.href}) is dead. {faults[link.href]}"
        yield what, "Correct its address, or take the link out.", "opening"


def missing_alt(proof: Proof) -> Found:
    leads = [item.article.lead_image for item in proof.items if item.article]
    wordless = [
        image
        for image in [*filter(None, map(shown, leads)), *proof.pictures.values()]
        if not image.alt.strip()
    ]
    for image in list(dict.fromkeys(wordless))[:SHOWN]:
        place = reverse("admin:articles_image_change", args=[image.pk])
        yield f"Picture {image.pk} has no alternative text.", "Say what is seen on it.", place


def size(proof: Proof) -> Found:
    if proof.mail.size > TOO_LARGE:
        what = f"The mail has {proof.mail.in_kilobytes:.0f} KB; the most is {TOO_LARGE // 1024}."
        remedy = "Take articles out: Gmail hides what comes after, the way to unsubscribe with it."
        yield what, remedy, "items"


def audience(proof: Proof) -> Found:
    if not proof.audience:
        if proof.issue.joined_from or proof.issue.joined_until:
            remedy = "Choose other dates of joining."
        else:
            remedy = "Wait until somebody has subscribed and confirmed the address."
        yield "Nobody would get it.", remedy, "joined_from"


def postal_address(proof: Proof) -> Found:
    if not Letterhead.objects.current().postal_address.strip():
        what = "The letterhead has no postal address."
        remedy = "Write it into the letterhead: the law of many countries wants it in the mail."
        yield what, remedy, reverse("admin:newsletter_letterhead_changelist")


# What is only advice


def preheader(proof: Proof) -> Found:
    if not proof.issue.preheader.strip():
        remedy = "Say in a line what is in it; inboxes show it beside the subject."
        yield "It has no preheader.", remedy, "preheader"


def subject_length(proof: Proof) -> Found:
    if (length := len(proof.issue.subject)) > SUBJECT_READS_WELL:
        what = f"The subject has {length} characters."
        yield what, f"Cut it to {SUBJECT_READS_WELL}: inboxes show no more.", "subject"


def large_size(proof: Proof) -> Found:
    if LARGE < proof.mail.size <= TOO_LARGE:
        what = f"The mail has {proof.mail.in_kilobytes:.0f} KB."
        yield what, f"Not more than {TOO_LARGE // 1024} can be sent.", "items"


def sent_before(proof: Proof) -> Found:
    earlier = (
        IssueItem.objects.filter(
            issue__in=Issue.objects.decided()
            .filter(list=proof.issue.list_id)
            .exclude(pk=proof.issue.pk),
            article__in=[item.article_id for item in proof.items if item.article_id],
        )
        .values_list("article", flat=True)
        .distinct()
    )
    again = set(earlier) if proof.items else set()
    for name in some(item for item in proof.items if item.article_id in again):
        what = f"“{name}” stood in an earlier issue of this list."
        yield what, "Take it out, unless readers should get it again.", "items"


def doubled_headlines(proof: Proof) -> Found:
    names = {item.shown_headline.casefold().strip(): item for item in proof.items}
    counted = Counter(item.shown_headline.casefold().strip() for item in proof.items)
    for name in some(item for name, item in names.items() if counted[name] > 1):
        yield f"Two articles are called “{name}”.", "Rewrite a headline for the mail.", "items"


BLOCKING: tuple[Callable[[Proof], Found], ...] = (
    subject,
    emptiness,
    unpublished,
    dead_links,
    missing_alt,
    size,
    audience,
    postal_address,
)
ADVISORY: tuple[Callable[[Proof], Found], ...] = (
    preheader,
    subject_length,
    large_size,
    sent_before,
    doubled_headlines,
)
