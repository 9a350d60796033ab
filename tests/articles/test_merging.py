"""Two people's changes of one text, made one."""

import random
from dataclasses import fields, replace

import pytest

from articles.merging import edits, merge
from articles.models import Snapshot

PARAGRAPHS = [f"<p>Paragraph {number}.</p>" for number in range(1, 6)]
BASE = Snapshot(
    headline="Ports", slug="ports", body="".join(PARAGRAPHS), tags=("a", "b"), authors=(1, 2)
)


def body(changes: dict[int, str] | None = None, end: str = "") -> str:
    """The base's body with some paragraphs (counted from one) replaced."""
    changes = changes or {}
    return "".join(changes.get(n, text) for n, text in enumerate(PARAGRAPHS, start=1)) + end


def test_changes_of_different_fields_are_both_kept():
    own, theirs = replace(BASE, headline="Harbours"), replace(BASE, deck="Who pays?")
    merged = merge(BASE, own, theirs)
    assert merged.result == replace(BASE, headline="Harbours", deck="Who pays?")
    assert merged.taken == ["Deck"]
    assert not merged.conflicts


def test_the_same_change_on_both_sides_is_no_conflict():
    same = replace(BASE, headline="Harbours", body=body({2: "<p>New.</p>"}))
    merged = merge(BASE, same, same)
    assert merged.result == same
    assert merged.taken == []
    assert not merged.conflicts


def test_changes_of_neighbouring_paragraphs_do_not_touch():
    own = replace(BASE, body=body({2: "<p>Mine.</p>"}))
    theirs = replace(BASE, body=body({3: "<p>Theirs.</p>", 5: ""}))
    merged = merge(BASE, own, theirs)
    assert merged.result.body == body({2: "<p>Mine.</p>", 3: "<p>Theirs.</p>", 5: ""})
    assert merged.taken == ["Body (paragraph 3, 5)"]
    assert not merged.conflicts


def test_new_paragraphs_stand_where_each_put_them():
    own = replace(BASE, body="<p>First of all.</p>" + BASE.body)
    theirs = replace(BASE, body=body(end="<p>At last.</p>"))
    merged = merge(BASE, own, theirs)
    assert merged.result.body == "<p>First of all.</p>" + BASE.body + "<p>At last.</p>"
    assert not merged.conflicts


def test_a_new_paragraph_above_a_rewritten_one_is_not_taken_for_it():
    """The colleague's change of what was rewritten is a conflict with that, not with the new."""
    long = "<p>The second paragraph speaks of the harbour, the cranes and the night shift.</p>"
    base = replace(BASE, body=body({2: long}))
    mine = long.replace("night", "day")
    own = replace(base, body=body({2: "<p>Something entirely new.</p>" + mine}))
    theirs = replace(base, body=body({2: long.replace("harbour", "port")}))
    (conflict,) = merge(base, own, theirs).conflicts
    assert (conflict.key, conflict.own) == ("body-at-2", [mine])
    settled = merge(base, own, theirs, {"body-at-2": "theirs"}).result.body
    assert "entirely new" in settled
    assert "port, the cranes and the night" in settled


def test_the_same_paragraph_changed_twice_is_a_conflict_that_keeps_ones_own():
    own = replace(BASE, body=body({2: "<p>Mine.</p>"}))
    theirs = replace(BASE, body=body({2: "<p>Theirs.</p>", 4: "<p>Also theirs.</p>"}))
    merged = merge(BASE, own, theirs)
    assert merged.result.body == body({2: "<p>Mine.</p>", 4: "<p>Also theirs.</p>"})
    (conflict,) = merged.conflicts
    assert conflict.key == "body-at-2"
    assert conflict.label == "Paragraph 2"
    assert (conflict.own, conflict.theirs) == (["<p>Mine.</p>"], ["<p>Theirs.</p>"])


