import random
import time

import pytest

from articles import prose
from articles.prose import sanitizing, tokenizing
from articles.prose.normalising import normalise
from articles.prose.policy import ALLOW_LIST
from tests.articles.hostile import PAYLOADS, faults
from tests.articles.word_soup import joined, soup

# Each piece of stored prose that stays as it is.
STORED = [
    "<p>Words</p>",
    "<h2>Head</h2><h3>Lesser head</h3>",
    "<p>a<br>b <strong>c <em>d</em></strong> <sub>e</sub><sup>f</sup><code>g</code><s>h</s></p>",
    '<p><a href="https://x.example/?a=1&amp;b=2">x</a> <a href="mailto:a@b.example">y</a></p>',
    '<p><a href="/about/">x</a> <a href="#fn-1">y</a></p>',
    "<ul><li>one<ul><li>deeper</li></ul></li><li><p>two</p><p>more</p></li></ul>",
    '<ol start="3"><li>x</li></ol>',
    "<blockquote><p>Said</p><ul><li>this</li></ul></blockquote>",
    '<table><caption>Ships</caption><thead><tr><th scope="col">Year</th></tr></thead>'
    '<tbody><tr><td colspan="2"><p>a</p></td><td></td></tr></tbody></table>',
    '<hr><p>x</p><hr class="teaser-break"><p>y</p>',
    '<aside class="pullquote"><p>Loud</p></aside>',
    '<figure data-image="42"></figure>',
    '<figure data-image="42" data-alt="A &quot;ship&quot; &amp; 1 &lt; 2"></figure>',
    '<figure data-image="7"><figcaption>A <em>boat</em></figcaption></figure>',
    '<figure data-embed="youtube" data-id="dQw4w9WgXcQ"><figcaption>Film</figcaption></figure>',
    '<p>Word<small class="footnote">A <em>note</em>, <a href="/x/">linked</a>.</small> goes on</p>',
    "<p>5 &lt; 6 &amp;&amp; “7” &gt;&nbsp;6 — не так ли? 한서윤 ليلى</p>",
]

