"""Collecting static files: a style sheet of @import lines becomes one file, hence one request."""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# In development, and in tests, the browser follows these lines itself.
JOINED = ("css/site.css", "newsroom/newsroom.css")
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files, in which the sheets named in JOINED hold their parts.

    A part stands where its line stood, and its relative URLs are kept as they are: they must lead
    to the same file from the folder of the sheet, or collecting ends with an error.
    """

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        if not dry_run:
            joined = {sheet: join_parts(sheet, paths) for sheet in JOINED if sheet in paths}
            for sheet, text in joined.items():
                self.delete(sheet)
                self.save(sheet, ContentFile(text.encode()))
            paths = paths | {sheet: (self, sheet) for sheet in joined}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def join_parts(sheet: str, paths: dict[str, Any]) -> str:
    def read(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return str(file.read().decode())

    def part(line: re.Match[str]) -> str:
        return read(normpath(join(dirname(sheet), line[1]))).rstrip()

    return IMPORT.sub(part, read(sheet))
