"""The demo's drawings: the same every time, varied between seeds, and light to send."""

import io
import random

import pytest
from PIL import Image, ImageChops, ImageStat

from magazine.demo.artwork import KINDS, draw, portrait
from magazine.demo.artwork.palette import palette_of

SMALL = (600, 400)


def test_there_are_the_six_kinds_that_articles_may_name():
    """The front matter of the demo articles knows these names."""
    assert set(KINDS) == {"contours", "routes", "flag", "halftone", "grid", "strata"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_the_same_every_time(kind):
    """Loading the demo twice must not store new pictures, whatever else used the random module."""
    random.seed(1)
    first = draw(kind, 7, *SMALL)
    random.seed(2)
    second = draw(kind, 7, *SMALL)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_fills_the_size_that_was_asked_for(kind):
    """RGB, the exact size, and something on the sheet in every quarter of it."""
    image = draw(kind, 3, *SMALL)
    assert (image.mode, image.size) == ("RGB", SMALL)
    for left in (0, 300):
        for top in (0, 200):
            quarter = image.crop((left, top, left + 300, top + 200)).convert("L")
            assert ImageStat.Stat(quarter).stddev[0] > 4


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_gives_another_drawing(kind):
    """Two articles that use one kind must not show the same picture."""
    difference = ImageChops.difference(draw(kind, 4, *SMALL), draw(kind, 5, *SMALL))
    assert ImageStat.Stat(difference.convert("L")).mean[0] > 8


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_sized_copy_is_light(kind):
    """Paper grain and dots must not cost the reader: under 80 KB at 800 pixels in AVIF."""
    card = draw(kind, 12, 1200, 800).resize((800, 533), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    card.save(file, "AVIF", quality=60, speed=8)
    assert len(file.getvalue()) < 80_000


def test_neighbouring_seeds_are_printed_in_different_palettes():
    """A front page of drawings numbered in a row must not look all of one colour."""
    for shift in range(len(KINDS) + 1):
        row = [palette_of(seed, shift) for seed in range(8)]
        assert len(set(row)) == len(row)


def test_a_portrait_is_square_and_the_same_every_time():
    """Authors without a photograph get a medallion of their own."""
    image = portrait(5, 300)
    assert (image.mode, image.size) == ("RGB", (300, 300))
    assert image.tobytes() == portrait(5, 300).tobytes()
    assert image.tobytes() != portrait(6, 300).tobytes()


def test_an_unknown_kind_is_refused():
    """A slip in an article's front matter is an error, not an empty picture."""
    with pytest.raises(KeyError):
        draw("watercolour", 1, *SMALL)
