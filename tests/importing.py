"""Files for `import_content`, and what it says of them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image as Drawing

PARAGRAPHS = [
    "The envoy’s note — “read, and burnt” — ran to two lines.",
    "Nobody in Łódź, Київ or 서울 had asked for it; it cost < 3% & no more.",
    "A third paragraph, so that there is a rest.",
]


def piece(number: int = 1, **fields: Any) -> dict[str, Any]:
    """An article of the file, complete, with a picture of its own."""
    return {
        "headline": f"A note on strait {number}",
        "deck": "Two lines were enough",
        "sections": ["Europe", "Media"],
        "image": {
            "title": "A ferry at a quay",
            "credit_label": "Top photo credit",
            "credit": f"Ada Quill/HARBOUR {number}",
            "file": f"images/{number}.jpg",
        },
        "paragraphs": PARAGRAPHS,
        "complete": True,
        "published_at": "2025-07-09T04:05:00Z",
        "slug": f"strait-{number}",
        "format": "Analysis",
        "authors": ["Ada Quill", "Дмитро Галасенко"],
        **fields,
    }


def folder_of_pictures(folder: Path, count: int) -> Path:
    (folder / "images").mkdir(parents=True)
    for number in range(1, count + 1):
        Drawing.new("RGB", (60 + number, 40), "teal").save(folder / f"images/{number}.jpg")
    return folder


def write(folder: Path, *pieces: Any, **members: Any) -> Path:
    path = folder / "content.json"
    text = json.dumps({**members, "articles": pieces}, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")
    return path


def run(path: Path) -> str:
    """The report of an import that refuses nothing."""
    output = io.StringIO()
    call_command("import_content", str(path), stdout=output)
    return output.getvalue()


def refuse(path: Path) -> str:
    """The report of an import that refuses something, its closing error included."""
    output = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_content", str(path), stdout=output)
    return f"{output.getvalue()}{error.value}"


def stored_files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
