"""Two bodies compared: each can be read out of the comparison again."""

import random
import re

import pytest

from articles import prose
from articles.prose.comparing import count_changed
from tests.articles.hostile import PAYLOADS

HIDDEN = re.compile(
    r'<span class="visually-hidden">[^<]*</span>|\s*<span class="comparison__address">[^<]*</span>'
)
WORDS = ["the", "port", "harbour", "strait", "pilot", "and", "of", "“no”", "x&y", "a<b", "one's"]
MARKS = ["strong", "em", "s"]


def html_of(passages) -> str:
    return "".join((passage.was or "") + passage.html for passage in passages)


def compared(before: str, after: str) -> str:
    return html_of(prose.compare_bodies(prose.sanitize(before), prose.sanitize(after), {}))


def side(html: str, without: str) -> str:
    """The text of one side: without what is in `ins` or in `del`, and without our own words."""
    kept = re.sub(f"<{without}>.*?</{without}>", "", HIDDEN.sub("", html), flags=re.S)
    return text_of(kept)


def text_of(html: str) -> str:
    return re.sub("<[^>]*>", "", re.sub(r"<(p|li|td|th|h2|br)\b", r"¶<\1", html)).replace("¶", "")


def line(chance: random.Random) -> str:
    words = []
    for _ in range(chance.randrange(1, 12)):
        word = chance.choice(WORDS).replace("&", "&amp;").replace("<", "&lt;")
        kind = chance.randrange(12)
        if kind == 0:
            mark = chance.choice(MARKS)
            word = f"<{mark}>{word} <em>inner</em></{mark}>"
        elif kind == 1:
            word = f'<a href="/{chance.choice("ab")}/">{word}</a>'
        elif kind == 2:
            word = f'{word}<small class="footnote">{chance.choice(WORDS[:6])} note</small>'
        elif kind == 3:
            word = f"{word}<br>"
        words.append(word + chance.choice(["", ",", ".", "&nbsp;"]))
    return " ".join(words)


def block(chance: random.Random) -> str:
    match chance.randrange(8):
        case 0:
            items = "".join(f"<li>{line(chance)}</li>" for _ in range(chance.randrange(1, 4)))
            return f"<ul>{items}</ul>"
        case 1:
            return f"<ol><li>{line(chance)}<ul><li>{line(chance)}</li></ul></li></ol>"
        case 2:
            cells = "".join(f"<td>{line(chance)}</td>" for _ in range(2))
            return f"<table><tbody><tr>{cells}</tr></tbody></table>"
        case 3:
            return f"<h2>{line(chance)}</h2>"
        case 4:
            return f"<blockquote><p>{line(chance)}</p></blockquote>"
    return f"<p>{line(chance)}</p>"


def edited(blocks: list[str], chance: random.Random) -> list[str]:
    """What somebody might make of these blocks."""
    made = []
    for one in blocks:
        match chance.randrange(6):
            case 0:
                continue
            case 1:
                made += [one, block(chance)]
            case 2:
                word, other = chance.choice(WORDS[:7]), chance.choice(WORDS[:7])
                made.append(one.replace(word, other, 1))
            case 3:
                made.append(one.replace(" ", "  ", 1))
            case _:
                made.append(one)
    if chance.random() < 0.3:
        chance.shuffle(made)
    return made


@pytest.mark.parametrize("seed", range(8))
def test_each_text_is_in_the_comparison(seed):
    """Without the insertions it is the old text to the letter, without the deletions the new."""
    chance = random.Random(seed)
    changed = 0
    for _ in range(40):
        blocks = [block(chance) for _ in range(chance.randrange(7))]
        before = prose.sanitize("".join(blocks))
        after = prose.sanitize("".join(edited(blocks, chance)))
        html = compared(before, after)
        assert side(html, "ins") == text_of(before)
        assert side(html, "del") == text_of(after)
        changed += before != after
    assert changed > 20


def test_a_word_is_marked_inside_its_paragraph():
    """Its links and notes stand as they stood, and what happened is said in words too."""
    html = compared(
        '<p>A <a href="/x/">long report</a> on ports.<small class="footnote">See one.</small></p>',
        '<p>A <a href="/x/">short report</a> on ports.<small class="footnote">See two.</small></p>',
    )
    assert HIDDEN.sub("", html) == (
        '<p>A <a href="/x/"><del>long</del><ins>short</ins> report</a> on ports.'
        '<small class="footnote">See <del>one</del><ins>two</ins>.</small></p>'
    )
    assert '<ins><span class="visually-hidden"> (added: </span>short' in html
    assert '<del><span class="visually-hidden"> (removed: </span>long' in html


def test_an_address_is_shown_where_it_changed():
    """Both links look alike to those who only see their words."""
    old, new = (f'<p>Read <a href="/{slug}/">this</a> now.</p>' for slug in ("old", "new"))
    html = compared(old, new)
    assert html.index("→\xa0/old/") < html.index("→\xa0/new/")
    assert "→" not in compared(old, old.replace("now", "then"))


def test_two_notes_in_a_row_remain_two():
    notes = "".join(f'<small class="footnote">{note}</small>' for note in ("one", "two"))
    html = compared(f"<p>Said{notes}.</p>", f"<p>Said{notes}!</p>")
    assert html.count("<small") == 2


def test_one_equal_word_between_two_rewritten_ones_is_rewritten_too():
    html = HIDDEN.sub("", compared("<p>old a older end</p>", "<p>new a newer end</p>"))
    assert html == "<p><del>old a older</del><ins>new a newer</ins> end</p>"


