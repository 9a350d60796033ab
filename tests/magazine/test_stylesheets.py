"""The style sheets that are joined when static files are collected."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from magazine.stylesheets import IMPORT, JOINED

STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.fixture
def collected(settings: Any) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "magazine.stylesheets.JoinedStaticFilesStorage"}
    }
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("css", "js", "mjs", "map", "svg", "html", "txt")
    call_command("collectstatic", interactive=False, verbosity=0)
    return Path(settings.STATIC_ROOT)


def test_a_collected_sheet_holds_its_parts_in_the_order_of_its_lines(collected: Path) -> None:
    for sheet in JOINED:
        text = (collected / sheet).read_text()
        parts = [
            (STATIC / sheet).parent.joinpath(name).read_text().rstrip()
            for name in IMPORT.findall((STATIC / sheet).read_text())
        ]
        assert len(parts) > 10
        assert "\n".join(parts) in text
        assert "@import" not in text


def test_collecting_again_keeps_the_sheets_joined(collected: Path) -> None:
    before = {sheet: (collected / sheet).read_text() for sheet in JOINED}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert {sheet: (collected / sheet).read_text() for sheet in JOINED} == before


def test_every_part_is_in_the_readers_sheet_once() -> None:
    names = IMPORT.findall((STATIC / "css/site.css").read_text())
    assert sorted([*names, "site.css"]) == sorted(
        path.name for path in STATIC.joinpath("css").iterdir()
    )


def test_no_style_file_is_longer_than_300_lines() -> None:
    sizes = {path: path.read_text().count("\n") for path in STATIC.rglob("*.css")}
    assert len(sizes) > 30
    assert not {path: size for path, size in sizes.items() if size > 300}
