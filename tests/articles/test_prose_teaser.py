import pytest

from articles import prose

IMAGE = '<figure data-image="1"></figure>'
FILM = '<figure data-embed="vimeo" data-id="918264073"><figcaption>Film</figcaption></figure>'
BREAK = '<hr class="teaser-break">'
LIST = "<ul><li>one</li><li>two</li></ul>"

# Teaser, and what is left for the rest.
CASES = {
    "five paragraphs": ("<p>a</p><p>b</p>", "<p>c</p><p>d</p><p>e</p>"),
    "two paragraphs": ("<p>a</p><p>b</p>", ""),
    "one long paragraph": ("<p>" + "word " * 400 + "</p>", ""),
    "nothing": ("", ""),
    "a film before the text": (f"{FILM}<p>a</p><p>b</p>", "<p>c</p>"),
    "headings and pictures between": (f"<h2>h</h2><p>a</p>{IMAGE}<p>b</p>", "<h2>i</h2><p>c</p>"),
    "a list first": (f"{LIST}<p>a</p><p>b</p>", "<p>c</p>"),
    "a picture alone remains": ("<p>a</p><p>b</p>", IMAGE),
    "a film alone remains": ("<p>a</p><p>b</p>", FILM),
    "paragraphs inside of other blocks do not count": (
        "<blockquote><p>x</p><p>y</p></blockquote><p>a</p><p>b</p>",
        "<p>c</p>",
    ),
    "one paragraph and lists": (f"<p>a</p>{LIST}", f"<h2>h</h2>{LIST}"),
    "quotations only": (
        "<blockquote><p>a</p></blockquote>" * 2,
        "<blockquote><p>c</p></blockquote>",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_teaser_ends_with_the_second_paragraph(case):
    """Word for word up to and including it; there is a rest only where something follows."""
    teaser, rest = CASES[case]
    teaser = prose.sanitize(teaser)
    assert prose.split_teaser(teaser + rest)[:2] == (teaser, bool(rest))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a</p>", "<p>b</p><p>c</p>"),
        ("<p>a</p><p>b</p><p>c</p>", "<p>d</p>"),
        (FILM, "<p>a</p><p>b</p><p>c</p>"),
        ("<p>a</p>", IMAGE),
    ],
)
def test_the_editor_s_break_wins(before, after):
    """It ends the teaser before or after the second paragraph, and stands in neither part."""
    assert prose.split_teaser(before + BREAK + after)[:2] == (before, True)


@pytest.mark.parametrize(
    ("body", "teaser", "has_rest"),
    [
        (f"{BREAK}<p>a</p><p>b</p><p>c</p>", "<p>a</p><p>b</p>", True),
        (f"<p>a</p><p>b</p><p>c</p>{BREAK}", "<p>a</p><p>b</p><p>c</p>", False),
        (f"<p>a</p>{BREAK}<hr>", "<p>a</p><hr>", False),
        (f"<hr>{BREAK}<p>a</p><p>b</p><p>c</p>", "<hr><p>a</p><p>b</p>", True),
    ],
)
def test_a_break_with_nothing_on_one_side_cuts_nothing_off(body, teaser, has_rest):
    """Before everything it is as good as none; after everything there is no rest."""
    assert prose.split_teaser(body)[:2] == (teaser, has_rest)


def test_a_rule_alone_is_no_rest():
    """“Keep reading” must lead to something that can be seen."""
    assert prose.split_teaser("<p>a</p><p>b</p><hr>")[:2] == ("<p>a</p><p>b</p><hr>", False)


def test_the_teaser_is_the_body_to_the_character():
    """Entities, links, marks and notes come out as they are stored."""
    teaser = (
        '<p>5 &lt; 6 &amp;&nbsp;7 <a href="https://x.example/?a=1&amp;é=“2”">“link”</a><br>новая</p>'
        '<p>한국<small class="footnote">A <em>note</em>.</small> — <strong>x<em>y</em></strong></p>'
    )
    assert prose.split_teaser(f"{teaser}<p>rest</p>")[0] == teaser


def test_what_was_never_sanitized_is_cut_safely():
    """Text from an unknown hand is brought into form first."""
    assert prose.split_teaser("a<script>x</script><p>b<p>c")[0] == "<p>a</p><p>b</p>"


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("", 0),
        ("<p>One two – three</p><p>four</p>", 4),
        ("<p>re<em>mark</em>able<br>news</p><ul><li>one</li><li>two</li></ul>", 4),
        ("<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>", 2),
        ('<p>word<small class="footnote">its note</small>.</p>', 3),
        (f'<p>once</p><aside class="pullquote"><p>once</p></aside>{FILM}', 1),
        ("<p>한서윤 ليلى мир</p>", 3),
    ],
)
def test_words_are_counted_as_they_are_read(html, count):
    """Across marks and between cells; a pull quote and a caption are not part of the reading."""
    assert prose.split_teaser(html)[2] == count