# What is typed, and what is stored of it.
MENDED = {
    "bare words": "<p>bare words</p>",
    "one<p>two": "<p>one</p><p>two</p>",
    "<div>one</div><div>two</div>": "<p>one</p><p>two</p>",
    "<h1>a</h1><h4>b</h4>": "<h2>a</h2><h3>b</h3>",
    "<b>a</b><i>b</i><del>c</del><u>d</u>": "<p><strong>a</strong><em>b</em><s>c</s>d</p>",
    "<p><b>a<i>b</b>c</i></p>": "<p><strong>a<em>b</em></strong><em>c</em></p>",
    "<p><b>a<p>b</b>c": "<p><strong>a</strong></p><p><strong>b</strong>c</p>",
    "<p> </p><p>&nbsp;</p><p><br></p><p><b></b>\u200b</p>": "",
    "<ul><li>a</li><ul><li>b</li></ul></ul>": "<ul><li>a<ul><li>b</li></ul></li></ul>",
    "<ul>a<li>b": "<ul><li>a</li><li>b</li></ul>",
    "<li>a<li>b": "<p>a</p><p>b</p>",
    "<table><tr><td>a<td>b": "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>",
    "<table>b<tr><td>a</table>": "<table><tbody><tr><td>a</td></tr></tbody></table><p>b</p>",
    "<table><tr><td></table>": "",
    "<blockquote>a<blockquote>b</blockquote>c</blockquote>": (
        "<blockquote><p>a</p><p>b</p><p>c</p></blockquote>"
    ),
    "<blockquote>a<figure data-image=3></figure>b</blockquote>": (
        '<blockquote><p>a</p><p>b</p></blockquote><figure data-image="3"></figure>'
    ),
    "<figure><figcaption>Lost</figcaption></figure>": "<p>Lost</p>",
    "<figure data-alt='  A\n ship ' data-image=3></figure>": (
        '<figure data-image="3" data-alt="A ship"></figure>'
    ),
    "<figure data-image=3 data-alt=' '></figure>": '<figure data-image="3"></figure>',
    f"<figure data-image=3 data-alt='{'x' * 500}'></figure>": (
        f'<figure data-image="3" data-alt="{"x" * 400}"></figure>'
    ),
    '<figure data-embed="youtube" data-id="dQw4w9WgXcQ" data-alt="x"></figure>': (
        '<figure data-embed="youtube" data-id="dQw4w9WgXcQ"></figure>'
    ),
    "<figure data-image=x><img src=y><figcaption>Lost</figcaption></figure>": "<p>Lost</p>",
    "<figure data-embed=youtube data-id=short>Lost</figure>": "<p>Lost</p>",
    "<figure data-image=3><p>a</p><p>b</p></figure>": (
        '<figure data-image="3"><figcaption>a b</figcaption></figure>'
    ),
    "<p>a<small class=footnote>b<small class=footnote>c</small>d</small>e": (
        '<p>a<small class="footnote">b c d</small>e</p>'
    ),
    "<p>a<small>b</small>": "<p>ab</p>",
    "<p><img src=x>a<img src=x alt=y>b<img src=x></p>": "<p>a b</p>",
    # Where no note can stand, its words do.
    "<figure data-image=1><figcaption>a<small class=footnote>b</small></figcaption></figure>": (
        '<figure data-image="1"><figcaption>a b</figcaption></figure>'
    ),
    "<aside class=pullquote>a<small class=footnote>b</small>c<small>d</small></aside>": (
        '<aside class="pullquote"><p>a b cd</p></aside>'
    ),
    "<p><em>a<small class=footnote>b</small>c</em>": (
        '<p><em>a</em><small class="footnote">b</small><em>c</em></p>'
    ),
    "<aside class=pullquote>a<aside class=pullquote>b</aside>": (
        '<aside class="pullquote"><p>a</p></aside><aside class="pullquote"><p>b</p></aside>'
    ),
    "<hr class=teaser-break><p>a</p><hr class=teaser-break>": '<hr class="teaser-break"><p>a</p>',
    "<a href=/x>a<a href=/y>b</a>c": '<p><a href="/x">a</a><a href="/y">b</a>c</p>',
    "<a href=' https://x.example/a b '>a</a>": '<p><a href="https://x.example/a%20b">a</a></p>',
    '<b style="font-weight:normal"><p>Google <b>Docs</b></p></b>': (
        "<p>Google <strong>Docs</strong></p>"
    ),
    "a\x00b\x07c\ud800d\ufffee": "<p>abcde</p>",
    "<p>a &lt;b unfinished": "<p>a &lt;b unfinished</p>",
    "<p>a <b unfinished": "<p>a &lt;b unfinished</p>",
    "<p>a<!-- unfinished": "<p>a unfinished</p>",
    "&#" + "9" * 5000 + ";": "<p>\ufffd</p>",
}

# fmt: off
TAGS = [
    "a", "abbr", "address", "article", "aside", "audio", "b", "base", "big", "blockquote",
    "body", "br", "button", "caption", "center", "cite", "code", "col", "colgroup", "dd",
    "del", "details", "dfn", "div", "dl", "dt", "em", "embed", "fieldset", "figcaption",
    "figure", "font", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hr", "html", "i", "iframe", "img", "input", "ins", "kbd", "label",
    "legend", "li", "link", "main", "map", "mark", "marquee", "math", "menu", "meta", "nav",
    "nobr", "noscript", "object", "ol", "optgroup", "option", "p", "param", "plaintext",
    "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "select", "small", "span",
    "strike", "strong", "sub", "summary", "sup", "svg", "table", "tbody", "td", "template",
    "textarea", "tfoot", "th", "thead", "title", "tr", "tt", "u", "ul", "var", "video", "wbr",
    "x-own", "xmp",
]
NOISE = [
    "<", ">", "</", "<!--", "-->", "<!", "=", '"', "'", " ", "&", "&lt;", "&#60;", "/", "\x00",
    "\x0c", "\r", "\ud800", "a", "p", "b", "script", "style", "svg", "table", "td", "x",
    "href=javascript:", "href=/", "<p", "<a ", "<small class=footnote>", "<td>", "<ul>", "<hr>",
]
# fmt: on
ATTRIBUTES = [
    "",
    ' class="footnote"',
    " class='pullquote x'",
    ' class="teaser-break"',
    ' href="https://x.example/?a=1&b=%22"',
    " href=/page/",
    ' data-image="5"',
    ' data-embed="vimeo" data-id="918264073"',
    ' colspan="3" scope=row start=4',
    ' style="font-weight: 400" onclick="x()" title="a > b"',
]