@pytest.mark.parametrize(
    ("choice", "stands"),
    [
        ("own", "<p>Mine.</p>"),
        ("theirs", "<p>Theirs.</p>"),
        ("both", "<p>Mine.</p><p>Theirs.</p>"),
    ],
)
def test_a_conflict_is_settled_as_somebody_chose(choice, stands):
    own = replace(BASE, body=body({2: "<p>Mine.</p>"}), headline="Mine")
    theirs = replace(BASE, body=body({2: "<p>Theirs.</p>"}), headline="Theirs")
    merged = merge(BASE, own, theirs, {"body-at-2": choice, "headline": "theirs"})
    assert merged.result.body == body({2: stands})
    assert merged.result.headline == "Theirs"
    assert not merged.conflicts


def test_one_deletes_what_the_other_rewrites():
    """That is a conflict: neither the deletion nor the words go under."""
    own, theirs = replace(BASE, body=body({2: ""})), replace(BASE, body=body({2: "<p>T.</p>"}))
    (conflict,) = merge(BASE, own, theirs).conflicts
    assert (conflict.own, conflict.theirs) == ([], ["<p>T.</p>"])
    kept = merge(BASE, own, theirs, {conflict.key: "theirs"})
    assert kept.result.body == theirs.body


def test_edits_lead_from_one_text_to_the_other():
    """Whatever was rewritten, removed or put in: block by block they make the text again."""
    chance = random.Random(7)
    words = ["ports", "cranes", "ships", "night", "money", "drawer", "ministry", "strait"]
    texts = [f"<p>{' '.join(chance.choices(words, k=6))}</p>" for _ in range(12)]
    for _ in range(300):
        before = chance.choices(texts, k=chance.randrange(8))
        after = chance.choices(texts, k=chance.randrange(8))
        became, gaps = edits(before, after)
        rebuilt = list(gaps[0])
        for block, gap in zip(became, gaps[1:], strict=True):
            rebuilt += block + gap
        assert rebuilt == after


def test_two_new_paragraphs_at_one_place_are_a_conflict():
    own = replace(BASE, body=body(end="<p>Mine.</p>"))
    theirs = replace(BASE, body=body(end="<p>Theirs.</p>"))
    (conflict,) = merge(BASE, own, theirs).conflicts
    assert conflict.label == "New before paragraph 6"
    assert merge(BASE, own, theirs, {conflict.key: "both"}).result.body == body(
        end="<p>Mine.</p><p>Theirs.</p>"
    )


def test_tags_of_both_are_kept_and_removed_ones_go():
    own, theirs = replace(BASE, tags=("a", "b", "c")), replace(BASE, tags=("b", "d"))
    assert merge(BASE, own, theirs).result.tags == ("b", "c", "d")


def test_a_byline_is_one_thing():
    """Its order is its meaning, so two new orders are a conflict."""
    own, theirs = replace(BASE, authors=(2, 1)), replace(BASE, authors=(1, 2, 3))
    (conflict,) = merge(BASE, own, theirs).conflicts
    assert conflict.key == "authors"
    assert merge(BASE, own, theirs, {"authors": "theirs"}).result.authors == (1, 2, 3)


def test_a_choice_that_does_not_exist_settles_nothing():
    own, theirs = replace(BASE, headline="A"), replace(BASE, headline="B")
    assert merge(BASE, own, theirs, {"headline": "both"}).conflicts
    assert merge(BASE, own, theirs, {"headline": "<script>"}).conflicts


def test_every_field_of_a_snapshot_is_merged():
    """A new field that the merge does not know would be lost to one of two editors."""
    assert len(fields(Snapshot)) >= 13
    for field in fields(Snapshot):
        empty = getattr(Snapshot(), field.name)
        new = {str: "<p>New</p>", tuple: ("new",)}.get(type(empty), 1)
        theirs = replace(Snapshot(), **{field.name: new})
        merged = merge(Snapshot(), Snapshot(), theirs)
        assert getattr(merged.result, field.name) == new
