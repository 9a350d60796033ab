"""Two versions of an article beside each other, field by field, as an editor reads them."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from . import prose
from .aligning import steps
from .merging import LABELS, SETS
from .models import Image, Snapshot
from .models.snapshots import SEVERAL, SINGLE

# Rows by model and key.
Rows = dict[tuple[type, int], Any]


@dataclass(frozen=True)
class Item:
    """A name in a list; `state` is "ins", "del" or, where it stands in both, empty."""

    name: str
    state: str = ""


@dataclass(frozen=True)
class Field:
    """One field in both versions: as `words` compared, as `items` compared, or as two values."""

    name: str
    label: str
    is_same: bool
    words: SafeString | None = None
    items: list[Item] | None = None
    was: Any = None
    now: Any = None

    @property
    def is_picture(self) -> bool:
        return SINGLE.get(self.name) is Image

    @property
    def is_empty(self) -> bool:
        return self.is_same and not (self.words or self.items or self.now)


@dataclass(frozen=True)
class Comparison:
    fields: list[Field]
    body: list[prose.Passage] = field(default_factory=list)

    @property
    def changed(self) -> list[Field]:
        return [field for field in self.fields if not field.is_same]

    @property
    def unchanged(self) -> list[Field]:
        return [field for field in self.fields if field.is_same and not field.is_empty]

    @property
    def body_is_same(self) -> bool:
        return all(passage.is_same for passage in self.body)

    @property
    def is_same(self) -> bool:
        return not self.changed and self.body_is_same


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """Every field of both, and their bodies; the number of queries does not grow with either."""
    rows = rows_of(before, after)
    fields = [compare_field(name, before, after, rows) for name in LABELS if name != "body"]
    return Comparison(fields, prose.compare_bodies(before.body, after.body, images_in(rows)))


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """What differs, in a few words for each field; asks no database and reads no tree."""
    told = [name for name in LABELS if getattr(before, name) != getattr(after, name)]
    return [
        f"{LABELS[name]} ({paragraphs(before.body, after.body)})"
        if name == "body"
        else LABELS[name]
        for name in told
    ]


def paragraphs(before: str, after: str) -> str:
    count = prose.count_changed(before, after)
    return f"{count} paragraph{'' if count == 1 else 's'}"


def rows_of(*snapshots: Snapshot) -> Rows:
    """Whatever these snapshots name and is still there: one query for each kind of thing."""
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


def images_in(rows: Rows) -> dict[int, Image]:
    return {key: row for (model, key), row in rows.items() if model is Image}


def compare_field(name: str, before: Snapshot, after: Snapshot, rows: Rows) -> Field:
    label, was, now = LABELS[name], getattr(before, name), getattr(after, name)
    if name in SINGLE:
        one, other = (named(SINGLE[name], key, rows) for key in (was, now))
        return Field(name, label, was == now, was=one, now=other)
    if isinstance(now, tuple):
        return Field(name, label, was == now, items=compare_items(name, was, now, rows))
    return Field(name, label, was == now, words=prose.compare_words(was, now))


def compare_items(name: str, was: tuple[Any, ...], now: tuple[Any, ...], rows: Rows) -> list[Item]:
    model = SEVERAL.get(name)

    def items(members: tuple[Any, ...], state: str = "") -> list[Item]:
        return [
            Item(str(named(model, member, rows)) if model else member, state) for member in members
        ]

    if name in SETS:
        both = tuple(member for member in now if member in was)
        gone = tuple(member for member in was if member not in now)
        come = tuple(member for member in now if member not in was)
        return [*items(both), *items(gone, "del"), *items(come, "ins")]
    found: list[Item] = []
    for kind, i, end, j, to in steps(was, now):
        if kind == "equal":
            found += items(now[j:to])
        else:
            found += [*items(was[i:end], "del"), *items(now[j:to], "ins")]
    return found


def named(model: Any, key: int | None, rows: Rows) -> Any:
    """The row of a key; words where it is gone, None where there is no key."""
    if key is None:
        return None
    return rows.get((model, key)) or f"{model._meta.verbose_name.capitalize()} {key}, which is gone"
