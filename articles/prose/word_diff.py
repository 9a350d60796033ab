"""Two lines of text as one: each word once, those of only one of the two marked as such."""

import re
from typing import Self

from lxml import etree

from articles.aligning import Step, steps

from .escaping import in_text, switched
from .policy import FOOTNOTE
from .tree import VOID, attributes, to_html

INS, DEL = "ins", "del"
SAID = {INS: "added", DEL: "removed"}
# The part of a line that must be equal for anything in it to be shown as such.
LEAST = 0.15
# A word or a sign of escaped text, and the blanks before it.
WORD = re.compile(r"((?:\s|&nbsp;)*)(\w+(?:[’'\-]\w+)*|&(?:amp|lt|gt);|[^\w\s&]|$)")


class Words:
    """The words of a line as columns: each as HTML, the blanks before it, the marks around it. A
    word without anything ends the marks that are open: two notes in a row are two."""

    def __init__(self) -> None:
        self.html: list[str] = []
        self.blanks: list[str] = []
        self.marks: list[tuple[str, ...]] = []
        # What makes two words the same; the blanks do not.
        self.senses: list[str] = []
        # Words of ours, told only where they change: the addresses of links.
        self.asides: set[int] = set()

    @classmethod
    def of(cls, node: etree._Element) -> Self:
        words = cls()
        words.read(node, ())
        return words

    def read(self, node: etree._Element, marks: tuple[str, ...]) -> None:
        self.add(node.text or "", marks)
        for child in node:
            if child.tag in VOID:
                self.append(to_html(child), marks)
            else:
                inner = (*marks, f"<{child.tag}{attributes(child)}>")
                self.read(child, inner)
                if href := child.get("href"):
                    self.asides.add(len(self.html))
                    url = f"→\xa0{in_text(href)}"
                    self.append(f' <span class="comparison__address">{url}</span>', inner)
                if child.get("class") == FOOTNOTE:
                    self.append("", marks)
            self.add(child.tail or "", marks)

    def add(self, text: str, marks: tuple[str, ...] = ()) -> None:
        found = WORD.findall(in_text(text))
        if found and found[-1] == ("", ""):
            found.pop()
        html = [word for _, word in found]
        around = "".join(marks)
        self.html += html
        self.blanks += [blanks for blanks, _ in found]
        self.marks += [marks] * len(found)
        self.senses += [around + word for word in html] if marks else html

    def append(self, html: str, marks: tuple[str, ...]) -> None:
        self.html.append(html)
        self.blanks.append("")
        self.marks.append(marks)
        self.senses.append("".join(marks) + html)


def mark_changes(old: Words, new: Words) -> str:
    """Return both texts in one HTML.

    Promise: without what is in `<ins>` it is the old text, without what is in `<del>` the new one;
    hidden words say so to those who do not see it.
    """
    writer = DiffWriter()
    for kind, i, end, j, to in readable(steps(old.senses, new.senses)):
        if kind == "equal":
            writer.add_same(old, i, new, j, end - i)
        else:
            if kind == "replace" and old.blanks[i] == new.blanks[j]:
                # What both begin with is nobody's change.
                writer.write(old.blanks[i], writer.open, "")
                old.blanks[i] = new.blanks[j] = ""
            writer.add(old, range(i, end), DEL)
            writer.add(new, range(j, to), INS)
    writer.set_marks((), "")
    return "".join(writer.parts)


def marked(html: str, state: str) -> str:
    return f"<{state}>{html}</{state}>" if state and html else html


def readable(found: list[Step]) -> list[Step]:
    """Merge crumbs into the steps beside them: an equal word between two rewritten passages is part
    of them, and where next to nothing is equal, nothing is."""
    made: list[Step] = []
    for step in found:
        if len(made) > 1 and step[0] == made[-2][0] == "replace" and made[-1][2] - made[-1][1] == 1:
            made.pop()
            _, i, _, j, _ = made.pop()
            step = ("replace", i, step[2], j, step[4])
        made.append(step)
    equal = sum(end - i for kind, i, end, _, _ in made if kind == "equal")
    if made and 0 < equal < LEAST * max(made[-1][2], made[-1][4]):
        return [("replace", 0, made[-1][2], 0, made[-1][4])]
    return made


class DiffWriter:
    """The writer of words with the marks around them, and what happened to them innermost."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.open: tuple[str, ...] = ()
        self.state = ""

    def add_same(self, old: Words, i: int, new: Words, j: int, count: int) -> None:
        for place in range(j, j + count):
            if place in new.asides:
                continue
            blanks, was = new.blanks[place], old.blanks[place - j + i]
            if blanks != was:
                self.write(was, new.marks[place], DEL)
                self.write(blanks, new.marks[place], INS)
                blanks = ""
            self.write(blanks + new.html[place], new.marks[place], "")

    def add(self, words: Words, places: range, state: str) -> None:
        for place in places:
            self.write(words.blanks[place] + words.html[place], words.marks[place], state)

    def write(self, html: str, marks: tuple[str, ...], state: str) -> None:
        if marks is not self.open or state != self.state:
            self.set_marks(marks, state if html else "")
        self.parts.append(html)

    def set_marks(self, marks: tuple[str, ...], state: str) -> None:
        if (marks, state) == (self.open, self.state):
            return
        if self.state:
            self.parts.append(f'<span class="visually-hidden">) </span></{self.state}>')
        self.parts += switched(self.open, marks)
        if state:
            said = f'<span class="visually-hidden"> ({SAID[state]}: </span>'
            self.parts.append(f"<{state}>{said}")
        self.open, self.state = marks, state
