"""Stored prose as it stands in a mail."""

import re

import pytest

from articles import prose
from tests.newsroom import picture

SITE = "https://magazine.example"


def html_of(html: str, images=None) -> str:
    """HTML for mail without the directions of its blocks, which test_prose_rendering looks at."""
    return re.sub(r' dir="(?:auto|rtl)"', "", prose.render_mail(html, images or {}, SITE))


@pytest.mark.parametrize(
    ("href", "leads_to"),
    [
        ("/about/", "https://magazine.example/about/"),
        ("#rest", "https://magazine.example/"),
        ("https://example.org/a?b=1&amp;c=2", "https://example.org/a?b=1&amp;c=2"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
    ],
)
def test_every_link_has_a_full_address(href, leads_to):
    assert f'href="{leads_to}"' in html_of(f'<p><a href="{href}">There</a></p>')


def test_a_note_stands_in_brackets_where_its_mark_was():
    text = '<p>Said.<small class="footnote">By <em>whom</em>.</small> More.</p>'
    assert html_of(text) == "<p>Said. <small>(By <em>whom</em>.)</small> More.</p>"
    assert prose.mail_text(text, SITE) == "Said. (By whom.) More."


def test_an_embed_is_a_link_with_its_title():
    caption = "<figcaption>A film</figcaption>"
    text = f'<figure data-embed="youtube" data-id="dQw4w9WgXcQ">{caption}</figure>'
    page = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert html_of(text) == f'<p><a href="{page}">A film (YouTube)</a></p>'
    assert prose.mail_text(text, SITE) == f"A film <{page}>"


@pytest.mark.django_db
def test_a_picture_has_its_size_and_words_or_is_left_out():
    image = picture(caption="At dawn")
    text = f'<figure data-image="{image.pk}"></figure>'
    html = html_of(text, {image.pk: image})
    assert 'width="552" height="368" alt="A teal surface"' in html
    assert "<p>At dawn</p>" in html
    assert html_of(text) == ""
    assert prose.mail_text(text, SITE) == ""


def test_tables_quotes_and_lists_keep_their_words():
    text = (
        '<aside class="pullquote"><p>Pulled</p></aside><blockquote><p>Quoted</p></blockquote>'
        '<ol start="3"><li>Three<ul><li>Inner</li></ul></li><li>Four</li></ol><hr>'
        '<table><tbody><tr><th scope="row">One</th><td>12</td></tr></tbody></table>'
        "<h2>Heading</h2><p>A<br>B</p>"
    )
    html = html_of(text)
    assert "<blockquote><p>Pulled</p></blockquote>" in html
    assert "<table><tbody><tr>" in html
    assert prose.mail_text(text, SITE) == (
        "> Pulled\n\n> Quoted\n\n3. Three\n   - Inner\n4. Four\n\n* * *\n\n"
        "One | 12\n\nHEADING\n\nA\nB"
    )


def test_words_of_a_link_that_are_its_address_are_not_said_twice():
    text = '<p><a href="https://example.org/">https://example.org/</a></p>'
    assert prose.mail_text(text, SITE) == "https://example.org/"
