import re

import html5lib
import pytest

from articles import prose
from articles.models import Image
from articles.prose.rendering import Rendered
from articles.prose.tree import stored_blocks, to_html
from tests import make
from tests.articles.cases import cases
from tests.articles.hostile import PAYLOADS


def bare(html: str) -> str:
    """HTML without the directions of its blocks, which have a test of their own."""
    return re.sub(r' dir="(?:auto|rtl)"', "", html)


def bare_body(html: str, images: dict[int, Image]) -> str:
    return bare(prose.render_body(html, images))


def article(body: str, key: int = 7) -> Rendered:
    rendered = prose.render_article(body, {}, key=key)
    return Rendered(bare(rendered.teaser), bare(rendered.rest))


def teaser(body: str, key: int = 7) -> str:
    return bare(prose.render_teaser(prose.split_teaser(body)[0], {}, key=key, url="/piece/"))


def image(**fields) -> Image:
    return Image(
        **{"pk": 42, "file": "pictures/a.jpg", "alt": "A boat", "width": 800, "height": 600,
           "tone": "fa0", "caption": "Its own caption", "credit": "Ann/AGENCY", **fields}
    )  # fmt: skip


def note(text: str) -> str:
    return f'<small class="footnote">{text}</small>'


NOTED = (
    f"<p>a{note('first <em>note</em>')}</p><p>b{note('second')}</p>"
    f"<h2>h</h2><p>c{note('third')}</p><ul><li>d{note('fourth')}</li></ul>"
)


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def targets(html: str) -> list[str]:
    return re.findall(r'href="#([^"]+)"', html)


def elements(html: str) -> list:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [node for node in tree.iter() if isinstance(node.tag, str)]


def test_the_two_parts_of_an_article_are_the_body():
    """Nothing stands twice and nothing is left out."""
    rendered = article("<p>a</p><p>b</p><h2>c</h2><p>d</p>")
    assert (rendered.teaser, rendered.rest) == ("<p>a</p><p>b</p>", "<h2>c</h2><p>d</p>")


def test_a_body_without_rest_has_none():
    """Templates ask for the rest by its truth."""
    assert article("<p>a</p>").rest == ""


def test_the_break_is_not_shown():
    """It is the editor's, not the reader's, on pages of their own too."""
    html = '<p>a</p><hr class="teaser-break"><p>b</p>'
    rendered = article(html)
    assert rendered.teaser + rendered.rest == bare_body(html, {}) == "<p>a</p><p>b</p>"


def test_a_picture_has_its_caption_and_credit():
    """The caption of this use, with its marks; the credit of the picture."""
    html = '<figure data-image="42"><figcaption>Seen <em>here</em> &lt;x&gt;</figcaption></figure>'
    shown = bare_body(html, {42: image()})
    assert 'alt="A boat"' in shown
    assert "Seen <em>here</em> &lt;x&gt;" in shown
    assert "Ann/AGENCY" in shown
    assert "Its own caption" not in shown


def test_a_picture_without_caption_here_has_its_own():
    """Written by hand in the picture's form, so every character of it is escaped."""
    html = '<figure data-image="42"></figure>'
    shown = bare_body(html, {42: image(caption="Own <b>caption</b>")})
    assert "Own &lt;b&gt;caption&lt;/b&gt;" in shown


def test_a_picture_may_be_described_in_other_words_here():
    """Where this use has an alternative text, the picture's own is not heard."""
    html = '<figure data-image="42" data-alt="A &lt;grey&gt; boat"></figure>'
    shown = bare_body(html, {42: image()})
    assert 'alt="A &lt;grey&gt; boat"' in shown
    assert 'alt="A boat"' not in shown


def test_a_picture_that_is_gone_leaves_nothing():
    """Neither a frame around nothing nor a caption under nothing."""
    html = '<p>a</p><figure data-image="42"><figcaption>Caption</figcaption></figure><p>b</p>'
    assert bare_body(html, {}) == "<p>a</p><p>b</p>"


def test_the_pictures_of_a_body_are_known_by_key():
    """Real figures only, wherever they stand; words that look like one are words."""
    html = prose.sanitize(
        '<figure data-image="3"></figure><blockquote>x<figure data-image="4"></figure></blockquote>'
        '<p>&lt;figure data-image="5"&gt;</p><figure data-alt="x" data-image="6"></figure>'
        """<figure data-image="8" data-alt='<figure data-image="7">'></figure>"""
    )
    assert prose.image_keys(html) == {3, 4, 6, 8}


