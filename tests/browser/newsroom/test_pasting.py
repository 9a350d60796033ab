"""Text of other programs in the editor: what is kept, what is left out, and what is said of it."""

import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.articles.cases import cases
from tests.articles.test_prose_gateways import AS_THEY_ARE, OVER_GATEWAYS, PLAIN
from tests.articles.text_rules import RULES
from tests.articles.word_soup import joined, soup
from tests.browser.logged_in import Desk, sit_down
from tests.conftest import Site, quickstarted

# Pastes each text into the empty editor; what is stored of it and said of it.
PASTE_EACH = """(texts) => texts.map((html) => {
  const dom = document.querySelector(".ProseMirror")
  dom.editor.commands.clearContent(true)
  dom.editor.commands.focus()
  const data = new DataTransfer()
  data.setData("text/html", html)
  data.setData("text/plain", "plain")
  dom.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }))
  const said = document.querySelector(".prose__said").textContent
  return [document.querySelector("textarea.prose-input").value, said]
})"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("pasting")
    with quickstarted(var, "magazine_pasting_of_tests", "--no-demo") as site:
        yield site


@pytest.fixture(scope="module")
def desk(browser: Browser, newsroom: Site) -> Iterator[Desk]:
    context = browser.new_context(base_url=newsroom.url, reduced_motion="reduce")
    desk = sit_down(context, newsroom, "writer")
    desk.write("Pasted")
    yield desk
    context.close()


def pasted(desk: Desk, *texts: str) -> list[tuple[str, str]]:
    return [(stored, said) for stored, said in desk.page.evaluate(PASTE_EACH, texts)]


@pytest.mark.parametrize("rule", RULES, ids=[rule[0] for rule in RULES])
def test_text_follows_the_same_rules_as_in_a_docx(desk, rule):
    """The tests of the reader read the same table."""
    _, html, _, stored, is_said = rule
    ((found, said),) = pasted(desk, html)
    # What may not be linked loses its link where it is stored.
    assert re.sub(r'<a href="javascript:x">(.*?)</a>', r"\1", found) == stored
    assert bool(said) == is_said


BREAKS = "paste-line-breaks-beside-blocks"
CASES = {
    ("paste-gateway-links", "in.html"): (
        '<p><a href="https://example.org/c">one</a> <a href="https://example.org/a">two</a></p>'
    ),
    (BREAKS, "after-quote.html"): (
        "<blockquote><p>Quoted words</p></blockquote><p>First line<br>second line</p>"
    ),
    (BREAKS, "between-divs.html"): (
        "<p>Head</p><p>Line one<br>Line two<br>Line three</p><p>Tail</p>"
    ),
    (BREAKS, "in-cell.html"): (
        "<table><tbody><tr><td><p>C</p><p>D<br>E</p></td></tr></tbody></table>"
    ),
    (BREAKS, "in-item.html"): "<ul><li>one<br>two<ul><li>inner</li></ul></li></ul>",
    (BREAKS, "mail.html"): (
        "<p>Dear desk,<br>the envoy arrives on Monday.</p><p>He brings two letters.</p>"
    ),
    ("paste-word-comment-style-on-text", "in.html"): "<p>He said three words here and left.</p>",
    ("paste-word-hidden-text", "in.html"): "<p>Visible words.</p>",
    ("paste-word-list-marker", "bullet.html"): "<ul><li>One</li><li>Two</li></ul>",
    ("paste-word-list-marker", "number.html"): "<ol><li>One</li><li>Two</li></ol>",
}
TWO_GATEWAYS = (
    "https://l.facebook.com/l.php?h=A&u="
    "https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fexample.org%252F"
)
SIBLINGS = {
    # Hidden by a sheet or an attribute; a class says nothing
    "<style><!-- span.x {mso-style-name:x; display:none;} --></style>"
    "<p>a <span class=x>b </span>c</p>": "<p>a c</p>",
    "<p>a</p><p hidden>b</p><p style='visibility : HIDDEN'>c</p>": "<p>a</p>",
    "<p>a <span class='hidden msoDel sr-only EOP'>b</span> c</p>": "<p>a b c</p>",
    "<p>a <span class='msocomtxt msocomanchor'>b</span> c</p>": "<p>a b c</p>",
    # What parts two words and does not come along
    "<p>a<img src=x alt=y>b <img src=x>c</p>": "<p>a b c</p>",
    "<aside class=pullquote><p>a<small class=footnote>b</small>c</p></aside>": (
        '<aside class="pullquote"><p>a b c</p></aside>'
    ),
    # Styles
    "<p>a <span style='/* x */ font-weight\n:\nBold !important'>b</span></p>": (
        "<p>a <strong>b</strong></p>"
    ),
    "<style>.b {font-weight: 700}</style><p>a <span class=b>b</span></p>": (
        "<p>a <strong>b</strong></p>"
    ),
    "<p style='MSO-LIST :\n l0\nlevel2 lfo1'><span style='mso-list:\n Ignore'>1)</span>One</p>": (
        "<ol><li>One</li></ol>"
    ),
    # Of two rules of a sheet the heavier one holds, and then the later one
    "<style>.x {display:none} p {display:block} .x {display:none} .y {display:block}</style>"
    "<p>a</p><p class=x>b</p><p class='x y'>c</p>": "<p>a</p><p>c</p>",
    "<style>.x {display:none} p {display:block}</style><p>a</p><p class=x>b</p>": "<p>a</p>",
    "<style>p.x {display:none !important}</style><p class=x style='display:block'>b</p>a": (
        "<p>a</p>"
    ),
    # The browsers' attribute gives way to a style, a child of what is invisible may be seen
    "<p>a</p><p hidden style='display:block'>b</p><p hidden>c</p>": "<p>a</p><p>b</p>",
    "<p>a<span style='visibility:hidden'>b<i style='visibility:visible'>c</i>d</span>e</p>": (
        "<p>a<em>c</em>e</p>"
    ),
    "<p>a<span style='display:none'>b<i style='display:inline'>c</i></span></p>": "<p>a</p>",
    "<ul><li>a</li><li style='visibility:hidden'>b</li></ul>": "<ul><li>a</li></ul>",
    "<table><tr><td>a</td><td style='visibility:hidden'>b</td></tr></table>": (
        "<table><tbody><tr><td>a</td><td></td></tr></tbody></table>"
    ),
    # Sheets as Google Docs, Pages and Notes, LibreOffice and Outlook write them
    "<style type='text/css'>.c1{font-weight:700}.c2{font-style:italic}.c3{vertical-align:super}"
    "</style><p>a <span class='c1 c2'>b</span><span class=c3>c</span></p>": (
        "<p>a <strong><em>b</em></strong><sup>c</sup></p>"
    ),
    "<style>p.p1 {margin: 0.0px; font: 12.0px Helvetica} span.s1 {font: bold 12.0px 'A B'} "
    "span.s2 {text-decoration: underline line-through}</style>"
    "<p class=p1>a <span class=s1>b</span> <span class=s2>c</span></p>": (
        "<p>a <strong>b</strong> <s>c</s></p>"
    ),
    "<style>@page { margin: 2cm } p { line-height: 115% } a:link { color: #000080 } "
    "span.western, td span { font-weight: bold }</style><p>a <span class=western>b</span></p>": (
        "<p>a <strong>b</strong></p>"
    ),
    '<style><!-- /* Font Definitions */ @font-face {font-family:"A"; panose-1:2;} '
    "span.EmailStyle17 {mso-style-type:personal; display:none; mso-hide:all} --></style>"
    "<p>a <span class=EmailStyle17>b</span></p>": "<p>a</p>",
    "<body style='font-weight:bold'><p style='font-style:italic'>a</p></body>": "<p>a</p>",
    # What stands in quotation marks and addresses is no declaration, nor the end of a tag
    "<p>a <span style='background:url(x;mso-hide:all)'>b</span></p>": "<p>a b</p>",
    "<p>a <span style='font-family:\"A; mso-hide: all\"'>b</span></p>": "<p>a b</p>",
    "<p>a <span title='x>y' style='display:none'>b </span>c</p>": "<p>a c</p>",
    "<p>a <span title=\"x\"style='display:none'>b </span>c</p>": "<p>a c</p>",
    # Shorthands, escapes, sizes
    "<p>a <span style='FONT: italic 700 12px/1 \"A;B\"'>b</span></p>": (
        "<p>a <strong><em>b</em></strong></p>"
    ),
    "<p>a <span style='d\\69splay:none'>b </span>c</p>": "<p>a c</p>",
    "<p>a <span style='vertical-align:3pt'>b</span></p>": "<p>a b</p>",
    "<p>a <span style='font-weight:bold;font-weight:wide'>b</span></p>": (
        "<p>a <strong>b</strong></p>"
    ),
    "<p>a <strong style='font:12px x'>b</strong></p>": "<p>a b</p>",
    # An empty line that goes leaves the words beside it apart, and so does a block in a caption
    "<p>a <em>b</p></em>c": "<p>a <em>b</em></p><p>c</p>",
    "<table><caption>a<h1>b</h1>c<ul><li>d</ul></caption><tr><td>e</td></tr></table>": (
        "<table><caption>a b c d</caption><tbody><tr><td>e</td></tr></tbody></table>"
    ),
    # A note at the beginning or the end of what is pasted is a note
    "<small class=footnote>a </small>b <small class=footnote>c</small>": (
        '<p><small class="footnote">a</small>b <small class="footnote">c</small></p>'
    ),
    # Breaks
    "<p>a</p>b<br>c<p>d</p>": "<p>a</p><p>b<br>c</p><p>d</p>",
    "<dl><dt>a</dt><dt>b</dt><dd>c</dd></dl>": "<p>a</p><p>b</p><p>c</p>",
    "<table><caption>a<br>b</caption><tr><td>c</td><td>d</td></tr></table>": (
        "<table><caption>a b</caption><tbody><tr><td>c</td><td>d</td></tr></tbody></table>"
    ),
    "<p>a<small class=footnote>b<br>c</small></p>": ('<p>a<small class="footnote">b c</small></p>'),
    "<nav>a</nav><nav>b</nav>c": "<p>a</p><p>b</p><p>c</p>",
    # Links
    f"<p><a href='{TWO_GATEWAYS}'>x</a></p>": '<p><a href="https://example.org/">x</a></p>',
}


@pytest.mark.parametrize("case", CASES, ids=map("/".join, CASES))
def test_a_case_of_real_use(desk, case):
    ((found, _),) = pasted(desk, cases(case[0])[case[1]])
    assert found == CASES[case]


@pytest.mark.parametrize("html", SIBLINGS)
def test_a_sibling_of_a_case(desk, html):
    ((found, _),) = pasted(desk, html)
    assert found == SIBLINGS[html]


def test_what_is_left_out_or_changed_is_said(desk):
    """Hidden words are named; deletions and straightened links are counted."""
    hidden = "<p>a<span style='display:none'> source:  do not name</span></p>"
    gone = "<p>a<del datetime=x>b</del></p>"
    link = f"<p><a href='{OVER_GATEWAYS[0]}'>x</a></p>"
    assert [said for _, said in pasted(desk, hidden, gone, link, link * 2, "<p>a</p>")] == [
        "1 passage of hidden text was left out: “source: do not name”.",
        "1 tracked deletion was left out.",
        "1 link went by way of a gateway and now leads straight.",
        "2 links went by way of gateways and now lead straight.",
        "",
    ]


def test_paste_and_server_unwrap_the_same_links(desk):
    """One table, handed to the page: the tests of the server's half have the same addresses."""
    assert len(OVER_GATEWAYS) > 40
    unwrap = """async (urls) => {
      const { unwrapped } = await import("newsroom/editor/paste-links")
      const { gateways } = JSON.parse(document.querySelector("textarea.prose-input").dataset.paste)
      return urls.map((url) => unwrapped(url, gateways))
    }"""
    found = desk.page.evaluate(unwrap, [*OVER_GATEWAYS, *AS_THEY_ARE])
    assert found == [PLAIN] * len(OVER_GATEWAYS) + [None] * len(AS_THEY_ARE)


