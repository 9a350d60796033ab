"""Comparison of two versions of an article, field by field, as an editor reads it."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.safestring import SafeString

from .aligning import steps
from .languages import language_in_words
from .models import Image, Snapshot
from .models.snapshots import SEVERAL, SINGLE
from .prose.comparing import Passage, compare_bodies, compare_words, count_changed
from .prose.tree import blocks, text_of

WORDS = 12  # of a difference that are shown
# Rows by model and key.
Rows = dict[tuple[type, int], Any]
# A name in a list, and what happened to it: "ins", "del" or, where it stands in both, nothing.
Item = tuple[str, str]


@dataclass(frozen=True)
class ComparedField:
    """One field in both versions: as `words` compared, as `items` compared, or as two values."""

    name: str
    label: str
    is_same: bool
    words: SafeString | None = None
    items: list[Item] | None = None
    was: Any = None
    now: Any = None

    @property
    def is_image(self) -> bool:
        return SINGLE.get(self.name) is Image


@dataclass(frozen=True)
class VersionComparison:
    fields: list[ComparedField]
    body: list[Passage]

    @property
    def changed(self) -> list[ComparedField]:
        return [field for field in self.fields if not field.is_same]

    @property
    def unchanged(self) -> list[ComparedField]:
        """The fields that are the same in both, except for empty ones."""
        return [f for f in self.fields if f.is_same and (f.words or f.items or f.now)]

    @property
    def body_is_same(self) -> bool:
        return all(passage.is_same for passage in self.body)

    @property
    def is_same(self) -> bool:
        return not self.changed and self.body_is_same


def compare(before: Snapshot, after: Snapshot) -> VersionComparison:
    """Compare every field and the bodies; the number of queries does not grow with either."""
    rows = rows_of(before, after)
    images = {key: row for (model, key), row in rows.items() if model is Image}
    fields = [
        compare_field(name, label, before, after, rows)
        for name, label in Snapshot.labels().items()
        if name != "body"
    ]
    return VersionComparison(fields, compare_bodies(before.body, after.body, images))


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Name the fields that differ, in a few words each; makes no query and parses nothing."""
    labels = Snapshot.labels()
    if before.body != after.body:
        count = count_changed(before.body, after.body)
        labels["body"] += f" ({count} paragraph{'' if count == 1 else 's'})"
    return [
        label for name, label in labels.items() if getattr(before, name) != getattr(after, name)
    ]


def first_difference(before: Snapshot, after: Snapshot) -> str:
    for name, label in Snapshot.labels().items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now and isinstance(now, str):
            old, new = (plain_words(name, text) for text in (was, now))
            pairs = enumerate(zip_longest(old, new))
            at = next((place for place, (one, other) in pairs if one != other), 0)
            if new[at:]:
                return f"{label}: “{' '.join(new[at : at + WORDS])}”"
            return f"{label}, without “{' '.join(old[at : at + WORDS])}”"
        if was != now:
            return label
    return ""


def plain_words(name: str, text: str) -> list[str]:
    if name == "language":
        text = language_in_words(text)
    return (" ".join(map(text_of, blocks(text))) if name == "body" else text).split()


def rows_of(*snapshots: Snapshot) -> Rows:
    wanted: dict[Any, set[int]] = defaultdict(set)
    for snapshot in snapshots:
        for name, model in SINGLE.items():
            wanted[model] |= {getattr(snapshot, name)} - {None}
        for name, model in SEVERAL.items():
            wanted[model] |= set(getattr(snapshot, name))
        wanted[Image] |= snapshot.image_keys
    return {
        (model, key): row
        for model, keys in wanted.items()
        if keys
        for key, row in model._default_manager.in_bulk(keys).items()
    }


def compare_field(
    name: str, label: str, before: Snapshot, after: Snapshot, rows: Rows
) -> ComparedField:
    was, now = getattr(before, name), getattr(after, name)
    if name in SINGLE:
        one, other = (named(SINGLE[name], key, rows) for key in (was, now))
        return ComparedField(name, label, was == now, was=one, now=other)
    if name == "language":
        one, other = (language_in_words(tag) if tag else None for tag in (was, now))
        return ComparedField(name, label, was == now, was=one, now=other)
    if isinstance(now, tuple):
        return ComparedField(name, label, was == now, items=compare_items(name, was, now, rows))
    return ComparedField(name, label, was == now, words=compare_words(was, now))


def compare_items(name: str, was: tuple[Any, ...], now: tuple[Any, ...], rows: Rows) -> list[Item]:
    found: list[tuple[Any, str]] = []
    for kind, i, end, j, to in steps(was, now):
        if kind == "equal":
            found += [(member, "") for member in now[j:to]]
        else:
            found += [(member, "del") for member in was[i:end]]
            found += [(member, "ins") for member in now[j:to]]
    model = SEVERAL.get(name)
    return [(str(named(model, one, rows)) if model else one, state) for one, state in found]


def named(model: Any, key: int | None, rows: Rows) -> Any:
    """Return the row of a key; words where it is gone, None where there is no key."""
    if key is None:
        return None
    return rows.get((model, key)) or f"{model._meta.verbose_name.capitalize()} {key}, which is gone"
