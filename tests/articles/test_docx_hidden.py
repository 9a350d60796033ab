"""Hidden text of a manuscript, by whatever property, style or default it is hidden."""

import pytest

from tests.articles.docx_files import (
    cell,
    control,
    field,
    image,
    p,
    reference,
    row,
    run,
    styles,
)
from tests.articles.test_docx_pictures import crops, old
from tests.articles.test_docx_reading import body, read

ON, OFF = "<w:vanish/>", '<w:vanish w:val="0"/>'


def style(key: str, kind: str, properties: str = "", based: str = "", *, default: bool = False):
    on = f'<w:basedOn w:val="{based}"/>' if based else ""
    is_default = ' w:default="1"' if default else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{key}"{is_default}><w:name w:val="{key}"/>{on}'
        f"<w:rPr>{properties}</w:rPr></w:style>"
    )


STYLES = (
    styles()
    + style("Secret", "character", ON)
    + style("Deeper", "character", "<w:b/>", "Secret")
    + style("Shown", "character", OFF, "Secret")
    + style("Aside", "paragraph", ON)
    + style("AsideToo", "paragraph", "<w:i/>", "Aside")
)
DEFAULTS = f"<w:docDefaults><w:rPrDefault><w:rPr>{ON}</w:rPr></w:rPrDefault></w:docDefaults>"
SECRET = '<w:rStyle w:val="Secret"/>'
HIDDEN = [
    run("x", ON),
    run("x", '<w:vanish w:val="on"/>'),
    run("x", SECRET),
    run("x", '<w:rStyle w:val="Deeper"/>'),
    run("x", f"{SECRET}<w:vanish/>"),
    run("x", f"{ON}<w:specVanish/>"),
    control(run("x", ON)),
    f'<w:hyperlink w:anchor="x">{run("x", ON)}</w:hyperlink>',
]
SHOWN = [
    run("x", OFF),
    run("x", f"{SECRET}{OFF}"),
    run("x", '<w:rStyle w:val="Shown"/>'),
    run("x", '<w:rStyle w:val="Unheard"/>'),
    # Hidden on the web alone, and the mark of a paragraph that another one follows in its line.
    run("x", "<w:webHidden/>"),
    run("x", "<w:specVanish/>"),
]


@pytest.mark.parametrize("place", ["p", "list", "cell", "note"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_words_stay_away_wherever_they_stand(hidden, place):
    one = p("a", hidden, "b", number=(1, 0) if place == "list" else None)
    story = {
        "cell": f"<w:tbl>{row(cell(p('c')), cell(one))}</w:tbl>",
        "note": p("c", reference("footnote", 1)),
    }.get(place, one)
    found = read(story, parts={"styles": STYLES, "footnotes": note(one)})
    assert "ab" in found.body
    assert "1 passage of hidden text" in found.report.dropped()


def note(block: str) -> str:
    return f'<w:footnote w:id="1">{block}</w:footnote>'


@pytest.mark.parametrize("shown", SHOWN)
def test_what_is_not_hidden_after_all_stays(shown):
    assert body(p("a", shown, "b"), parts={"styles": STYLES}) == "<p>axb</p>"


@pytest.mark.parametrize(
    ("key", "properties", "is_shown"),
    [
        ("Aside", "", False),
        ("AsideToo", "", False),
        # Of two styles that hide, one takes back the other (ISO 29500-1, 17.7.3).
        ("Aside", SECRET, True),
        ("AsideToo", '<w:rStyle w:val="Deeper"/>', True),
        ("Aside", '<w:rStyle w:val="Shown"/>', False),
        ("Aside", OFF, True),
        ("Aside", f"{SECRET}{ON}", False),
    ],
)
def test_the_styles_of_paragraph_and_words_take_each_other_back(key, properties, is_shown):
    assert ("x" in body(p(run("x", properties), style=key), parts={"styles": STYLES})) == is_shown


def test_what_a_document_hides_by_default_is_hidden():
    """By its defaults, which no style takes back, and by its default styles, which one does."""
    story = (p("a", run("b", OFF), run("c", SECRET)), p("d", style="Unheard"))
    assert body(*story, parts={"styles": DEFAULTS + STYLES}) == "<p>b</p>"
    paragraph = STYLES + style("Normal", "paragraph", ON, default=True)
    assert body(*story, parts={"styles": paragraph}) == "<p>bc</p>"
    assert body(p("a", style="Zitat"), parts={"styles": paragraph}) == (
        "<blockquote><p>a</p></blockquote>"
    )
    character = STYLES + style("Plain", "character", ON, default=True)
    assert body(*story, parts={"styles": character}) == "<p>b</p>"


def test_a_paragraph_whose_mark_is_hidden_keeps_its_words():
    """And is not joined to the next one."""
    marked = p("a", inside=f"<w:rPr>{ON}<w:specVanish/></w:rPr>")
    assert body(marked, p("b")) == "<p>a</p><p>b</p>"


def test_what_is_hidden_is_in_no_list_of_the_report():
    """Comments, headers, text boxes, fields, notes without a mark."""
    secret = p("a ", run("secret", ON))
    box = f"<w:r><w:pict><w:txbxContent>{secret}</w:txbxContent></w:pict></w:r>"
    found = read(
        p("Text", box, reference("comment", 0), field("TOC", "x").replace(">x<", "><")),
        parts={
            "header": secret,
            "comments": f'<w:comment w:id="0">{secret}</w:comment>',
            "footnotes": note(secret),
        },
    )
    assert found.report.words == {"headers": ["a"], "text boxes": ["a"], "notes": ["a"]}
    assert [one.words for one in found.report.comments] == ["a"]


@pytest.mark.parametrize(
    ("look", "is_hidden"),
    [
        ("visibility : HIDDEN", True),
        ("width:9pt;DISPLAY:\nnone", True),
        ("mso-hide:all", True),
        ("vis\\69 bility:hidden", True),
        ("/* visibility:hidden */ width:9pt", False),
        ("x-visibility:hidden", False),
        ("background:url(a;visibility:hidden)", False),
        ("visibility:visible", False),
    ],
)
def test_the_style_of_an_old_drawing_is_read_as_style(look, is_hidden):
    asked, _ = crops(old("").replace("<v:shape>", f'<v:shape style="{look}">'))
    assert (asked == []) == is_hidden


def test_a_drawing_in_hidden_words_is_hidden():
    found = read(p("a", image("i").replace("<w:r>", f"<w:r><w:rPr>{SECRET}</w:rPr>")),
                 parts={"styles": STYLES}, files={"i": b"x"})  # fmt: skip
    assert found.body == "<p>a</p>"