@pytest.mark.parametrize(
    ("name", "key", "page", "frame"),
    [
        ("youtube", "dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
         "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("x", "123", "https://x.com/i/status/123",
         "https://platform.twitter.com/embed/Tweet.html?id=123&amp;dnt=true"),
        ("bluesky", "a.example/3l6", "https://bsky.app/profile/a.example/post/3l6",
         "https://embed.bsky.app/embed/a.example/app.bsky.feed.post/3l6"),
        ("pdf", "https://x.example/a.pdf", "https://x.example/a.pdf", None),
    ],
)  # fmt: skip
def test_an_embed_is_a_link_until_it_is_opened(name, key, page, frame):
    """Without script it leads to the provider; nothing in it is fetched by itself."""
    caption = "<figcaption>A <em>film</em></figcaption>"
    shown = bare_body(f'<figure data-embed="{name}" data-id="{key}">{caption}</figure>', {})
    assert f'href="{page}"' in shown
    assert 'rel="noopener noreferrer"' in shown
    assert re.findall(r'data-frame="([^"]*)"', shown) == ([frame] if frame else [])
    assert ('data-title="A film"' in shown) == bool(frame)
    assert "A <em>film</em>" in shown
    assert {node.tag for node in elements(shown)} <= {
        "DOCUMENT_FRAGMENT",
        "figure",
        "a",
        "figcaption",
        "em",
    }


def test_a_pull_quote_is_heard_only_where_the_text_does_not_say_it():
    """Repeated words are hidden from screen readers; words of its own are content."""
    end = "</blockquote></figure>"
    html = (
        "<p>“It is <em>enough</em> to wait,” he said.</p>"
        '<aside class="pullquote"><p>It is enough to wait</p></aside>'
        '<aside class="pullquote"><p>Never said</p></aside>'
        '<aside class="pullquote"><p>He <a href="/x/">said</a></p></aside>'
    )
    shown = bare_body(html, {}).split("</p>", 1)[1]
    assert shown.split("<figure ")[1:] == [
        'class="pullquote" aria-hidden="true"><blockquote><p>It is enough to wait</p>' + end,
        'class="pullquote"><blockquote><p>Never said</p>' + end,
        'class="pullquote"><blockquote><p>He <a href="/x/">said</a></p>' + end,
    ]


def test_a_table_scrolls_in_a_frame_with_a_name():
    """The frame can be reached by keyboard, so it says what it is."""
    row = "<tbody><tr><td>a</td></tr></tbody>"
    shown = bare_body(
        f'<table><caption>Ships "built" &amp; <em>sunk</em></caption>{row}</table>', {}
    )
    assert shown.startswith(
        '<div class="table" role="region" aria-label="Table: Ships &quot;built&quot; &amp; sunk"'
        ' tabindex="0"><table><caption>'
    )
    assert 'aria-label="Table"' in bare_body(f"<table>{row}</table>", {})


def test_links_to_other_sites_are_cut_off_from_the_page():
    """Those within the magazine are not."""
    html = '<p><a href="https://x.example/">x</a> <a href="/about/">y</a> <a href="#a">z</a></p>'
    assert bare_body(html, {}) == html.replace('le/">', 'le/" rel="noopener">')


def test_notes_are_numbered_through_and_stand_at_the_end():
    """Each mark leads to its note and each note back, over teaser and rest."""
    rendered = article(NOTED)
    whole = rendered.teaser + rendered.rest
    assert re.findall(r'aria-label="Note (\d)">\1</a></sup>', whole) == ["1", "2", "3", "4"]
    assert rendered.rest.endswith("</ol></section>")
    assert re.findall(r'<li id="fn-7-\d">(.+?) <a', rendered.rest) == [
        "first <em>note</em>", "second", "third", "fourth",
    ]  # fmt: skip
    assert sorted(targets(whole)) == sorted(ids(whole))
    assert len(ids(whole)) == len(set(ids(whole))) == 8


def test_notes_of_a_short_body_are_its_rest():
    """There is nothing to keep reading, but the notes are there."""
    rendered = article(f"<p>a{note('n')}</p>")
    assert rendered.rest.startswith('<section class="footnotes"')


