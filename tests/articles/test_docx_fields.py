"""Fields of a manuscript: where each ends, and what it leads to."""

import pytest

from articles.docx import Changes
from tests.articles.docx_files import cell, field, mark, p, row
from tests.articles.test_docx_cases import body_of
from tests.articles.test_docx_reading import body


@pytest.mark.parametrize("changes", Changes)
def test_a_field_whose_end_was_deleted_ends_there(changes):
    struck = "<s> and</s>" if changes is Changes.FLAG else ""
    assert body_of("docx-field-end-deleted/in.docx", changes) == (
        f'<p>See <a href="https://example.org/a">the link</a>{struck} tail of it.</p>'
        "<p>Second paragraph.</p>"
    )


LINK = "<w:r><w:instrText>HYPERLINK &quot;https://example.org/&quot;</w:instrText></w:r>"


@pytest.mark.parametrize(
    ("story", "html"),
    [
        # Without an end, without a middle, without both; an end too many.
        (
            [p(mark("begin"), LINK, mark("separate"), "in"), p("out")],
            '<p><a href="https://example.org/">in</a></p><p>out</p>',
        ),
        ([p(mark("begin"), LINK, "in"), p("out")], "<p>in</p><p>out</p>"),
        ([p("in", mark("end"), mark("separate"), " out")], "<p>in out</p>"),
        # In a cell, and over two paragraphs.
        (
            [f"<w:tbl>{row(cell(p(mark('begin'), 'in')), cell(p('out')))}</w:tbl>"],
            "<table><tbody><tr><td>in</td><td>out</td></tr></tbody></table>",
        ),
        (
            [p(mark("begin"), LINK, mark("separate"), "one"), p("two", mark("end"), " out")],
            '<p><a href="https://example.org/">one</a></p>'
            '<p><a href="https://example.org/">two</a> out</p>',
        ),
        # Its end stands in a deleted row, in hidden words, in words that were moved away.
        (
            [
                p(mark("begin"), LINK, mark("separate"), "in"),
                f"<w:tbl>{row(cell(p(mark('end'))), properties='<w:del/>')}</w:tbl>",
                p("out"),
            ],
            '<p><a href="https://example.org/">in</a></p><p>out</p>',
        ),
        (
            [
                p(
                    mark("begin"),
                    LINK,
                    mark("separate"),
                    "in",
                    mark("end").replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>"),
                    " out",
                )
            ],
            '<p><a href="https://example.org/">in</a> out</p>',
        ),
        (
            [
                p(mark("begin"), LINK, mark("separate"), "in"),
                f"<w:moveFrom>{p(mark('end'))}</w:moveFrom>",
                p("out"),
            ],
            '<p><a href="https://example.org/">in</a></p><p>out</p>',
        ),
    ],
)
def test_a_field_governs_nothing_beyond_its_end(story, html):
    assert body(*story) == html


@pytest.mark.parametrize(
    ("code", "html"),
    [
        ('HYPERLINK \\o "A tip" "https://example.org/a"', "https://example.org/a"),
        ('HYPERLINK \\t "_blank" "https://example.org/a" \\l "b"', "https://example.org/a#b"),
        ("HYPERLINK \\n https://example.org/a", "https://example.org/a"),
        ('HYPERLINK"https://example.org/a"', "https://example.org/a"),
        ('HYPERLINK \\l "b"', ""),
        ("HYPERLINK \\l b", ""),
    ],
)
def test_the_address_of_a_link_field_may_stand_behind_its_switches(code, html):
    assert body(p(field(code, "x"))) == (f'<p><a href="{html}">x</a></p>' if html else "<p>x</p>")


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        ("", "☐"),
        ("<w:checked/>", "☒"),
        ('<w:default w:val="1"/>', "☒"),
        ('<w:default w:val="1"/><w:checked w:val="0"/>', "☐"),
    ],
)
def test_a_box_of_an_old_form_is_ticked_or_not(state, sign):
    form = f"<w:ffData><w:checkBox>{state}</w:checkBox></w:ffData>"
    begin = mark("begin").replace("/></w:r>", f">{form}</w:fldChar></w:r>")
    code = "<w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>"
    assert body(p(begin, code, mark("end"), " agreed")) == f"<p>{sign} agreed</p>"


def test_a_link_field_leads_to_its_place_on_the_page():
    assert body(p(field('HYPERLINK "https://example.org/a" \\l "b"', "x"))) == (
        '<p><a href="https://example.org/a#b">x</a></p>'
    )
