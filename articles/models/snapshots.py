"""The editorial fields of an article as one immutable value."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.text import capfirst, slugify
from taggit.models import Tag

from articles import prose
from articles.keys import row_keys
from articles.names import called, folded

from .authors import Author
from .images import Image
from .taxonomy import Format, Section, Series

# Columns that lead to one row each, and the model of that row.
SINGLE = {"format": Format, "section": Section, "series": Series, "lead_image": Image}
# Lists of keys, and the model of the rows.
SEVERAL = {"also_in": Section, "authors": Author}


@dataclass(frozen=True)
class Snapshot:
    """Every editorial field of an article at one moment.

    Rows are named by key and tags by name, so that an old snapshot can still be read when they
    are gone; whatever is gone is left out where a snapshot becomes an article again.

    The methods take an Article. Its module imports this one, so the type is not named here.
    """

    headline: str = ""
    deck: str = ""
    slug: str = ""
    language: str = ""
    body: str = ""
    format: int | None = None
    section: int | None = None
    series: int | None = None
    also_in: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[int, ...] = ()
    lead_image: int | None = None
    lead_alt: str = ""
    lead_caption: str = ""
    author_note: str = ""

    @classmethod
    def of(cls, article: Any) -> Self:
        return cls(
            **{name: getattr(article, name) for name in TEXTS},
            **{name: getattr(article, f"{name}_id") for name in SINGLE},
            also_in=in_order(section.pk for section in article.also_in.all()),
            tags=in_order(tag.name for tag in article.tags.all()),
            authors=tuple(author.pk for author in article.byline),
        )

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a stored snapshot, written by this version of the code or by an older one."""
        known: dict[str, Any] = {
            field.name: data[field.name] for field in fields(cls) if field.name in data
        }
        lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        return cls(**{**known, **lists})

    @classmethod
    def labels(cls) -> dict[str, str]:
        article: Any = apps.get_model("articles", "Article")._meta
        names = {field.name: article.get_field(field.name).verbose_name for field in fields(cls)}
        return {name: capfirst(str(label)) for name, label in names.items()}

    @property
    def data(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def image_keys(self) -> set[int]:
        return prose.image_keys(self.body) | ({self.lead_image} if self.lead_image else set())

    def apply_to(self, article: Any) -> Any:
        """Set these values on `article` in memory, its lists included; nothing is saved.

        For a form or a page that shows a working copy with the templates of the article itself.
        """
        self.set_columns(article)
        article.__dict__["byline_authors"] = self.rows(Author, self.authors)
        kept = article.__dict__.setdefault("_prefetched_objects_cache", {})
        kept["also_in"] = self.rows(Section, self.also_in)
        # A tag that nobody has used yet has no row, and needs none to be shown.
        known = called(Tag, self.tags)
        kept["tags"] = [
            next(iter(known[folded(name)]), None) or Tag(name=name, slug=slug_of(name))
            for name in self.tags
        ]
        article.derive_from_body()
        return article

    def save_to(self, article: Any) -> None:
        """Save these values as the article's own. Raises ValidationError for a taken slug."""
        self.set_columns(article)
        article.__dict__.pop("_prefetched_objects_cache", None)
        article.save()
        article.set_byline(self.rows(Author, self.authors))
        article.also_in.set(self.rows(Section, self.also_in))
        article.tags.set(self.tags)

    def set_columns(self, article: Any) -> None:
        for name in TEXTS:
            setattr(article, name, getattr(self, name))
        for name, model in SINGLE.items():
            key = getattr(self, name)
            if getattr(article, f"{name}_id") != key:
                setattr(article, name, model._default_manager.filter(pk=key).first())

    def valid_for(self, article: Any, instead: Self) -> Self:
        """Return the snapshot with values that can be saved to `article` today.

        Rows that have been deleted since are left out. Where a value cannot be stored (an autosave
        may hold any: no headline, a slug that another article has) that of `instead` stands.
        """
        values: dict[str, Any] = {}
        columns: Any = article._meta
        for name in TEXTS:
            try:
                columns.get_field(name).clean(getattr(self, name), article)
                if name == "slug":
                    type(article)(pk=article.pk, slug=self.slug).refuse_taken_slug()
            except ValidationError:
                values[name] = getattr(instead, name)
        if not self.slug:
            values["slug"] = instead.slug
        for name, model in SINGLE.items():
            key = getattr(self, name)
            values[name] = next((row.pk for row in self.rows(model, [key] if key else [])), None)
        for name, model in SEVERAL.items():
            values[name] = tuple(row.pk for row in self.rows(model, getattr(self, name)))
        longest = Tag._meta.get_field("name").max_length
        values["tags"] = tuple(name for name in self.tags if 0 < len(name) <= longest)
        return replace(self, **values)

    @staticmethod
    def rows(model: Any, keys: Iterable[int]) -> list[Any]:
        """Fetch the rows of these keys that still exist, in the order of the keys."""
        keys = list(keys)
        found = model._default_manager.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    @classmethod
    def from_post(cls, data: Any) -> Self:
        """Read the unvalidated form data that a browser sent (a `QueryDict`).

        Promises: raises nothing, makes no query, and keeps every word; what cannot be a key or a
        name is left out.
        """
        values: dict[str, Any] = {
            **{name: data.get(name, "").replace("\0", "") for name in TEXTS},
            **{name: next(iter(row_keys(data.getlist(name))), None) for name in SINGLE},
        }
        values["body"] = prose.sanitize(values["body"])
        return cls(
            **values,
            also_in=in_order(row_keys(data.getlist("also_in"))),
            tags=in_order(name.replace("\0", "") for name in data.getlist("tags")),
            authors=tuple(dict.fromkeys(row_keys(data.getlist("byline")))),
        )


TEXTS = {field.name for field in fields(Snapshot) if field.type is str or field.type == "str"}


def slug_of(tag: str) -> str:
    return slugify(tag, allow_unicode=True) or "tag"


def in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    """Sort a set into a tuple: the same members always make the same snapshot."""
    return tuple(sorted(set(values)))
