"""The disk of the pictures is full, has no inodes left, may not be written."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import Site
from tests.faults.editors import Editor, picture, words_of
from tests.faults.sites import KEPT, Server, served, set_up
from tests.faults.table import CannotInject, Drill, Row, fault
from tests.magazine.kept_pages import ask

COUNT = "from articles.models import Image; print(Image.objects.count())"
# Each row of a picture and its files: those that it names must be there, whole.
MISSING = """
from django.core.files.storage import default_storage
from articles import renditions
from articles.models import Image
for image in Image.objects.all():
    for name in [image.file.name, *renditions.names(image.renditions)]:
        if not default_storage.exists(name) or not default_storage.size(name):
            print(name)
"""
DIALOG = "/admin/articles/image/upload/"
FORM = "/admin/articles/image/add/"
FIELDS = {"alt": "Noise on a wall", "focal_x": "0.5", "focal_y": "0.5", "credit": "N. Body"}
# By the options of mount: room for a few files of a picture, and not for all of them.
FULL = "size=256k"
WITHOUT_INODES = "nr_inodes=12"
READ_ONLY = "ro"
REASONS = {FULL: "No space left", WITHOUT_INODES: "No space left", READ_ONLY: "Read-only"}


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small disk over a folder. Raises CannotInject for who may not mount."""
    if os.geteuid() != 0:
        raise CannotInject("only root may mount a disk")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"mode=755,{options}", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise CannotInject(made.stderr.strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def files_in(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file()]


def refused(site: Site, server: Server, options: str) -> tuple[list[str], int, list[str], str]:
    """Upload on such a disk, in the dialog and by the form: what the editor read, how many rows
    there are more, which files were left, and what is missing of those that rows name."""
    media = Path(site.env["VAR_DIR"]) / "media"
    editor = Editor(site, server.port)
    before = int(site.run(COUNT))
    with mounted(media, options):
        answers = [editor.upload(path, picture(), **FIELDS) for path in (DIALOG, FORM)]
        pages = [ask(server.port, path).status for path in KEPT]
        left = files_in(media)
    if set(pages) != {200}:
        raise RuntimeError(f"readers were answered {pages}")
    read = [f"{status}: {words_of(said)}" for status, said in answers]
    return read, int(site.run(COUNT)) - before, left, site.run(MISSING)


def is_clear(said: str, reason: str) -> bool:
    return reason in said or "disk takes no more" in said


@fault
def disk(drill: Drill) -> Iterator[Row]:
    site = set_up(drill.folder / "var")
    with served(site, workers=1) as server:
        for options, reason in REASONS.items():
            read, more, left, missing = refused(site, server, options)
            short = [re.sub(r".*?((The server)[^.]*\.).*", r"\1", said)[:90] for said in read]
            yield Row(
                f"disk: {options}",
                f"dialog {read[0][:3]}, form {read[1][:3]}, “{short[0]}”; {more} rows more; "
                f"{len(left)} files left; readers 200",
                "a clear refusal, no row, no file, the site serves",
                all(is_clear(said, reason) for said in read)
                and not (more or left or missing.strip()),
            )
        status, _ = Editor(site, server.port).upload(DIALOG, picture(), **FIELDS)
        yield Row("disk: mended", f"upload {status}", "201, without a restart", status == 201)