def test_texts_without_a_difference_show_none():
    body = "".join(f"<p>Paragraph {number}</p>" for number in range(9))
    passages = prose.compare_bodies(body, body, {})
    assert [(one.kind, one.count) for one in passages] == [("folded", 9)]
    assert "<ins>" not in html_of(passages)
    assert prose.compare_bodies("", "", {}) == []


def test_long_unchanged_runs_are_folded_but_for_their_ends():
    """What stands beside a change is seen with it."""
    body = [f"<p>Paragraph {number}</p>" for number in range(12)]
    after = [*body[:6], "<p>Something else entirely here</p>", *body[6:]]
    passages = prose.compare_bodies("".join(body), "".join(after), {})
    assert [(one.kind, one.count) for one in passages] == [
        *[("folded", 5), ("same", 1), ("added", 1), ("same", 1), ("folded", 5)]
    ]


def test_a_rewritten_paragraph_is_found_beside_new_ones():
    """Like stands beside like, not the first beside the first."""
    rewritten = "<p>The pilot boards the tanker at four in the morning</p>"
    passages = prose.compare_bodies(
        rewritten,
        "<p>Quite another thought</p>" + rewritten.replace("four", "five"),
        {},
    )
    assert [one.kind for one in passages] == ["added", "changed"]
    both = prose.compare_bodies(
        "<p>The pilot boards this ship at noon</p>" + rewritten,
        rewritten.replace("four", "five"),
        {},
    )
    assert [one.kind for one in both] == ["removed", "changed"]


def test_a_moved_paragraph_is_told_as_moved():
    first, second, third = "<p>One thought</p>", "<p>Some other</p>", "<p>Last word</p>"
    passages = prose.compare_bodies(first + second + third, second + third + first, {})
    assert [one.kind for one in passages] == ["moved-away", "same", "same", "moved-here"]


def test_lists_and_tables_are_compared_by_item_and_cell():
    html = HIDDEN.sub(
        "",
        compared(
            "<ul><li>One thing</li><li>Two</li></ul>"
            "<table><tbody><tr><td>a</td><td>12</td></tr></tbody></table>",
            "<ul><li>New</li><li>One other thing</li><li>Two</li></ul>"
            "<table><tbody><tr><td>a</td><td>13</td></tr></tbody></table>",
        ),
    )
    assert "<li><ins>New</ins></li><li>One<ins> other</ins> thing</li><li>Two</li>" in html
    assert "<td>a</td><td><del>12</del><ins>13</ins></td>" in html


def test_what_cannot_be_marked_inside_is_removed_and_added_whole():
    """A paragraph made a heading, a list that counts from elsewhere."""
    heading = prose.compare_bodies("<p>The same words</p>", "<h2>The same words</h2>", {})
    assert [one.kind for one in heading] == ["removed", "added"]
    counted = prose.compare_bodies("<ol><li>a</li></ol>", '<ol start="4"><li>a</li></ol>', {})
    assert [one.kind for one in counted] == ["removed", "added"]


def test_embeds_stand_side_by_side_and_rules_are_named():
    embed = '<figure data-embed="youtube" data-id="%s"><figcaption>Film</figcaption></figure>'
    passages = prose.compare_bodies(embed % ("a" * 11), embed % ("b" * 11), {})
    assert [one.kind for one in passages] == ["replaced"]
    assert "a" * 11 in passages[0].was
    assert "b" * 11 in passages[0].html
    ruled = compared("<p>a</p>", '<p>a</p><hr><hr class="teaser-break">')
    assert '<hr class="comparison__ins">' in ruled
    assert "<ins>The teaser ends here.</ins>" in ruled


def test_a_picture_that_is_gone_is_said_to_be():
    figure = '<figure data-image="7"><figcaption>A port</figcaption></figure>'
    html = HIDDEN.sub("", compared(figure, figure.replace("port", "harbour")))
    assert "A picture that is gone. A <del>port</del><ins>harbour</ins>" in html


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(payload):
    """On either side, and in plain fields."""
    for before, after in ((payload, "<p>words</p>"), ("<p>words</p>", payload)):
        html = html_of(prose.compare_bodies(before, after, {}))
        ours = re.sub(r"</?(ins|del|span)\b[^>]*>|<(p|hr) class=[^>]*>", "", HIDDEN.sub("", html))
        assert "<script" not in html.lower()
        for tag in re.findall(r"<[a-z][^>]*>", ours):
            assert not re.search(r"\son\w+=|javascript:|style=", tag), tag
        assert not re.search(r"<(?!/?(ins|del|span)\b)", prose.compare_words(before, after))


def test_a_huge_text_is_compared():
    """One paragraph of forty thousand words, each rewritten, and forty thousand paragraphs."""
    one = "<p>" + "the port of " * 15_000 + "</p>"
    other = "<p>" + "a port in " * 15_000 + "</p>"
    assert "<del>" in compared(one, other)
    many = "<p>a</p>" * 20_000
    assert prose.compare_bodies(many, many + "<p>b</p>", {})[-1].kind == "added"


def test_changed_paragraphs_are_counted_without_a_tree():
    body = [f"<p>Paragraph {number}</p>" for number in range(9)]
    after = [*body[:3], "<p>New</p>", *body[3:7], "<p>Rewritten</p>", body[8]]
    assert count_changed("".join(body), "".join(after)) == 2
    assert count_changed("", "") == 0
