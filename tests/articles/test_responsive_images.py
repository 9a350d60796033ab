import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Context, Template
from lxml import html

from articles.models import Image
from tests.articles import picture_files as files

STYLES = Path(__file__).resolve().parents[2] / "static" / "css" / "tones.css"


@pytest.fixture
def image(db: None) -> Image:
    return Image.objects.create(
        file=files.upload(files.jpeg(1000, 800)), alt='Two flags, one "half" raised & torn'
    )


def shown(image: Image, arguments: str) -> html.HtmlElement:
    template = Template(f"{{% load images %}}{{% responsive_image image {arguments} %}}")
    return html.fragment_fromstring(template.render(Context({"image": image})).strip())


def img(picture: html.HtmlElement) -> html.HtmlElement:
    (found,) = picture.iter("img")
    return found


def test_a_picture_offers_avif_and_jpeg_and_keeps_its_place(image: Image) -> None:
    """Width and height hold the space, the tone fills it, and no style attribute is needed."""
    picture = shown(image, 'shape="full" sizes="(min-width: 60rem) 50vw, 100vw"')

    (source,) = picture.iter("source")
    assert source.get("type") == "image/avif"
    assert re.findall(r"-full-(\d+)\.avif (\d+)w", source.get("srcset")) == [
        (str(width), str(width)) for width in (320, 480, 640, 800, 1000)
    ]
    element = img(picture)
    assert re.findall(r"-full-(\d+)\.jpg (\d+)w", element.get("srcset")) == [
        ("640", "640"),
        ("1000", "1000"),
    ]
    assert element.get("src").endswith("-full-1000.jpg")
    assert (element.get("width"), element.get("height")) == ("1000", "800")
    assert source.get("sizes") == element.get("sizes") == "(min-width: 60rem) 50vw, 100vw"
    assert element.get("alt") == 'Two flags, one "half" raised & torn'
    assert picture.get("class") == f"picture tone-{image.tone}"
    assert not picture.xpath(".//@style")


def test_a_card_has_the_proportions_of_its_crop(image: Image) -> None:
    """3:2, whatever the picture's own."""
    element = img(shown(image, 'shape="card" sizes="20rem"'))

    assert (element.get("width"), element.get("height")) == ("960", "640")
    assert "-card-" in element.get("srcset")


def test_only_the_picture_that_is_seen_first_is_hurried(image: Image) -> None:
    """All others wait until the reader comes near."""
    first = img(shown(image, 'shape="full" sizes="100vw" priority=True'))
    other = img(shown(image, 'shape="full" sizes="100vw"'))

    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
    assert (other.get("fetchpriority"), other.get("loading")) == (None, "lazy")
    assert first.get("decoding") == other.get("decoding") == "async"


def test_a_picture_beside_its_words_may_be_silent(image: Image) -> None:
    """alt="" is there and empty: a missing one would be read as the file's name."""
    assert img(shown(image, 'shape="card" sizes="20rem" alt=""')).get("alt") == ""


def test_a_picture_whose_sizes_are_not_made_yet_shows_its_master(image: Image) -> None:
    """Until make_renditions has run, it is heavier, and there."""
    image.renditions = {}

    picture = shown(image, 'shape="card" sizes="20rem"')

    assert list(picture.iter("source")) == []
    element = img(picture)
    assert element.get("src") == image.file.url
    assert element.get("srcset") is None
    assert (element.get("width"), element.get("height")) == ("1000", "800")


def test_a_picture_costs_no_query_and_no_look_into_storage(
    image: Image, django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row knows everything that a page needs."""

    def refuse(*_: object) -> None:
        pytest.fail("the storage was asked")

    for question in ("open", "exists", "size", "listdir"):
        monkeypatch.setattr(f"django.core.files.storage.FileSystemStorage.{question}", refuse)

    with django_assert_num_queries(0):
        shown(image, 'shape="full" sizes="100vw"')


def every_tone() -> Iterator[str]:
    for red in "0123":
        for green in "0123":
            for blue in "0123":
                yield f"tone-{red}{green}{blue}"


def test_every_tone_has_its_colour() -> None:
    """64 classes, each once."""
    text = STYLES.read_text()

    found = re.findall(r"^\.(tone-\d{3})\{background:#[0-9a-f]{6}\}$", text, re.MULTILINE)

    assert found == list(every_tone())
    assert len(found) == 64