def test_a_teaser_alone_leads_to_the_notes_on_the_article_s_page():
    """Its marks keep their numbers; the notes themselves are not shown beside a teaser."""
    shown = teaser(NOTED)
    assert re.findall(r'href="([^"]+)"', shown) == ["/piece/#fn-7-1", "/piece/#fn-7-2"]
    assert "second" not in shown


def test_teasers_and_opened_rests_share_a_page_without_a_double_id():
    """A stream with two articles opened: ids are unique, and every note leads back to its mark."""
    page = "".join(teaser(NOTED, key) + article(NOTED, key).rest for key in (1, 2))
    assert len(ids(page)) == len(set(ids(page))) == 16
    assert set(targets(page)) <= set(ids(page))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_came_past_the_door_is_safe_on_the_way_out(payload):
    """Rows written by hand in the database are sanitized when they are shown."""
    rendered = article(f"{payload}<p>a</p><p>b</p>{payload}<p>c{payload}</p>")
    shown = (
        rendered.teaser + rendered.rest + bare_body(payload, {1: image()})
        + prose.render_teaser(payload, {}, key=7, url="/piece/")
    )  # fmt: skip
    for node in elements(shown):
        assert node.tag not in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "svg",
            "base",
        }
        assert not [
            name for name in node.attrib if name.startswith("on") or name in ("style", "srcdoc")
        ]
        assert re.match(r"https?://|mailto:|/(?!/)|#|$", node.get("href", ""))
        if node.tag == "img":
            assert node.get("src") == "/media/pictures/a.jpg"


@pytest.mark.django_db
def test_the_pages_show_what_is_rendered(client):
    """The article's page has both parts, the fragment has the rest with all notes."""
    make.article(slug="noted", body=NOTED)
    page, rest = (bare(client.get(url).content.decode()) for url in ("/noted/", "/noted/rest/"))
    assert 'role="doc-endnotes"' in page
    assert "first <em>note</em>" in rest
    assert "<h2>h</h2>" in rest
    assert 'id="rest"' in page
    assert 'id="rest"' not in rest


def test_every_block_runs_in_the_direction_of_its_own_words():
    """On the page and in mail; what holds other blocks runs as its first letter does."""
    case = cases("rtl-paragraph")["body.html"]
    blocks = ("p", "h2", "li", "ul", "ol", "td", "th", "caption", "blockquote", "table")
    typed = (
        f"{case}<h2>عنوان</h2><ul><li>واحد</li><li>two</li></ul><ol><li>one</li></ol>"
        "<blockquote><p>قال</p></blockquote><aside class=pullquote><p>قال</p></aside>"
        "<table><caption>جدول</caption><tr><th>2024</th><td>واحد</td></tr></table>"
    )
    for html in (prose.render_body(typed, {}), prose.render_mail(typed, {}, "https://x.example")):
        tags = re.findall(rf"<(?:{'|'.join(blocks)})\b[^>]*>", html)
        assert len(tags) == 16
        assert [tag for tag in tags if not re.search(r' dir="(auto|rtl)"', tag)] == []
        assert html.startswith(case.replace("<p>", '<p dir="auto">'))
        for tag, count in {"ul": 1, "blockquote": 2, "table": 1, "ol": 0}.items():
            assert html.count(f'<{tag} dir="rtl">') == count, tag
    noted = prose.render_body(NOTED, {})
    assert len(re.findall(r'<li id="fn-page-\d" dir="auto">', noted)) == 4


@pytest.mark.parametrize("payload", PAYLOADS)
def test_stored_prose_is_read_as_it_was_written(payload):
    """Whatever was typed: once it is stored, nobody has to sanitize it again."""
    stored = prose.sanitize(f"<p>Before &amp;&nbsp;after<br>it</p>{payload}")
    asked = prose.sanitize.cache_info().misses
    read = stored_blocks(stored)
    assert prose.sanitize.cache_info().misses == asked
    assert [to_html(block) for block in read] == prose.blocks_of(stored)


@pytest.mark.parametrize(
    "raw",
    [
        *("<p>A & B</p>", "<p>open", "<p onclick=x>A</p>", "<p>&copy; A</p>", "A", "<p>A</p>B"),
        *(
            '<p onclick="x">A</p>',
            "<script>A</script>",
            "<blockquote>" * 99 + "A" + "</blockquote>" * 99,
        ),
    ],
)
def test_prose_that_came_past_the_door_is_sanitized_on_the_way_out(raw):
    assert [to_html(block) for block in stored_blocks(raw)] == prose.blocks_of(raw)
