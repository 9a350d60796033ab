"""Where a picture stands is known without reading the texts."""

import pytest
from django.db.models import ProtectedError

from articles.models import Image, ImageUse, Page, Publication
from articles.models.images import places
from tests import make
from tests.newsroom import picture

pytestmark = pytest.mark.django_db


def figure(*images: Image) -> str:
    return "<p>Text</p>" + "".join(f'<figure data-image="{one.pk}"></figure>' for one in images)


@pytest.fixture
def images() -> list[Image]:
    return [picture((600 + number, 400), alt=f"Harbour {number}") for number in range(4)]


def uses() -> set[tuple[int, int | None, int | None]]:
    return set(ImageUse.objects.values_list("image", "article", "page"))


def test_saving_a_text_keeps_the_pictures_that_it_shows(images):
    """New ones come, old ones go, one that stands twice counts once, and no row is left behind."""
    one, two, three, _ = images
    article = make.article(body=figure(one, two, two))
    page = Page.objects.create(title="Terms", slug="terms", body=figure(two))
    assert uses() == {
        (one.pk, article.pk, None),
        (two.pk, article.pk, None),
        (two.pk, None, page.pk),
    }
    article.body = figure(two, three)
    article.save()
    assert {image for image, text, _ in uses() if text} == {two.pk, three.pk}
    article.delete()
    assert uses() == {(two.pk, None, page.pk)}


def test_a_key_without_a_picture_is_passed_over(images):
    """A text may name a picture that was lost; saving it goes on."""
    article = make.article(body='<figure data-image="999999999999"></figure>' + figure(images[0]))
    assert uses() == {(images[0].pk, article.pk, None)}


def test_saving_asks_one_query_more_where_no_picture_changes(images, django_assert_num_queries):
    """What is looked up, written or deleted depends on what changed, not on how much there is."""
    article = make.article(body=figure(*images))
    with django_assert_num_queries(1):
        ImageUse.objects.update_uses_in(article.body, article=article)


def test_a_picture_in_a_text_cannot_be_deleted(images):
    """Not even from the shell; without the text it can."""
    article = make.article(body=figure(images[0]))
    with pytest.raises(ProtectedError):
        images[0].delete()
    article.delete()
    images[0].delete()


def test_unused_is_what_nothing_on_the_site_names(images):
    """Leads, texts, portraits and the shared picture; each column that names one is looked at."""
    lead, text, portrait, unused = images
    shared = picture((700, 300), alt="The masthead")
    make.article(lead_image=lead, body=figure(lead, text))
    make.author(portrait=portrait)
    Publication.objects.update(sharing_image=shared)
    assert len(places()) >= 4
    assert list(Image.objects.unused()) == [unused]
    counts = dict(Image.objects.with_use_count().values_list("pk", "use_count"))
    assert counts == {lead.pk: 2, text.pk: 1, portrait.pk: 1, unused.pk: 0, shared.pk: 1}