def random_document(chance: random.Random, words: list[str]) -> str:
    """Tags in no order, many never closed, and between them the words; nothing hides a word."""
    pieces = []
    for word in words:
        for _ in range(chance.randrange(4)):
            tag = chance.choice(TAGS)
            pieces.append(
                f"</{tag}>" if chance.random() < 0.4 else f"<{tag}{chance.choice(ATTRIBUTES)}>"
            )
        pieces.append(chance.choice([word, f" {word} ", f"&nbsp;{word}", f"{word}&amp;"]))
    return "".join(pieces)


def random_noise(chance: random.Random) -> str:
    return "".join(chance.choice(NOISE) for _ in range(chance.randrange(60)))


@pytest.mark.parametrize("html", STORED)
def test_stored_prose_stays_as_it_is(html):
    """Every element of the vocabulary passes unchanged, to the character."""
    assert prose.sanitize(html) == html
    assert not faults(html)


@pytest.mark.parametrize("typed", MENDED)
def test_what_is_typed_otherwise_is_mended(typed):
    """Each case names what is stored of it."""
    assert prose.sanitize(typed) == MENDED[typed]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_comes_through(payload):
    """Alone, in the middle of a paragraph and in an attribute: nothing but the vocabulary is left,
    and sanitizing once more changes nothing."""
    for typed in (payload, f"<p>before {payload} after</p>", f'<a href="{payload}">x</a>'):
        html = prose.sanitize(typed)
        assert faults(html) == []
        assert prose.sanitize(html) == html
        assert ALLOW_LIST.clean(html) == html


def test_the_allow_list_alone_lets_nothing_through(monkeypatch):
    """Were the builder to write whatever is typed, the allow-list would still decide."""
    monkeypatch.setattr(sanitizing, "normalise", lambda typed: [typed])
    for payload in PAYLOADS:
        # Past the cache, which knows what came of the payload with the builder.
        html = sanitizing.sanitize.__wrapped__(tokenizing.without_unwritable(payload))
        assert faults(html, anywhere=True) == []


def test_the_corpus_is_not_a_handful():
    """The test above has something to chew on."""
    assert len(set(PAYLOADS)) >= 110


def test_the_check_for_faults_finds_faults():
    """The oracle of these tests is not blind."""
    for html in (
        "words",
        "<script>x</script>",
        "<p onclick=x>y</p>",
        '<p><a href="javascript:x">y</a></p>',
        '<p><a href="//x.example">y</a></p>',
        "<blockquote><h2>x</h2></blockquote>",
        '<p><small class="other">x</small></p>',
        "<!-- x -->",
    ):
        assert faults(html), html


@pytest.mark.parametrize("seed", range(300))
def test_any_document_becomes_the_vocabulary_and_keeps_its_words(seed):
    """Random tags around numbered words: the result is a fixpoint of the builder and of the
    allow-list, has nothing but the vocabulary, and every word is in it."""
    chance = random.Random(seed)
    words = [f"word{number}x" for number in range(chance.randrange(1, 40))]
    html = prose.sanitize(random_document(chance, words))
    assert faults(html) == []
    assert "".join(normalise(html)) == html
    assert ALLOW_LIST.clean(html) == html
    assert [word for word in words if word not in html] == []


def test_words_between_tags_are_not_shown_to_the_guard_and_come_out_as_they_are(monkeypatch):
    """However many entities there are, the guard reads the tags; one more tag and it reads all."""
    seen = []
    guard = type(
        "Guard", (), {"clean": lambda _, html: seen.append(html) or ALLOW_LIST.clean(html)}
    )
    monkeypatch.setattr(sanitizing, "ALLOW_LIST", guard())
    block = f"<p>{'x&amp;' * 9_000}<em>&lt;b&gt;</em> &nbsp;</p>"
    assert sanitizing.allowed(block) == block
    assert seen == ["<p>x<em>x</em>x</p>"]
    for tag in ("<script>alert(1)</script>", "<p onclick=x>", "<em", "<!-- x -->", "<em/>"):
        typed = f"<p>&lt;{tag}y</p>"
        assert sanitizing.allowed(typed) == ALLOW_LIST.clean(typed)
        assert seen[-1] == typed


