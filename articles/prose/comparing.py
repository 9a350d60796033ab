"""Two stored texts beside each other, as safe HTML: what was added, removed and rewritten.

`<ins>` and `<del>` stand around words here and are never stored. Without what is in `<ins>` the
result is the old text, without what is in `<del>` the new one, each with its links and notes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, cast

from django.utils.safestring import SafeString
from lxml import etree

from articles.aligning import pairs, steps

from .policy import MARKS, TEASER_BREAK
from .rendering import Rendering, safe
from .tree import attributes, blocks, inside, to_html
from .word_diff import DEL, INS, Words, mark_changes, marked

# Their content is words and marks.
LINES = {"p", "h2", "h3", "figcaption", "caption", "line"}
INLINE = MARKS | {"small", "br"}
# Of a long run that is the same in both, only the ends are shown at once.
SHOWN_AROUND = 1
FOLDED_FROM = 3
VOCABLE = re.compile(r"\w+")
BLOCK_END = re.compile("</(?:p|h2|h3|li|tr|figure)>")


@dataclass(frozen=True)
class Passage:
    """A block of either text, or a run of blocks that are in both. `kind` is same, folded (`count`
    blocks in a row), changed, added, removed, moved-here, moved-away, or replaced: a figure (`was`)
    in whose place stands another."""

    kind: str
    html: SafeString
    was: SafeString | None = None
    count: int = 1

    @property
    def is_same(self) -> bool:
        return self.kind in {"same", "folded"}

    @property
    def label(self) -> str:
        return "" if self.kind in {"same", "changed"} else self.kind.replace("-", " ").capitalize()


def compare_bodies(before: str, after: str, images: Mapping[int, Any]) -> list[Passage]:
    """Compare two stored bodies block by block; `images` holds the images of both by key."""
    old = blocks(before)
    return Comparison(images).of(old, old if before == after else blocks(after))


def compare_words(before: str, after: str) -> SafeString:
    old, new = Words(), Words()
    old.add(before)
    new.add(after)
    return safe(mark_changes(old, new))


def count_changed(before: str, after: str) -> int:
    """Count the paragraphs, items and figures that differ, without looking into them. For long
    lists of versions: it reads no tree and may be one off where a paragraph was split."""
    old, new = BLOCK_END.split(before), BLOCK_END.split(after)
    changes = (step for step in steps(old, new) if step[0] != "equal")
    return sum(max(i_end - i, j_end - j) for _, i, i_end, j, j_end in changes)


@dataclass(frozen=True)
class Comparison:
    images: Mapping[int, Any]

    def of(self, old: list[etree._Element], new: list[etree._Element]) -> list[Passage]:
        found = list(aligned(old, new))
        gone = {key(was) for was, now in found if was is not None and now is None}
        come = {key(now) for was, now in found if was is None and now is not None}
        moved = gone & come
        passages: list[Passage] = []
        same: list[etree._Element] = []
        for was, now in found:
            if was is not None and now is not None and key(was) == key(now):
                same.append(now)
                continue
            passages += self.unchanged(same, is_first=not passages)
            same = []
            passages.append(self.passage(was, now, moved))
        return passages + self.unchanged(same, is_first=not passages, is_last=True)

    def unchanged(
        self, run: list[etree._Element], is_first: bool = False, is_last: bool = False
    ) -> list[Passage]:
        """Return the blocks of a run, those in the middle of a long one folded."""
        head = 0 if is_first else SHOWN_AROUND
        tail = len(run) - (0 if is_last else SHOWN_AROUND)
        if tail - head < FOLDED_FROM:
            head = tail = len(run)
        passages = [Passage("same", safe(self.shown(node))) for node in run[:head]]
        if folded := run[head:tail]:
            html = safe("".join(map(self.shown, folded)))
            passages.append(Passage("folded", html, count=len(folded)))
        return passages + [Passage("same", safe(self.shown(node))) for node in run[tail:]]

    def passage(
        self, was: etree._Element | None, now: etree._Element | None, moved: set[bytes]
    ) -> Passage:
        if was is not None and now is not None:
            if is_kindred(was, now):
                return Passage("changed", safe(self.compared(was, now)))
            return Passage("replaced", safe(self.shown(now, INS)), safe(self.shown(was, DEL)))
        if now is not None:
            kind = "moved-here" if key(now) in moved else "added"
            return Passage(kind, safe(self.shown(now, INS)))
        gone = cast(etree._Element, was)
        kind = "moved-away" if key(gone) in moved else "removed"
        return Passage(kind, safe(self.shown(gone, DEL)))

    def compared(self, was: etree._Element, now: etree._Element) -> str:
        """Compare two versions of one element, of the same name and attributes."""
        if now.tag in LINES:
            return element(now, mark_changes(Words.of(was), Words.of(now)))
        if now.tag == "figure":
            words = mark_changes(Words.of(caption(was)), Words.of(caption(now)))
            return self.figure(now, words)
        inner = ""
        for one, other in partners(was, now):
            if one is not None and other is not None:
                same = key(one) == key(other)
                inner += self.shown(other) if same else self.compared(one, other)
            elif one is not None:
                inner += self.shown(one, DEL)
            elif other is not None:
                inner += self.shown(other, INS)
        return element(now, inner)

    def shown(self, node: etree._Element, state: str = "") -> str:
        """Show an element that is in both texts or, by `state`, in one of them."""
        if node.get("class") == TEASER_BREAK:
            return f'<p class="comparison__note">{marked("The teaser ends here.", state)}</p>'
        if node.tag == "figure":
            return self.figure(node, marked(inside(caption(node)), state))
        if node.tag == "hr":
            return f'<hr class="comparison__{state or "rule"}">'
        if not state:
            return to_html(node)
        if node.tag in LINES:
            return element(node, marked(inside(node), state))
        return element(node, "".join(self.shown(part, state) for part in parts(node)))

    def figure(self, node: etree._Element, words: str) -> str:
        shown = Rendering("comparison", self.images, []).figure(node, safe(words))
        return shown or f'<p class="comparison__note">A picture that is gone. {words}</p>'


Pair = tuple[etree._Element | None, etree._Element | None]


def aligned(old: list[etree._Element], new: list[etree._Element]) -> Iterator[Pair]:
    for kind, i, end, j, to in steps([*map(key, old)], [*map(key, new)]):
        was, now = old[i:end], new[j:to]
        if kind == "equal":
            yield from zip(was, now, strict=True)
            continue
        for one, other in pairs(len(was), len(now), likeness_of(was, now)):
            yield None if one is None else was[one], None if other is None else now[other]


def counterparts(was: list[str], now: list[str]) -> list[tuple[int | None, int | None]]:
    """Match blocks (as HTML) with what they became, by their places; see `pairs()`."""
    old, new = ([blocks(block)[0] for block in side] for side in (was, now))
    return pairs(len(old), len(new), likeness_of(old, new))


def likeness_of(
    was: list[etree._Element], now: list[etree._Element]
) -> Callable[[int, int], float]:
    """Measure how alike two of these blocks are by their words, if one can have become the
    other."""
    old, new = (
        [set(VOCABLE.findall(" ".join(map(str, node.itertext())))) for node in nodes]
        for nodes in (was, now)
    )

    def likeness(i: int, j: int) -> float:
        if not is_kindred(was[i], now[j]):
            return 0.5 if was[i].tag == now[j].tag == "figure" else 0
        alike = 2 * len(old[i] & new[j]) / (len(old[i]) + len(new[j]) or 1)
        # Of a picture the caption may be another, of a table every number.
        return max(alike, {"figure": 1, "table": 0.5}.get(str(now[j].tag), 0))

    return likeness


def is_kindred(was: etree._Element, now: etree._Element) -> bool:
    """Tell whether one can be shown as a version of the other, word by word."""
    return was.tag == now.tag and was.items() == now.items()


def partners(was: etree._Element, now: etree._Element) -> Iterator[Pair]:
    """Match the parts of an element with what they became. Cells of a row stay in their columns."""
    old, new = parts(was), parts(now)
    if now.tag != "tr":
        yield from aligned(old, new)
        return
    for one, other in zip_longest(old, new):
        if one is None or other is None or is_kindred(one, other):
            yield one, other
        else:
            yield one, None
            yield None, other


def parts(node: etree._Element) -> list[etree._Element]:
    """Return the blocks in an element; bare words beside them are one more, a `line`."""
    found: list[etree._Element] = []
    line: etree._Element | None = None
    if (node.text or "").strip():
        line = etree.Element("line")
        line.text = node.text
        found.append(line)
    for child in node:
        if child.tag not in INLINE:
            found.append(child)
            line = None
            continue
        if line is None:
            line = etree.Element("line")
            found.append(line)
        line.append(deepcopy(child))
    return found


def key(node: etree._Element) -> bytes:
    return etree.tostring(node, with_tail=False)


def element(node: etree._Element, inner: str) -> str:
    if node.tag == "line":
        return inner
    return f"<{node.tag}{attributes(node)}>{inner}</{node.tag}>"


def caption(figure: etree._Element) -> etree._Element:
    found = figure.find("figcaption")
    return etree.Element("figcaption") if found is None else found
