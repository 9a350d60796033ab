"""From a manuscript to a draft in the newsroom. A child process reads it, within limits; of what it
wrote the pictures are taken up here, and the draft is made."""

import re
import time
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.text import Truncator

from articles import child_process, renditions
from articles.child_process import ChildDied, Limits
from articles.models import Article, Image
from articles.models.images import refuse_file_name

from . import Changes, Picture, Report, Unreadable

WORKER = Path(__file__).with_name("worker.py")
# Limits of the child. The largest manuscript that is taken needs a third of them.
LIMITS = Limits(memory=1_500_000_000, seconds=30, file_bytes=64_000_000, files=32)
PATIENCE = 90  # seconds on the clock, on a busy machine
# A picture in the text that the child wrote.
FIGURE = re.compile(
    r'<figure data-image="-(\d+)">(?:<figcaption>(.*?)</figcaption>)?</figure>', re.S
)
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


def create_draft(file: File, name: str, changes: Changes, person: User) -> tuple[Article, Report]:
    """Make a new draft of `person` from the file called `name`. Raises Unreadable; nothing has been
    kept then."""
    with TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        found = read_in_child(file, changes, Path(folder))
        report = Report.from_json(found["report"])
        body = with_images(
            found["body"], save_images(found["pictures"], Path(folder), person, report)
        )
    title = found["headline"] or " ".join(PurePath(name).stem.replace("_", " ").split())
    article = Article(
        headline=fitting("headline", title or "Untitled", report),
        deck=fitting("deck", found["deck"], report),
        body=body,
        created_by=person,
    )
    article.save()
    return article, report


def read_in_child(file: File, changes: Changes, room: Path) -> dict[str, Any]:
    with (room / "upload").open("wb") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
    try:
        found = child_process.run(WORKER, {"changes": changes}, room, LIMITS, PATIENCE)
    except ChildDied as death:
        raise Unreadable(
            "The file took too long to read. Divide it, or paste its text into a new article."
            if death.took_too_long
            else "The file could not be read: reading it failed."
        ) from None
    if "refused" in found:
        raise Unreadable(found["refused"])
    return found


def save_images(
    pictures: list[dict[str, Any]], room: Path, person: User, report: Report
) -> dict[str, int | None]:
    """Return the keys of the images by the numbers that the pictures have in the manuscript."""
    importer = ImageImporter(person)
    keys = {}
    for one in pictures:
        number = one["number"]
        data = (room / f"picture-{number}").read_bytes()
        picture = Picture(data, one["description"], number, tuple(one["crop"]))
        keys[str(number)] = importer.save_image(picture, report)
    return keys


def with_images(body: str, keys: dict[str, int | None]) -> str:
    """Name the images by their keys; of one that was not kept, what stands below it stays."""

    def figure(found: re.Match[str]) -> str:
        number, caption = found.groups()
        if key := keys[number]:
            return found[0].replace(f'data-image="-{number}"', f'data-image="{key}"', 1)
        return f"<p>{caption}</p>" if caption else ""

    return FIGURE.sub(figure, body)


def fitting(column: str, words: str, report: Report) -> str:
    """Cut the words to fit into a column, and report what is cut off."""
    cut = Truncator(words).chars(LONGEST[column])
    if cut != words:
        report.notes.append(f"The {column} was too long and is cut. It was: {words[:2000]}")
    return cut