# Of ten thousand: an empty line that was dropped, a block in a caption, a note at the beginning.
JOINED_ONCE = (357, 463, 591, 966, 1823, 2022, 2359, 5862, 6060, 7664, 8039, 8526)


def test_no_words_grow_together(desk):
    """Wherever a break, a block or a cell begins or ends; the benchmarks have ten thousand more."""
    seeds = [*range(100), *(1_000_000 + seed for seed in JOINED_ONCE)]
    texts = [soup(random.Random(seed), 20) for seed in seeds]
    wrong = {
        html: (stored, words)
        for html, (stored, _) in zip(texts, pasted(desk, *texts), strict=True)
        if (words := joined(stored, 20))
    }
    assert len(wrong) == 0, min(wrong.items(), key=lambda one: len(one[1][0]))


def test_a_number_and_a_point_begin_a_list(desk):
    """As a dash does; a year at the beginning of a line is none."""
    desk.write("Listed")
    desk.type("1. One", "Enter", "Two")
    expect(desk.page.locator(".ProseMirror ol > li")).to_have_count(2)
    assert desk.stored == "<ol><li>One</li><li>Two</li></ol>"
    desk.write("Not listed")
    desk.type("1984. One", "Enter", "4. Two")
    assert desk.stored == '<p>1984. One</p><ol start="4"><li>Two</li></ol>'
