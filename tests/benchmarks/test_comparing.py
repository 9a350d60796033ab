"""Processor time of comparing two versions, beside that of rendering the article."""

import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles import prose
from articles.models import Article, Image, Revision
from articles.prose.sanitizing import sanitize
from tests import make
from tests.newsroom import person

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]

LENGTHS = (750, 1_500, 3_000, 6_000)
ROUNDS = 9
SMALL = ["the", "of", "and", "to", "in", "a", "that", "on", "for", "was"]


def body(length: int, paragraph: int, chance: random.Random) -> list[list[str]]:
    """Paragraphs of words that repeat themselves about as those of a language do."""
    vocabulary = ["".join(chance.choices("aeionrst", k=6)) for _ in range(1_200)]
    words = [chance.choice(SMALL if chance.random() < 0.4 else vocabulary) for _ in range(length)]
    return [words[at : at + paragraph] for at in range(0, length, paragraph)]


def edited(paragraphs: list[list[str]], every: int, chance: random.Random) -> list[list[str]]:
    """About every twelfth word of every so-many-eth paragraph is another."""
    return [
        [chance.choice("xyz") * 5 if chance.random() < 1 / 12 else word for word in words]
        if place % every == 0
        else words
        for place, words in enumerate(paragraphs)
    ]


def html(paragraphs: list[list[str]]) -> str:
    return prose.sanitize("".join(f"<p>{' '.join(words)}.</p>" for words in paragraphs))


def cost(work: Callable[[], object]) -> float:
    """Processor seconds, the least of some rounds; nothing is remembered from the last."""
    best = float("inf")
    for _ in range(ROUNDS):
        sanitize.cache_clear()
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.parametrize(
    ("name", "paragraph", "every"),
    [
        ("a fifth of the paragraphs edited", 75, 5),
        ("every paragraph edited", 75, 1),
        ("all in one paragraph", 10_000, 1),
    ],
)
def test_comparing_grows_no_faster_than_the_text(table, name, paragraph, every):
    """Eight times the words take at most about eight times as long."""
    taken = {}
    for length in LENGTHS:
        chance = random.Random(length)
        before = body(length, paragraph, chance)
        old, new = html(before), html(edited(before, every, chance))
        taken[length] = cost(lambda old=old, new=new: prose.compare_bodies(old, new, {}))
    told = " ".join(f"{taken[length] * 1000:.1f}" for length in LENGTHS)
    table.add(f"comparing {'/'.join(map(str, LENGTHS))} words, {name}", f"{told} ms", "")
    growth = taken[LENGTHS[-1]] / taken[LENGTHS[0]]
    longer = LENGTHS[-1] / LENGTHS[0]
    table.add(f"growth at {longer:.0f} times the words, {name}", f"{growth:.1f}", f"≤ {longer:.0f}")
    assert growth <= 1.6 * longer


@pytest.fixture
def versions(db: None) -> tuple[Article, Revision, Revision]:
    """An article of 3,000 words as a magazine has it, and a version with every paragraph edited."""
    chance = random.Random(3)
    before = body(3_000, 75, chance)
    article = make.article(
        "Ports", body=html(before), authors=[make.author()], tags=["ports", "pilots"]
    )
    newest = Revision.objects.newest(article)
    text = replace(newest.content, body=html(edited(before, 1, chance)), headline="Harbours")
    kept = Revision.objects.keep(article, text, base=newest.pk, by=None)
    return article, newest, kept.revision


def test_comparing_beside_rendering(table, versions, settings):
    """Of bodies alone and of whole pages, as an editor and a reader ask for them."""
    article, old, new = versions
    images = Image.objects.for_prose([article.body])
    bodies = (
        cost(lambda: prose.compare_bodies(old.content.body, new.content.body, images)),
        cost(lambda: prose.render_article(article, images)),
    )
    editor, reader = Client(), Client()
    editor.force_login(person("Editor"))
    compare = reverse("admin:articles_article_compare", args=[article.pk])
    paths = f"{compare}?a={old.pk}&b={new.pk}", article.get_absolute_url()
    pages = []
    for client, path in zip((editor, reader), paths, strict=True):
        assert client.get(path).status_code == 200
        pages.append(cost(lambda client=client, path=path: client.get(path)))
    assert User.objects.count() == 1
    for name, (comparing, rendering) in {"page": pages, "bodies alone": bodies}.items():
        measured = f"{comparing * 1000:.1f} ms : {rendering * 1000:.1f} ms = "
        table.add(
            f"comparing : rendering 3,000 words, {name}",
            f"{measured}{comparing / rendering:.1f}",
            "≤ 5" if name == "page" else "",
        )
    assert pages[0] <= 5 * pages[1]
