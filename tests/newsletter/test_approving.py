"""From a draft to a mail that does not change any more, and back while nobody has it."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles.models import Article
from newsletter import rendering
from newsletter.approval import approve, withdraw_approval
from newsletter.checklist import IssueReview
from newsletter.models import Issue, IssueItem, Letterhead, MailingList, Subscription, Suppression
from tests import make
from tests.newsletter.issues import issue, ready, sent, subscriber, weekly
from tests.newsroom import person, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief():
    return person("Chief")


def keys(made: Issue, *, is_blocking: bool) -> list[str]:
    return [check.key for check in IssueReview(made).checks if check.is_blocking == is_blocking]


def test_approving_freezes_the_mail_and_the_words_of_its_articles(chief, settings):
    """Whatever becomes of the article: its headline, deck and address are kept as they were."""
    article = make.article("Ports at night", slug="ports-at-night", deck="A deck")
    made = ready(article)
    approve(made, chief)
    made.refresh_from_db()
    assert (made.state, made.slug) == (Issue.State.APPROVED, "the-week-in-straits")
    assert (made.approved_by, made.send_at) == (chief, made.approved_at)
    assert "Ports at night" in made.html
    assert made.marker in made.html
    assert made.marker in made.text
    before = made.html
    Article.objects.filter(pk=article.pk).update(headline="Ports by day", deck="", slug="by-day")
    made.refresh_from_db()
    item = made.items.get()
    assert (item.headline, item.summary) == ("Ports at night", "A deck")
    assert item.frozen_url == "http://localhost:8000/ports-at-night/"
    assert made.html == before


def test_what_was_approved_is_not_written_any_more(chief):
    """By the form's own way in, whatever mark it brings."""
    made = ready()
    approve(made, chief)
    assert not made.write(made.modified_at, subject="Another")
    made.refresh_from_db()
    assert made.subject == "The week in straits"


@pytest.mark.parametrize("column", ["html", "text", "subject"])
def test_the_database_refuses_an_approved_issue_without_its_mail(chief, column):
    made = ready()
    approve(made, chief)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=made.pk).update(**{column: ""})
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=made.pk).update(approved_at=None)


def test_of_two_who_approve_at_once_one_is_told(chief):
    made = ready()
    other = Issue.objects.get(pk=made.pk)
    approve(made, chief)
    with pytest.raises(ValidationError, match="meanwhile"):
        approve(other, chief)


def test_what_somebody_changed_since_it_was_looked_at_is_not_approved(chief):
    made = ready()
    seen = made.modified_at
    assert made.write(seen, subject="Another")
    with pytest.raises(ValidationError, match="meanwhile"):
        approve(made, chief, seen=seen)
    made.refresh_from_db()
    assert made.is_open


def test_each_issue_has_an_address_of_its_own(chief):
    """Of the subject in any script; of the list and the day where nothing of it can be spelled."""
    subjects = ("Straits", "Straits", "🚢", "مرحبا", "…", "…")
    made = [ready(subject=subject) for subject in subjects]
    for one in made:
        approve(one, chief)
    day = timezone.localdate()
    stem = f"weekly-round-up-{day:%Y-%m-%d}"
    slugs = ["straits", "straits-2", "ship", "mrhb", stem, f"{stem}-2"]
    assert [one.slug for one in made] == slugs


BLOCKED = {
    "subject": lambda made: Issue.objects.filter(pk=made.pk).update(subject=" "),
    "emptiness": lambda made: made.items.all().delete(),
    "unpublished": lambda made: Article.objects.update(published_at=None),
    "dead-links": lambda made: Issue.objects.filter(pk=made.pk).update(
        opening='<p><a href="/nowhere-at-all/">There</a></p>'
    ),
    "missing-alt": lambda made: Article.objects.update(lead_image=wordless()),
    "size": lambda made: Issue.objects.filter(pk=made.pk).update(
        opening="<p>" + "x" * rendering.TOO_LARGE + "</p>"
    ),
    "audience": lambda made: Subscription.objects.update(left_at=timezone.now()),
    "postal-address": lambda made: Letterhead.objects.update(postal_address=" "),
}


def wordless():
    image = picture()
    type(image).objects.update(alt="")
    return image


@pytest.mark.parametrize("fault", BLOCKED)
def test_each_fault_blocks_alone_and_says_what_to_do(chief, fault):
    made = ready()
    assert keys(made, is_blocking=True) == []
    BLOCKED[fault](made)
    made = Issue.objects.get(pk=made.pk)
    (check,) = [check for check in IssueReview(made).checks if check.is_blocking]
    assert check.key == fault
    assert check.what
    assert check.remedy
    with pytest.raises(ValidationError) as refusal:
        approve(made, chief)
    assert refusal.value.messages == [check.what]
    made.refresh_from_db()
    assert made.is_open
    assert made.html == ""


def test_the_size_is_judged_by_the_bytes_that_are_sent(chief):
    """Advice above 80 KB; approved up to 100 KB, refused one byte above."""
    made = ready()
    size = IssueReview(made).mail.size
    made.write(made.modified_at, opening="<p></p>" + "<p>x</p>")
    around = IssueReview(made).mail.size - 1

    def with_letters(number: int) -> Issue:
        Issue.objects.filter(pk=made.pk).update(opening=f"<p>{'x' * number}</p>")
        return Issue.objects.get(pk=made.pk)

    assert size < around
    assert keys(with_letters(rendering.LARGE - around), is_blocking=False) == []
    assert keys(with_letters(rendering.LARGE - around + 1), is_blocking=False) == ["large-size"]
    assert keys(with_letters(rendering.TOO_LARGE - around), is_blocking=True) == []
    assert keys(with_letters(rendering.TOO_LARGE - around + 1), is_blocking=True) == ["size"]
    fits = with_letters(rendering.TOO_LARGE - around)
    approve(fits, chief)
    assert len(fits.html.encode()) == rendering.TOO_LARGE


