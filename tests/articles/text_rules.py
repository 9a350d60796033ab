"""What becomes of hidden, emphasised, linked and commented text: one table for paste and for .docx.

Each rule: its name, the text as a program copies it, as Word stores it in a paragraph, what is
stored of both, and whether something was left out and must be said.
"""

from tests.articles.docx_files import deleted, field, inserted, reference, run

GATEWAY = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=1"
ANCHOR = (
    "<span class=MsoCommentReference><a class=msocomanchor id='_anchor_1' href='#_msocom_1' "
    "name='_msoanchor_1'>[BR1]</a><span style='mso-special-character:comment'>&nbsp;</span></span>"
)
COMMENT = (
    "<div style='mso-element:comment-list'><div style='mso-element:comment'><div id='_com_1'>"
    "<p><a href='#_msoanchor_1' name='_msocom_1'></a>Sure?</p></div></div></div>"
)
ONE = "<p>one two</p>"

# fmt: off
RULES = [
    ("hidden", "<p>one <span style='display:none;mso-hide:all'>x </span>two</p>",
     ["one ", run("x ", "<w:vanish/>"), "two"], ONE, True),
    ("hidden in Word's words, wrapped",
     "<p>one <span style='color:red;mso-hide:\n  all'>x </span>two</p>",
     ["one ", run("x ", "<w:vanish w:val='1'/>"), "two"], ONE, True),
    ("not hidden after all", "<p>one <span style='display:inline;mso-hide:none'>two</span></p>",
     ["one ", run("two", "<w:vanish w:val='0'/>")], ONE, False),
    ("bold", "<p>one <b>two</b></p>",
     ["one ", run("two", "<w:b/>")], "<p>one <strong>two</strong></p>", False),
    ("bold by its looks", "<p>one <span style='FONT-WEIGHT : 700'>two</span></p>",
     ["one ", run("two", "<w:b w:val='true'/>")], "<p>one <strong>two</strong></p>", False),
    ("not bold after all", "<p>one <b style='font-weight:\nnormal'>two</b></p>",
     ["one ", run("two", "<w:b w:val='0'/>")], ONE, False),
    ("bold in another script", "<p>one <span style='mso-bidi-font-weight:bold'>two</span></p>",
     ["one ", run("two", "<w:bCs/>")], ONE, False),
    ("italic", "<p>one <span style='font: italic 12pt \"A; B\"'>two</span></p>",
     ["one ", run("two", "<w:i/>")], "<p>one <em>two</em></p>", False),
    ("struck", "<p>one <span style='text-decoration: underline line-through'>two</span></p>",
     ["one ", run("two", "<w:strike/>")], "<p>one <s>two</s></p>", False),
    ("raised", "<p>one<span style='vertical-align:super'>two</span></p>",
     ["one", run("two", "<w:vertAlign w:val='superscript'/>")], "<p>one<sup>two</sup></p>", False),
    ("lowered", "<p>one<span style='vertical-align:sub'>two</span></p>",
     ["one", run("two", "<w:vertAlign w:val='subscript'/>")], "<p>one<sub>two</sub></p>", False),
    ("underlined", "<p>one <u>two</u></p>",
     ["one ", run("two", "<w:u w:val='single'/>")], ONE, False),
    ("linked", "<p>one <a href='https://example.org/a'>two</a></p>",
     ["one ", field(' HYPERLINK "https://example.org/a" ', "two")],
     '<p>one <a href="https://example.org/a">two</a></p>', False),
    ("linked to what may not be", "<p>one <a href='javascript:x'>two</a></p>",
     ["one ", field(' HYPERLINK "javascript:x" ', "two")], ONE, False),
    ("linked over a gateway", f"<p>one <a href='{GATEWAY}'>two</a></p>",
     ["one ", field(f' HYPERLINK "{GATEWAY}" ', "two")],
     '<p>one <a href="https://example.org/a">two</a></p>', True),
    ("commented", f"<p>one {ANCHOR}two</p>{COMMENT}",
     ["one ", reference("comment", 0), "two"], ONE, True),
    ("deleted", "<p>one <del cite='mailto:a' datetime='2026-01-01T00:00'>x </del>two</p>",
     ["one ", deleted("x "), "two"], ONE, True),
    ("inserted", "<p>one <ins cite='mailto:a' datetime='2026-01-01T00:00'>two</ins></p>",
     ["one ", inserted("two")], ONE, False),
]
# fmt: on
COMMENTS = f'<w:comment w:id="0" w:author="Bo"><w:p>{run("Sure?")}</w:p></w:comment>'
