"""Processor time of comparing two versions, beside that of rendering the article."""

import gc
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import FrameType

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
    """One word in twelve of every so-many-eth paragraph, wherever it stands, is another."""
    made = [list(words) for words in paragraphs]
    for words in made[::every]:
        for place in chance.sample(range(len(words)), len(words) // 12):
            words[place] = chance.choice("xyz") * 5
    return made


def html(paragraphs: list[list[str]]) -> str:
    return prose.sanitize("".join(f"<p>{' '.join(words)}.</p>" for words in paragraphs))


def cost(*works: Callable[[], object]) -> list[float]:
    """Processor seconds of each, the least of some rounds in which they take turns; nothing is
    remembered from the last, and nobody's rubbish is collected meanwhile (as timeit has it)."""
    best = [float("inf")] * len(works)
    gc.disable()
    for _ in range(ROUNDS):
        for number, work in enumerate(works):
            sanitize.cache_clear()
            begun = time.process_time()
            work()
            best[number] = min(best[number], time.process_time() - begun)
        gc.collect()
    gc.enable()
    return best


def steps_of(work: Callable[[], object]) -> int:
    """How many lines of Python run: the same number whatever else the machine does."""
    count = 0

    def step(frame: FrameType, event: str, argument: object) -> Callable[..., object]:
        nonlocal count
        count += 1
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def growth(measured: Iterable[float]) -> float:
    """At twice the words, on the average of all the doublings."""
    first, *_, last = measured
    return (last / first) ** (1 / (len(LENGTHS) - 1))


@pytest.mark.parametrize(
    ("name", "paragraph", "every"),
    [
        ("a fifth of the paragraphs edited", 75, 5),
        ("every paragraph edited", 75, 1),
        ("all in one paragraph", 10_000, 1),
    ],
)
def test_comparing_grows_no_faster_than_the_text(table, name, paragraph, every):
    """Twice the words take about twice the steps; how long that is, is printed."""
    works = []
    for length in LENGTHS:
        chance = random.Random(length)
        before = body(length, paragraph, chance)
        old, new = html(before), html(edited(before, every, chance))
        works.append(lambda old=old, new=new: prose.compare_bodies(old, new, {}))
    taken = cost(*works)
    steps = [steps_of(work) for work in works]
    told = " ".join(f"{seconds * 1000:.1f}" for seconds in taken)
    table.add(f"comparing {'/'.join(map(str, LENGTHS))} words, {name}", f"{told} ms", "")
    for what, measured in (("time", taken), ("steps", steps)):
        table.add(f"{what} at twice the words, {name}", f"{growth(measured):.1f}", "≤ 2.0")
    assert growth(steps) < 2.1


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
    kept = Revision.objects.save_revision(article, text, base=newest.pk, by=None)
    return article, newest, kept.revision


def test_comparing_beside_rendering(table, versions, settings):
    """Of bodies alone and of whole pages, as an editor and a reader ask for them."""
    article, old, new = versions
    images = Image.objects.for_prose([article.body])
    bodies = cost(
        lambda: prose.compare_bodies(old.content.body, new.content.body, images),
        lambda: prose.render_article(article.body, images, key=article.pk),
    )
    editor, reader = Client(), Client()
    editor.force_login(person("Editor"))
    compare = reverse("admin:articles_article_compare", args=[article.pk])
    paths = f"{compare}?a={old.pk}&b={new.pk}", article.get_absolute_url()
    visits = list(zip((editor, reader), paths, strict=True))
    assert [client.get(path).status_code for client, path in visits] == [200, 200]
    pages = cost(*(lambda client=client, path=path: client.get(path) for client, path in visits))
    assert User.objects.count() == 1
    for name, (comparing, rendering) in {"page": pages, "bodies alone": bodies}.items():
        measured = f"{comparing * 1000:.1f} ms : {rendering * 1000:.1f} ms = "
        table.add(
            f"comparing : rendering 3,000 words, {name}",
            f"{measured}{comparing / rendering:.1f}",
            "≤ 5" if name == "page" else "",
        )
    assert pages[0] <= 5 * pages[1]