def test_advice_does_not_block(chief):
    """A missing preheader, a long subject, an article of an earlier issue, twins."""
    article = make.article("Twins")
    sent(article, by=chief)
    made = ready(
        article, make.article("twins "), subject="s" * 61, preheader="", opening="<p>Hello</p>"
    )
    assert keys(made, is_blocking=True) == []
    assert keys(made, is_blocking=False) == [
        "preheader",
        "subject-length",
        "sent-before",
        "doubled-headlines",
    ]
    approve(made, chief)
    assert made.state == Issue.State.APPROVED


def test_the_checks_cost_the_same_for_any_number_of_articles(django_assert_max_num_queries):
    made = ready(*(make.article(lead_image=picture()) for _ in range(40)))
    with django_assert_max_num_queries(18):
        IssueReview(made).checks  # noqa: B018


def test_the_audience_is_who_confirmed_and_may_be_written_to():
    """Of the list and of the dates of joining; the unconfirmed, the suppressed and those who left
    are not counted."""
    other = MailingList.objects.create(name="Breaking", slug="breaking")
    stays, left, blocked, new = (subscriber() for _ in range(4))
    subscriber(is_confirmed=False)
    subscriber(other)
    left.subscriptions.get().leave()
    Suppression.objects.suppress(blocked.digest, Suppression.Reason.BOUNCED)
    stays.subscriptions.update(joined_at=timezone.now() - timedelta(days=10))
    made = issue(make.article())
    assert IssueReview(made).audience == 2
    made.joined_from = timezone.now() - timedelta(days=5)
    assert list(made.audience()) == [new.subscriptions.get()]
    made.joined_from, made.joined_until = None, timezone.now() - timedelta(days=5)
    assert list(made.audience()) == [stays.subscriptions.get()]
    assert IssueReview(issue(list=other)).audience == 1


def test_an_approval_is_taken_back_until_the_first_mail_has_gone(chief):
    """Then the words that were the article's own follow it again; those of the mail stay."""
    article, other = make.article("Ports", deck="Deck"), make.article("Grain")
    made = ready(article, other)
    made.items.filter(article=other).update(headline="Sharper")
    approve(made, chief)
    assert withdraw_approval(made)
    made.refresh_from_db()
    assert made.is_open
    assert (made.html, made.slug, made.approved_at, made.send_at) == ("", None, None, None)
    items = list(made.items.values_list("headline", "summary", "frozen_url"))
    assert items[0] == ("", "", "")
    assert items[1][0] == "Sharper"
    approve(made, chief)
    made.pause("looks odd")
    assert withdraw_approval(made)
    approve(made, chief)
    made.move(Issue.State.APPROVED, to=Issue.State.SENDING, started_at=timezone.now())
    assert not withdraw_approval(made)
    made.pause("looks odd")
    assert not withdraw_approval(made)
    assert Issue.objects.get(pk=made.pk).html


def test_a_duplicate_is_a_draft_with_the_same_words(chief):
    """Its own marker and number; an article that was deleted falls out."""
    gone = make.article("Gone")
    made = ready(make.article("Ports"), gone, opening="<p>Hello</p>")
    approve(made, chief)
    gone.delete()
    copy = Issue.objects.get(pk=made.pk).duplicate(chief)
    assert copy.is_open
    assert (copy.subject, copy.opening, copy.created_by) == (made.subject, "<p>Hello</p>", chief)
    assert copy.marker != made.marker
    assert copy.number != made.number
    assert [(str(item), item.headline) for item in copy.items.for_mail()] == [("Ports", "")]
    assert IssueItem.objects.filter(issue=made).count() == 2


def test_a_hidden_article_hinders_the_sending(chief):
    """In a sentence for the page; empty where nothing hinders."""
    article = make.article("Ports at night")
    made = ready(article, make.article("Grain"))
    approve(made, chief)
    assert made.blocking_reason() == ""
    article.withdraw()
    assert made.blocking_reason() == "“Ports at night” is not public."
    Article.objects.get(headline="Grain").delete()
    assert made.blocking_reason() == "“Ports at night”, “Grain” are not public."


def test_a_segment_of_a_list_of_its_own_is_approved(chief):
    made = ready(joined_from=timezone.now() - timedelta(days=1))
    approve(made, chief, timezone.now() + timedelta(hours=2))
    assert made.list == weekly()
    assert not Issue.objects.due().exists()


@pytest.mark.django_db(transaction=True)
def test_of_those_who_approve_and_save_at_the_same_moment_one_comes_first():
    """Each has a connection of its own. Either the mail has the words of the save, or the save is
    refused: what is frozen and what is stored never differ."""
    chief, made = User.objects.create_superuser("chief"), ready()
    seen = made.modified_at
    outcomes: list[str] = []
    start = threading.Barrier(3, timeout=60)

    def take_part(number: int) -> None:
        try:
            mine = Issue.objects.get(pk=made.pk)
            start.wait()
            if number % 2:
                outcomes.append("written" if mine.write(seen, subject="Other") else "late")
            else:
                approve(mine, chief)
                outcomes.append("approved")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take_part, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes).count("approved") == 1
    assert outcomes.count("refused") == 1
    assert outcomes.count("written") <= 1
    made.refresh_from_db()
    assert made.state == Issue.State.APPROVED
    assert f"<title>{made.subject}</title>" in made.html
