"""Small inputs with the right value of each, which lie beside the checkout."""

from pathlib import Path

import pytest

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


def cases(name: str) -> dict[str, str]:
    """Return the text of each file of a case by its name; skip the test where it is missing."""
    folder = CASES / name
    if not folder.is_dir():
        pytest.skip(f"shared/cases/{name} is not on this machine")
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
