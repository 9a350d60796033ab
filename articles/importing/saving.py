"""Checked words to rows: a whole article or nothing of it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files import File
from django.db import transaction

from articles import prose, renditions
from articles.models import Article, Author, Format, Image, Publication, Revision, Section
from articles.models.images import KNOWN_FROM_DECODING, refuse_headline
from articles.models.links import with_keys

from .lookup import find_by_own_name, find_by_slug, get_or_create
from .validation import ArticleFields, AuthorNames


@contextmanager
def atomic_with_files(images: Iterable[Image]) -> Iterator[None]:
    """Run in a transaction that leaves no file of its new images behind when it fails."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        renditions.remove(name for entry in images for name in entry.file_names)
        raise


def save_article(fields: ArticleFields) -> tuple[bool, list[str], str]:
    """Store the article; return whether it is new, the names of what had to be set in it, and what
    was left out of its image.

    Raises InvalidEntry, ValidationError, OSError or a database error; then nothing is stored."""
    if entry := fields.get("image"):
        path, words = entry
        refuse_headline(words["alt"], fields["headline"])
        with File(path.open("rb"), path.name) as file:
            lead = Image(file=file, digest=renditions.digest(file), **words)
            return save_with_lead(lead, fields)
    return save_with_lead(None, fields)


def save_with_lead(lead: Image | None, fields: ArticleFields) -> tuple[bool, list[str], str]:
    """Store the article with its lead, an image that may be stored already."""
    if lead and not stored(lead, find_by_slug(Article, fields["slug"])):
        # Decoding takes seconds: before the transaction, so that no other writer waits for it.
        lead.full_clean(exclude=KNOWN_FROM_DECODING)
    with atomic_with_files([lead] if lead else []):
        # Imports queue up here: none looks for an article or author that another is just making.
        Publication.objects.select_for_update().first()
        article = locked(fields["slug"])
        is_new = article is None
        article = article or Article(slug=fields["slug"], stage=Article.Stage.READY)
        changed = set_columns(article, fields)
        changed += set_lead(article, fields, lead)
        if is_new or changed:
            article.full_clean()
            article.save()
        changed += set_lists(article, fields)
        if is_new or changed:
            Revision.objects.newest(article, note="Imported")
    return is_new, changed, lead.left_out if lead else ""


def locked(slug: str) -> Article | None:
    found = find_by_slug(Article, slug)
    return found and Article.objects.select_for_update().get(pk=found.pk)


def words_of(image: Image) -> dict[str, str]:
    return {name: getattr(image, name) for name in ("alt", "credit", "credit_label")}


def stored(lead: Image, article: Article | None) -> Image | None:
    """Return the stored image, known by its bytes and its words. Other words for the bytes that
    the article shows mean that image too, as a correction, unless another article shows it."""
    shown = article.lead_image if article else None
    if known := list(Image.objects.filter(digest=lead.digest, **words_of(lead))):
        return shown if shown in known else known[0]
    if shown and shown.digest == lead.digest and shown.lead_of.count() == 1:
        return shown
    return None


def set_columns(article: Article, fields: ArticleFields) -> list[str]:
    wanted: dict[str, Any] = {"headline": fields["headline"]}
    body = with_keys(prose.sanitize(fields["body"]), article)
    # The beginning of an article never takes the place of the whole.
    if fields["complete"] or not article.body.startswith(body):
        wanted["body"] = body
    if fields["published_at"]:
        wanted["published_at"] = fields["published_at"]
    wanted |= {name: fields[name] for name in ("deck", "language") if name in fields}
    if "format" in fields:
        wanted["format"] = get_or_create(Format, fields["format"]) if fields["format"] else None
    if "sections" in fields:
        main = fields["sections"][:1]
        wanted["section"] = get_or_create(Section, main[0]) if main else None
    return set_changed(article, wanted)


def author_of(names: AuthorNames) -> Author:
    author = find_by_own_name(names["name"]) or get_or_create(Author, names["name"])
    if set_changed(author, {name: value for name, value in names.items() if name != "name"}):
        author.full_clean()
        author.save()
    return author


def set_changed(row: Article | Author | Image, wanted: dict[str, Any]) -> list[str]:
    """Set what differs, in the object only; return the names of it."""
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    return changed


def set_lead(article: Article, fields: ArticleFields, lead: Image | None) -> list[str]:
    if "image" not in fields:
        return []
    changed = []
    image = None
    if lead:
        # Looked up again: another import may have stored it while this one was decoding.
        image = stored(lead, article) or lead
        if set_changed(image, words_of(lead)):
            changed.append("words of the lead image")
        if changed or image.pk is None:
            image.full_clean(exclude=KNOWN_FROM_DECODING)
            image.save()
    if image != article.lead_image:
        article.lead_image = image
        changed.append("lead_image")
    return changed


def set_lists(article: Article, fields: ArticleFields) -> list[str]:
    changed = []
    if "sections" in fields:
        also_in = [get_or_create(Section, name) for name in fields["sections"][1:]]
        if set(also_in) != set(article.also_in.all()):
            article.also_in.set(also_in)
            changed.append("also_in")
    if "authors" in fields:
        authors = [author_of(names) for names in fields["authors"]]
        if authors != article.byline:
            article.set_byline(authors)
            changed.append("authors")
    return changed
