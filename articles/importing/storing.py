"""Checked words to rows: a whole article or nothing of it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.core.files import File
from django.db import transaction

from articles import prose, renditions
from articles.models import Article, Author, Format, Image, Publication, Revision, Section
from articles.models.images import KNOWN_FROM_DECODING, refuse_headline
from articles.models.links import with_keys

from .names import named, row_at
from .words import Picture, Words


@contextmanager
def whole(pictures: Iterable[Image]) -> Iterator[None]:
    """A transaction that, when it fails, leaves no file of these new pictures behind either."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        renditions.remove(name for picture in pictures for name in picture.file_names)
        raise


def store(words: Words) -> tuple[bool, list[str]]:
    """Whether the article is new, and the names of what had to be set in it.

    Raises Refused, ValidationError, OSError or a database error; then nothing has been stored.
    """
    if picture := words.get("image"):
        refuse_headline(picture.alt, words["headline"])
        with picture.path.open("rb") as file:
            return store_with(Lead(picture, File(file, picture.path.name)), words)
    return store_with(None, words)


def store_with(lead: "Lead | None", words: Words) -> tuple[bool, list[str]]:
    if lead and not lead.stored(row_at(Article, words["slug"])):
        # Decoding takes seconds: before the transaction, so that no other writer waits for it.
        lead.develop()
    with whole([lead.new] if lead else []):
        # Imports queue up here: none looks for an article or author that another is just making.
        Publication.objects.select_for_update().first()
        article = held(words["slug"])
        is_new = article is None
        article = article or Article(slug=words["slug"], stage=Article.Stage.READY)
        changed = set_columns(article, words)
        changed += set_lead(article, words, lead)
        if is_new or changed:
            article.full_clean()
            article.save()
        changed += set_lists(article, words)
        if is_new or changed:
            Revision.objects.record(article, "saved", None, note="Imported")
    return is_new, changed


def held(slug: str) -> Article | None:
    """The article as it stands, and as nobody may change it before the transaction ends."""
    found = row_at(Article, slug)
    return found and Article.objects.select_for_update().get(pk=found.pk)


class Lead:
    """The picture of the file on its way to a row: one that is stored already, or a new one."""

    def __init__(self, picture: Picture, upload: File) -> None:
        self.words = {
            "alt": picture.alt,
            "credit": picture.credit,
            "credit_label": picture.credit_label,
        }
        self.new = Image(file=upload, **self.words)
        self.upload = upload

    @cached_property
    def digest(self) -> str:
        return renditions.digest(self.upload)

    def develop(self) -> None:
        self.new.full_clean(exclude=KNOWN_FROM_DECODING)

    def stored(self, article: Article | None) -> Image | None:
        """A picture is known by its bytes and its words. Other words for the bytes that the
        article shows mean that picture too, as a correction, unless another article shows it."""
        shown = article.lead_image if article else None
        if known := list(Image.objects.filter(digest=self.digest, **self.words)):
            return shown if shown in known else known[0]
        if shown and shown.digest == self.digest and shown.lead_of.count() == 1:
            return shown
        return None

    def corrects(self, image: Image) -> bool:
        """Give the picture the file's words; whether they are others."""
        before = {name: getattr(image, name) for name in self.words}
        for name, value in self.words.items():
            setattr(image, name, value)
        return before != self.words


def set_columns(article: Article, words: Words) -> list[str]:
    """Set what differs, in the object only, and tell the names of it."""
    wanted: dict[str, Any] = {"headline": words["headline"]}
    body = with_keys(prose.sanitize(words["body"]), article)
    # The beginning of an article never takes the place of the whole.
    if words["complete"] or not article.body.startswith(body):
        wanted["body"] = body
    if words["published_at"]:
        wanted["published_at"] = words["published_at"]
    if "deck" in words:
        wanted["deck"] = words["deck"]
    if "format" in words:
        wanted["format"] = named(Format, words["format"]) if words["format"] else None
    if "sections" in words:
        wanted["section"] = next((named(Section, name) for name in words["sections"]), None)
    changed = [name for name, value in wanted.items() if getattr(article, name) != value]
    for name in changed:
        setattr(article, name, wanted[name])
    return changed


def set_lead(article: Article, words: Words, lead: Lead | None) -> list[str]:
    if "image" not in words:
        return []
    changed = []
    image = None
    if lead:
        # Looked up again: another import may have stored it while this one was decoding.
        image = lead.stored(article)
        if image is None:
            image = lead.new
            image.save()
        elif lead.corrects(image):
            image.full_clean(exclude=KNOWN_FROM_DECODING)
            image.save()
            changed.append("words of the lead image")
    if image != article.lead_image:
        article.lead_image = image
        changed.append("lead_image")
    return changed


def set_lists(article: Article, words: Words) -> list[str]:
    """Set the authors and further sections of an article that is stored."""
    changed = []
    if "sections" in words:
        also_in = [named(Section, name) for name in words["sections"][1:]]
        if set(also_in) != set(article.also_in.all()):
            article.also_in.set(also_in)
            changed.append("also_in")
    if "authors" in words:
        authors = [named(Author, name) for name in words["authors"]]
        if authors != article.byline:
            article.sign(authors)
            changed.append("authors")
    return changed
