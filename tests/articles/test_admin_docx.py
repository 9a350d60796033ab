"""“New from a .docx”: the form, the draft, and the page that says what became of the file."""

import io

import PIL.Image
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles.docx import drafts
from articles.models import Article, Image
from tests import make
from tests.articles.docx_files import deleted, docx, image, inserted, notes, p, reference, run
from tests.newsroom import person

pytestmark = pytest.mark.django_db
NEW = reverse("admin:articles_article_docx")


def png(colour: str = "teal") -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (640, 480), colour).save(file, "PNG")
    return file.getvalue()


def send(client: Client, data: bytes, name: str = "a_story.docx", changes: str = "accept"):
    file = SimpleUploadedFile(name, data)
    return client.post(NEW, {"file": file, "changes": changes}, follow=True)


MANUSCRIPT = docx(
    p("The port at night", style="Titel"),
    p("Cranes, and who owns them", style="Untertitel"),
    p("It ", deleted("was "), inserted("is "), "open", reference("footnote", 1), "."),
    p(image("good", "A crane in teal light")),
    p(image("named", "IMG_2041.jpg")),
    p(image("broken", "A broken picture")),
    p("Cranes", style="berschrift1"),
    p(run("Text", "<w:b/>"), reference("comment", 0)),
    parts={
        "footnotes": notes("footnote", "By night."),
        "comments": f'<w:comment w:id="0" w:author="Bo">{p("Sure? <b>")}</w:comment>',
    },
    files={"good": png(), "named": png("red"), "broken": b"no picture"},
)


def test_a_manuscript_becomes_a_draft_of_whoever_sent_it(writer):
    """Headline, deck, body, picture, note; and the page that is shown leads to the form."""
    page = send(writer, MANUSCRIPT)
    article = Article.objects.get()
    picture = Image.objects.exclude(alt="").get()
    bare = Image.objects.without_alt().get()
    assert (article.headline, article.slug) == ("The port at night", "the-port-at-night")
    assert article.deck == "Cranes, and who owns them"
    assert article.body == (
        '<p>It is open<small class="footnote">By night.</small>.</p>'
        f'<figure data-image="{picture.pk}"></figure><figure data-image="{bare.pk}"></figure>'
        "<h2>Cranes</h2><p><strong>Text</strong></p>"
    )
    assert (article.published_at, article.stage) == (None, "draft")
    assert article.created_by.username == picture.uploaded_by.username == "writer"
    assert picture.alt == "A crane in teal light"
    assert page.request["PATH_INFO"] == f"/admin/articles/article/{article.pk}/docx/"
    assert reverse("admin:articles_article_change", args=[article.pk]) in page.content.decode()
    assert LogEntry.objects.get().change_message == "Made from a .docx."


def test_the_report_says_what_was_left_behind_and_what_to_look_at(writer):
    """Pictures with the reason, changes with their author, comments with their passage."""
    html = send(writer, MANUSCRIPT).content.decode()
    bare = Image.objects.without_alt().get()
    assert f"?keys={bare.pk}" in html
    assert "Picture 3: The file is not a picture" in html or "Picture 3: " in html
    assert "2 tracked changes, accepted" in html
    assert "Deleted by Ada Quill: “was”" in html
    assert "Sure? &lt;b&gt; (Bo)" in html
    assert "At “Text”" in html


def test_changes_can_be_left_to_the_editor(writer):
    html = send(writer, MANUSCRIPT, changes="flag").content.decode()
    assert Article.objects.get().body.startswith("<p>It <s>was </s>is open")
    assert "2 tracked changes, left to you" in html


def test_a_plain_manuscript_is_named_after_its_file(writer):
    """Its address is the first that is free; nothing was left behind, and that is said."""
    make.article(slug="a-story")
    page = send(writer, docx(p("Text")), name="C:\\Desk\\a_story.docx")
    article = Article.objects.exclude(slug="a-story").get()
    assert (article.headline, article.slug) == ("a story", "a-story-2")
    assert "Nothing was left behind." in page.content.decode()


def test_a_title_that_is_too_long_is_cut_and_said(writer):
    page = send(writer, docx(p("Words " * 60, style="Titel"), p("x")))
    assert len(Article.objects.get().headline) == 240
    assert "The headline was too long and is cut." in page.content.decode()


def test_a_title_in_any_script_has_an_address(writer):
    send(writer, docx(p("Пролив", style="Titel"), p("x")))
    send(writer, docx(p("Порт", style="Titel"), p("x")))
    assert sorted(Article.objects.values_list("slug", flat=True)) == ["port", "proliv"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF."),
        (MANUSCRIPT[:3000], "The file is damaged or was cut off"),
        (docx(raw={"word/document.xml": b"<w:half"}), "its text cannot be read"),
        (None, "Choose a file."),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_file_and_makes_nothing(writer, data, sentence):
    """Neither an article nor a picture."""
    sent = {"changes": "flag"} | (
        {"file": SimpleUploadedFile("x.docx", data)} if data is not None else {}
    )
    page = writer.post(NEW, sent)
    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors["file"])
    assert 'value="flag" id="id_changes_1" required checked' in page.content.decode()
    assert not Article.objects.exists()
    assert not Image.objects.exists()


def test_pictures_beyond_a_minute_or_a_number_are_listed_instead(writer, monkeypatch):
    """An editor does not wait for ever."""
    monkeypatch.setattr(drafts, "MOST_PICTURES", 1)
    files = {name: png(name) for name in ("red", "green", "blue")}
    page = send(writer, docx(*(p(image(name, f"A {name} field")) for name in files), files=files))
    assert Image.objects.get().alt == "A red field"
    assert "Picture 3: there were too many for one go." in page.content.decode()


@pytest.mark.parametrize(
    ("description", "alt"),
    [
        ("A crane", "A crane"),
        ("A crane\n\nDescription automatically generated", "A crane"),
        ("Description automatically generated", ""),
        ("IMG_2041.jpg", ""),
        ("", ""),
    ],
)
def test_a_description_is_used_if_it_says_something(description, alt):
    assert drafts.usable(description) == alt


def test_only_who_may_write_may_upload(client):
    """A guest sees neither the form nor the button; a report is its owner's."""
    assert client.get(NEW).status_code == 302
    guest = person("Writer")
    guest.groups.clear()
    client.force_login(guest)
    assert client.get(NEW).status_code == 403
    assert client.post(NEW).status_code == 403


def test_a_report_is_for_the_person_who_sent_the_file(writer):
    """Others, and whoever comes later, are led to the form."""
    send(writer, MANUSCRIPT)
    article = Article.objects.get()
    other = Client()
    other.force_login(person("Editor"))
    address = reverse("admin:articles_article_docx_report", args=[article.pk])
    form = reverse("admin:articles_article_change", args=[article.pk])
    assert writer.get(address).status_code == 200
    assert other.get(address).headers["Location"] == form
    assert other.get(address.replace(str(article.pk), "999")).status_code == 404
    assert other.post(address).status_code == 405


def test_the_list_of_articles_has_the_button(writer):
    assert f'href="{NEW}"' in writer.get("/admin/articles/article/").content.decode()
