"""Imports that are killed, or that run at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Site, empty_site
from tests.importing import folder_of_pictures, piece, write

# What a process tells of its database: for each article all that may be missing from half a one.
TELL = """
from articles.models import Article, Author, Image
from django.core.files.storage import default_storage as storage
for article in Article.objects.all():
    files = article.lead_image.file_names
    print(article.slug, article.section.slug, article.also_in.count(), len(article.byline),
          article.word_count, all(map(storage.exists, files)))
print(Article.objects.count(), Image.objects.count(), Author.objects.count())
"""
# An import whose process is killed when it has written the row of the third article.
KILLED = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from articles.importing import saving
set_lists = saving.set_lists
def killed(article, words):
    if article.slug == "strait-3":
        os.kill(os.getpid(), signal.SIGKILL)
    return set_lists(article, words)
saving.set_lists = killed
call_command("import_content", sys.argv[1])
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A magazine of its own for processes that are killed or race."""
    site = empty_site(tmp_path / "var", "magazine_import_of_tests")
    site.env["DJANGO_SETTINGS_MODULE"] = "magazine.settings"
    return site


def tell(site: Site) -> list[str]:
    return site.manage("shell", "--no-imports", "-c", TELL).splitlines()


def start(site: Site, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=site.env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def whole_articles(told: list[str]) -> list[str]:
    """The slugs of what was told, once it is certain that nothing is missing anywhere."""
    *articles, _ = told
    assert {line.split()[1:4] == ["europe", "1", "2"] for line in articles} == {True}
    assert {line.split()[5] for line in articles} == {"True"}
    assert len({line.split()[4] for line in articles}) == 1
    return [line.split()[0] for line in articles]


def test_a_killed_import_leaves_whole_articles_and_a_second_run_completes_it(
    site: Site, tmp_path: Path
) -> None:
    """SIGKILL at the worst moment: what is there is whole, the rest is as if never begun."""
    folder = folder_of_pictures(tmp_path / "content", 5)
    path = write(folder, *(piece(number) for number in range(1, 6)))
    killed = start(site, "-c", KILLED, str(path))
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    told = tell(site)
    assert whole_articles(told) == ["strait-1", "strait-2"]
    assert told[-1] == "2 2 2"

    report = site.manage("import_content", str(path))

    assert "5 articles: 3 created, 0 updated, 2 unchanged, 0 refused" in report
    told = tell(site)
    assert len(whole_articles(told)) == 5
    assert told[-1] == "5 5 2"


def test_two_imports_at_once_make_every_article_once(site: Site, tmp_path: Path) -> None:
    folder = folder_of_pictures(tmp_path / "content", 8)
    path = write(folder, *(piece(number) for number in range(1, 9)))
    racers = [start(site, "manage.py", "import_content", str(path)) for _ in range(2)]
    reports = [racer.communicate(timeout=120)[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], reports
    told = tell(site)
    assert len(whole_articles(told)) == 8
    assert told[-1] == "8 8 2"
    assert "8 unchanged" in site.manage("import_content", str(path))
