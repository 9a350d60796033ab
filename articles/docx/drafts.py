"""From a manuscript to a draft in the newsroom."""

import time
from pathlib import PurePath

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.text import Truncator

from articles import renditions
from articles.models import Article, Image
from articles.models.images import refuse_file_name

from . import Changes, Package, Picture, Report, read

# What is decoded while an editor waits for the answer. The others are listed, to be added by hand.
MOST_PICTURES = 40
MOST_SECONDS = 60
LONGEST_ALT = 400
LONGEST = {"headline": 240, "deck": 400}
BY_MACHINE = "Description automatically generated"


class ImageImporter:
    """Keeps the pictures of one manuscript in the library, and says of the others why not."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.ends_at = time.monotonic() + MOST_SECONDS

    def save_image(self, picture: Picture, report: Report) -> int | None:
        if picture.number > MOST_PICTURES or time.monotonic() > self.ends_at:
            reason = "there were too many for one go."
        else:
            alt = usable(picture.description)
            file: File = ContentFile(picture.data, f"picture-{picture.number}")
            left_out = ""
            try:
                if any(picture.crop):
                    file, left_out = renditions.crop(file, picture.crop)
                image, _ = Image.objects.ingest(file, alt=alt or None, uploaded_by=self.person)
            except ValidationError as refusal:
                reason = " ".join(refusal.messages)
            else:
                if not image.alt:
                    report.undescribed.append(image.pk)
                if left_out := left_out or image.left_out:
                    report.notes.append(f"Picture {picture.number}: {left_out}")
                return image.pk
        report.pictures.append(f"Picture {picture.number}: {reason}")
        return None


def usable(description: str) -> str:
    """Return an alternative text made of a description in the file; "" if it says nothing."""
    words = " ".join(description.replace(BY_MACHINE, "").split())
    alt = words[:LONGEST_ALT]
    try:
        refuse_file_name(alt)
    except ValidationError:
        return ""
    return alt


def create_draft(
    package: Package, name: str, changes: Changes, person: User
) -> tuple[Article, Report]:
    """Make a new draft of `person` from the file called `name`. Raises Unreadable."""
    manuscript = read(package, changes, ImageImporter(person).save_image)
    report = manuscript.report
    title = manuscript.headline or " ".join(PurePath(name).stem.replace("_", " ").split())
    article = Article(
        headline=fitting("headline", title or "Untitled", report),
        deck=fitting("deck", manuscript.deck, report),
        body=manuscript.body,
        created_by=person,
    )
    article.save()
    return article, report


def fitting(column: str, words: str, report: Report) -> str:
    """Cut the words to fit into a column, and report what is cut off."""
    cut = Truncator(words).chars(LONGEST[column])
    if cut != words:
        report.notes.append(f"The {column} was too long and is cut. It was: {words[:2000]}")
    return cut