@pytest.mark.parametrize("seed", range(100))
def test_no_words_grow_together(seed):
    """Wherever a break, a block or a cell begins or ends; the benchmarks have ten thousand more."""
    html = prose.sanitize(soup(random.Random(seed), 30))
    assert joined(html, 30) == []


def test_the_check_for_joined_words_finds_them():
    assert joined("<p>w0xw1x</p>", 2) == ["w0x", "w1x"]
    assert joined("<p>w0x<br>w1x <b>w2</b>x</p>", 3) == []


@pytest.mark.parametrize("seed", range(300))
def test_any_noise_comes_to_rest(seed):
    """Random pieces of markup end in a fixpoint, too."""
    html = prose.sanitize(random_noise(random.Random(seed)))
    assert faults(html) == []
    assert "".join(normalise(html)) == html
    assert ALLOW_LIST.clean(html) == html


def test_text_that_does_not_come_to_rest_loses_its_markup_only(monkeypatch):
    """Should there be such text, its words stay."""
    monkeypatch.setattr(sanitizing, "ROUNDS", 1)
    sanitizing.sanitize.cache_clear()
    assert prose.sanitize("<i>a</i> < b\x00") == "<p>&lt;i&gt;a&lt;/i&gt; &lt; b</p>"
    sanitizing.sanitize.cache_clear()


SIZE = 200_000
HUGE = {
    "deep divs": "<div>" * (SIZE // 5),
    "deep bold": "<b>x" * (SIZE // 4),
    "bold that every paragraph must repeat": (
        "".join(f"<b id={number}>" for number in range(SIZE // 20)) + "<p>x" * (SIZE // 8)
    ),
    "deep lists": "<ul><li>x" * (SIZE // 9),
    "lists between items": "<ul><li>a</li>" + "<ul><li>b</li></ul>" * (SIZE // 20),
    "deep tables": "<table><tr><td>x" * (SIZE // 16),
    "many heads": "<table>" + "<thead><tr><td>x" * (SIZE // 16),
    "deep quotes": "<blockquote>x" * (SIZE // 13),
    "deep notes": "<small class=footnote>x" * (SIZE // 23),
    "unclosed tags": "<a " * (SIZE // 3),
    "unclosed quotes": '<a b="' * (SIZE // 6),
    "unclosed ends": "</a b='>'" * (SIZE // 9),
    "unclosed comments": "<!--" * (SIZE // 4),
    "unclosed scripts": "<script>" * (SIZE // 8),
    "a thousand attributes": "<a " + " ".join(f"a{n}" for n in range(SIZE // 7)) + ">x",
    "angle brackets": "<" * SIZE,
    "ampersands": "&" * SIZE,
    "a long number": "&#" + "9" * SIZE,
    "one long word": "x" * SIZE,
}


@pytest.mark.parametrize("kind", HUGE)
def test_hostile_size_takes_no_time(kind):
    """Cost grows with the length alone. Were it its square, each of these would run for minutes;
    the limit leaves a slow machine ten times what it needs."""
    start = time.process_time()
    html = prose.sanitize(HUGE[kind])
    prose.split_teaser(html)
    assert time.process_time() - start < 30
    assert len(html) < 10 * SIZE


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<b style='FONT-WEIGHT : Normal'>a</b>", "<p>a</p>"),
        ("<strong style='font: 12px x'>a</strong>", "<p>a</p>"),
        ("<i style='font-style:normal'>a</i>", "<p>a</p>"),
        ("<b style='font-w\\65ight:400 !important;font-weight:bold'>a</b>", "<p>a</p>"),
        ("<b style='mso-bidi-font-weight:normal'>a</b>", "<p><strong>a</strong></p>"),
        ("<b style='/* font-weight:normal */'>a</b>", "<p><strong>a</strong></p>"),
        ("<b style='x:url(\";font-weight:normal;\")'>a</b>", "<p><strong>a</strong></p>"),
    ],
)
def test_the_style_of_an_emphasis_is_read_as_style(typed, stored):
    assert prose.sanitize(typed) == stored
