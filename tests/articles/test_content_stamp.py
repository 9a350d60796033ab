"""The counter that whatever changes readers' pages raises, and the moments at which they change by
themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.content_stamp.moments import COLUMNS, next_moment
from articles.content_stamp.triggers import EVENTS, content_models, install_triggers
from articles.models import (
    Article,
    ContentStamp,
    Correction,
    Format,
    FrontPage,
    Image,
    ImageUse,
    Link,
    Page,
    Publication,
    Section,
    Series,
    Slot,
)
from articles.models.images import places
from newsletter.models import Issue, Letterhead, Subscriber
from tests import make
from tests.newsletter import issues
from tests.newsroom import person, picture

NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def rows(transactional_db) -> None:
    """A row at least of everything that readers see something of."""
    install_triggers(connection.alias)
    section = Section.objects.create(name="Straits", slug="straits")
    for group in (Format, Series):
        group.objects.create(name="Straits", slug="straits")
    article = make.article("One", authors=[make.author()], tags=["ports"])
    article.also_in.add(section)
    make.article("Two", body=f'<p><a href="/{article.slug}/">One</a></p>')
    article.slug = "moved"
    article.save()
    Correction.objects.create(article=article, text="Wrong.")
    make.front_page({"lead.1": article})
    issues.issue(article)
    Page.objects.create(title="We", slug="we", body="<p>We</p>")
    for kind in (Letterhead, Publication):
        kind.objects.current().save()
    article.lead_image = picture()
    article.save()


def triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(NAMES[connection.vendor])
        return {name for (name,) in cursor.fetchall() if name.startswith("content_stamp_")}


def test_each_kind_of_content_is_known_and_nothing_private_is_forgotten():
    """What is private is named, so that a model of tomorrow is content until somebody says so."""
    kinds = content_models()
    assert len(kinds) == 21
    for config in map(apps.get_app_config, ("articles", "newsletter")):
        names = {kind.__name__ for kind in config.get_models(include_auto_created=True)}
        assert set(config.private_models) <= names


def test_each_table_of_content_has_its_triggers(transactional_db):
    tables = {kind._meta.db_table for kind in content_models()}
    install_triggers(connection.alias)
    found = triggers()
    assert len(found) == (len(tables) - 1) * len(EVENTS) + 1
    [of_pictures] = [name for name in found if "_articles_image_" in name]
    assert of_pictures.endswith("_used")
    install_triggers(connection.alias)
    assert triggers() == found


def test_a_model_of_tomorrow_that_shows_pictures_makes_their_trigger_anew(
    transactional_db, monkeypatch
):
    install_triggers(connection.alias)
    before = triggers()
    with monkeypatch.context() as patched:
        patched.setattr("articles.content_stamp.triggers.places", lambda: places()[:-1])
        install_triggers(connection.alias)
        [gone], [new] = before - triggers(), triggers() - before
        assert gone.endswith("_used")
        assert new.endswith("_used")
    install_triggers(connection.alias)
    assert triggers() == before


def test_a_trigger_that_is_not_wanted_any_more_goes(transactional_db, monkeypatch):
    """Such as those by which each upload made all pages anew."""
    install_triggers(connection.alias)
    with monkeypatch.context() as patched:
        patched.setattr("articles.content_stamp.triggers.EVENTS", ("INSERT",))
        install_triggers(connection.alias)
        assert {name.rpartition("_")[2] for name in triggers()} == {"insert", "used"}
    install_triggers(connection.alias)


def test_a_picture_that_nothing_shows_raises_nothing(rows):
    before = ContentStamp.objects.read()
    image = picture(size=(40, 30))
    Image.objects.filter(pk=image.pk).update(alt="Described after the upload")
    Image.objects.get(pk=image.pk).delete()
    assert ContentStamp.objects.read() == before


@pytest.mark.parametrize(
    "place", places(), ids=lambda place: f"{place.model.__name__}.{place.name}"
)
def test_a_picture_that_something_shows_raises_the_stamp(rows, place):
    image = picture(size=(40, 30))
    article = make.article()
    row = {
        "Article": lambda: Article.objects.filter(pk=article.pk),
        "ImageUse": lambda: ImageUse.objects.filter(
            pk=ImageUse.objects.create(image=picture(size=(20, 30)), article=article).pk
        ),
    }.get(place.model.__name__, place.model._base_manager.all)()
    assert row.update(**{place.name: image})
    before = ContentStamp.objects.read()
    Image.objects.filter(pk=image.pk).update(alt="Other words")
    assert ContentStamp.objects.read() > before


def test_every_write_of_content_raises_the_stamp(rows):
    """By a query of many rows as by the model, whatever the model; deleting, last to first."""
    # A correction is written once, and a trigger of its own refuses to change it.
    for kind in set(content_models()) - {Correction}:
        row = kind._base_manager.all()[:1].get()
        before = ContentStamp.objects.read()
        column = next(field for field in kind._meta.concrete_fields if not field.primary_key)
        kind._base_manager.filter(pk=row.pk).update(
            **{column.attname: getattr(row, column.attname)}
        )
        assert ContentStamp.objects.read() > before, kind
    Article.objects.update(working_copy=None, live_revision=None)
    for kind in (FrontPage, Issue, Article, Page):
        before = ContentStamp.objects.read()
        kind._base_manager.all().delete()
        assert ContentStamp.objects.read() > before, kind
    before = ContentStamp.objects.read()
    Page.objects.bulk_create([Page(title="Terms", slug="terms", body="<p>x</p>")])
    assert ContentStamp.objects.read() > before
    assert not Link.objects.exists()


def test_what_is_rolled_back_raises_nothing(rows):
    before = ContentStamp.objects.read()
    with transaction.atomic():
        Article.objects.update(headline="Never")
        transaction.set_rollback(True)
    assert ContentStamp.objects.read() == before


def test_writing_and_mailing_raise_nothing(rows):
    """Nor does reading: pages are thrown away for what changes them alone."""
    article = Article.objects.all()[0]
    text = article.revisions.newest(article).content
    before = ContentStamp.objects.read()
    Subscriber.objects.create(email="ada@example.org")
    make.autosave(article, text, by=person("Writer"))
    assert ContentStamp.objects.read() == before


def test_reading_the_stamp_is_one_query(db):
    with CaptureQueriesContext(connection) as queries:
        ContentStamp.objects.read()
    assert len(queries) == 1


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="PostgreSQL alters tables in their place"
)
def test_a_table_that_is_made_anew_to_be_altered_has_its_triggers_again(transactional_db):
    wider = models.CharField(max_length=99)
    wider.set_attributes_from_name("title")
    with connection.schema_editor() as editor:
        editor.alter_field(Page, Page._meta.get_field("title"), wider)
    try:
        assert not any("articles_page_" in name for name in triggers())
        install_triggers(connection.alias)
        assert sum("articles_page_" in name for name in triggers()) == len(EVENTS)
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Page, wider, Page._meta.get_field("title"))
        install_triggers(connection.alias)


def test_the_triggers_go_with_the_table(transactional_db):
    """Backwards and forwards again, as an operator may have to."""
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    before = [("articles", "0008_languages_and_own_names")]
    install_triggers(connection.alias)
    try:
        executor.migrate(before)
        assert triggers() == set()
        Article.objects.update(headline="Written all the same")
    finally:
        MigrationExecutor(connection).migrate(latest)
        install_triggers(connection.alias)
    assert ContentStamp.objects.read() == 0


# Moments

# What says when something was done, and lets nothing change by itself.
PAST = {
    *("created_at", "modified_at", "updated_at", "withdrawn_at", "uploaded_at", "made_at"),
    *("changed_at", "filled_at", "approved_at", "started_at", "prepared_at", "paused_at"),
    *("resumed_at", "finished_at", "doubts_seen_at", "joined_from", "joined_until", "opened_at"),
    "released_at",
}
# The worker acts at this one, and writes; the desk of the newsroom alone shows the other.
ACTED_ON = {"send_at", "due_on"}


def test_each_column_with_a_time_is_a_moment_or_known_to_be_none():
    """A date of tomorrow's model is not forgotten here. Licences end at midnight."""
    dated = {
        (kind.__name__, field.name)
        for kind in content_models()
        for field in kind._meta.concrete_fields
        if isinstance(field, models.DateField)
    }
    assert len(dated) >= 30
    known = {(model.__name__, column) for model, column in COLUMNS} | {("Image", "licence_expires")}
    assert known <= dated
    assert {name for _, name in dated - known} <= PAST | ACTED_ON


NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def test_the_next_moment_is_midnight_where_nothing_comes(db, settings):
    assert next_moment(NOW) == datetime(2026, 3, 6, tzinfo=UTC)
    with timezone.override("America/New_York"):
        # A day of 23 hours.
        assert next_moment(datetime(2026, 3, 8, 12, tzinfo=UTC)) == datetime(
            2026, 3, 9, 4, tzinfo=UTC
        )


def test_the_next_moment_is_the_first_that_comes(db):
    hours = [NOW + timedelta(hours=hour) for hour in range(7)]
    article = make.article(published_at=hours[6])
    make.article(published_at=hours[1], embargoed_until=hours[5])
    article.revisions.newest(article)
    article.schedule_revision(hours[4])
    slot = Slot(article=article, until=hours[3])
    page = make.front_page({"lead.1": slot})
    FrontPage.objects.filter(pk=page.pk).update(published_at=hours[2])
    found = [NOW]
    for _ in range(6):
        found.append(next_moment(found[-1]))
    assert found == hours
