"""Working copies: what editors type, and what the public sees of it when."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from articles.models import Article, Redirect, Revision, Section, Snapshot
from articles.models.revisions import publish_due_revisions
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana")


@pytest.fixture
def bo() -> User:
    return User.objects.create_user("bo")


def save(article: Article, by: User, base: Revision | None = None, **changes):
    """What somebody does who opened `base` (the newest, if not given) and changed some fields."""
    article = Article.objects.get(pk=article.pk)
    newest = Revision.objects.newest(article)
    base = base or newest
    return Revision.objects.save_revision(
        article, replace(base.content, **changes), base=base.pk, by=by
    )


def stored(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_a_snapshot_holds_every_editorial_field():
    """A new column of an article is either in the snapshot or named here as not editorial."""
    apart = {
        *("id", "created_by", "created_at", "modified_at"),
        *("stage", "published_at", "embargoed_until", "released_at", "updated_at"),
        "withdrawn_at",
        *("assignee", "due_on", "working_copy", "live_revision"),
        *("scheduled_revision", "scheduled_at", "scheduled_is_substantive"),
        *("teaser", "has_rest", "word_count", "prose_policy"),  # made of the body
    }
    columns = {field.name for field in Article._meta.get_fields() if not field.auto_created}
    assert set(Snapshot().data) == columns - apart - {"tagged_items"}
    assert len(Snapshot().data) >= 13


def test_a_snapshot_is_the_article_whole():
    """Taken, stored as JSON, read again and given to another row, it makes the same article."""
    ada, bea = make.author("Ada"), make.author("Bea")
    africa = Section.objects.get(slug="africa")
    first = make.article("Ports", deck="Who pays?", authors=[bea, ada], tags=["ports", "China"])
    first.also_in.add(africa)
    content = Snapshot.of(first)
    assert content.authors == (bea.pk, ada.pk)
    assert Snapshot.read(content.data) == content
    second = make.article()
    replace(content, slug=second.slug).save_to(second)
    assert Snapshot.of(stored(second)) == replace(content, slug=second.slug)
    applied = content.apply_to(stored(make.article()))
    assert [author.name for author in applied.byline] == ["Bea", "Ada"]
    assert Snapshot.of(applied) == content


def test_a_snapshot_survives_what_it_names():
    """An author, a tag and a section that are gone are left out; the words stay."""
    author, section = make.author(), Section.objects.create(name="Gone", slug="gone")
    article = make.article("Kept", authors=[author], tags=["gone"], section=section)
    content = Snapshot.of(article)
    article.bylines.all().delete()
    article.section = None
    article.save()
    author.delete()
    section.delete()
    content.save_to(article)
    assert (stored(article).headline, stored(article).section, stored(article).byline) == (
        "Kept",
        None,
        [],
    )


def test_old_snapshots_are_read_and_unknown_fields_passed_over():
    assert Snapshot.read({"headline": "Old", "kicker": "gone"}) == Snapshot(headline="Old")


def test_a_draft_follows_its_newest_version(ana):
    """What nobody can read yet is stored in the article at once, and every version is kept."""
    draft = make.article("One", minutes_ago=None)
    first = save(draft, ana, headline="Two").revision
    second = save(draft, ana, headline="Three").revision
    assert stored(draft).headline == "Three"
    assert not stored(draft).has_unpublished_changes
    assert [version.content.headline for version in draft.revisions.numbered()] == [
        "Three",
        "Two",
        "One",
    ]
    assert (first.number, second.number, second.base) == (2, 3, first)


def test_saving_what_is_there_makes_no_version(ana):
    draft = make.article(minutes_ago=None)
    save(draft, ana)
    save(draft, ana)
    assert draft.revisions.count() == 1


def test_a_public_article_changes_when_its_working_copy_is_published(ana):
    """Not before: not the text, not the byline, not the section, not the address."""
    author, europe = make.author(), Section.objects.get(slug="europe")
    live = make.article("Old words", slug="old-words")
    save(
        live,
        ana,
        headline="New words",
        slug="new-words",
        authors=(author.pk,),
        section=europe.pk,
        tags=("new",),
    )
    seen = stored(live)
    assert (seen.headline, seen.slug, seen.section, seen.byline) == (
        "Old words",
        "old-words",
        None,
        [],
    )
    assert seen.has_unpublished_changes
    seen.publish(by=ana)
    seen = stored(live)
    assert (seen.headline, seen.slug, seen.section, seen.byline) == (
        "New words",
        "new-words",
        europe,
        [author],
    )
    assert not seen.has_unpublished_changes
    assert seen.live_revision.kind == "published"
    assert seen.updated_at is None
    assert Redirect.objects.at("/old-words/").url == "/new-words/"


def test_only_a_substantive_change_moves_updated(ana, time_machine):
    live = make.article()
    published_at = live.published_at
    save(live, ana, deck="A comma")
    live.publish(by=ana)
    assert stored(live).updated_at is None
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    save(live, ana, deck="Another story")
    live.publish(by=ana, substantive=True)
    assert stored(live).updated_at >= timezone.now() - timedelta(seconds=5)
    assert stored(live).published_at == published_at


def test_two_who_change_different_things_are_merged(ana, bo):
    """On a live article too; the order of events is one, and both texts are versions."""
    live = make.article("Ports")
    base = save(live, ana).working_copy
    save(live, ana, base, headline="Harbours")
    kept = save(live, bo, base, deck="Who pays?")
    assert kept.merged == ["Headline"]
    assert kept.working_copy.kind == "merged"
    assert kept.working_copy.beside == kept.revision
    assert kept.working_copy.content.headline == "Harbours"
    assert kept.working_copy.content.deck == "Who pays?"
    assert kept.revision.content.headline == "Ports"
    assert [one.number for one in live.revisions.numbered()] == [4, 3, 2, 1]


def test_two_who_change_the_same_are_asked(ana, bo):
    """Until somebody chooses, the working copy stays as the first saved it."""
    draft = make.article("Ports", minutes_ago=None)
    base = save(draft, ana).working_copy
    first = save(draft, ana, base, headline="Harbours").revision
    kept = save(draft, bo, base, headline="Docks", deck="Who pays?")
    assert [conflict.key for conflict in kept.conflicts] == ["headline"]
    assert stored(draft).working_copy == first
    assert stored(draft).headline == "Harbours"

    undecided = Revision.objects.resolve_conflicts(kept.revision, {}, seen=first.pk, by=bo)
    assert undecided.conflicts
    settled = Revision.objects.resolve_conflicts(
        kept.revision, {"headline": "own"}, seen=first.pk, by=bo
    )
    assert not settled.conflicts
    assert stored(draft).headline == "Docks"
    assert stored(draft).deck == "Who pays?"
    assert {version.content.headline for version in draft.revisions.numbered()} == {
        "Ports",
        "Harbours",
        "Docks",
    }


def test_a_choice_is_asked_again_where_the_text_moved_on_meanwhile(ana, bo):
    draft = make.article("Ports", minutes_ago=None)
    base = save(draft, ana).working_copy
    first = save(draft, ana, base, headline="Harbours").revision
    kept = save(draft, bo, base, headline="Docks")
    save(draft, ana, headline="Quays")
    again = Revision.objects.resolve_conflicts(
        kept.revision, {"headline": "own"}, seen=first.pk, by=bo
    )
    assert again.working_copy.content.headline == "Quays"
    assert stored(draft).headline == "Quays"


def test_a_scheduled_change_is_public_from_its_moment_on(client, ana, time_machine):
    """Each process of the gateway publishes what is due; whichever comes second finds it done."""
    live = make.article("Before", slug="before")
    save(live, ana, headline="After", slug="after")
    moment = timezone.now() + timedelta(hours=2)
    live.schedule_revision(moment, substantive=True)
    save(live, ana, headline="Later still")
    assert "Before" in client.get("/before/").content.decode()
    time_machine.move_to(moment + timedelta(seconds=1))
    assert "Before" in client.get("/before/").content.decode()
    for _ in range(2):
        publish_due_revisions()
    page = client.get("/after/").content.decode()
    assert "After" in page
    assert "Later still" not in page
    seen = stored(live)
    assert (seen.headline, seen.updated_at, seen.scheduled_revision) == ("After", moment, None)
    assert seen.working_copy.content.headline == "Later still"
    assert seen.has_unpublished_changes
    assert Article.objects.with_revision_due(timezone.now()).count() == 0


def test_a_scheduled_change_whose_address_was_taken_stays_private(
    client, ana, time_machine, caplog
):
    """Readers keep the page they have, and the operator reads why."""
    live = make.article("Before", slug="before")
    save(live, ana, headline="After", slug="after")
    live.schedule_revision(timezone.now() + timedelta(hours=1))
    make.article(slug="after")
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    publish_due_revisions()
    assert "Before" in client.get("/before/").content.decode()
    assert "stays private" in caplog.text
    assert stored(live).scheduled_revision is None
    assert stored(live).working_copy.content.headline == "After"


def test_publishing_refuses_an_address_that_was_taken_meanwhile(ana):
    live = make.article(slug="first")
    save(live, ana, slug="wanted")
    make.article(slug="wanted")
    with pytest.raises(ValidationError, match="has the address"):
        live.publish(by=ana)
    assert stored(live).slug == "first"


def test_a_withdrawn_article_keeps_its_newest_text(ana):
    live = make.article("Before")
    save(live, ana, headline="After")
    live.withdraw()
    assert stored(live).headline == "After"
    assert not stored(live).has_unpublished_changes
    assert stored(live).withdrawn_at is not None
    scheduled = make.article(minutes_ago=-60)
    scheduled.withdraw()
    assert stored(scheduled).withdrawn_at is None


def test_what_was_written_past_the_newsroom_is_a_version_too(ana):
    """A script changed the row: the next save is made against that text, not over it."""
    draft = make.article("One", minutes_ago=None)
    save(draft, ana, headline="Two")
    row = stored(draft)
    row.headline = "By script"
    row.save()
    save(draft, ana, deck="Mine")
    assert stored(draft).headline == "By script"
    assert "By script" in [version.content.headline for version in draft.revisions.numbered()]


def test_what_was_written_past_the_newsroom_outlives_the_publication_of_changes(ana):
    """An import came between: its text is a version, and the changes that waited are published."""
    live = make.article("One")
    save(live, ana, headline="Two")
    row = stored(live)
    row.headline = "By import"
    row.save()
    live.publish(by=ana)
    assert stored(live).headline == "Two"
    assert "By import" in [version.content.headline for version in live.revisions.numbered()]


def test_a_body_from_before_links_had_keys_is_no_other_text(ana):
    """Stored long ago, it makes one version when it is first touched, and not one at each save."""
    make.article("Elsewhere", slug="elsewhere")
    draft = make.article(minutes_ago=None)
    bare = '<p>See <a href="/elsewhere/">there</a>.</p>'
    Article.objects.filter(pk=draft.pk).update(body=bare)
    for deck in ("One", "Two"):
        save(draft, ana, deck=deck)
        Article.objects.filter(pk=draft.pk).update(body=bare)
    assert draft.revisions.count() == 3


def test_an_article_can_be_deleted_with_its_versions(ana):
    draft = make.article(minutes_ago=None)
    save(draft, ana, headline="Two")
    draft = stored(draft)
    draft.schedule_revision(timezone.now())
    draft.delete()
    assert Revision.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_public", [True, False], ids=["live", "draft"])
def test_twenty_saves_at_once_lose_no_word(is_public, ana):
    """Ten people change a paragraph each, ten the headline: one order, each text a version."""
    body = "".join(f"<p>Paragraph {number}.</p>" for number in range(10))
    article = make.article("Ports", body=body, minutes_ago=60 if is_public else None)
    base = Revision.objects.newest(article)
    start = threading.Barrier(20)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            typed = (
                replace(base.content, body=body.replace(f"Paragraph {number}.", f"Word{number}."))
                if number < 10
                else replace(base.content, headline=f"Headline {number}")
            )
            start.wait()
            Revision.objects.save_revision(article, typed, base=base.pk, by=ana)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    versions = list(article.revisions.numbered().reverse())
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    newest = stored(article).working_copy.content
    assert all(f"Word{number}." in newest.body for number in range(10))
    headlines = {version.content.headline for version in versions}
    assert headlines == {"Ports", *(f"Headline {number}" for number in range(10, 20))}
    assert stored(article).has_unpublished_changes == is_public
