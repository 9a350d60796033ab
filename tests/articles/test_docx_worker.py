"""The child that reads a manuscript: it dies, and is held to limits, and harms nobody."""

import os
import signal
import threading
import time
from dataclasses import replace

import psutil
import pytest
from django.core.files.base import ContentFile

from articles import prose
from articles.docx import Changes, Report, Unreadable, drafts
from articles.models import Article, Image
from tests.articles.docx_files import docx, image, p
from tests.articles.test_admin_docx import png
from tests.newsroom import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_left_lying_about")]

# As large as a part may be, and a second of work at least.
LONG = docx(p(image("good", "A crane")), *[p("Words of a story.")] * 45_000, files={"good": png()})


def draft(data: bytes) -> tuple[Article, Report]:
    file = ContentFile(data, "story.docx")
    return drafts.create_draft(file, "story.docx", Changes.ACCEPT, person("Writer"))


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        draft(data)
    assert not Article.objects.exists()
    assert not Image.objects.exists()
    return refused.value.message


def test_a_child_that_is_killed_while_it_reads_is_a_refusal():
    """As the kernel does where memory is short; nothing was kept, not even a picture."""
    killed = []

    def kill() -> None:
        deadline = time.monotonic() + 30
        while not killed and time.monotonic() < deadline:
            for child in psutil.Process(os.getpid()).children():
                if any("docx/worker.py" in word for word in child.cmdline()):
                    child.send_signal(signal.SIGKILL)
                    killed.append(child.pid)
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    assert refusal(LONG) == "The file could not be read: reading it failed."
    killer.join()
    assert killed


def test_processor_time_is_limited(monkeypatch):
    monkeypatch.setattr(drafts, "LIMITS", replace(drafts.LIMITS, seconds=1))
    assert refusal(LONG).startswith("The file took too long to read.")


def test_the_clock_is_limited(monkeypatch):
    monkeypatch.setattr(drafts, "PATIENCE", 0.2)
    assert refusal(LONG).startswith("The file took too long to read.")


def test_memory_is_limited_and_is_not_that_of_the_process_that_serves_pages(monkeypatch):
    """XML that takes many times its size in memory, in a file of a few kilobytes."""
    data = docx("<w:p/>" * 2_500_000)
    assert len(data) < 100_000
    monkeypatch.setattr(drafts, "LIMITS", replace(drafts.LIMITS, memory=300_000_000))
    here = psutil.Process(os.getpid())
    before = here.memory_info().rss
    assert refusal(data) in (
        "The file needs too much memory to be read.",
        "The file is damaged: its text cannot be read.",
        "The file could not be read: reading it failed.",
    )
    assert here.memory_info().rss - before < 100_000_000


def test_what_is_longer_than_a_text_may_be_is_refused():
    assert "longer than 1 MB" in refusal(LONG)


def test_what_it_leaves_behind_is_not_more_than_the_web_process_can_bear():
    """The words of a header, which the report would name."""
    header = p("Words of a story. " * 500) * 1_000
    assert "far more than a manuscript" in refusal(docx(p("Text"), parts={"header": header}))


def test_of_a_picture_that_is_refused_the_caption_stays():
    article, report = draft(
        docx(
            p(image("broken", "A crane")), p("A crane.", style="Beschriftung"),
            p(image("good", "A port")), p("A port.", style="Beschriftung"),
            files={"broken": b"no picture", "good": png()},
        )
    )  # fmt: skip
    assert article.body == (
        f'<p>A crane.</p><figure data-image="{Image.objects.get().pk}">'
        "<figcaption>A port.</figcaption></figure>"
    )
    assert report.pictures[0].startswith("Picture 1: ")


def test_no_embedded_page_can_name_a_picture_as_the_child_does():
    page = '<p>x</p><figure data-image="-1"></figure>'
    assert "data-image" not in prose.sanitize(page)
