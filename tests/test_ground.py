"""The checkout itself: its top level, its locks, its settings."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    "manage.py",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "magazine",
    "articles",
    "newsletter",
    "templates",
    "static",
    "tests",
    "requirements.txt",
    "requirements-dev.txt",
}
PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s;]+( ; .+?)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def test_the_top_level_is_the_agreed_one():
    """Nothing is committed beside the agreed files, folders and dotfiles."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    if len(listed) < 20:
        pytest.skip("this is no git checkout")
    found = {path.split("/")[0].strip('"') for path in listed if path}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_holds_pinned_packages_with_hashes_and_nothing_else(name):
    """No option line, no address, no local path: the lock works with whatever index pip uses."""
    lines = (ROOT / name).read_text().splitlines()
    packages = 0
    for number, line in enumerate(lines, start=1):
        if PINNED.match(line):
            packages += 1
        else:
            assert HASH.match(line) or line.lstrip().startswith("#"), f"{name}:{number}: {line}"
        assert "://" not in line, f"{name}:{number}: {line}"
        assert not re.search(r"(^|[\s=])\.{0,2}/", line), f"{name}:{number}: {line}"
    assert packages > 15


def test_the_locks_hold_what_pyproject_declares():
    """Every declared dependency is pinned in its lock, and what runs is a part of what tests."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())

    def names(requirements):
        return {re.split(r"[\[~=<>;\s]", line)[0].lower() for line in requirements}

    def pinned(name):
        lines = (ROOT / name).read_text().splitlines()
        return {line.split(" \\")[0].split(" ;")[0] for line in lines if PINNED.match(line)}

    runs, tests = pinned("requirements.txt"), pinned("requirements-dev.txt")
    wanted = names(declared["project"]["dependencies"])
    assert len(wanted) > 8
    assert wanted <= names(runs)
    assert names(declared["dependency-groups"]["dev"]) <= names(tests)
    assert runs <= tests


def test_the_example_environment_names_every_setting():
    """`.env.example` and settings.py speak of the same variables."""
    read = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "magazine" / "settings.py").read_text())
    named = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(read) > 8
    assert sorted(set(read)) == sorted(named)
