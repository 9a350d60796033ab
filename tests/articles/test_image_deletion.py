"""Pictures that stand only in a text that readers do not see yet."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles.models import Article, Image, Revision
from tests import make
from tests.newsroom import person, picture

pytestmark = pytest.mark.django_db
LIBRARY = "/admin/articles/image/"


def reworked(headline: str, **changes: object) -> Article:
    """A public article with a working copy that readers do not see."""
    article = make.article(headline)
    newest = Revision.objects.newest(article)
    text = replace(newest.content, **changes)
    Revision.objects.save_revision(article, text, base=newest.pk, by=None)
    return Article.objects.get(pk=article.pk)


def figure(image: Image) -> str:
    return f'<p>Text</p><figure data-image="{image.pk}"></figure>'


@pytest.fixture(params=["body", "lead_image"])
def waiting(request) -> tuple[Article, Image]:
    image = picture()
    value = figure(image) if request.param == "body" else image.pk
    return reworked("Ports", **{request.param: value}), image


def test_a_picture_of_a_working_copy_cannot_be_deleted(waiting):
    """One by one or by a queryset; without the working copy it can."""
    article, image = waiting
    for delete in (image.delete, Image.objects.all().delete):
        with pytest.raises(ProtectedError, match="working copy"), transaction.atomic():
            delete()
    assert Image.objects.count() == 1
    article.delete()
    image.delete()


def test_a_picture_of_a_scheduled_change_cannot_be_deleted(waiting):
    """Even where the working copy has gone on without it."""
    article, image = waiting
    article.schedule_revision(timezone.now() + timedelta(hours=1))
    newest = Revision.objects.newest(article)
    bare = replace(newest.content, body="<p>Bare</p>", lead_image=None)
    Revision.objects.save_revision(article, bare, base=newest.pk, by=None)
    with (
        pytest.raises(ProtectedError, match="change that is scheduled"),
        transaction.atomic(),
    ):
        image.delete()
    Article.objects.get(pk=article.pk).unschedule_revision()
    image.delete()


def test_the_library_names_the_places_and_deletes_nothing(client, waiting):
    """On the picture's own page, on the page that would delete it, and for several at once."""
    article, image = waiting
    client.force_login(person("Chief"))
    own = client.get(f"{LIBRARY}{image.pk}/change/").content.decode()
    assert f"/admin/articles/article/{article.pk}/change/" in own
    assert "in its working copy" in own
    asked = client.get(f"{LIBRARY}{image.pk}/delete/").content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"}
    for page in (
        asked,
        client.post(f"{LIBRARY}{image.pk}/delete/", {"post": "yes"}).content.decode(),
        client.post(LIBRARY, chosen).content.decode(),
    ):
        assert "Ports" in page
        assert "in its working copy" in page
        assert f"/admin/articles/article/{article.pk}/change/" in page
    assert Image.objects.filter(pk=image.pk).exists()


def test_a_picture_of_a_working_copy_is_not_called_unused(client, waiting):
    _, image = waiting
    client.force_login(person("Editor"))
    unused = client.get(LIBRARY, {"unused": "yes"}).context["cl"].result_list
    assert image.pk not in {one.pk for one in unused}


def test_old_versions_hold_no_picture(waiting):
    """What is public holds it by its own row; what was is history, which says what is gone."""
    article, image = waiting
    article.publish()
    assert Article.objects.unpublished_image_uses([image.pk]) == []
    newest = Revision.objects.newest(article)
    bare = replace(newest.content, body="<p>Bare</p>", lead_image=None)
    Revision.objects.save_revision(article, bare, base=newest.pk, by=None)
    Article.objects.get(pk=article.pk).publish()
    image.delete()


def test_finding_them_reads_only_texts_that_wait(waiting, django_assert_num_queries):
    """One query, however many articles there are."""
    _, image = waiting
    for number in range(3):
        make.article(f"Public {number}")
    with django_assert_num_queries(1):
        assert [str(use) for use in Article.objects.unpublished_image_uses([image.pk])] == [
            "article “Ports”, in its working copy"
        ]
