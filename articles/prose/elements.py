"""Lines of text and the open elements that hold them."""

from dataclasses import dataclass, field

from . import policy
from .embeds import Embed
from .escaping import in_attribute, switched

BLANKS = " \t\n"

# The marks that stand around a word: name -> (opening tag, how often it was opened).
Marks = dict[str, tuple[str, int]]


@dataclass
class OpenElement:
    """An element that may hold others. `kind` says what may stand in it: its own name or, if it
    could not stand itself (then it has no opening tag), the kind of the element around it."""

    name: str
    kind: str
    opening: str
    parts: list[str]
    marks: Marks
    seen: bool = False
    # An item whose end was read; a list may still be added to it.
    ended: bool = False
    # Of a table: which of its parts have been begun.
    once: set[str] = field(default_factory=set)


@dataclass
class Line:
    """The text of one block, or of a footnote in it."""

    name: str
    parts: list[str] = field(default_factory=list)
    open: tuple[str, ...] = ()
    seen: bool = False

    def set_marks(self, wanted: tuple[str, ...]) -> None:
        if self.open != wanted:
            self.parts += switched(self.open, wanted)
            self.open = wanted

    def finished(self) -> str:
        """Return the line as HTML, empty if nothing can be seen in it."""
        self.set_marks(())
        return "".join(self.parts).strip(BLANKS) if self.seen else ""


def opening_tag(name: str, typed: dict[str, str]) -> str:
    kept = [
        f' {attribute}="{in_attribute(value)}"'
        for attribute in policy.ATTRIBUTES.get(name, ())
        if (value := policy.attribute(name, attribute, typed.get(attribute, "")))
    ]
    return f"<{name}{''.join(kept)}>"


def figure_tag(typed: dict[str, str]) -> str:
    """Return the opening tag of an image or an embed; empty if it is neither."""
    image, name, key = (typed.get(f"data-{part}", "") for part in ("image", "embed", "id"))
    if policy.attribute("figure", "data-image", image):
        alt = " ".join(typed.get("data-alt", "").split())[: policy.ALT_LENGTH].strip()
        return opening_tag("figure", {"data-image": image, "data-alt": alt})
    if Embed.of(name, key):
        return opening_tag("figure", {"data-embed": name, "data-id": key})
    return ""


def element(parent: OpenElement) -> str:
    """Return a closed element as HTML, empty if it must not be kept."""
    parts = parent.parts
    if parent.kind == "figure":
        caption = " ".join(parts)
        parts = [f"<figcaption>{caption}</figcaption>"] if caption else []
    elif parent.kind == "caption":
        parts = [" ".join(parts)] if parts else []
    elif parent.kind == "table":
        # In the order that HTML asks for, the bodies as they came.
        order = ("<caption", "<thead", "<tbody")
        parts = [p for start in order for p in parts if p.startswith(start)] if parent.seen else []
    if not parts and parent.kind not in {"figure", "td", "th"}:
        return ""
    return f"{parent.opening}{''.join(parts)}</{parent.kind}>"
