"""A change of whatever kind is on the pages of every process within a second."""

import time

import pytest

from tests.magazine.kept_pages import Response, everywhere

SETUP = """
from datetime import timedelta
from django.utils import timezone
from taggit.models import Tag
from articles.models import *
from articles.models.redirects import Redirect
from tests import make
now = timezone.now()
harbour = Article.objects.get(slug="harbour")
"""
CHANGES = {
    "a query of many rows": (
        'Article.objects.filter(slug="number-2").update(headline="Many rows")',
        *("/number-2/", "Many rows"),
    ),
    "a new article": ('make.article("Brand new", minutes_ago=0.01)', "/", "Brand new"),
    "a new article at its own address": (
        'make.article("Own address", slug="own-address")',
        *("/own-address/", "Own address"),
    ),
    "an article that is deleted": (
        'Article.objects.get(slug="number-3").delete()',
        "/number-3/",
        404,
    ),
    "an article that is withdrawn": (
        'Article.objects.get(slug="number-4").withdraw()',
        *("/number-4/", 410),
    ),
    "a tag": ('Tag.objects.filter(slug="ports").update(name="Havens")', "/harbour/", "Havens"),
    "a tag that is put on": ('harbour.tags.add("quays")', "/harbour/", "quays"),
    "an author": ('Author.objects.filter(slug="ines").update(name="Inés")', "/harbour/", "Inés"),
    "a byline": (
        "Article.objects.get(slug='number-12').set_byline([make.author('Bo Ek')])",
        *("/number-12/", "Bo Ek"),
    ),
    "a section": (
        'Section.objects.filter(slug="africa").update(name="Afrika")',
        *("/harbour/", "Afrika"),
    ),
    "the publication": ('Publication.objects.update(name="The Strait")', "/about/", "The Strait"),
    "a picture": ('Image.objects.update(alt="A lighthouse")', "/harbour/", "A lighthouse"),
    "a correction": (
        'Correction.objects.create(article=harbour, text="It was Tuesday.")',
        *("/corrections/", "It was Tuesday."),
    ),
    "a page": ('Page.objects.filter(slug="about").update(title="Who we are")', "/", "Who we are"),
    "an old address": (
        'Redirect.objects.set_target("/older/", harbour)',
        *("/older/", 301),
    ),
    "the front page": (
        'make.front_page({"lead.1": Article.objects.get(slug="number-9")})',
        *("/", "Number 9"),
    ),
    "many rows at once": (
        "Page.objects.bulk_create("
        '[Page(title="Bulk", slug="bulk", body="<p>x</p>", in_footer=True)])',
        *("/harbour/", "Bulk"),
    ),
}
COMING = {
    "an article": (
        'make.article("Due", slug="due", published_at=now + timedelta(seconds=2))',
        *("/due/", "Due"),
    ),
    "an embargo": (
        'make.article("Held", slug="held", embargoed_until=now + timedelta(seconds=2))',
        *("/", "Held"),
    ),
    "a change": (
        'a = Article.objects.get(slug="number-6"); revision = Revision.objects.newest(a);'
        "from dataclasses import replace;"
        "Revision.objects.save_revision(a, replace(revision.content, headline='Scheduled words'),"
        "base=revision.pk, by=None); a.refresh_from_db();"
        "a.schedule_revision(timezone.now() + timedelta(seconds=2))",
        *("/number-6/", "Scheduled words"),
    ),
    "a version of the front page": (
        'make.front_page({"lead.1": Slot(article=harbour, headline="Pinned")}, minutes_ago=-2/60)',
        *("/", "Pinned"),
    ),
}


def shows(answer: Response, expected: str | int) -> bool:
    if isinstance(expected, int):
        return answer.status == expected
    return expected.encode() in answer.body


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_on_the_pages_of_both_processes_within_a_second(kept_site, kind):
    code, path, expected = CHANGES[kind]
    assert not any(shows(answer, expected) for answer in everywhere(kept_site, path))
    kept_site.run(f"{SETUP}\n{code}")
    time.sleep(1)
    assert all(shows(answer, expected) for answer in everywhere(kept_site, path))


@pytest.mark.parametrize("kind", COMING)
def test_what_comes_by_itself_is_there_within_a_second(kept_site, kind):
    """With nobody reading meanwhile, and not before."""
    code, path, expected = COMING[kind]
    kept_site.run(f"{SETUP}\n{code}")
    began = time.monotonic()
    assert not any(shows(answer, expected) for answer in everywhere(kept_site, path))
    time.sleep(max(0.0, began + 3 - time.monotonic()))
    assert all(shows(answer, expected) for answer in everywhere(kept_site, path))
