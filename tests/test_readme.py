"""README stays true: what it names exists."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r {} && .venv/bin/{}"


def test_the_two_commands_and_the_screenshot_stand_in_the_first_screen():
    first_screen = "\n".join(README.splitlines()[:20])
    assert INSTALL.format("requirements.txt", "python manage.py quickstart") in first_screen
    assert INSTALL.format("requirements-dev.txt", "pytest") in first_screen
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", first_screen)
    assert (ROOT / picture).is_file()


def test_every_picture_that_it_shows_exists():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) >= 6
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_every_path_that_it_names_exists():
    named = re.findall(
        r"`((?:articles|magazine|newsletter|templates|tests|static)/[\w./-]*)`", README
    )
    assert len(named) > 12
    # The recipe for a mail names what its reader will make.
    missing = {path for path in named if not (ROOT / path).exists()}
    assert {path for path in missing if "mail/NAME" not in path} == set()


def test_every_command_that_it_names_exists():
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert len(named) > 8
    assert named <= set(get_commands())


def test_its_table_lists_every_setting():
    listed = re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)
    named = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(named)
